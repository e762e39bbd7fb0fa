/* series.c - see series.h.
 *
 * Constraints are looked at once for a series, not once for a point.  A name or an id is found by
 * the catalogue's own index; for all others the catalogue is walked. */
#include "sql/series.h"

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "sql/plan.h"

#include <stdlib.h>

enum { KEYS_MOST = 500 }; /* tags that are columns; SQLite takes 2000 columns */

struct table {
    struct pt_table base;
    struct pt_series_keys keys;
};

/* --- columns --------------------------------------------------------------------------------- */

static const char COLUMNS[] =
    "ts INTEGER NOT NULL, time TEXT, name TEXT, value, tags TEXT, unit TEXT, kind TEXT,"
    " series INTEGER NOT NULL, selector TEXT HIDDEN";

/* Names of columns that are no tags. */
static bool taken(const char *key)
{
    static const char *const NAMES[] = {"ts",   "time", "name",   "value",   "tags",
                                        "unit", "kind", "series", "selector"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (sqlite3_stricmp(key, NAMES[i]) == 0)
            return true;
    return false;
}

static int take_keys(void *ctx, const struct pt_store_series *s)
{
    struct pt_map *keys = ctx;
    struct pt_json_iter it;
    struct pt_str key, value;
    if (pt_json_open(&it, s->tags) != 0)
        return 0;
    while (pt_json_next(&it, &key, &value) == 1)
        if (!memchr(key.p, '\\', key.n)) /* nobody would spell such a key */
            pt_map_add(keys, key, NULL);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct pt_str *x = a, *y = b;
    return sqlite3_stricmp(x->p, y->p);
}

/* Sorts the keys and leaves out those that are no columns. */
static void settle_keys(struct pt_series_keys *k)
{
    size_t n = 0;
    if (k->n)
        qsort(k->v, k->n, sizeof *k->v, by_name);
    for (size_t i = 0, same; i < k->n && n < KEYS_MOST; i += same) {
        for (same = 1; i + same < k->n && by_name(&k->v[i], &k->v[i + same]) == 0;)
            same++;
        if (same == 1 && k->v[i].n && !taken(k->v[i].p))
            k->v[n++] = k->v[i];
    }
    k->n = n;
}

static void add_key(struct pt_series_keys *k, struct pt_str key)
{
    k->v = pt_mem_grow(k->v, &k->cap, k->n + 1, sizeof *k->v);
    k->v[k->n++] = pt_arena_str(&k->arena, key);
}

static int find_keys(struct table *t, struct pt_err *err)
{
    struct pt_map keys = {0};
    int rc = pt_store_each_series(t->base.host->store, NULL, take_keys, &keys, err);
    for (uint32_t i = 0; i < keys.n; i++)
        add_key(&t->keys, pt_map_key(&keys, i));
    pt_map_release(&keys);
    settle_keys(&t->keys);
    return rc;
}

/* An argument of CREATE VIRTUAL TABLE is the text as it stands there; quotes are taken off. */
static void add_argument(struct pt_series_keys *k, const char *argument)
{
    size_t n = strlen(argument);
    bool quoted = n >= 2 && (*argument == '"' || *argument == '\'') && argument[n - 1] == *argument;
    add_key(k, (struct pt_str){argument + quoted, n - 2 * (size_t)quoted});
}

static char *declaration(const struct table *t, bool hidden)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "CREATE TABLE points(%s", COLUMNS);
    for (size_t i = 0; i < t->keys.n; i++)
        sqlite3_str_appendf(sql, ", \"%w\" TEXT%s", t->keys.v[i].p, hidden ? " HIDDEN" : "");
    /* Without row ids, since there is no number that tells the points of all series apart. */
    sqlite3_str_appendall(sql, ", PRIMARY KEY(series, ts)) WITHOUT ROWID");
    return sqlite3_str_finish(sql);
}

int pt_series_connect(sqlite3 *db, void *binding, int argc, const char *const *argv,
                      sqlite3_vtab **out, char **message)
{
    enum { MODULE, DATABASE, TABLE, ARGUMENTS }; /* what argv holds */
    struct pt_err err = {0};
    struct pt_table *base;
    struct table *t;
    char *sql;
    int rc;
    if (strcmp(argv[MODULE], argv[TABLE]) != 0 && sqlite3_stricmp(argv[DATABASE], "temp") != 0) {
        *message = sqlite3_mprintf("the store keeps no tables of others; say CREATE VIRTUAL TABLE "
                                   "temp.%s",
                                   argv[TABLE]);
        return SQLITE_ERROR;
    }
    if ((rc = pt_table_new(binding, sizeof *t, &base, message)) != SQLITE_OK)
        return rc;
    t = (struct table *)base;
    for (int i = ARGUMENTS; i < argc; i++)
        add_argument(&t->keys, argv[i]);
    if (argc <= ARGUMENTS && find_keys(t, &err) != 0) {
        *message = sqlite3_mprintf("%s", err.what);
        pt_series_disconnect(&t->base.base);
        return SQLITE_ERROR;
    }
    sql = declaration(t, argc <= ARGUMENTS);
    rc = pt_table_declare(db, sql, base, out);
    sqlite3_free(sql);
    if (rc != SQLITE_OK)
        pt_series_disconnect(&t->base.base);
    return rc;
}

