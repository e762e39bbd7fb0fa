/* trading-day.c - one day of a trading system as records, one JSON object a line, in time order.
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
 * For each second of the day every source appends its records to a pool, those that come later
 * included (an actual, the end of a decision that waited for a human); then the pool writes the
 * records of that second in order.  The same options give the same bytes everywhere: each source
 * has its own random numbers, and what libm returns is rounded to an integer of the smallest unit
 * shown before anything depends on it.  Time is in microseconds since midnight.
 */
#include "trading-day.h"

#include <signal.h>

#define AT(hour, minute) (((hour)*60 + (minute)) * 60 * SEC)
#define OPEN AT(9, 30)
#define CLOSE AT(16, 0)

/* Mean rates of the day, a second, at scale 1. */
#define ORDER_POINTS 25.2
#define FLOWS 0.47
#define PREDICTIONS 0.69
#define SAMPLING MAX_SCALE /* orders for each sampled one at scale 1 */

#define ERROR_RATE 0.003
#define BURST_ERROR_RATE 0.12
#define SPIKE_FACTOR 4.0
#define DRIFT_FACTOR 1.8
#define LATENCY_SIGMA 0.35
#define PRICE_SIGMA 0.000131 /* of one second; about 2 % in a calm day */
#define BLIND_FACTOR 12      /* edge of direction@3 in the calm regime over the volatile one */

enum { HOSTS = 8, VENUES = 3, FEEDS = 4, SYMBOLS = 8, STRATEGIES = 3, BOOKS = 6, TAGS_MAX = 48 };
enum { VENUE_X = 0, VENUE_Z = 2, DRIFT_HOST = 4, CSP = 0, CALM = 0, VOLATILE = 1 };
enum { SPIKE, DRIFT, STUCK, BURST, REGIME, INCIDENTS };
enum { S_PLAN, S_ORDER, S_COUNTER, S_FEED, S_FLOW, S_PRICE, S_PREDICTION, STREAMS };

static const char *const venue_name[VENUES] = {"X", "Y", "Z"};
static const double venue_median_us[VENUES] = {8000, 11000, 15000};
static const double venue_share[VENUES] = {0.40, 0.35, 0.25};
static const double host_factor[HOSTS] = {0.97, 1.02, 0.99, 1.04, 1.00, 0.95, 1.03, 1.00};

static const char *const feed_name[FEEDS] = {"itch", "opra", "fx", "news"};
static const double feed_lag_us[FEEDS] = {800, 2500, 1200, 40000};
static const double feed_rate[FEEDS] = {8000, 25000, 1500, 3}; /* messages a second */

/* A book is a strategy of an account. */
static const char *const account_name[BOOKS / STRATEGIES] = {"gen-1", "gen-2"};
static const char *const strategy_name[STRATEGIES] = {"csp", "momentum", "pairs"};
static const int64_t book_cents[STRATEGIES] = {100000000, 50000000, 75000000};

static const char *const symbol_name[SYMBOLS] = {"TSLA", "NVDA", "AAPL", "AMD",
                                                 "SPY",  "QQQ",  "MSFT", "AMZN"};
static const int symbol_dollars[SYMBOLS] = {412, 187, 243, 158, 604, 521, 436, 219};

static const char *const regime_name[] = {"calm", "volatile"};
static const double regime_volatility[] = {1, 2};
static const double pnl_mean[] = {14, -20}; /* dollars a trade, by regime */
static const double pnl_sd = 120;           /* in the calm regime */

