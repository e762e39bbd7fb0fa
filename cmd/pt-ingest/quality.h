/* quality.h - pt-ingest quality: a score for each source and day. */
#ifndef PT_INGEST_CMD_QUALITY_H
#define PT_INGEST_CMD_QUALITY_H

#include "cli/option.h"

extern const struct pt_option ingest_quality_options[];
int ingest_quality_run(int argc, char **argv, struct pt_err *err);

#endif
