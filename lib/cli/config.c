/* config.c - configuration files.
 *
 * Sections only decide whether a line applies and how much it weighs, so nothing of them is kept:
 * reading leaves a flat list of entries with ranks.  What the keys mean is not known here; table.c
 * asks for the rank of each option's name and takes the entries that have it. */
#include "cli/config.h"

#include "base/mem.h"
#include "cli/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { RANK_OWN = 1, RANK_USER = 2, RANK_PROFILE = 4 };
enum { LARGEST_FILE = 1 << 20 }; /* bytes; nobody writes more by hand */

#define SYSTEM_FILE "/etc/pt/config"

struct section {
    bool applies, own;
    int rank;
};

static struct pt_str trim(struct pt_str s)
{
    while (s.n && memchr(" \t\r", s.p[0], 3))
        s.p++, s.n--;
    while (s.n && memchr(" \t\r", s.p[s.n - 1], 3))
        s.n--;
    return s;
}

/* Cuts the first word off *rest; empty when there is none. */
static struct pt_str next_word(struct pt_str *rest)
{
    struct pt_str word = *rest = trim(*rest);
    word.n = 0;
    while (word.n < rest->n && rest->p[word.n] != ' ' && rest->p[word.n] != '\t')
        word.n++;
    rest->p += word.n;
    rest->n -= word.n;
    return word;
}

static bool is_program(struct pt_str word)
{
    return word.n > 3 && memcmp(word.p, "pt-", 3) == 0;
}

/* `inside` is what stands between the brackets. */
static int read_section(struct pt_str inside, const struct pt_config_scope *scope,
                        struct pt_config *c, struct section *out, struct pt_err *err)
{
    struct pt_str rest = inside, word = next_word(&rest), profile = {0};
    bool in_profile = pt_str_is(word, "profile");
    if (in_profile) {
        profile = next_word(&rest);
        word = next_word(&rest);
    }
    if (trim(rest).n ||
        (in_profile ? !profile.n || (word.n && !is_program(word)) : !is_program(word)))
        return pt_err_set(err, PT_USAGE,
                          "unknown section [%.*s] (sections are [pt-NAME], [profile NAME] and "
                          "[profile NAME pt-NAME])",
                          (int)inside.n, inside.p);
    out->applies = (!in_profile || (scope->profile && pt_str_is(profile, scope->profile)));
    c->profile_found |= in_profile && out->applies;
    out->own = word.n != 0;
    if (out->own && !pt_str_is(word, scope->program))
        out->applies = false;
    out->rank =
        (out->own ? RANK_OWN : 0) | (scope->user ? RANK_USER : 0) | (in_profile ? RANK_PROFILE : 0);
    return 0;
}

static const char *keep(struct pt_config *c, struct pt_str s)
{
    return pt_arena_str(&c->text, s).p;
}

static int read_entry(struct pt_str line, const struct section *section, struct pt_config *c,
                      struct pt_config_entry *entry, struct pt_err *err)
{
    const char *equals = memchr(line.p, '=', line.n);
    struct pt_str key, value;
    if (!equals)
        return pt_err_set(err, PT_USAGE, "expected `key = value` or a [section], not \"%.*s\"",
                          (int)line.n, line.p);
    key = trim((struct pt_str){line.p, (size_t)(equals - line.p)});
    value = trim((struct pt_str){equals + 1, (size_t)(line.p + line.n - equals - 1)});
    if (!key.n)
        return pt_err_set(err, PT_USAGE, "a key is missing before \"=\"");
    if (!section->applies)
        return 0;
    entry->key = keep(c, key);
    entry->value = keep(c, value);
    entry->own = section->own;
    entry->rank = section->rank;
    c->v = pt_mem_grow(c->v, &c->cap, c->n + 1, sizeof *c->v);
    c->v[c->n++] = *entry;
    return 0;
}

