/*
 * trading-day: one day of a trading system as records, one JSON object a line, in time order.
 *
 * The day is made up, but it hangs together, so that what one tool says about it can be checked
 * against another:
 *
 *   - order.requests and order.errors count every order; order.latency is measured on a random
 *     sample of them, SCALE in a hundred, one point for each sampled order.  The counters
 *     therefore grow alike at every scale, and at scale 100 every order has its point.
 *   - A trace is one decision and what came of it: md.receive calls strategist.decide, which calls
 *     risk.check, order.send and venue.ack; each span lies within its parent.  decision.latency is
 *     the time from the start of strategist.decide to the verdict of risk.check, and venue.ack
 *     takes what order.latency takes at that host and venue at that moment.
 *   - account.equity is what the account started with plus the pnl less the fee of each of its
 *     trades before that point, to the cent.
 *   - A prediction of direction is calibrated in the calm regime (an actual of 1 comes with the
 *     probability it gave) and almost uninformed in the volatile one.
 *   - Five incidents are put in.  Their places come from the seed alone, so that they stay where
 *     they are when the scale changes; --truth writes them down.
 *   - The slow drift of h05 ends with a restart of its engine: its counters start again from 0.
 *
 * How it works: for each second of the day every source appends its records to a pool, also those
 * that come later (the actual of a prediction, the end of a decision that waited for a human); then
 * the pool writes the records of that second in order.  See trading-day.h.
 *
 * The same options give the same bytes everywhere.  Each source has its own stream of random
 * numbers; what libm returns is rounded to an integer of the smallest unit shown before anything
 * depends on it; money, prices and counters are integers throughout.  Time is in microseconds
 * since midnight.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract under -std=c17 */
#endif
#include "trading-day.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>

#define AT(hour, minute) ((((hour) * 60) + (minute)) * 60 * SEC)
#define OPEN AT(9, 30)
#define CLOSE AT(16, 0)

/* Mean rates of the day, a second, at scale 1. */
#define ORDER_POINTS 25.2
#define FLOWS 0.47
#define PREDICTIONS 0.69
/* Orders for each sampled one at scale 1; also the largest scale. */
#define SAMPLING 100
#define MIN_SCALE 0.001

#define ERROR_RATE 0.003
#define BURST_ERROR_RATE 0.12
#define SPIKE_FACTOR 4.0
#define DRIFT_FACTOR 1.8
#define DRIFT_HOST 4 /* h05 */
#define LATENCY_SIGMA 0.35
#define PRICE_SIGMA 0.000131 /* of one second; about 2 % in a calm day */

enum { HOSTS = 8, VENUES = 3, FEEDS = 4, ACCOUNTS = 2, STRATEGIES = 3, SYMBOLS = 8, TAGS_MAX = 48 };
enum { VENUE_X, VENUE_Z = 2, CSP = 0 };
enum { SPIKE, DRIFT, STUCK, BURST, REGIME, INCIDENTS };
enum { S_PLAN, S_ORDER, S_COUNTER, S_FEED, S_FLOW, S_PREDICTION, S_PRICE, STREAMS };

static const char *const venue_name[VENUES] = {"X", "Y", "Z"};
static const double venue_median_us[VENUES] = {8000, 11000, 15000};
static const double venue_share[VENUES] = {0.40, 0.35, 0.25};
static const double host_factor[HOSTS] = {0.97, 1.02, 0.99, 1.04, 1.00, 0.95, 1.03, 1.00};

static const char *const feed_name[FEEDS] = {"itch", "opra", "fx", "news"};
static const double feed_lag_us[FEEDS] = {800, 2500, 1200, 40000};
static const double feed_rate[FEEDS] = {8000, 25000, 1500, 3}; /* messages a second */

static const char *const account_name[ACCOUNTS] = {"gen-1", "gen-2"};
static const char *const strategy_name[STRATEGIES] = {"csp", "momentum", "pairs"};
static const char *const symbol_name[SYMBOLS] = {"TSLA", "NVDA", "AAPL", "AMD",
                                                 "SPY",  "QQQ",  "MSFT", "AMZN"};
static const int symbol_open[SYMBOLS] = {412, 187, 243, 158, 604, 521, 436, 219}; /* dollars */

