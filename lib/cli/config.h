/* config.h - configuration files: defaults for options, by key.
 *
 *     db = /var/lib/pt/prod.db        for every program; the key is an option's long name
 *     [pt-query]                      for one program
 *     output = csv
 *     [profile test]                  only with --profile test (or PT_PROFILE)
 *     [profile test pt-query]
 *
 * A line is blank, a comment (#), a section or `key = value`; the value is the rest of the line
 * without the spaces around it.  Where a key comes more than once, a profile's beats the plain
 * ones, then the user's file beats the system's, then a program's section beats the lines for all,
 * then the last one counts.
 *
 * The zero value is empty.  It owns keys and values until pt_config_release. */
#ifndef PT_CLI_CONFIG_H
#define PT_CLI_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

struct pt_config_entry {
    const char *key, *value;
    const char *file;
    uint64_t line;
    bool own; /* stood in a section of this program: an unknown key is a mistake */
    int rank; /* the larger one wins; equal ranks: the later one */
};

struct pt_config {
    struct pt_config_entry *v; /* what applies to this program and profile, in order */
    size_t n, cap;
    struct pt_arena text;
    bool profile_found;
};

/* What applies: the program's name and the profile (NULL: none). */
struct pt_config_scope {
    const char *program;
    const char *profile;
    bool user; /* the file is the user's own, not the system's */
};

/* Adds the lines of `text`; `file` names it in messages (copied).  -1 with err (PT_USAGE). */
int pt_config_parse(struct pt_config *c, struct pt_str text, const char *file,
                    const struct pt_config_scope *scope, struct pt_err *err);

/* Reads a file: 1, 0 when it does not exist, -1 with err. */
int pt_config_read(struct pt_config *c, const char *file, const struct pt_config_scope *scope,
                   struct pt_err *err);

/* Reads `file` alone if it is not NULL (it must exist), else the system's and the user's,
 * which are passed over with a warning where they cannot be read.  A profile that no file has is an
 * error. */
int pt_config_load(struct pt_config *c, const char *file, const char *program, const char *profile,
                   struct pt_err *err);

/* The rank that counts for a key, or -1 when it is not there. */
int pt_config_rank(const struct pt_config *c, const char *key);

void pt_config_release(struct pt_config *c);

#endif
