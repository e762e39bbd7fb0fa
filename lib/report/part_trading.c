/* part_trading.c - the trades: what was done and what it brought, by book, regime and symbol.
 *
 * All figures come from the trade documents.  P&L is what they say, before fees; net is P&L less
 * fees.  A trade wins when its P&L is above 0; the profit factor is the sum of the gains over that
 * of the losses.  Sums are double-double, so cents add up whatever the order.
 *
 * Equity is another source (the account.equity series), so it has its own chart: the change since
 * the first value of the period, because accounts of different size share the axis. */
#include "report/part.h"

#include "base/mem.h"
#include "report/keyed.h"
#include "report/value.h"
#include "series/summary.h"

#include <math.h>
#include <stdlib.h>

enum { ACCOUNT, STRATEGY, SYMBOL, QTY, PRICE, FEE, PNL, REGIME, NKEYS };
static const char *const KEYS[NKEYS] = {"account", "strategy", "symbol", "qty",
                                        "price",   "fee",      "pnl",    "regime"};

struct tally {
    struct pt_str key;
    uint64_t trades, judged, wins; /* judged: those that say their P&L */
    struct pt_dd volume, fees, pnl, gains, losses;
    struct pt_column net; /* by window: the net P&L of the tally so far */
};

struct trading {
    struct pt_keyed all, books, regimes, symbols;
    struct pt_buf key;
};

static void *begin(void)
{
    struct trading *t = pt_mem_alloc(sizeof *t);
    t->all = t->books = t->regimes = t->symbols = PT_KEYED(struct tally);
    return t;
}

static void release_tallies(struct pt_keyed *k)
{
    for (size_t i = 0; i < pt_keyed_count(k); i++)
        pt_column_release(&((struct tally *)pt_keyed_at(k, i))->net);
    pt_keyed_release(k);
}

static void end(void *state)
{
    struct trading *t = state;
    release_tallies(&t->all);
    release_tallies(&t->books);
    release_tallies(&t->regimes);
    release_tallies(&t->symbols);
    pt_buf_release(&t->key);
    free(t);
}

static double value_of(struct pt_dd v)
{
    return v.hi + v.lo;
}

/* Absent numbers count as 0, except a P&L: a trade without one is not judged. */
static void tally_add(struct tally *t, const struct pt_str *m)
{
    double qty = pt_part_number(m[QTY]), price = pt_part_number(m[PRICE]);
    double fee = pt_part_number(m[FEE]), pnl = pt_part_number(m[PNL]);
    t->trades++;
    if (isfinite(qty * price))
        t->volume = pt_dd_add(t->volume, fabs(qty * price));
    if (isfinite(fee))
        t->fees = pt_dd_add(t->fees, fee);
    if (!isfinite(pnl))
        return;
    t->judged++;
    t->wins += pnl > 0;
    t->pnl = pt_dd_add(t->pnl, pnl);
    if (pnl > 0)
        t->gains = pt_dd_add(t->gains, pnl);
    else
        t->losses = pt_dd_add(t->losses, -pnl);
}

static double net_of(const struct tally *t)
{
    return value_of(pt_dd_add(pt_dd_add(t->pnl, -t->fees.hi), -t->fees.lo));
}

static void feed(struct pt_daily *d, void *state, const struct pt_store_document *doc)
{
    struct trading *t = state;
    struct pt_str m[NKEYS], book[2];
    struct tally *tally;
    pt_part_members(doc->body, KEYS, NKEYS, m);
    book[0] = pt_part_text(d, m[ACCOUNT]);
    book[1] = pt_part_text(d, m[STRATEGY]);
    tally_add(pt_keyed_get(&t->all, PT_STR("all"), NULL), m);
    tally_add(pt_keyed_get(&t->regimes, pt_part_text(d, m[REGIME]), NULL), m);
    tally_add(pt_keyed_get(&t->symbols, pt_part_text(d, m[SYMBOL]), NULL), m);
    tally = pt_keyed_get(&t->books, pt_keyed_join(&t->key, book, 2), NULL);
    tally_add(tally, m);
    pt_part_note_last(&tally->net, doc->ts, net_of(tally));
}

