/* repair.h - pt-archive repair: a sound store from a damaged one. */
#ifndef PT_ARCHIVE_REPAIR_H
#define PT_ARCHIVE_REPAIR_H

#include "cli/option.h"

extern const struct pt_option archive_repair_options[];
int archive_repair_run(int argc, char **argv, struct pt_err *err);

#endif
