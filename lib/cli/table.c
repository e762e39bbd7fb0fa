/* table.c - reading a command line, the environment and the configuration by rows.
 *
 * getopt_long's own tables are made from the rows on each call and live no longer.  A long option's
 * `val` is LONG_BASE plus its row, so that after an error optopt still says which row was meant. */
#include "cli/table.h"

#include "base/mem.h"
#include "base/text.h"

#include <getopt.h>
#include <stdlib.h>

enum { LONG_BASE = 256 };

static bool letter_taken(const struct pt_table *t, char letter)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].letter == letter)
            return true;
    return false;
}

void pt_table_add(struct pt_table *t, const struct pt_option *rows)
{
    for (; rows && rows->type != PT_OPTION_END; rows++) {
        if (rows->type == PT_OPTION_GROUP || pt_table_find(t, pt_str(rows->name)))
            continue;
        t->v = pt_mem_grow(t->v, &t->cap, t->n + 1, sizeof *t->v);
        t->v[t->n] = (struct pt_table_row){
            rows, letter_taken(t, rows->letter) ? '\0' : rows->letter, PT_FROM_NOWHERE};
        t->n++;
    }
}

void pt_table_release(struct pt_table *t)
{
    free(t->v);
    *t = (struct pt_table){0};
}

struct pt_table_row *pt_table_find(const struct pt_table *t, struct pt_str name)
{
    for (size_t i = 0; i < t->n; i++)
        if (pt_str_is(name, t->v[i].option->name))
            return &t->v[i];
    return NULL;
}

/* Which row getopt_long's value means; NULL for none. */
static struct pt_table_row *row_of(const struct pt_table *t, int value)
{
    if (value >= LONG_BASE && (size_t)(value - LONG_BASE) < t->n)
        return &t->v[value - LONG_BASE];
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].letter && t->v[i].letter == value)
            return &t->v[i];
    return NULL;
}

static struct option *long_options(const struct pt_table *t)
{
    struct option *longs = pt_mem_array(t->n + 1, sizeof *longs);
    for (size_t i = 0; i < t->n; i++)
        longs[i] = (struct option){t->v[i].option->name, pt_option_has_argument(t->v[i].option),
                                   NULL, LONG_BASE + (int)i};
    return longs;
}

static void short_options(const struct pt_table *t, struct pt_buf *b)
{
    pt_buf_putc(b, ':'); /* a missing argument gives ':', and nothing is printed */
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].letter) {
            pt_buf_putc(b, t->v[i].letter);
            if (pt_option_has_argument(t->v[i].option))
                pt_buf_putc(b, ':');
        }
}

/* A long option that no row has, or that several begin with. */
static int unknown_long(const struct pt_table *t, const char *word, struct pt_err *err)
{
    const char **names = pt_mem_array(t->n, sizeof *names), *near;
    char *name = pt_mem_strndup(word, strcspn(word, "="));
    for (size_t i = 0; i < t->n; i++)
        names[i] = t->v[i].option->name;
    near = pt_text_nearest(name + 2, names, t->n);
    pt_err_set(err, PT_USAGE, "unknown option \"%s\"%s%s%s", name, near ? "; did you mean --" : "",
               near ? near : "", near ? "?" : "");
    free(name);
    free(names);
    return -1;
}

static int refuse_argument(const struct pt_table *t, int what, const char *word, struct pt_err *err)
{
    const struct pt_table_row *row = row_of(t, optopt);
    if (what == ':' && row)
        return pt_err_set(err, PT_USAGE, "--%s needs an argument: %s", row->option->name,
                          row->option->arg ? row->option->arg : "VALUE");
    if (row)
        return pt_err_set(err, PT_USAGE, "--%s takes no argument", row->option->name);
    if (optopt)
        return pt_err_set(err, PT_USAGE, "unknown option \"-%c\"", optopt);
    return unknown_long(t, word, err);
}

static int set_argument(struct pt_table_row *row, const char *value, struct pt_err *err)
{
    struct pt_buf label = {0};
    int rc;
    pt_buf_printf(&label, "--%s", row->option->name);
    rc = pt_option_set(row->option, label.p, value, err);
    row->source = PT_FROM_ARGUMENTS;
    pt_buf_release(&label);
    return rc;
}

int pt_table_arguments(struct pt_table *t, int argc, char **argv, int *first, struct pt_err *err)
{
    struct option *longs = long_options(t);
    struct pt_buf shorts = {0};
    int what, rc = 0;
    short_options(t, &shorts);
    opterr = 0;
    optind = 0; /* glibc: begin afresh */
    while (rc == 0 && (what = getopt_long(argc, argv, shorts.p, longs, NULL)) != -1) {
        struct pt_table_row *row = what == '?' || what == ':' ? NULL : row_of(t, what);
        rc = row ? set_argument(row, optarg, err) : refuse_argument(t, what, argv[optind - 1], err);
    }
    *first = optind;
    pt_buf_release(&shorts);
    free(longs);
    return rc;
}

int pt_table_environment(struct pt_table *t, struct pt_err *err)
{
    struct pt_buf name = {0};
    int rc = 0;
    for (size_t i = 0; i < t->n && rc == 0; i++) {
        const char *value;
        if (t->v[i].source != PT_FROM_NOWHERE)
            continue;
        pt_buf_clear(&name);
        pt_option_variable(&name, t->v[i].option->name);
        value = getenv(name.p);
        if (!value || !value[0])
            continue;
        rc = pt_option_set(t->v[i].option, name.p, value, err);
        t->v[i].source = PT_FROM_ENVIRONMENT;
    }
    pt_buf_release(&name);
    return rc;
}

/* Entries are set in order, so that a list gets all of those that count and others the last. */
static int set_configured(struct pt_table_row *row, const struct pt_config *config, int rank,
                          struct pt_err *err)
{
    for (size_t i = 0; i < config->n; i++) {
        const struct pt_config_entry *e = &config->v[i];
        if (e->rank != rank || strcmp(e->key, row->option->name) != 0)
            continue;
        if (pt_option_set(row->option, e->key, e->value, err) != 0)
            return pt_err_at(err, e->file, e->line);
        row->source = PT_FROM_CONFIGURATION;
    }
    return 0;
}

int pt_table_configuration(struct pt_table *t, const struct pt_config *config, struct pt_err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        int rank =
            t->v[i].source == PT_FROM_NOWHERE ? pt_config_rank(config, t->v[i].option->name) : -1;
        if (rank >= 0 && set_configured(&t->v[i], config, rank, err) != 0)
            return -1;
    }
    return 0;
}

int pt_table_fallbacks(struct pt_table *t, struct pt_err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct pt_option *o = t->v[i].option;
        if (t->v[i].source == PT_FROM_NOWHERE && o->fallback &&
            pt_option_set(o, o->name, o->fallback, err) != 0)
            return -1;
    }
    return 0;
}