/* --- tables ---------------------------------------------------------------------------------- */

enum { MONEY = 2 }; /* decimals */

/* Those of a tally; the names of its key stand before them. */
#define TALLY_COLUMNS                                                                       \
    {.name = "trades", .kind = PT_CELL_NUMBER}, {.name = "volume", .kind = PT_CELL_NUMBER}, \
        {.name = "fees", .kind = PT_CELL_NUMBER, .decimals = MONEY},                        \
        {.name = "P&L", .kind = PT_CELL_NUMBER, .decimals = MONEY},                         \
        {.name = "net", .kind = PT_CELL_NUMBER, .decimals = MONEY},                         \
        {.name = "win rate", .unit = "%", .kind = PT_CELL_NUMBER, .decimals = 1},           \
        {.name = "profit factor", .kind = PT_CELL_NUMBER, .decimals = 3},

static const struct pt_table_column BOOK_COLUMNS[] = {{.name = "account", .kind = PT_CELL_TEXT},
                                                      {.name = "strategy", .kind = PT_CELL_TEXT},
                                                      TALLY_COLUMNS};
static const struct pt_table_column REGIME_COLUMNS[] = {{.name = "regime", .kind = PT_CELL_TEXT},
                                                        TALLY_COLUMNS};
static const struct pt_table_column SYMBOL_COLUMNS[] = {{.name = "symbol", .kind = PT_CELL_TEXT},
                                                        TALLY_COLUMNS};
enum { TALLY_NCOLUMNS = sizeof REGIME_COLUMNS / sizeof REGIME_COLUMNS[0] };

static double profit_factor(const struct tally *t)
{
    double losses = value_of(t->losses);
    return losses > 0 ? value_of(t->gains) / losses : NAN;
}

static void table(struct pt_daily *d, struct pt_section *s, const char *title,
                  const struct pt_keyed *k, const struct pt_table_column *columns, size_t parts)
{
    struct pt_table *t = pt_section_table(d->report, s, title, columns, TALLY_NCOLUMNS - 1 + parts);
    size_t n = pt_keyed_count(k);
    void **sorted = pt_keyed_sorted(k, NULL);
    for (size_t i = 0; i < n && i < PT_PART_ROWS_MOST; i++) {
        const struct tally *v = sorted[i];
        for (size_t part = 0; part < parts; part++)
            pt_table_text(d->report, t, pt_keyed_part(v->key, part));
        pt_table_number(d->report, t, (double)v->trades);
        pt_table_number(d->report, t, value_of(v->volume));
        pt_table_number(d->report, t, value_of(v->fees));
        pt_table_number(d->report, t, value_of(v->pnl));
        pt_table_number(d->report, t, net_of(v));
        pt_table_number(d->report, t, pt_part_percent((double)v->wins, (double)v->judged));
        pt_table_number(d->report, t, profit_factor(v));
    }
    pt_part_note(d, t, PT_PART_ROWS_MOST, n, "the first");
    free(sorted);
}

/* --- charts ---------------------------------------------------------------------------------- */

static void net_chart(struct pt_daily *d, struct pt_section *s, const struct trading *t)
{
    struct pt_chart *c = pt_section_chart(d->report, s, "Net P&L so far", "");
    const struct pt_extent e = pt_part_extent(&d->types, "trade");
    size_t n = pt_keyed_count(&t->books);
    void **sorted = pt_keyed_sorted(&t->books, NULL);
    struct pt_buf name = {0};
    c->value_name = "after fees, by account and strategy";
    c->decimals = MONEY;
    for (size_t i = 0; i < n; i++) {
        struct tally *v = sorted[i];
        struct pt_curve *k;
        pt_part_note_last_by(&v->net, e.window);
        pt_buf_clear(&name);
        pt_buf_str(&name, pt_keyed_part(v->key, 0));
        pt_buf_putc(&name, ' ');
        pt_buf_str(&name, pt_keyed_part(v->key, 1));
        k = pt_part_curve(d, c, pt_buf_view(&name), &v->net);
        k->rank = fabs(k->rank);
    }
    pt_part_span(c, &e);
    c->step = 0; /* between trades the P&L stays as it is: no gaps */
    pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "gain or loss");
    pt_buf_release(&name);
    free(sorted);
}