int pt_series_disconnect(sqlite3_vtab *table)
{
    struct table *t = (struct table *)table;
    free(t->keys.v);
    pt_arena_release(&t->keys.arena);
    pt_table_free(&t->base);
    return SQLITE_OK;
}

const struct pt_series_keys *pt_series_keys(const sqlite3_vtab *table)
{
    return &((const struct table *)table)->keys;
}

/* --- what is asked for ----------------------------------------------------------------------- */

static void want(struct pt_series_set *s, int column)
{
    if (column >= PT_SERIES_KEYS && s->slot[column - PT_SERIES_KEYS] < 0)
        s->slot[column - PT_SERIES_KEYS] = (int)s->wanted++;
}

/* The last bit of colUsed stands for all columns from there on. */
static void want_used(struct pt_series_set *s, uint64_t used)
{
    enum { LAST_BIT = 63 };
    s->wanted = 0;
    s->slot = pt_mem_grow(s->slot, &s->slots_cap, s->keys->n, sizeof *s->slot);
    for (size_t i = 0; i < s->keys->n; i++) {
        size_t column = i + PT_SERIES_KEYS;
        s->slot[i] = -1;
        if (used >> (column < LAST_BIT ? column : LAST_BIT) & 1)
            want(s, (int)column);
    }
}

void pt_series_set_begin(struct pt_series_set *s, const struct pt_series_keys *keys,
                         const char **plan)
{
    enum { HEXADECIMAL = 16 };
    char *at, sign;
    int column;
    uint64_t used = strtoull(*plan, &at, HEXADECIMAL);
    *plan = at + 1;
    pt_arena_reset(&s->arena);
    s->n = s->nterms = s->norders = 0;
    s->keys = keys;
    s->selector = s->name = (struct pt_str){0};
    s->one = s->none = false;
    want_used(s, used);
    while (pt_plan_next(plan, &sign, &column)) {
        want(s, column);
        if (s->norders == PT_SERIES_ORDERS)
            continue;
        s->orders[s->norders].column = column;
        s->orders[s->norders++].descending = sign == '-';
    }
}

static void take_id(struct pt_series_set *s, sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);
    int64_t id = sqlite3_value_int64(value);
    s->none |= type != SQLITE_INTEGER &&
               (type != SQLITE_FLOAT || (double)id != sqlite3_value_double(value));
    s->none |= s->one && s->only != id;
    s->one = true;
    s->only = id;
}

void pt_series_set_term(struct pt_series_set *s, char op, int column, sqlite3_value *value)
{
    int type = sqlite3_value_type(value);
    bool numeric = op == '=' && (type == SQLITE_INTEGER || type == SQLITE_FLOAT);
    struct pt_str text;
    if (column == PT_SERIES_ID) {
        take_id(s, value);
        return;
    }
    text = pt_module_text(value);
    if (column == PT_SERIES_SELECTOR) { /* of two that differ none has both */
        s->none |= s->selector.p && !pt_str_eq(s->selector, text);
        s->selector = text;
        return;
    }
    s->none |= !text.p; /* nothing is equal to NULL, or like it */
    s->none |= op == '=' && type == SQLITE_BLOB;
    if (column == PT_SERIES_NAME && op == '=' && !numeric)
        s->name = text;
    s->terms = pt_mem_grow(s->terms, &s->terms_cap, s->nterms + 1, sizeof *s->terms);
    s->terms[s->nterms++] = (struct pt_series_term){op, column, text, numeric,
                                                    numeric ? sqlite3_value_double(value) : 0};
    want(s, column);
}

/* --- reading --------------------------------------------------------------------------------- */

/* A column of a series as text; p is NULL where SQL has NULL. */
static struct pt_str text_of(const struct pt_series_set *s, const struct pt_series_entry *e,
                             int column)
{
    struct pt_str none = {0};
    switch (column) {
    case PT_SERIES_NAME: return e->series.name;
    case PT_SERIES_TAGS: return e->series.tags;
    case PT_SERIES_UNIT: return e->series.unit.n ? e->series.unit : none;
    case PT_SERIES_KIND: return pt_str(pt_kind_name(e->series.kind));
    default: break;
    }
    return column >= PT_SERIES_KEYS ? e->tags[s->slot[column - PT_SERIES_KEYS]] : none;
}

static bool space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether SQLite could hold the text for the number; rather too often than not. */
static bool may_be(struct pt_str text, double number)
{
    const char *end = text.p + text.n, *rest;
    struct pt_num v;
    while (text.p < end && space(*text.p))
        text.p++;
    while (end > text.p && space(end[-1]))
        end--;
    rest = pt_num_parse_loose(text.p, end, &v);
    if (rest == end)
        return v.d >= number && v.d <= number;
    return text.p < end && strchr("+-.0123456789", *text.p) && *text.p;
}

