/* describe.h - a program's tables told to people and to shells.
 *
 * All text is appended to a buffer.  Rows without `help` are understood but not told. */
#ifndef PT_CLI_DESCRIBE_H
#define PT_CLI_DESCRIBE_H

#include "base/buf.h"
#include "cli/option.h"

/* A whole program: commands[0] and its subcommands, and the options that all of them share. */
struct pt_face {
    const struct pt_command *commands;
    size_t n;
    const struct pt_option *common;
};

/* "sql" of "pt-query sql"; the whole name where there is but one word. */
const char *pt_describe_word(const struct pt_command *c);

/* What --help says about one command; 80 columns. */
void pt_describe_help(struct pt_buf *b, const struct pt_face *face, const struct pt_command *c);

/* The OPTIONS section of the manual page, in mdoc(7). */
void pt_describe_mdoc(struct pt_buf *b, const struct pt_face *face);

/* Completion scripts, in the language of each shell; they need nothing beside the shell. */
void pt_describe_bash(struct pt_buf *b, const struct pt_face *face);
void pt_describe_zsh(struct pt_buf *b, const struct pt_face *face);
void pt_describe_fish(struct pt_buf *b, const struct pt_face *face);

#endif
