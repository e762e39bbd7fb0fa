/* model.h - a report as data: what a builder fills and every renderer walks.
 *
 *   report
 *     section "Latency"            one sentence, then in this order:
 *       figure "p99 latency"       a number with its unit, and what it was the period before
 *       chart                      curves over time, with bands and marks
 *         curve, curve, ...
 *         mark, ...
 *       table                      typed columns, rows of cells
 *
 * All parts live in the report's arena: whatever a function returns, and every text given to one
 * (all are copied), lives until pt_report_release.  Lists are singly linked in the order they were
 * made.
 *
 * Values are full doubles; how many digits are shown is decided once, here or in value.h, so that a
 * number is the same in every rendering. */
#ifndef PT_REPORT_MODEL_H
#define PT_REPORT_MODEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PT_DECIMALS_AUTO = -1 }; /* as many as the values need: value.h */

/* Which way a figure should move. */
enum pt_better { PT_BETTER_NEITHER, PT_BETTER_LOWER, PT_BETTER_HIGHER };

struct pt_figure {
    struct pt_figure *next;
    const char *name, *unit; /* unit "" when there is none */
    double value;
    double before; /* the same figure of the period before; NaN when there is none */
    int decimals;
    enum pt_better better;
    bool headline; /* repeated in the summary */
};

enum pt_cell_kind { PT_CELL_TEXT, PT_CELL_NUMBER, PT_CELL_TIME };
enum { PT_TABLE_COLUMNS_MOST = 12 };

struct pt_table_column {
    const char *name, *unit; /* unit NULL or "" when there is none */
    enum pt_cell_kind kind;
    int decimals; /* PT_CELL_NUMBER; 0 in a static description means PT_DECIMALS_AUTO */
    bool whole;   /* PT_CELL_TEXT: an id, of no use when cut short */
};

/* One of the three by the column's kind; a number may be NaN: nothing to say. */
struct pt_cell {
    struct pt_str text;
    double number;
    int64_t ts;
};

struct pt_row {
    struct pt_row *next;
    struct pt_cell *cells;
};

struct pt_table {
    struct pt_table *next;
    const char *title;
    struct pt_str note; /* what was left out; empty when nothing */
    size_t ncolumns, nrows, filled;
    struct pt_table_column columns[PT_TABLE_COLUMNS_MOST];
    struct pt_row *rows, *last;
};

struct pt_curve {
    struct pt_curve *next;
    struct pt_str name;
    size_t n, cap;
    int64_t *ts;      /* ascending */
    double *v;        /* NaN breaks the line */
    double *low, *high; /* the band around v; both NULL when there is none */
    double rank;      /* what pt_chart_keep goes by */
    bool quiet;       /* of a watched chart, but not to be judged itself */
};

struct pt_mark {
    struct pt_mark *next;
    int64_t ts;
    struct pt_str text;
};

struct pt_chart {
    struct pt_chart *next;
    const char *id; /* unique in the report; letters, digits and dashes */
    const char *title, *unit;
    const char *value_name, *band_name; /* what v and low..high are: "p99", "p50 to p99"; or NULL */
    struct pt_str note;                 /* which curves were left out */
    int64_t from, to; /* what the time axis spans: the extent of the chart's own data */
    int64_t step; /* usual distance of points in ns: twice as much is a gap; 0: never a gap */
    bool from_zero;
    bool watched;     /* less is better: what rises above the expected is a finding */
    bool logarithmic; /* where it is worth it; values not above 0 are then not drawn */
    int decimals;
    size_t ncurves, nleft_out; /* that there are; that could be and are not drawn */
    struct pt_curve *curves, *last;
    struct pt_mark *marks, *last_mark;
};

struct pt_section {
    struct pt_section *next;
    const char *id, *title;
    struct pt_str text; /* a plain sentence or two */
    struct pt_figure *figures, *last_figure;
    struct pt_table *tables, *last_table;
    struct pt_chart *charts, *last_chart;
};

struct pt_report {
    const char *kind; /* "daily" */
    struct pt_str title;
    int64_t since, until;    /* the period, half-open */
    int64_t first, last;     /* times of its first and last datum */
    struct pt_section *sections, *last_section;
    struct pt_arena arena;
};

/* The zero value is an empty report. */
void pt_report_release(struct pt_report *r);

/* Copies of a text that live as long as the report. */
struct pt_str pt_report_text(struct pt_report *r, struct pt_str s);
const char *pt_report_name(struct pt_report *r, struct pt_str s); /* with a NUL at the end */

struct pt_section *pt_report_section(struct pt_report *r, const char *id, const char *title);
void pt_section_say(struct pt_report *r, struct pt_section *s, struct pt_buf *text);

/* Takes a section out again. */
void pt_report_drop(struct pt_report *r, const struct pt_section *s);

struct pt_figure *pt_section_figure(struct pt_report *r, struct pt_section *s, const char *name,
                                    const char *unit, double value);

/* A table with these columns; fill it row by row, one call a cell, in their order. */
struct pt_table *pt_section_table(struct pt_report *r, struct pt_section *s, const char *title,
                                  const struct pt_table_column *columns, size_t n);
void pt_table_text(struct pt_report *r, struct pt_table *t, struct pt_str v);
void pt_table_number(struct pt_report *r, struct pt_table *t, double v);
void pt_table_time(struct pt_report *r, struct pt_table *t, int64_t ts);

/* Chart ids are the section's id and a number: latency-1. */
struct pt_chart *pt_section_chart(struct pt_report *r, struct pt_section *s, const char *title,
                                  const char *unit);

/* A curve with room for `most` points. */
struct pt_curve *pt_chart_curve(struct pt_report *r, struct pt_chart *c, struct pt_str name,
                                size_t most, bool band);
void pt_curve_add(struct pt_curve *curve, int64_t ts, double v);
void pt_curve_add_band(struct pt_curve *curve, int64_t ts, double v, double low, double high);
void pt_chart_mark(struct pt_report *r, struct pt_chart *c, int64_t ts, struct pt_str text);

/* Leaves the `most` curves of the highest rank, in their order, and says so in the note:
 * "6 of 24 shown: those with the highest p99". */
void pt_chart_keep(struct pt_report *r, struct pt_chart *c, size_t most, const char *rank);

/* Fills `before` of each figure from that of the same name in the same section of `earlier`. */
void pt_report_compare(struct pt_report *r, const struct pt_report *earlier);

/* (value - before) / |before|; NaN where that says nothing. */
double pt_figure_change(const struct pt_figure *f);

#endif
