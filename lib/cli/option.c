/* option.c - one option's value: from text to its destination.
 *
 * Every message has the same shape, `--limit: "12x" is not a whole number`, so that whoever reads
 * it sees where the value came from, the value itself, and what would do. */
#include "cli/option.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/table.h"

#include <ctype.h>
#include <stdlib.h>

enum { CHOICES_MOST = 32 };

bool pt_option_has_argument(const struct pt_option *o)
{
    return o->type != PT_OPTION_FLAG;
}

bool pt_option_choice(const char *choices, size_t i, struct pt_str *out)
{
    const char *p = choices;
    while (i--) {
        p = strchr(p, '|');
        if (!p)
            return false;
        p++;
    }
    *out = (struct pt_str){p, strcspn(p, "|")};
    return true;
}

void pt_option_variable(struct pt_buf *b, const char *name)
{
    pt_buf_puts(b, "PT_");
    for (; *name; name++)
        pt_buf_putc(b, *name == '-' ? '_' : (char)toupper((unsigned char)*name));
}

static int refuse(const char *label, const char *value, const char *wanted, struct pt_err *err)
{
    return pt_err_set(err, PT_USAGE, "%s: \"%s\" is not %s", label, value, wanted);
}

/* Flags have no argument on the command line, but elsewhere they are words. */
static int set_flag(bool *to, const char *label, const char *value, struct pt_err *err)
{
    static const char *const WORDS[][2] = {
        {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};
    if (!value) {
        *to = true;
        return 0;
    }
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        for (int yes = 0; yes < 2; yes++)
            if (strcmp(value, WORDS[i][yes]) == 0) {
                *to = yes;
                return 0;
            }
    return refuse(label, value, "yes or no", err);
}

static int set_number(double *to, const char *label, const char *value, struct pt_err *err)
{
    const char *end = value + strlen(value);
    struct pt_num v;
    if (value == end || pt_num_parse_loose(value, end, &v) != end)
        return refuse(label, value, "a number", err);
    *to = v.d;
    return 0;
}

static int refuse_choice(const struct pt_option *o, const char *label, const char *value,
                         struct pt_err *err)
{
    char *words = pt_mem_strdup(o->choices);
    const char *list[CHOICES_MOST], *near;
    struct pt_buf all = {0};
    struct pt_str choice;
    size_t n = 0;
    for (; n < CHOICES_MOST && pt_option_choice(o->choices, n, &choice); n++) {
        size_t at = (size_t)(choice.p - o->choices);
        words[at + choice.n] = '\0';
        list[n] = words + at;
        pt_buf_printf(&all, "%s%s", n ? ", " : "", list[n]);
    }
    near = pt_text_nearest(value, list, n);
    pt_err_set(err, PT_USAGE, "%s: \"%s\" is not one of %s%s%s%s", label, value, all.p,
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    pt_buf_release(&all);
    free(words);
    return -1;
}

static int set_choice(const struct pt_option *o, const char *label, const char *value,
                      struct pt_err *err)
{
    struct pt_str choice;
    for (size_t i = 0; pt_option_choice(o->choices, i, &choice); i++)
        if (pt_str_is(choice, value)) {
            *(int *)o->to = (int)i;
            return 0;
        }
    return refuse_choice(o, label, value, err);
}

static void add_to_list(struct pt_list *list, const char *value)
{
    list->v = pt_mem_grow(list->v, &list->cap, list->n + 1, sizeof *list->v);
    list->v[list->n++] = value;
}

int pt_option_set(const struct pt_option *o, const char *label, const char *value,
                  struct pt_err *err)
{
    switch (o->type) {
    case PT_OPTION_END:
    case PT_OPTION_GROUP: break;
    case PT_OPTION_FLAG: return set_flag(o->to, label, value, err);
    case PT_OPTION_TEXT: *(const char **)o->to = value; break;
    case PT_OPTION_LIST: add_to_list(o->to, value); break;
    case PT_OPTION_NUMBER: return set_number(o->to, label, value, err);
    case PT_OPTION_CHOICE: return set_choice(o, label, value, err);
    case PT_OPTION_COUNT:
        if (pt_num_count(value, o->to) != 0)
            return refuse(label, value, "a whole number (0, 1, 2, ...)", err);
        break;
    case PT_OPTION_DURATION:
        if (pt_duration_parse(pt_str(value), o->to) != 0)
            return refuse(label, value, "a duration (such as 30s, 5m or 1h30m)", err);
        break;
    }
    return 0;
}