/* Each incident starts on a whole second of [from, from + slack) and lasts `length`. */
static const struct plan {
    const char *name, *metric, *tags, *message; /* tags NULL: those of the stuck feed */
    int64_t from, slack, length;                /* length 0: until the close */
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

/* Metrics, each as the put() format of its value and tags. */
#define GAUGE(name, digits, unit) \
    ",'name':'" name "','value':%" digits ",'unit':'" unit "','kind':'gauge','tags':{%s}"
#define COUNTER(name) ",'name':'" name "','value':%0,'kind':'counter','tags':{%s}"
static const char order_latency[] = GAUGE("order.latency", "3", "ms");
static const char order_requests[] = COUNTER("order.requests");
static const char order_errors[] = COUNTER("order.errors");
static const char md_lag[] = GAUGE("md.lag", "3", "ms");
static const char md_messages[] = COUNTER("md.messages");
static const char account_equity[] = GAUGE("account.equity", "2", "usd");

struct day {
    double scale;
    uint64_t rng[STREAMS];
    struct pool pool;
    struct {
        int64_t start, until;
    } incident[INCIDENTS];
    int stuck_feed;
    char order_tags[HOSTS][VENUES][TAGS_MAX], host_tags[HOSTS][TAGS_MAX];
    char feed_tags[FEEDS][TAGS_MAX], book_tags[BOOKS][TAGS_MAX];
    int64_t next_order, next_flow, next_prediction, next_scrape, next_feed, next_equity;
    int64_t last_scrape;
    int64_t requests[HOSTS][VENUES], errors[HOSTS][VENUES];
    int64_t messages[FEEDS], lag_us[FEEDS];
    int64_t equity[BOOKS];       /* cents */
    int64_t price[SYMBOLS];      /* 1/10000 dollar */
    int64_t trades, predictions; /* the last ids given */
};

/* One decision from the market data that caused it to its end. */
struct flow {
    int64_t at[6]; /* start of each span; at[spans] is the end of the innermost */
    int spans;     /* 5, or 3 when no order was sent */
    int host, venue, book, symbol, rule;
    const char *name, *outcome;
    bool human, refused;
    char trace[33];
};

struct prediction {
    bool direction; /* direction@3, else vol@1 */
    int64_t id, mom, imb, vol, value, actual;
    int regime;
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

static bool during(const struct day *d, int incident, int64_t ts)
{
    return ts >= d->incident[incident].start && ts < d->incident[incident].until;
}

static int regime_at(const struct day *d, int64_t ts)
{
    return during(d, REGIME, ts) ? VOLATILE : CALM;
}

static void metric(struct day *d, int64_t ts, const char *fmt, int64_t value, const char *tags)
{
    record_begin(&d->pool, ts, NULL);
    put(&d->pool, fmt, value, tags);
    record_end(&d->pool);
}

static void event(struct day *d, int64_t ts, const char *severity, const char *name,
                  const char *tags, const char *message)
{
    record_begin(&d->pool, ts, "event");
    put(&d->pool, ",'name':'%s','severity':'%s','tags':{%s},'message':'%s'", name, severity, tags,
        message);
    record_end(&d->pool);
}

/* --- orders, counters, feeds, equity --------------------------------------------------------- */

static int draw_venue(uint64_t *rng)
{
    double u = rng_unit(rng);
    return u < venue_share[0] ? 0 : u < venue_share[0] + venue_share[1] ? 1 : 2;
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

/* An order that its venue refused; of a flow's trace, or of none (NULL). */
static void order_rejected(struct day *d, int stream, int64_t ts, int host, int venue,
                           const char *trace)
{
    static const char *const why[][2] = {{"E_LIMIT", "position limit exceeded"},
                                         {"E_PRICE", "price outside the collar"},
                                         {"E_SESSION", "session refused the order"}};
    bool burst = venue == VENUE_Z && during(d, BURST, ts);
    int i = burst ? 2 : rng_below(&d->rng[stream], 3);
    record_begin(&d->pool, ts, "event");
    put(&d->pool, ",'name':'order.rejected','severity':'error'");
    if (trace)
        put(&d->pool, ",'trace':'%s'", trace);
    put(&d->pool, ",'tags':{%s},'code':'%s','message':'%s'", d->order_tags[host][venue], why[i][0],
        why[i][1]);
    record_end(&d->pool);
}

static void make_orders(struct day *d, int64_t end)
{
    uint64_t *rng = &d->rng[S_ORDER];
    while (d->next_order < end) {
        int64_t ts = d->next_order;
        int host = rng_below(rng, HOSTS), venue = draw_venue(rng);
        int64_t us = draw_latency_us(d, S_ORDER, host, venue, ts);
        metric(d, ts, order_latency, us, d->order_tags[host][venue]);
        if (rng_unit(rng) < error_rate(d, venue, ts, ts + 1))
            order_rejected(d, S_ORDER, ts + us, host, venue, NULL);
        d->next_order += arrival_gap(d, S_ORDER, ORDER_POINTS, ts);
    }
}

/* Counts the orders of one host and venue over [from, until). */
static void count_orders(struct day *d, int host, int venue, int64_t from, int64_t until)
{
    uint64_t *rng = &d->rng[S_COUNTER];
    int64_t restart = d->incident[DRIFT].until;
    if (host == DRIFT_HOST && from < restart && restart <= until) {
        d->requests[host][venue] = d->errors[host][venue] = 0;
        from = restart;
    }
    if (from >= until)
        return;
    double seconds = (double)(until - from) / (double)SEC;
    double each = SAMPLING * ORDER_POINTS * venue_share[venue] / HOSTS;
    int64_t n = rng_poisson(rng, each * activity(until) * seconds);
    int64_t bad = rng_poisson(rng, (double)n * error_rate(d, venue, from, until));
    d->requests[host][venue] += n;
    d->errors[host][venue] += bad < n ? bad : n;
}

static void scrape_counters(struct day *d, int64_t end)
{
    int64_t period = llround(10 * (double)SEC / d->scale);
    for (; d->next_scrape < end; d->next_scrape += period) {
        for (int h = 0; h < HOSTS; h++)
            for (int v = 0; v < VENUES; v++) {
                int64_t ts = d->next_scrape + h * 1009; /* one host after another */
                count_orders(d, h, v, d->last_scrape, d->next_scrape);
                metric(d, ts, order_requests, d->requests[h][v], d->order_tags[h][v]);
                metric(d, ts, order_errors, d->errors[h][v], d->order_tags[h][v]);
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
            metric(d, ts, md_lag, d->lag_us[f], d->feed_tags[f]);
            metric(d, ts, md_messages, d->messages[f], d->feed_tags[f]);
        }
}

/* At the start of a second, when all trades before it have been booked. */
static void sample_equity(struct day *d, int64_t now)
{
    if (now < d->next_equity)
        return;
    for (int b = 0; b < BOOKS; b++)
        metric(d, now, account_equity, d->equity[b], d->book_tags[b]);
    double period = round(60 / d->scale); /* whole seconds; at least every ten minutes */
    d->next_equity += SEC * (int64_t)(period < 1 ? 1 : period > 600 ? 600 : period);
}

static void move_prices(struct day *d, int64_t now)
{
    double sigma = PRICE_SIGMA * regime_volatility[regime_at(d, now)];
    for (int i = 0; i < SYMBOLS; i++)
        d->price[i] += llround((double)d->price[i] * sigma * rng_normal(&d->rng[S_PRICE]));
}

/* --- decisions, traces and trades ------------------------------------------------------------ */

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
    f->book = rng_below(rng, BOOKS);
    f->symbol = rng_below(rng, SYMBOLS);
    hex64(f->trace, rng_next(rng));
    hex64(f->trace + 16, rng_next(rng));
    f->trace[32] = '\0';
    f->at[0] = ts;
    f->at[1] = f->at[0] + 1 + rng_lognormal(rng, 40, 0.3);
    f->at[2] = f->at[1] + 1 + rng_lognormal(rng, f->human ? 4e6 : 4e3, f->human ? 0.7 : 0.5);
    f->at[3] = f->at[2] + 1 + rng_lognormal(rng, 300, 0.4);
    f->at[4] = f->at[3] + 1 + rng_lognormal(rng, 120, 0.4);
    f->at[5] = f->at[4] + 1 + draw_latency_us(d, S_FLOW, f->host, f->venue, f->at[4]);
    double bad = error_rate(d, f->venue, f->at[5], f->at[5] + 1);
    f->refused = f->spans == 5 && rng_unit(rng) < bad;
}

static void put_spans(struct day *d, const struct flow *f)
{
    static const char *const component[5] = {"md.receive", "strategist.decide", "risk.check",
                                             "order.send", "venue.ack"};
    struct pool *p = &d->pool;
    char span[17] = "", parent[17];
    for (int i = 0; i < f->spans; i++) {
        int64_t dur = f->at[f->spans] - f->at[i] + 2 * (f->spans - 1 - i); /* 2 us to return */
        bool bad = (i == 2 && strcmp(f->outcome, "rejected") == 0) || (i == 4 && f->refused);
        memcpy(parent, span, sizeof parent);
        hex64(span, rng_next(&d->rng[S_FLOW]));
        record_begin(p, f->at[i], "span");
        put(p, ",'dur':%6,'trace':'%s','span':'%s'", dur, f->trace, span);
        if (i > 0)
            put(p, ",'parent':'%s'", parent);
        put(p, ",'name':'%s','status':'%s','tags':{%s}", component[i], bad ? "error" : "ok",
            i < 3 ? d->host_tags[f->host] : d->order_tags[f->host][f->venue]);
        record_end(p);
    }
}

static void put_decision(struct day *d, const struct flow *f)
{
    struct pool *p = &d->pool;
    record_begin(p, f->at[3], "decision");
    put(p, ",'name':'%s','rule':'R%d','outcome':'%s','by':'%s','latency':%6,'trace':'%s'", f->name,
        f->rule, f->outcome, f->human ? "human" : "auto", f->at[3] - f->at[1], f->trace);
    record_end(p);
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
    double sd = pnl_sd * regime_volatility[regime];
    int64_t pnl = llround(100 * (pnl_mean[regime] + sd * rng_normal(rng)));
    record_begin(p, ts, "trade");
    put(p, ",'id':'T%0','account':'%s','strategy':'%s','symbol':'%s','side':'%s','qty':%0",
        ++d->trades, account_name[f->book / STRATEGIES], strategy_name[strategy],
        symbol_name[f->symbol], sell ? "sell" : "buy", qty);
    put(p, ",'price':%2,'fee':%2,'pnl':%2,'regime':'%s','trace':'%s'", price, fee, pnl,
        regime_name[regime], f->trace);
    record_book(p, f->book, pnl - fee);
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
            order_rejected(d, S_FLOW, f.at[5], f.host, f.venue, f.trace);
        else if (f.spans == 5)
            put_trade(d, &f);
    }
}

/* --- predictions ----------------------------------------------------------------------------- */

/*
 * direction: value = P(up) = 0.5 + 0.10 mom + 0.1118 imb, whose standard deviation is 0.15, so that
 * a calibrated model is right in 0.5 + 0.15 sqrt(2/pi) = 0.62 of the cases.  vol: the per cent a
 * day that is to come; the model has the calm slope right and undershoots when it is volatile.
 */
static void draw_prediction(struct day *d, struct prediction *q, int64_t ts)
{
    uint64_t *rng = &d->rng[S_PREDICTION];
    q->id = ++d->predictions;
    q->regime = regime_at(d, ts);
    q->direction = rng_below(rng, 5) < 3;
    q->mom = llround(1000 * rng_normal(rng));
    q->imb = llround(1000 * rng_normal(rng));
    q->vol = rng_lognormal(rng, 1000 * regime_volatility[q->regime], 0.2);
    if (q->direction) {
        int64_t edge = q->mom + q->imb * 1118 / 1000; /* 1/10000 */
        edge = edge > 4500 ? 4500 : edge < -4500 ? -4500 : edge;
        q->value = 5000 + edge;
        edge = q->regime == CALM ? edge : edge / BLIND_FACTOR;
        q->actual = rng_below(rng, 10000) < 5000 + edge;
    } else {
        q->value = 10 * (300 + q->vol * 9 / 10);
        q->actual = rng_lognormal(rng, (double)q->vol * 12, 0.15);
    }
}

static void put_prediction(struct day *d, const struct prediction *q, int64_t ts, bool known)
{
    struct pool *p = &d->pool;
    record_begin(p, ts, "prediction");
    put(p, ",'model':'%s','id':'P%0','features':{'mom':%3,'imb':%3,'vol':%3},'value':%4",
        q->direction ? "direction@3" : "vol@1", q->id, q->mom, q->imb, q->vol, q->value);
    if (known)
        put(p, q->direction ? ",'actual':%0" : ",'actual':%4", q->actual);
    put(p, ",'weight':%1,'regime':'%s'", (int64_t)(q->direction ? 6 : 4), regime_name[q->regime]);
    record_end(p);
}

/* The actual follows 30 to 90 seconds later, unless the close comes before. */
static void make_predictions(struct day *d, int64_t end)
{
    struct prediction q;
    while (d->next_prediction < end) {
        int64_t ts = d->next_prediction;
        draw_prediction(d, &q, ts);
        put_prediction(d, &q, ts, false);
        put_prediction(d, &q, ts + 30 * SEC + rng_below(&d->rng[S_PREDICTION], 60000000), true);
        d->next_prediction += arrival_gap(d, S_PREDICTION, PREDICTIONS, ts);
    }
}

/* --- the day --------------------------------------------------------------------------------- */

static void make_system_events(struct day *d)
{
    const char *feed = d->feed_tags[d->stuck_feed], *drifted = d->host_tags[DRIFT_HOST];
    for (int h = 0; h < HOSTS; h++) {
        event(d, OPEN + h * 1000, "info", "system.start", d->host_tags[h], "engine started");
        event(d, CLOSE - 1000 + h * 100, "info", "system.stop", d->host_tags[h], "engine stopped");
    }
    event(d, d->incident[DRIFT].until, "info", "system.stop", drifted, "engine stopped");
    event(d, d->incident[DRIFT].until + 1000, "info", "system.start", drifted, "engine restarted");
    event(d, d->incident[STUCK].start + 5 * SEC, "warning", "feed.stale", feed,
          "no new messages for 5 s");
    event(d, d->incident[STUCK].until, "info", "feed.recovered", feed, "messages arrive again");
    event(d, d->incident[REGIME].start, "info", "regime.change",
          "\"from\":\"calm\",\"to\":\"volatile\"", "regime changed from calm to volatile");
}

static void write_truth(struct day *d, struct sink *out)
{
    for (int i = 0; i < INCIDENTS; i++) {
        const struct plan *plan = &plans[i];
        record_begin(&d->pool, d->incident[i].start, "incident");
        put(&d->pool, ",'until':'%t','name':'%s','tags':{%s},'metric':'%s','message':'%s'",
            d->incident[i].until, plan->name, plan->tags ? plan->tags : d->feed_tags[d->stuck_feed],
            plan->metric, plan->message);
        record_end(&d->pool);
    }
    pool_flush(&d->pool, out, CLOSE);
    sink_close(out);
}

static void name_series(struct day *d)
{
    for (int h = 0; h < HOSTS; h++) {
        snprintf(d->host_tags[h], TAGS_MAX, "\"host\":\"h%02d\"", h + 1);
        for (int v = 0; v < VENUES; v++)
            snprintf(d->order_tags[h][v], TAGS_MAX, "\"host\":\"h%02d\",\"venue\":\"%s\"", h + 1,
                     venue_name[v]);
    }
    for (int f = 0; f < FEEDS; f++)
        snprintf(d->feed_tags[f], TAGS_MAX, "\"feed\":\"%s\"", feed_name[f]);
    for (int b = 0; b < BOOKS; b++)
        snprintf(d->book_tags[b], TAGS_MAX, "\"account\":\"%s\",\"strategy\":\"%s\"",
                 account_name[b / STRATEGIES], strategy_name[b % STRATEGIES]);
}

static void plan_incidents(struct day *d)
{
    uint64_t *rng = &d->rng[S_PLAN];
    for (int i = 0; i < INCIDENTS; i++) {
        const struct plan *p = &plans[i];
        d->incident[i].start = p->from + SEC * rng_below(rng, (int)(p->slack / SEC));
        d->incident[i].until = p->length ? d->incident[i].start + p->length : CLOSE;
    }
    d->stuck_feed = rng_below(rng, FEEDS - 1); /* not news, which is slow by nature */
}

static void day_init(struct day *d, const struct config *c)
{
    uint64_t seed = c->seed;
    *d = (struct day){.scale = c->scale, .last_scrape = OPEN};
    d->pool = (struct pool){.close = CLOSE, .date = c->date, .ledger = d->equity};
    d->next_scrape = d->next_feed = d->next_equity = OPEN;
    for (int i = 0; i < STREAMS; i++)
        d->rng[i] = rng_next(&seed);
    for (int i = 0; i < SYMBOLS; i++)
        d->price[i] = (int64_t)symbol_dollars[i] * 10000;
    for (int b = 0; b < BOOKS; b++)
        d->equity[b] = book_cents[b % STRATEGIES];
    d->next_order = OPEN + arrival_gap(d, S_ORDER, ORDER_POINTS, OPEN);
    d->next_flow = OPEN + arrival_gap(d, S_FLOW, FLOWS, OPEN);
    d->next_prediction = OPEN + arrival_gap(d, S_PREDICTION, PREDICTIONS, OPEN);
    name_series(d);
    plan_incidents(d);
}

static void day_run(struct day *d, struct sink *out)
{
    make_system_events(d);
    for (int64_t now = OPEN; now < CLOSE; now += SEC) {
        int64_t end = now + SEC;
        move_prices(d, now);
        sample_equity(d, now);
        scrape_counters(d, end);
        make_feeds(d, end);
        make_orders(d, end);
        make_flows(d, end);
        make_predictions(d, end);
        pool_flush(&d->pool, out, end);
    }
    sink_close(out);
}

int main(int argc, char **argv)
{
    static struct day day;
    static struct sink out, truth;
    struct config c = {.seed = 1, .scale = 1, .date = "2026-11-20"};
    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc;)
        i += parse_option(&c, argv + i);
    day_init(&day, &c);
    if (c.truth) {
        sink_open(&truth, c.truth);
        write_truth(&day, &truth);
    }
    out = (struct sink){.fd = STDOUT_FILENO, .name = "stdout"};
    day_run(&day, &out);
    pool_release(&day.pool);
    return 0;
}
