/* gaps.h - pt-query gaps: where points are missing. */
#ifndef PT_QUERY_CMD_GAPS_H
#define PT_QUERY_CMD_GAPS_H

#include "cli/option.h"

extern const struct pt_option query_gaps_options[];
int query_gaps_run(int argc, char **argv, struct pt_err *err);

#endif