static bool holds(struct pt_series_set *s, const struct pt_series_term *t,
                  const struct pt_series_entry *e)
{
    struct pt_str text = text_of(s, e, t->column);
    if (!text.p)
        return false;
    if (t->op == '=')
        return pt_str_eq(text, t->text) || (t->numeric && may_be(text, t->number));
    text = pt_arena_str(&s->scratch, text); /* SQLite wants a NUL */
    return t->op == 'g' ? sqlite3_strglob(t->text.p, text.p) == 0
                        : sqlite3_strlike(t->text.p, text.p, 0) == 0;
}

/* The wanted tags of a series, in the arena. */
static int wanted_tags(struct pt_series_set *s, struct pt_str json, struct pt_arena *arena,
                       const struct pt_str **out)
{
    struct pt_str *v = pt_arena_alloc(arena, s->wanted * sizeof *v);
    struct pt_tags tags;
    if (pt_tags_parse(json, &s->scratch, &tags, s->err) != 0)
        return -1;
    for (size_t i = 0; i < s->keys->n; i++) {
        if (s->slot[i] < 0)
            continue;
        v[s->slot[i]] = (struct pt_str){0};
        for (size_t k = 0; k < tags.n; k++)
            if (pt_str_eq(tags.v[k].key, s->keys->v[i]))
                v[s->slot[i]] =
                    (struct pt_str){tags.v[k].value.p ? tags.v[k].value.p : "", tags.v[k].value.n};
    }
    *out = v;
    return 0;
}

static int offer(void *ctx, const struct pt_store_series *series)
{
    struct pt_series_set *s = ctx;
    struct pt_series_entry e = {.series = *series, .place = s->n};
    struct pt_str *kept;
    if (s->one && series->id != s->only)
        return 0;
    pt_arena_reset(&s->scratch);
    if (s->wanted && wanted_tags(s, series->tags, &s->scratch, &e.tags) != 0)
        return -1;
    for (size_t i = 0; i < s->nterms; i++)
        if (!holds(s, &s->terms[i], &e))
            return 0;
    kept = s->wanted ? pt_arena_alloc(&s->arena, s->wanted * sizeof *kept) : NULL;
    for (size_t i = 0; i < s->wanted; i++)
        kept[i] = e.tags[i].p ? pt_arena_str(&s->arena, e.tags[i]) : e.tags[i];
    e.tags = kept;
    e.series = pt_store_series_keep(series, &s->arena);
    s->v = pt_mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
    s->v[s->n++] = e;
    return 0;
}

static int compare(const struct pt_series_set *s, const struct pt_series_entry *x,
                   const struct pt_series_entry *y, int column)
{
    struct pt_str a, b;
    if (column == PT_SERIES_ID)
        return (x->series.id > y->series.id) - (x->series.id < y->series.id);
    a = text_of(s, x, column);
    b = text_of(s, y, column);
    return !a.p || !b.p ? (a.p != NULL) - (b.p != NULL) : pt_str_cmp(a, b); /* NULL comes first */
}

static int in_order(const void *a, const void *b, void *ctx)
{
    const struct pt_series_set *s = ctx;
    const struct pt_series_entry *x = a, *y = b;
    for (size_t i = 0; i < s->norders; i++) {
        int c = compare(s, x, y, s->orders[i].column);
        if (c)
            return s->orders[i].descending ? -c : c;
    }
    return (x->place > y->place) - (x->place < y->place);
}

int pt_series_set_read(struct pt_series_set *s, struct pt_store *store, struct pt_err *err)
{
    struct pt_selector *selector = NULL;
    int rc = 0;
    s->err = err;
    if (s->selector.n)
        rc = pt_selector_parse(s->selector.p, &selector, err);
    else if (!s->one)
        selector = pt_plan_selector(s->name);
    if (rc == 0 && !s->none && s->one && !selector)
        rc = pt_store_one_series(store, s->only, offer, s, err);
    else if (rc == 0 && !s->none)
        rc = pt_store_each_series(store, selector, offer, s, err);
    pt_selector_free(selector);
    if (rc == 0 && s->norders && s->n)
        qsort_r(s->v, s->n, sizeof *s->v, in_order, s);
    return rc;
}

void pt_series_result(sqlite3_context *ctx, const struct pt_series_set *s, size_t at, int column)
{
    struct pt_str text;
    if (column == PT_SERIES_ID) {
        sqlite3_result_int64(ctx, s->v[at].series.id);
        return;
    }
    text = text_of(s, &s->v[at], column);
    if (text.p)
        sqlite3_result_text64(ctx, text.p, text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void pt_series_set_release(struct pt_series_set *s)
{
    free(s->v);
    free(s->slot);
    free(s->terms);
    pt_arena_release(&s->arena);
    pt_arena_release(&s->scratch);
    *s = (struct pt_series_set){0};
}
