/* check.h - pt-archive verify and doctor: is the store what it says, and how is it. */
#ifndef PT_ARCHIVE_CHECK_H
#define PT_ARCHIVE_CHECK_H

#include "cli/option.h"

extern const struct pt_option archive_check_options[];
int archive_verify_run(int argc, char **argv, struct pt_err *err);
int archive_doctor_run(int argc, char **argv, struct pt_err *err);

#endif
