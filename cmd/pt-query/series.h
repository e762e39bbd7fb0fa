/* series.h - pt-query series: what series there are. */
#ifndef PT_QUERY_CMD_SERIES_H
#define PT_QUERY_CMD_SERIES_H

#include "cli/option.h"

extern const struct pt_option query_series_options[];
int query_series_run(int argc, char **argv, struct pt_err *err);

#endif