static const char *const regime_name[2] = {"calm", "volatile"};
static const double pnl_mean[2] = {14, -20}; /* dollars a trade, by regime */
static const double pnl_sd[2] = {120, 240};

/* The incidents: each starts on a whole second of [from, from + slack) and lasts `length`
 * (0: until the close).  A stuck feed gets its tags when it has been drawn. */
static const struct plan {
    const char *name, *metric, *tags, *message;
    int64_t from, slack, length;
} plans[INCIDENTS] = {
    [SPIKE] = {"latency.spike", "order.latency", "\"venue\":\"X\"",
               "order latency at venue X is four times the usual on all hosts", AT(10, 30),
               AT(0, 52), AT(0, 8)},
    [DRIFT] = {"latency.drift", "order.latency", "\"host\":\"h05\"",
               "order latency of host h05 creeps up to 1.8 times the usual", AT(11, 30), AT(0, 10),
               AT(2, 0)},
    [STUCK] = {"feed.stuck", "md.messages", NULL,
               "the feed counts no messages and its md.lag stays at one value", AT(12, 30),
               AT(0, 54), AT(0, 6)},
    [BURST] = {"error.burst", "order.errors", "\"venue\":\"Z\"",
               "venue Z refuses 12 % of the orders instead of 0.3 %", AT(14, 0), AT(0, 57),
               AT(0, 3)},
    [REGIME] = {"regime.change", "account.equity", "",
                "calm to volatile: volatility doubles, direction accuracy falls from 0.62 to 0.51, "
                "mean pnl turns negative",
                AT(13, 45), AT(0, 30), 0},
};

static const struct metric {
    const char *name, *kind, *unit; /* unit may be NULL */
    int digits;
} order_latency = {"order.latency", "gauge", "ms", 3},
  order_requests = {"order.requests", "counter", NULL, 0},
  order_errors = {"order.errors", "counter", NULL, 0}, md_lag = {"md.lag", "gauge", "ms", 3},
  md_messages = {"md.messages", "counter", NULL, 0},
  account_equity = {"account.equity", "gauge", "usd", 2};

struct config {
    uint64_t seed;
    double scale;
    char date[11];
    const char *truth; /* borrowed from argv, or NULL */
};

struct counters {
    int64_t requests, errors;
};

struct day {
    double scale;
    uint64_t rng[STREAMS];
    struct pool pool;
    struct {
        int64_t start, until;
    } incident[INCIDENTS];
    int stuck_feed;
    char order_tags[HOSTS][VENUES][TAGS_MAX], host_tags[HOSTS][TAGS_MAX];
    char feed_tags[FEEDS][TAGS_MAX], book_tags[ACCOUNTS * STRATEGIES][TAGS_MAX];
    int64_t next_order, next_flow, next_prediction, next_scrape, next_feed, next_equity;
    int64_t last_scrape;
    struct counters orders[HOSTS][VENUES];
    int64_t messages[FEEDS], lag_us[FEEDS];
    int64_t equity[ACCOUNTS * STRATEGIES]; /* cents */
    int64_t price[SYMBOLS];                /* 1/10000 dollar */
    int64_t trades, predictions;           /* the last ids given */
};

/* One decision from the market data that caused it to its end. */
struct flow {
    int64_t at[6]; /* start of each span; at[spans] is the end of the innermost */
    int spans;
    int host, venue, book, symbol;
    const char *name, *outcome;
    int rule;
    bool human, refused;
    char trace[33];
};

struct prediction {
    bool direction; /* direction@3, else vol@1 */
    int64_t id, mom, imb, vol, value, actual;
    int regime;
};

struct event {
    const char *name, *severity, *code, *trace, *tags, *message; /* code, trace may be NULL */
};

/* How busy the day is at ts: high at the open and the close, 1 in the mean. */
static double activity(int64_t ts)
{
    double x = 2.0 * (double)(ts - OPEN) / (double)(CLOSE - OPEN) - 1;
    return 0.55 + 1.35 * x * x;
}

/* Time to the next arrival of a source of so many a second; never 0, so that no two coincide. */
static int64_t arrival_gap(struct day *d, int stream, double per_second, int64_t ts)
{
    double rate = per_second * d->scale * activity(ts);
    return 1 + llround((double)SEC * -log(1 - rng_unit(&d->rng[stream])) / rate);
}

