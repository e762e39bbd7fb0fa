/* rejects.h - pt-ingest rejects: list, show, replay and drop what was refused. */
#ifndef PT_INGEST_CMD_REJECTS_H
#define PT_INGEST_CMD_REJECTS_H

#include "cli/option.h"

extern const struct pt_option ingest_rejects_options[];
int ingest_rejects_run(int argc, char **argv, struct pt_err *err);

#endif
