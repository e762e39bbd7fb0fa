/* request.h - what pt-query without a subcommand is asked: its options, read and checked. */
#ifndef PT_QUERY_CMD_REQUEST_H
#define PT_QUERY_CMD_REQUEST_H

#include "cli/option.h"
#include "frame.h"
#include "input.h"
#include "live.h"
#include "plan.h"
#include "query/fill.h"
#include "query/having.h"
#include "query/join.h"
#include "query/query.h"

enum { QUERY_KEYS_MOST = 32 };

/* One question.  The query, and the operands where they are more than one selector, are what is
 * asked of the library; the rest is what is done with the rows. */
struct query_request {
    const struct query_options *options; /* where to read from, and what to write */
    struct pt_query query;               /* no aggregates: the points themselves are asked for */
    struct pt_join join;                 /* what the operands ask for */
    bool joined;                         /* it is more than one selector */
    int64_t compare;                     /* QUERY_NO_DURATION: with nothing */
    struct pt_fill fill;
    struct pt_having having;
    uint64_t top, bottom; /* 0: all */
    bool explain;         /* the plan in place of the rows */
    struct query_live live;
    struct query_damage damage;
    /* What the query points at. */
    struct pt_agg aggs[PT_AGGS_MOST];
    const char *keys[QUERY_KEYS_MOST];
    char *by; /* the text of the keys */
    struct pt_formula *where;
};

/* What the table says is kept until query_request_parse. */
extern const struct pt_option query_request_options[];

/* Makes the request, which is zero, of the options and the operands; it borrows from both.  0, or
 * -1 with err when they make no sense together; release it in either case.  The query points into
 * the request, which stays where it is. */
int query_request_parse(struct query_request *r, int argc, char **argv, struct pt_err *err);
void query_request_release(struct query_request *r);

#endif