static int equity_chart(struct pt_daily *d, struct pt_section *s, struct pt_err *err)
{
    const struct pt_extent e = pt_part_extent(&d->metrics, "account.equity");
    const struct pt_ask ask = {"account.equity", "last,first", {"account", "strategy"}, e.window};
    struct pt_answer a;
    struct pt_chart *c;
    if (pt_part_ask(d, &ask, &a, err) < 0)
        return -1;
    for (size_t i = 0; i < a.n; i++) {
        struct pt_group *g = &a.groups[i];
        double start = pt_part_value(&a, g, 0, 1);
        for (size_t row = 0; row < g->n; row++)
            g->values[row * a.ncolumns] =
                pt_num_real(100 * (pt_part_value(&a, g, row, 0) - start) / fabs(start));
    }
    if (a.n) {
        c = pt_section_chart(d->report, s, "Equity since the start", "%");
        c->value_name = "change of account.equity";
        pt_part_curves(d, c, &a, (struct pt_drawn){0}, &e);
        pt_chart_keep(d->report, c, PT_PART_CURVES_MOST, "gain");
    }
    pt_answer_release(&a);
    return 0;
}

/* --- the section ----------------------------------------------------------------------------- */

static void figure(struct pt_daily *d, struct pt_section *s, const char *name, const char *unit,
                   double value, int decimals)
{
    struct pt_figure *f = pt_section_figure(d->report, s, name, unit, value);
    f->decimals = decimals;
    f->better = PT_BETTER_HIGHER;
    f->headline = strcmp(name, "net P&L") == 0;
}

static void figures(struct pt_daily *d, struct pt_section *s, const struct tally *all)
{
    figure(d, s, "trades", "", (double)all->trades, 0);
    figure(d, s, "volume", "", value_of(all->volume), 0);
    figure(d, s, "fees", "", value_of(all->fees), MONEY);
    figure(d, s, "P&L", "", value_of(all->pnl), MONEY);
    figure(d, s, "net P&L", "", net_of(all), MONEY);
    figure(d, s, "win rate", "%", pt_part_percent((double)all->wins, (double)all->judged), 1);
    figure(d, s, "profit factor", "", profit_factor(all), 3);
    for (struct pt_figure *f = s->figures; f; f = f->next)
        if (f->decimals == 0 || strcmp(f->name, "fees") == 0)
            f->better = PT_BETTER_NEITHER;
}

static void say(struct pt_daily *d, struct pt_section *s, const struct tally *all)
{
    pt_buf_clear(&d->text);
    pt_value_put_count(&d->text, (double)all->trades, "trade brought ", "trades brought ");
    pt_value_put(&d->text, value_of(all->pnl), MONEY);
    pt_buf_puts(&d->text, " before and ");
    pt_value_put(&d->text, net_of(all), MONEY);
    pt_buf_puts(&d->text, " after fees. Win rate and profit factor are of the P&L before fees.");
    pt_section_say(d->report, s, &d->text);
}

static int build(struct pt_daily *d, void *state, struct pt_err *err)
{
    struct trading *t = state;
    struct pt_section *s;
    if (pt_keyed_count(&t->all) == 0)
        return 0;
    s = pt_report_section(d->report, "trading", "Trading");
    figures(d, s, pt_keyed_at(&t->all, 0));
    say(d, s, pt_keyed_at(&t->all, 0));
    if (d->brief)
        return 0;
    net_chart(d, s, t);
    table(d, s, "By account and strategy", &t->books, BOOK_COLUMNS, 2);
    table(d, s, "By regime", &t->regimes, REGIME_COLUMNS, 1);
    table(d, s, "By symbol", &t->symbols, SYMBOL_COLUMNS, 1);
    return equity_chart(d, s, err);
}

const struct pt_part pt_part_trading = {"trade", begin, feed, build, end};