static void metric(struct day *d, int64_t ts, const char *name, int64_t v, const char *tags)
{
    (void)0;
}

/* ---- orders and what counts them ---- */

static bool during(const struct day *d, int incident, int64_t ts)
{
    return ts >= d->incident[incident].start && ts < d->incident[incident].until;
}

static int regime_at(const struct day *d, int64_t ts)
{
    return during(d, REGIME, ts);
}

static int64_t draw_latency_us(struct day *d, int stream, int host, int venue, int64_t ts)
{
    double median = venue_median_us[venue] * host_factor[host];
    if (venue == VENUE_X && during(d, SPIKE, ts))
        median *= SPIKE_FACTOR;
    if (host == DRIFT_HOST && during(d, DRIFT, ts)) {
        double done = (double)(ts - d->incident[DRIFT].start) / (double)plans[DRIFT].length;
        median *= 1 + (DRIFT_FACTOR - 1) * done;
    }
    return rng_lognormal(&d->rng[stream], median, LATENCY_SIGMA);
}

static int draw_venue(uint64_t *rng)
{
    double u = rng_unit(rng);
    return u < venue_share[0] ? 0 : u < venue_share[0] + venue_share[1] ? 1 : 2;
}

/* Mean rate of refused orders at a venue over [from, until). */
static double error_rate(const struct day *d, int venue, int64_t from, int64_t until)
{
    int64_t start = d->incident[BURST].start, end = d->incident[BURST].until;
    start = start > from ? start : from;
    end = end < until ? end : until;
    if (venue != VENUE_Z || start >= end)
        return ERROR_RATE;
    double part = (double)(end - start) / (double)(until - from);
    return ERROR_RATE + part * (BURST_ERROR_RATE - ERROR_RATE);
}

static void order_rejected(struct day *d, int stream, int64_t ts, const char *tags,
                           const char *trace)
{
    static const char *const why[][2] = {{"E_LIMIT", "position limit exceeded"},
                                         {"E_PRICE", "price outside the collar"},
                                         {"E_SESSION", "session refused the order"}};
    int i = during(d, BURST, ts) ? 2 : rng_below(&d->rng[stream], 3);
    event(d, ts, &(struct event){"order.rejected", "error", why[i][0], trace, tags, why[i][1]});
}

static void make_orders(struct day *d, int64_t end)
{
    uint64_t *rng = &d->rng[S_ORDER];
    while (d->next_order < end) {
        int64_t ts = d->next_order;
        int host = rng_below(rng, HOSTS), venue = draw_venue(rng);
        const char *tags = d->order_tags[host][venue];
        int64_t us = draw_latency_us(d, S_ORDER, host, venue, ts);
        metric(d, ts, &order_latency, us, tags);
        if (rng_unit(rng) < error_rate(d, venue, ts, ts + 1))
            order_rejected(d, S_ORDER, ts + us, tags, NULL);
        d->next_order += arrival_gap(d, S_ORDER, ORDER_POINTS, ts);
    }
}

/* Counts the orders of one host and venue over [from, until). */
static void count_orders(struct day *d, int host, int venue, int64_t from, int64_t until)
{
    struct counters *c = &d->orders[host][venue];
    int64_t restart = d->incident[DRIFT].until;
    if (host == DRIFT_HOST && from < restart && restart <= until) {
        *c = (struct counters){0, 0};
        from = restart;
    }
    if (from >= until)
        return;
    double share = venue_share[venue] / HOSTS, seconds = (double)(until - from) / (double)SEC;
    double mean = SAMPLING * ORDER_POINTS * share * activity(until) * seconds;
    int64_t n = rng_poisson(&d->rng[S_COUNTER], mean);
    double errors = (double)n * error_rate(d, venue, from, until);
    int64_t bad = rng_poisson(&d->rng[S_COUNTER], errors);
    c->requests += n;
    c->errors += bad < n ? bad : n;
}

