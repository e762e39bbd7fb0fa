/* grid.c - windows and the panes they are cut into, against their definition. */
#include "query/grid.h"
#include "../test.h"

#include "base/time.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Whether a window holds both or neither. */
static bool told_apart(const struct pt_grid_plan *p, int64_t a, int64_t b)
{
    int64_t slide = p->slide ? p->slide : p->window;
    for (int64_t k = floor_div(-200 - p->origin - p->window, slide); k * slide + p->origin < 400;
         k++) {
        int64_t start = k * slide + p->origin, stop = start + p->window;
        if ((a >= start && a < stop) != (b >= start && b < stop))
            return true;
    }
    return false;
}

static bool in_none(const struct pt_grid_plan *p, int64_t t)
{
    return !told_apart(p, t, INT64_MAX);
}

/* No window begins or ends in a pane, and one does between two panes. */
static void panes_are_what_windows_share(void)
{
    uint64_t state = 11;
    for (int round = 0; round < 60; round++) {
        struct pt_grid_plan plan = {.window = 1 + (int64_t)(test_random(&state) % 40),
                                    .slide = (int64_t)(test_random(&state) % 40),
                                    .origin = (int64_t)(test_random(&state) % 90) - 45};
        struct pt_grid g;
        pt_grid_begin(&g, &plan);
        for (int64_t t = -150; t < 150; t++) {
            struct pt_pane a, b;
            bool inside = pt_grid_pane(&g, t, &a);
            CHECK(a.start <= t && t <= a.last && inside == !in_none(&plan, t));
            pt_grid_pane(&g, t + 1, &b);
            CHECK((a.start == b.start) == (a.last == b.last));
            CHECK((a.start == b.start) == pt_grid_together(&g, t, t + 1));
            CHECK(a.start != b.start || !told_apart(&plan, t, t + 1));
            CHECK(a.start == b.start || told_apart(&plan, t, t + 1) || !plan.slide ||
                  plan.window % plan.slide == 0);
        }
        pt_grid_release(&g);
    }
}

static void windows_follow_one_another(void)
{
    uint64_t state = 12;
    for (int round = 0; round < 60; round++) {
        struct pt_grid_plan plan = {.window = 1 + (int64_t)(test_random(&state) % 40),
                                    .slide = 1 + (int64_t)(test_random(&state) % 40),
                                    .origin = (int64_t)(test_random(&state) % 90) - 45};
        int64_t t = (int64_t)(test_random(&state) % 200) - 100;
        struct pt_grid_window w;
        struct pt_grid g;
        pt_grid_begin(&g, &plan);
        CHECK(pt_grid_first(&g, t, &w));
        CHECK(w.stop > t && w.stop - plan.slide <= t);
        for (int i = 0; i < 10; i++) {
            int64_t start = w.start;
            CHECK(w.stop - w.start == plan.window);
            CHECK((w.start - plan.origin) % plan.slide == 0);
            CHECK(pt_grid_next(&g, &w) && w.start == start + plan.slide);
        }
        pt_grid_release(&g);
    }
}

/* Whatever the plan, all instants have a pane, and enumerating windows comes to an end. */
static void ends_of_time(void)
{
    static const int64_t LENGTHS[] = {1, 3, PT_DAY, 1000 * PT_DAY, INT64_MAX};
    static const int64_t TIMES[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
    enum { NL = sizeof LENGTHS / sizeof *LENGTHS, NT = sizeof TIMES / sizeof *TIMES };
    for (int i = 0; i < NL * NL * NT * 2; i++) {
        struct pt_grid_plan plan = {.window = LENGTHS[i % NL],
                                    .slide = LENGTHS[i / NL % NL],
                                    .origin = TIMES[i / NL / NL % NT],
                                    .calendar = i >= NL * NL * NT};
        struct pt_grid g;
        plan.calendar = plan.calendar && plan.window % PT_DAY == 0 && plan.slide % PT_DAY == 0;
        pt_grid_begin(&g, &plan);
        for (int k = 0; k < NT; k++) {
            struct pt_grid_window w;
            struct pt_pane pane;
            pt_grid_pane(&g, TIMES[k], &pane);
            CHECK(pane.start <= TIMES[k] && (pane.last >= TIMES[k] || TIMES[k] == INT64_MAX));
            if (pt_grid_first(&g, TIMES[k], &w))
                for (int n = 0; n < 3 && pt_grid_next(&g, &w); n++)
                    CHECK(w.start < w.stop);
        }
        pt_grid_release(&g);
    }
}

static void sessions(void)
{
    struct pt_grid g;
    pt_grid_begin(&g, &(struct pt_grid_plan){.gap = 10});
    CHECK(pt_grid_together(&g, 5, 14));
    CHECK(!pt_grid_together(&g, 5, 15));
    CHECK(!pt_grid_together(&g, INT64_MIN, INT64_MAX));
    pt_grid_release(&g);
}

TEST_MAIN({"panes are what windows share", panes_are_what_windows_share},
          {"windows follow one another", windows_follow_one_another},
          {"ends of time", ends_of_time}, {"sessions", sessions})
