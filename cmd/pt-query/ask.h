/* ask.h - pt-query without a subcommand: points, or aggregates of them. */
#ifndef PT_QUERY_CMD_ASK_H
#define PT_QUERY_CMD_ASK_H

#include "cli/option.h"

extern const struct pt_option query_ask_options[];
int query_ask_run(int argc, char **argv, struct pt_err *err);

#endif
