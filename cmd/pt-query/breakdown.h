/* breakdown.h - pt-query names, tags and cardinality: the series counted. */
#ifndef PT_QUERY_CMD_BREAKDOWN_H
#define PT_QUERY_CMD_BREAKDOWN_H

#include "cli/option.h"

extern const struct pt_option query_names_options[];
int query_names_run(int argc, char **argv, struct pt_err *err);

extern const struct pt_option query_tags_options[];
int query_tags_run(int argc, char **argv, struct pt_err *err);

extern const struct pt_option query_cardinality_options[];
int query_cardinality_run(int argc, char **argv, struct pt_err *err);

#endif
