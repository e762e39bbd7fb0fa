/* lineage.h - pt-query lineage: where points and documents came from. */
#ifndef PT_QUERY_CMD_LINEAGE_H
#define PT_QUERY_CMD_LINEAGE_H

#include "cli/option.h"

extern const struct pt_option query_lineage_options[];
int query_lineage_run(int argc, char **argv, struct pt_err *err);

#endif
