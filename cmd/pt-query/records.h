/* records.h - pt-query records: documents as they are. */
#ifndef PT_QUERY_CMD_RECORDS_H
#define PT_QUERY_CMD_RECORDS_H

#include "cli/option.h"

extern const struct pt_option query_records_options[];
int query_records_run(int argc, char **argv, struct pt_err *err);

#endif
