/* program.h - the face of every program: arguments in, exit status out.
 *
 * pt_program_main parses the command line by the tables, runs the command, prints the error if
 * there is one ("pt-ingest: trades.jsonl:17: what"), checks that stdout was written, and returns
 * the exit status.  Every program understands, besides its own options: -h/--help, --version,
 * -q/--quiet, --log text|json, --color auto|always|never, --config FILE, --profile NAME, and for
 * the build --describe mdoc|bash|zsh|fish (describe.h). */
#ifndef PT_CLI_PROGRAM_H
#define PT_CLI_PROGRAM_H

#include "base/buf.h"
#include "cli/option.h"
#include "format/sheet.h"
#include "store/store.h"

/* commands[0] is the program itself (its run may be NULL when a subcommand is required); the others
 * are its subcommands, found by the first operand.  For use as `return pt_program_main(...)`. */
int pt_program_main(int argc, char **argv, const struct pt_command *commands, size_t n);

/* What the common options said. */
bool pt_program_quiet(void);
bool pt_program_color(int fd); /* colour wanted on this descriptor (--color, NO_COLOR, TERM) */

/* One structured line on stderr: "pt-ingest: note: ..." or, with --log json, a record
 * of type "log".  Notes are
 * left out with --quiet.  Control bytes are made visible. */
enum pt_log { PT_LOG_NOTE, PT_LOG_WARNING, PT_LOG_ERROR };
void pt_program_log(enum pt_log level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An error, with its place, as such a line. */
void pt_program_tell(enum pt_log level, const struct pt_err *err);

/* From this call on SIGINT and SIGTERM set pt_program_stopping, once each (a second one ends the
 * program); loops look at it, finish the record in hand, commit, and end.  SIGPIPE is ignored from
 * the start, so a reader that goes away shows as EPIPE on write; so is SIGXFSZ, and a file at its
 * limit (ulimit -f) shows as a full disk. */
void pt_program_catch_signals(void);
bool pt_program_stopping(void);

/* Writes all of buf to stdout and empties it; -1 with err (PT_SYSTEM) on a full disk and so on.
 * A reader that went away ends the program's output quietly: err code PT_SYSTEM, empty text. */
int pt_program_write(struct pt_buf *buf, struct pt_err *err);

/* Does so when the buffer has become long: for rows as they are made. */
int pt_program_flush(struct pt_buf *buf, struct pt_err *err);

/* --- what the shared options mean ------------------------------------------------------------ */

/* The store's path: db, else "pt.db" ($PT_DB is applied by the option table).  Warns, once, of a
 * store that every user may write to or replace. */
const char *pt_program_db(const char *db);

/* Records come from stdin when it is no terminal and no --db was given on the command line or by
 * the environment; else from the store. */
bool pt_program_from_stdin(const char *db);

/* The format asked for; or, where `output` is -1, a table on a terminal, else jsonl. */
enum pt_sheet_format pt_program_format(int output);

/* since and until (NULL: open) in zone tz (NULL: the system's), now read once.  0 or -1; an empty
 * range is an error (PT_USAGE). */
int pt_program_range(const char *since, const char *until, const char *tz, int64_t *from,
                     int64_t *to, struct pt_err *err);

#endif
