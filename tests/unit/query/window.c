/* window.c - windows: however the points of a series are cut into runs and summaries, the cells are
 * one. */
#include "query/window.h"
#include "../test.h"

#include "base/time.h"

static const struct pt_windows_need ALL = {.values = true, .moments = true};
static const struct pt_windows_need SUMS = {.moments = true};

static void fill(struct pt_column *c, uint64_t seed, size_t n)
{
    int64_t t = -1000;
    for (size_t i = 0; i < n; i++) {
        uint64_t r = test_random(&seed);
        t += 1 + (int64_t)(r % 40) + (r % 50 == 0 ? 700 : 0);
        pt_column_add(c, t, pt_num_real((double)(r % 1000) / 8));
    }
}

static struct pt_column part(const struct pt_column *c, size_t begin, size_t end)
{
    return (struct pt_column){.n = end - begin, .ts = c->ts + begin, .v = c->v + begin};
}

static void check_same(const struct pt_windows *a, const struct pt_windows *b)
{
    CHECK_INT((int64_t)a->n, (int64_t)b->n);
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const struct pt_summary *x = &a->cells[i].sum, *y = &b->cells[i].sum;
        CHECK_INT(a->cells[i].start, b->cells[i].start);
        CHECK(x->n == y->n && x->t0 == y->t0 && x->t1 == y->t1);
        CHECK_NEAR(x->sum.hi, y->sum.hi, 0);
        CHECK_NEAR(x->squares.hi, y->squares.hi, 0);
        CHECK_NEAR(x->increase.hi, y->increase.hi, 0);
        CHECK_NEAR(a->cells[i].delta.hi, b->cells[i].delta.hi, 0);
        CHECK_INT(a->cells[i].stop, b->cells[i].stop);
        CHECK_NEAR(x->first.d, y->first.d, 0);
        CHECK_NEAR(x->last.d, y->last.d, 0);
    }
}

/* Runs of random lengths; those that lie in one window sometimes come as summaries. */
static void add_cut(struct pt_windows *w, const struct pt_column *c, uint64_t *state)
{
    for (size_t i = 0, end; i < c->n; i = end) {
        uint64_t r = test_random(state);
        struct pt_column run;
        struct pt_summary s;
        end = i + 1 + r % 20;
        end = end < c->n ? end : c->n;
        run = part(c, i, end);
        s = pt_summary_of(c, i, end);
        if (r % 3 == 0 && pt_grid_together(w->grid, s.t0, s.t1))
            pt_windows_summary(w, &s);
        else
            pt_windows_points(w, &run);
    }
}

static void cuts_do_not_matter(void)
{
    static const struct pt_grid_plan PLANS[] = {
        {.window = 0},   {.window = 1},    {.window = 7},
        {.window = 100}, {.window = 5000}, {.window = INT64_MAX},
        {.gap = 1},      {.gap = 30},      {.gap = 5000},
        {.window = 100, .slide = 30}, {.window = 30, .slide = 100}, {.window = 90, .origin = -7}};
    uint64_t state = 3;
    for (size_t l = 0; l < sizeof PLANS / sizeof PLANS[0]; l++) {
        struct pt_windows whole = {0}, cut = {0};
        struct pt_num before = pt_num_real(50);
        struct pt_grid grid;
        pt_grid_begin(&grid, &PLANS[l]);
        pt_windows_begin(&whole, &grid, SUMS);
        pt_windows_begin(&cut, &grid, SUMS);
        for (uint64_t s = 0; s < 5; s++) {
            struct pt_column c = {0};
            fill(&c, s, 300);
            pt_windows_series(&whole, s % 2 ? &before : NULL, 0, PT_TIME_MIN);
            pt_windows_series(&cut, s % 2 ? &before : NULL, 0, PT_TIME_MIN);
            pt_windows_points(&whole, &c);
            add_cut(&cut, &c, &state);
            pt_column_release(&c);
        }
        pt_windows_end(&whole);
        pt_windows_end(&cut);
        check_same(&whole, &cut);
        pt_windows_release(&whole);
        pt_windows_release(&cut);
    }
}

