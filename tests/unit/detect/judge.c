/* judge.c - the judge over points handed to it directly: windows, lateness, memory, order. */
#include "detect/judge.h"
#include "../test.h"

#define AT(s) ((s)*INT64_C(1000000000))

struct world {
    struct pt_rules rules;
    struct pt_feed *feed;
    struct pt_judge *judge;
    char seen[512]; /* "TICK:STATE:VALUE " of each transition */
};

static int note(void *ctx, const struct pt_judge_event *e, struct pt_err *err)
{
    struct world *w = ctx;
    size_t n = strlen(w->seen);
    (void)err;
    snprintf(w->seen + n, sizeof w->seen - n, "%g:%s:%g ", (double)e->ts / 1e9,
             pt_alert_change_name(e->change), e->value);
    return 0;
}

static void begin(struct world *w, const char *rules)
{
    struct pt_err err = {0};
    struct pt_judge_options o = {PT_TIME_MIN, PT_TIME_MAX, true, note, w};
    *w = (struct world){0};
    CHECK_INT(pt_rules_parse(&w->rules, pt_str(rules), "test", &err), 0);
    w->feed = pt_feed_new();
    w->judge = pt_judge_new(&w->rules, w->feed, &o);
}

static void put(struct world *w, const char *name, int64_t ts, double v)
{
    struct pt_err err = {0};
    struct pt_feed_point p = {
        pt_feed_number(w->feed, pt_str(name), PT_STR("{}"), PT_STR(""), PT_KIND_NONE), ts,
        pt_num_real(v)};
    pt_judge_advance(w->judge, ts, &err);
    pt_judge_point(w->judge, &p);
}

static void end(struct world *w, int64_t last, const char *want)
{
    struct pt_err err = {0};
    pt_judge_end(w->judge, last, &err);
    CHECK_STR(pt_str(w->seen), want);
    pt_judge_free(w->judge);
    pt_feed_free(w->feed);
    pt_rules_release(&w->rules);
}

/* (t - 10, t]: a point counts at its own tick, and no more ten seconds later. */
static void windows_are_open_on_the_left(void)
{
    struct world w;
    begin(&w, "rule A\nexpr sum(g[10s]) > 0\nevery 10s\n");
    put(&w, "g", AT(10), 1);
    put(&w, "g", AT(20), 2);
    put(&w, "g", AT(20) + 1, 4);
    end(&w, AT(60), "10:firing:1 40:resolved:4 ");
}

static void ends_at_the_last_tick(void)
{
    struct world w;
    begin(&w, "rule A\nexpr sum(g[10s]) > 0\nevery 10s\n");
    put(&w, "g", AT(15), 1);
    end(&w, AT(15), ""); /* the tick at 20 is not known yet */
    begin(&w, "rule A\nexpr sum(g[10s]) > 0\nevery 10s\n");
    put(&w, "g", AT(20), 1);
    end(&w, AT(20), "20:firing:1 ");
}

static void late_points_serve_later_ticks(void)
{
    struct world w;
    begin(&w, "rule A\nexpr sum(g[20s]) > 10\nevery 10s\n");
    put(&w, "g", AT(5), 4);
    put(&w, "g", AT(31), 4);
    put(&w, "g", AT(25), 8);
    put(&w, "g", AT(25), 7); /* the larger of two at one time stays */
    CHECK_INT((int64_t)pt_judge_late(w.judge), 2);
    end(&w, AT(60), "40:firing:12 50:resolved:12 ");
}

static void increase_steps_over_the_edge(void)
{
    struct world w;
    begin(&w, "rule A\nexpr increase(c[10s]) >= 0\nevery 10s\n");
    put(&w, "c", AT(1), 100); /* alone: no step, no increase */
    put(&w, "c", AT(11), 103);
    put(&w, "c", AT(19), 2); /* reset: 2 */
    end(&w, AT(30), "20:firing:5 30:resolved:5 ");
}

/* Points of hours through a window of seconds: what left it leaves no rounding behind. */
static void long_streams(void)
{
    struct world w;
    begin(&w, "rule A\nexpr sum(g[10s]) > 1e6\nevery 1s\nrule B\nexpr count(g[10s]) != 100\n"
              "every 10s\n");
    for (int64_t i = 1; i <= 200000; i++)
        put(&w, "g", i * AT(1) / 10, i == 150000 ? 1e9 : 0.1);
    end(&w, AT(20000), "15000:firing:1e+09 15010:resolved:1e+09 ");
}

TEST_MAIN({"windows are open on the left", windows_are_open_on_the_left},
          {"ends at the last tick", ends_at_the_last_tick},
          {"late points serve later ticks", late_points_serve_later_ticks},
          {"increase steps over the edge", increase_steps_over_the_edge},
          {"long streams", long_streams})
