/* seal.h - pt-archive seal and compact: make a store smaller and its answers faster. */
#ifndef PT_ARCHIVE_SEAL_H
#define PT_ARCHIVE_SEAL_H

#include "cli/option.h"

extern const struct pt_option archive_seal_options[];
int archive_seal_run(int argc, char **argv, struct pt_err *err);
int archive_compact_run(int argc, char **argv, struct pt_err *err);

#endif