static void scrape_counters(struct day *d, int64_t end)
{
    for (; d->next_scrape < end; d->next_scrape += llround(10 * (double)SEC / d->scale)) {
        for (int h = 0; h < HOSTS; h++)
            for (int v = 0; v < VENUES; v++) {
                int64_t ts = d->next_scrape + h * 1009; /* one host after another */
                count_orders(d, h, v, d->last_scrape, d->next_scrape);
                metric(d, ts, &order_requests, d->orders[h][v].requests, d->order_tags[h][v]);
                metric(d, ts, &order_errors, d->orders[h][v].errors, d->order_tags[h][v]);
            }
        d->last_scrape = d->next_scrape;
    }
}

static void make_feeds(struct day *d, int64_t end)
{
    uint64_t *rng = &d->rng[S_FEED];
    int64_t period = llround((double)SEC / d->scale);
    for (; d->next_feed < end; d->next_feed += period)
        for (int f = 0; f < FEEDS; f++) {
            int64_t ts = d->next_feed + f * 2003 + rng_below(rng, 500);
            double mean = feed_rate[f] * activity(ts) * (double)period / (double)SEC;
            if (f != d->stuck_feed || !during(d, STUCK, ts)) {
                d->messages[f] += rng_poisson(rng, mean);
                d->lag_us[f] = rng_lognormal(rng, feed_lag_us[f], 0.25);
            }
            metric(d, ts, &md_lag, d->lag_us[f], d->feed_tags[f]);
            metric(d, ts, &md_messages, d->messages[f], d->feed_tags[f]);
        }
}

/* At the start of a second, when all trades before it have been booked. */
static void sample_equity(struct day *d, int64_t now)
{
    if (now < d->next_equity)
        return;
    for (int b = 0; b < ACCOUNTS * STRATEGIES; b++)
        metric(d, now, &account_equity, d->equity[b], d->book_tags[b]);
    double period = round(60 / d->scale); /* whole seconds; at least every ten minutes */
    d->next_equity += SEC * (int64_t)(period < 1 ? 1 : period > 600 ? 600 : period);
}

/* ---- decisions, traces and trades ---- */

static void put_hex(char *dst, uint64_t v)
{
    for (int i = 15; i >= 0; i--, v >>= 4)
        dst[i] = "0123456789abcdef"[v & 15];
}

static void draw_decision(struct flow *f, uint64_t *rng)
{
    static const struct {
        const char *name;
        int upto, rule, rules, human; /* cumulative per cent; first rule, how many; per cent */
    } kinds[] = {{"open", 38, 1, 3, 6},
                 {"close", 72, 4, 2, 6},
                 {"roll", 87, 6, 2, 40},
                 {"hedge", 99, 8, 1, 10},
                 {"halt", 100, 9, 1, 80}};
    int i = 0, what = rng_below(rng, 100), outcome = rng_below(rng, 100);
    while (what >= kinds[i].upto)
        i++;
    f->name = kinds[i].name;
    f->rule = kinds[i].rule + rng_below(rng, kinds[i].rules);
    f->human = rng_below(rng, 100) < kinds[i].human;
    f->outcome = outcome < 80 ? "approved" : outcome < 92 ? "rejected" : "deferred";
    f->spans = outcome < 80 && kinds[i].rule != 9 ? 5 : 3; /* a halt sends no order */
}

static void draw_flow(struct day *d, struct flow *f, int64_t ts)
{
    uint64_t *rng = &d->rng[S_FLOW];
    draw_decision(f, rng);
    f->host = rng_below(rng, HOSTS);
    f->venue = draw_venue(rng);
    f->book = rng_below(rng, ACCOUNTS * STRATEGIES);
    f->symbol = rng_below(rng, SYMBOLS);
    put_hex(f->trace, rng_next(rng));
    put_hex(f->trace + 16, rng_next(rng));
    f->trace[32] = '\0';
    f->at[0] = ts;
    f->at[1] = f->at[0] + 1 + rng_lognormal(rng, 40, 0.3);
    f->at[2] = f->at[1] + 1 + rng_lognormal(rng, f->human ? 4e6 : 4e3, f->human ? 0.7 : 0.5);
    f->at[3] = f->at[2] + 1 + rng_lognormal(rng, 300, 0.4);
    f->at[4] = f->at[3] + 1 + rng_lognormal(rng, 120, 0.4);
    f->at[5] = f->at[4] + 1 + draw_latency_us(d, S_FLOW, f->host, f->venue, f->at[4]);
    f->refused =
        f->spans == 5 && rng_unit(rng) < error_rate(d, f->venue, f->at[5], f->at[5] + 1);
}