int pt_config_parse(struct pt_config *c, struct pt_str text, const char *file,
                    const struct pt_config_scope *scope, struct pt_err *err)
{
    struct pt_config_entry entry = {.file = keep(c, pt_str(file))};
    struct section section = {.applies = true, .rank = scope->user ? RANK_USER : 0};
    const char *p = text.p, *end = text.p + text.n;
    if (text.n && memchr(text.p, '\0', text.n))
        return pt_err_set(err, PT_USAGE, "not a text file: it holds a NUL byte"),
               pt_err_at(err, file, 0);
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *stop = newline ? newline : end;
        struct pt_str line = trim((struct pt_str){p, (size_t)(stop - p)});
        int rc = 0;
        p = newline ? newline + 1 : end;
        entry.line++;
        if (!line.n || line.p[0] == '#')
            continue;
        if (line.p[0] == '[' && line.p[line.n - 1] == ']')
            rc = read_section((struct pt_str){line.p + 1, line.n - 2}, scope, c, &section, err);
        else
            rc = read_entry(line, &section, c, &entry, err);
        if (rc != 0)
            return pt_err_at(err, file, entry.line);
    }
    return 0;
}

int pt_config_read(struct pt_config *c, const char *file, const struct pt_config_scope *scope,
                   struct pt_err *err)
{
    struct pt_buf text = {0};
    size_t got;
    int rc = 1;
    FILE *f = fopen(file, "r");
    if (!f && errno == ENOENT)
        return 0;
    if (!f)
        return pt_err_sys(err, "cannot open the configuration %s", file);
    do {
        got = fread(pt_buf_reserve(&text, BUFSIZ), 1, BUFSIZ, f);
        text.n += got;
    } while (got && text.n <= LARGEST_FILE);
    if (ferror(f))
        rc = pt_err_sys(err, "cannot read the configuration %s", file);
    else if (text.n > LARGEST_FILE)
        rc = pt_err_set(err, PT_USAGE, "the configuration %s is larger than 1 MiB", file);
    else if (pt_config_parse(c, pt_buf_view(&text), file, scope, err) != 0)
        rc = -1;
    fclose(f);
    pt_buf_release(&text);
    return rc;
}

/* $XDG_CONFIG_HOME/pt/config, by default ~/.config/pt/config; false without a home. */
static bool user_file(struct pt_buf *b)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (base && base[0] == '/')
        pt_buf_printf(b, "%s/pt/config", base);
    else if (home && home[0])
        pt_buf_printf(b, "%s/.config/pt/config", home);
    return b->n != 0;
}

/* A file that nobody asked for and that cannot be read is no reason not to work: the account that
 * runs a program need not be the one whose home it is.  What it says wrongly is an error still. */
static int read_default(struct pt_config *c, const char *file, const struct pt_config_scope *scope,
                        struct pt_err *err)
{
    struct pt_err why = {0};
    int rc = pt_config_read(c, file, scope, &why);
    if (rc < 0 && why.code == PT_SYSTEM) {
        pt_program_log(PT_LOG_WARNING, "%s; going on without it (--config FILE reads another)",
                       why.what);
        return 0;
    }
    if (rc < 0)
        *err = why;
    return rc;
}

int pt_config_load(struct pt_config *c, const char *file, const char *program, const char *profile,
                   struct pt_err *err)
{
    struct pt_config_scope scope = {program, profile, false};
    struct pt_buf user = {0};
    int rc;
    if (file) {
        rc = pt_config_read(c, file, &scope, err);
        if (rc == 0)
            return pt_err_set(err, PT_SYSTEM, "the configuration %s does not exist", file);
    } else {
        rc = read_default(c, SYSTEM_FILE, &scope, err);
        scope.user = true;
        if (rc >= 0 && user_file(&user))
            rc = read_default(c, user.p, &scope, err);
        pt_buf_release(&user);
    }
    if (rc < 0)
        return -1;
    if (profile && !c->profile_found)
        return pt_err_set(err, PT_USAGE, "no configuration has a section [profile %s]", profile);
    return 0;
}

int pt_config_rank(const struct pt_config *c, const char *key)
{
    int rank = -1;
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].rank > rank && strcmp(c->v[i].key, key) == 0)
            rank = c->v[i].rank;
    return rank;
}

void pt_config_release(struct pt_config *c)
{
    free(c->v);
    pt_arena_release(&c->text);
    *c = (struct pt_config){0};
}
