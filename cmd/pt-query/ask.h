/* ask.h - pt-query without a subcommand: points, or aggregates of them. */
#ifndef PT_QUERY_CMD_ASK_H
#define PT_QUERY_CMD_ASK_H

#include "base/err.h"

/* Answers what query_request_options (request.h) and the operands ask. */
int query_ask_run(int argc, char **argv, struct pt_err *err);

#endif
