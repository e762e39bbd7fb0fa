/* answer.c - see answer.h. */
#include "query/answer.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

void pt_group_release(struct pt_group *g)
{
    free(g->start);
    free(g->stop);
    free(g->values);
    free(g->texts);
}

void pt_answer_release(struct pt_answer *a)
{
    for (size_t i = 0; i < a->n; i++)
        pt_group_release(&a->groups[i]);
    free(a->groups);
    pt_arena_release(&a->arena);
    *a = (struct pt_answer){0};
}

/* --- the top --------------------------------------------------------------------------------- */

struct ranked {
    struct pt_group group;
    size_t place;
    double rank; /* the greater the sooner; NaN last */
};

static double rank_of(const struct pt_answer *a, const struct pt_group *g, double sign)
{
    double best = NAN;
    for (size_t i = 0; i < g->n; i++)
        best = fmax(best, sign * g->values[i * a->ncolumns].d);
    return best;
}

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (isnan(x->rank) != isnan(y->rank))
        return isnan(x->rank) - isnan(y->rank);
    if (x->rank > y->rank || x->rank < y->rank)
        return x->rank < y->rank ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

void pt_answer_top(struct pt_answer *a, size_t n, bool least)
{
    struct ranked *all = pt_mem_array(a->n, sizeof *all);
    for (size_t i = 0; i < a->n; i++)
        all[i] = (struct ranked){a->groups[i], i, rank_of(a, &a->groups[i], least ? -1 : 1)};
    qsort(all, a->n, sizeof *all, by_rank);
    for (size_t i = 0; i < a->n; i++)
        a->groups[i] = all[i].group;
    for (; a->n > n; a->n--)
        pt_group_release(&a->groups[a->n - 1]);
    free(all);
}

/* --- by time --------------------------------------------------------------------------------- */

/* Rows of one answer at the same place of time keep the order of their groups, which is that of
 * their numbers in memory: a row is known by where its group is. */
struct timed {
    const struct pt_group *group;
    size_t row;
};

static int by_time(const void *a, const void *b)
{
    const struct timed *x = a, *y = b;
    int64_t x0 = x->group->start[x->row], x1 = x->group->stop[x->row];
    int64_t y0 = y->group->start[y->row], y1 = y->group->stop[y->row];
    if (x1 != y1)
        return x1 < y1 ? -1 : 1;
    if (x0 != y0)
        return x0 < y0 ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

static struct pt_group one_row(const struct pt_answer *a, const struct timed *t)
{
    struct pt_group g = *t->group;
    g.n = g.cap = 1;
    g.start += t->row;
    g.stop += t->row;
    g.values += t->row * a->ncolumns;
    if (g.texts)
        g.texts += t->row * a->ncolumns;
    return g;
}

void pt_answer_by_time(const struct pt_answer *a, struct pt_answer *view)
{
    struct timed *rows;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < a->n; i++)
        n += a->groups[i].n;
    rows = pt_mem_array(n, sizeof *rows);
    for (size_t i = 0; i < a->n; i++)
        for (size_t row = 0; row < a->groups[i].n; row++)
            rows[at++] = (struct timed){&a->groups[i], row};
    qsort(rows, n, sizeof *rows, by_time);
    *view = *a;
    view->groups = pt_mem_array(n, sizeof *view->groups);
    view->n = n;
    for (size_t i = 0; i < n; i++)
        view->groups[i] = one_row(a, &rows[i]);
    free(rows);
}
