/* sql.h - pt-query sql: one SELECT over the store. */
#ifndef PT_QUERY_CMD_SQL_H
#define PT_QUERY_CMD_SQL_H

#include "cli/option.h"

extern const struct pt_option query_sql_options[];
int query_sql_run(int argc, char **argv, struct pt_err *err);

#endif
