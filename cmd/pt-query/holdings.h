/* holdings.h - pt-query types and sources: documents and inputs counted. */
#ifndef PT_QUERY_CMD_HOLDINGS_H
#define PT_QUERY_CMD_HOLDINGS_H

#include "cli/option.h"

extern const struct pt_option query_types_options[];
int query_types_run(int argc, char **argv, struct pt_err *err);

extern const struct pt_option query_sources_options[];
int query_sources_run(int argc, char **argv, struct pt_err *err);

#endif
