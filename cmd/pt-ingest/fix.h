/* fix.h - a command of the user's that puts a refused line right. */
#ifndef PT_INGEST_CMD_FIX_H
#define PT_INGEST_CMD_FIX_H

#include "base/buf.h"
#include "store/reject.h"

/* Runs the command by sh(1), the line's bytes on its standard input and what else is known of it in
 * the environment: PT_REJECT_ID, PT_REJECT_SOURCE, PT_REJECT_LINE, PT_REJECT_FAULT,
 * PT_REJECT_REASON. What it prints, at most a line's length, is put into *out.  -1 with err:
 * PT_DATA when it ends with another status than 0, PT_SYSTEM when it cannot be run. */
int ingest_fix(const char *command, const struct pt_reject_row *row, struct pt_buf *out,
               struct pt_err *err);

#endif