static void put_spans(struct day *d, const struct flow *f)
{
    static const char *const component[5] = {"md.receive", "strategist.decide", "risk.check",
                                             "order.send", "venue.ack"};
    struct pool *p = &d->pool;
    char span[17] = "", parent[17];
    for (int i = 0; i < f->spans; i++) {
        bool bad = (i == 2 && strcmp(f->outcome, "rejected") == 0) || (i == 4 && f->refused);
        memcpy(parent, span, sizeof parent);
        put_hex(span, rng_next(&d->rng[S_FLOW]));
        record_begin(p, f->at[i], "span");
        put_num(p, "dur", f->at[f->spans] - f->at[i] + 2 * (f->spans - 1 - i), 6);
        put_str(p, "trace", f->trace);
        put_str(p, "span", span);
        if (i > 0)
            put_str(p, "parent", parent);
        put_str(p, "name", component[i]);
        put_str(p, "status", bad ? "error" : "ok");
        put_tags(p, i < 3 ? d->host_tags[f->host] : d->order_tags[f->host][f->venue]);
        record_end(p);
    }
}

static void put_decision(struct day *d, const struct flow *f)
{
    struct pool *p = &d->pool;
    char rule[3] = {'R', (char)('0' + f->rule), '\0'};
    record_begin(p, f->at[3], "decision");
    put_str(p, "name", f->name);
    put_str(p, "rule", rule);
    put_str(p, "outcome", f->outcome);
    put_str(p, "by", f->human ? "human" : "auto");
    put_num(p, "latency", f->at[3] - f->at[1], 6);
    put_str(p, "trace", f->trace);
    record_end(p);
}

static void put_id(struct pool *p, char letter, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%c%07lld", letter, (long long)id);
    put_str(p, "id", text);
}

/* The fill of a flow.  A put's premium is about 1 % of its share. */
static void put_trade(struct day *d, const struct flow *f)
{
    struct pool *p = &d->pool;
    uint64_t *rng = &d->rng[S_FLOW];
    int64_t ts = f->at[5];
    int strategy = f->book % STRATEGIES, regime = regime_at(d, ts);
    bool puts = strategy == CSP, opens = strcmp(f->name, "open") == 0;
    int64_t qty = puts ? 1 + rng_below(rng, 6) : 10 * (1 + rng_below(rng, 40));
    int64_t price = d->price[f->symbol] * (puts ? 80 + rng_below(rng, 60) : 10000) / 1000000;
    int64_t fee = puts ? 65 * qty : qty > 70 ? qty / 2 : 35; /* cents */
    bool sell = puts ? opens : rng_below(rng, 2) == 0;
    int64_t pnl = llround(100 * (pnl_mean[regime] + pnl_sd[regime] * rng_normal(rng)));
    record_begin(p, ts, "trade");
    p->entries[p->count].book = (uint32_t)f->book;
    p->entries[p->count].cents = (int32_t)(pnl - fee);
    put_id(p, 'T', ++d->trades);
    put_str(p, "account", account_name[f->book / STRATEGIES]);
    put_str(p, "strategy", strategy_name[strategy]);
    put_str(p, "symbol", symbol_name[f->symbol]);
    put_str(p, "side", sell ? "sell" : "buy");
    put_num(p, "qty", qty, 0);
    put_num(p, "price", price, 2);
    put_num(p, "fee", fee, 2);
    put_num(p, "pnl", pnl, 2);
    put_str(p, "regime", regime_name[regime]);
    put_str(p, "trace", f->trace);
    record_end(p);
}

/* A flow that the close would cut off is not begun. */
static void make_flows(struct day *d, int64_t end)
{
    struct flow f;
    for (; d->next_flow < end; d->next_flow += arrival_gap(d, S_FLOW, FLOWS, d->next_flow)) {
        draw_flow(d, &f, d->next_flow);
        if (f.at[5] >= CLOSE)
            continue;
        put_spans(d, &f);
        put_decision(d, &f);
        if (f.refused)
            order_rejected(d, S_FLOW, f.at[5], d->order_tags[f.host][f.venue], f.trace);
        else if (f.spans == 5)
            put_trade(d, &f);
    }
}
