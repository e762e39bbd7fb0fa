/* formula.c - any formula over any numbers: parsed or refused at a place within it; its bounds keep
 * their word; a column gets the verdicts of its values.  So with expressions over selectors, and
 * conditions on columns.  The first eight bytes are the value of x, what follows is the formula. */
#include "query/having.h"
#include "query/join.h"

#include "base/buf.h"
#include "record/selector.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const NAMES[] = {"x", "y"};
enum { NAMED = 2, ROWS = 70 };

/* The place in "... at character N of: ..." lies within the text or just behind it. */
static void check_place(const struct pt_err *err, size_t n)
{
    const char *at = strstr(err->what, " at character ");
    if (err->code != PT_USAGE || !at || strtoul(at + strlen(" at character "), NULL, 10) > n + 1)
        abort();
}

static void check_bounds(const struct pt_formula *f, double x, double y)
{
    double lo[NAMED] = {fmin(x, y), -1}, hi[NAMED] = {fmax(x, y), 2};
    double values[][NAMED] = {{x, -1}, {y, 2}, {x, 0}, {y, 0}, {x, 1}};
    enum pt_truth over = pt_formula_over(f, lo, hi);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (over != PT_SOMETIMES && (over == PT_ALWAYS) != pt_formula_holds(f, values[i]))
            abort();
}

static void check_column(const char *text, double x)
{
    struct pt_formula *f;
    struct pt_err err = {0};
    double column[ROWS];
    bool holds[ROWS];
    if (pt_formula_parse_words(text, PT_FORMULA_CONDITION, "fuzz", NAMES, 1, &f, &err) != 0)
        return;
    for (int i = 0; i < ROWS; i++)
        column[i] = x * i;
    pt_formula_holds_each(f, column, ROWS, holds);
    for (int i = 0; i < ROWS; i++)
        if (holds[i] != pt_formula_holds(f, &column[i]))
            abort();
    pt_formula_free(f);
}

static void check(const char *text, double x)
{
    for (int kind = PT_FORMULA_NUMBER; kind <= PT_FORMULA_CONDITION; kind++) {
        struct pt_formula *f;
        struct pt_err err = {0};
        const double values[NAMED] = {x, 3};
        if (pt_formula_parse_words(text, (enum pt_formula_kind)kind, "fuzz", NAMES, NAMED, &f,
                                   &err) != 0) {
            check_place(&err, strlen(text));
            continue;
        }
        if (kind == PT_FORMULA_NUMBER)
            pt_formula_number(f, values);
        else if (!isnan(x))
            check_bounds(f, x, x + 1);
        pt_formula_free(f);
    }
}

/* What is read as a selector alone stays one, and every column has a name and what it needs. */
static void check_join(const char *text)
{
    const struct pt_agg aggs[] = {{PT_AGG_AVG, 0, "avg"}, {PT_AGG_MAX, 0, "max"}};
    struct pt_join j = {0};
    struct pt_selector *selector;
    struct pt_err err = {0}, ignored = {0};
    bool alone = pt_selector_parse(text, &selector, &ignored) == 0;
    int rc = pt_join_add(&j, text, aggs, 2, &err);
    if (alone)
        pt_selector_free(selector);
    if (alone != (rc == 0 && pt_join_is_selector(&j)) || (rc != 0 && err.code != PT_USAGE))
        abort();
    for (size_t i = 0; rc == 0 && i < j.ncolumns; i++)
        if (!*j.columns[i].name || !j.columns[i].questions)
            abort();
    pt_join_release(&j);
}

static void check_having(const char *text)
{
    const char *const columns[] = {"x", "a / b", "y.z"};
    struct pt_agg aggs[PT_AGGS_MOST];
    struct pt_having h;
    struct pt_err err = {0};
    size_t naggs = 0;
    if (pt_having_parse(text, columns, 3, aggs, &naggs, &h, &err) != 0)
        check_place(&err, strlen(text));
    pt_having_release(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_buf text = {0};
    double x;
    if (size < sizeof x)
        return 0;
    memcpy(&x, data, sizeof x);
    pt_buf_add(&text, data + sizeof x, size - sizeof x);
    check(text.p, x);
    check_column(text.p, x);
    check_having(text.p);
    if (!strchr(text.p, '~')) /* patterns are the C library's affair: see selector.c */
        check_join(text.p);
    pt_buf_release(&text);
    return 0;
}