/* The values of a cell are those of its window; their sum tells. */
static void deals_values(void)
{
    struct pt_windows w = {0};
    for (int round = 0; round < 4; round++) { /* later ones with the memory of the first */
        struct pt_grid grid;
        size_t total = 0;
        pt_grid_begin(&grid, &(struct pt_grid_plan){.window = round % 2 ? 0 : 100,
                                                    .gap = round % 2 ? 20 : 0});
        pt_windows_begin(&w, &grid, ALL);
        for (uint64_t s = 0; s < 4; s++) {
            struct pt_column c = {0};
            fill(&c, 10 + s, 200);
            pt_windows_series(&w, NULL, 0, PT_TIME_MIN);
            pt_windows_points(&w, &c);
            total += c.n;
            pt_column_release(&c);
        }
        pt_windows_end(&w);
        for (size_t i = 0; i < w.n; i++) {
            double sum = 0;
            for (size_t k = 0; k < w.cells[i].sum.n; k++)
                sum += w.values[w.cells[i].at + k];
            CHECK_NEAR(sum, w.cells[i].sum.sum.hi, 0); /* eighths: exact */
            CHECK(i == 0 || w.cells[i - 1].start < w.cells[i].start);
            total -= w.cells[i].sum.n;
        }
        CHECK_INT((int64_t)total, 0);
    }
    pt_windows_release(&w);
}

static void steps_count_where_they_end(void)
{
    int64_t ts[] = {5, 12, 38, 39};
    double v[] = {10, 13, 4, 9};
    struct pt_column c = {.n = 4, .ts = ts, .v = v};
    struct pt_num before = pt_num_real(8);
    struct pt_windows w = {0};
    struct pt_grid grid;
    pt_grid_begin(&grid, &(struct pt_grid_plan){.window = 10});
    pt_windows_begin(&w, &grid, SUMS);
    pt_windows_series(&w, &before, 0, PT_TIME_MIN);
    pt_windows_points(&w, &c);
    pt_windows_end(&w);
    CHECK_INT((int64_t)w.n, 3);
    CHECK_NEAR(w.cells[0].delta.hi, 2, 0);
    CHECK_NEAR(w.cells[2].delta.hi, -9 + 5, 0);
    CHECK_NEAR(w.cells[0].sum.increase.hi, 2, 0);
    CHECK_NEAR(w.cells[1].sum.increase.hi, 3, 0);
    CHECK_NEAR(w.cells[2].sum.increase.hi, 4 + 5, 0); /* a reset to zero, then 4, then 9 */
    pt_windows_release(&w);
}

static void ends_of_time(void)
{
    int64_t ts[] = {INT64_MIN, INT64_MIN + 1, 0, INT64_MAX - 1, INT64_MAX};
    double v[] = {1, 1, 1, 1, 1};
    struct pt_column c = {.n = 5, .ts = ts, .v = v};
    static const int64_t LENGTHS[] = {1, 3, 1000000007, INT64_MAX};
    for (size_t l = 0; l < sizeof LENGTHS / sizeof LENGTHS[0]; l++) {
        struct pt_windows w = {0};
        struct pt_grid grid;
        uint64_t n = 0;
        pt_grid_begin(&grid, &(struct pt_grid_plan){.window = LENGTHS[l]});
        pt_windows_begin(&w, &grid, ALL);
        pt_windows_points(&w, &c);
        pt_windows_end(&w);
        for (size_t i = 0; i < w.n; i++)
            n += w.cells[i].sum.n;
        CHECK_INT((int64_t)n, 5);
        pt_windows_release(&w);
    }
}

TEST_MAIN({"cuts do not matter", cuts_do_not_matter}, {"deals values", deals_values},
          {"steps count where they end", steps_count_where_they_end},
          {"ends of time", ends_of_time})
