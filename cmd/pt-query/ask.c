/* ask.c - see ask.h.
 *
 * request.c reads the command line.  Without --agg and --window the points themselves are written
 * (raw.c); with either of them lib/query answers and show.c writes the rows. */
#include "ask.h"

#include "base/arena.h"
#include "cli/program.h"
#include "input.h"
#include "live.h"
#include "plan.h"
#include "query/compare.h"
#include "query/query.h"
#include "raw.h"
#include "request.h"
#include "show.h"

/* --- aggregates ------------------------------------------------------------------------------ */

static bool has_tag(const struct pt_answer *answer, const char *key)
{
    struct pt_arena arena = {0};
    struct pt_err ignored = {0};
    struct pt_tags tags;
    bool found = false;
    for (size_t i = 0; i < answer->n && !found; i++) {
        pt_arena_reset(&arena);
        found = pt_tags_parse(answer->groups[i].tags, &arena, &tags, &ignored) == 0 &&
                pt_tags_get(tags, pt_str(key)).n > 0;
    }
    pt_arena_release(&arena);
    return found;
}

/* Whether the key is one of those in "host, venue". */
static bool listed(const char *keys, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = keys; at; at = strstr(at, ", ")) {
        at += at == keys ? 0 : 2;
        if (strncmp(at, key, n) == 0 && (!at[n] || at[n] == ','))
            return true;
    }
    return false;
}

/* A misspelt key would silently make one group of all. */
static int warn_of_keys(struct query_input *in, const struct query_request *r,
                        const struct pt_answer *answer, struct pt_err *err)
{
    const struct pt_query *q = &r->query;
    for (size_t i = 0; i < q->nby; i++) {
        struct pt_buf keys = {0};
        int rc;
        if (pt_answer_by_name(q->by[i]) || pt_answer_by_series(q->by[i]) ||
            has_tag(answer, q->by[i]))
            continue;
        rc = r->joined ? pt_join_tag_keys(in->source, &r->join, &keys, err)
                       : pt_query_tag_keys(in->source, q->selector, &keys, err);
        if (rc == 0 && !(keys.n && listed(keys.p, q->by[i])))
            pt_program_log(PT_LOG_WARNING,
                           "--by: no series that matches has the tag \"%s\"; tags: %s", q->by[i],
                           keys.n ? keys.p : "none");
        pt_buf_release(&keys);
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* What is done with the rows before they are shown. */
static int refine(const struct query_request *r, struct pt_answer *answer, struct pt_err *err)
{
    if (pt_fill_answer(answer, &r->query, &r->fill, err) != 0)
        return -1;
    pt_having_keep(&r->having, answer);
    if (!answer->n)
        return pt_err_set(err, PT_FOUND, "--having holds for no row");
    if (r->top || r->bottom)
        pt_answer_top(answer, r->top ? r->top : r->bottom, r->bottom > 0);
    return 0;
}

/* The rows, or how they were found. */
static int show(const struct query_request *r, const struct pt_answer *answer, struct pt_buf *out,
                struct pt_err *err)
{
    int output = r->options->output;
    if (r->explain) {
        query_explain(&answer->plan, output, out);
        return 0;
    }
    if (answer->quantile_error > 0 && pt_program_format(output) != PT_SHEET_JSONL)
        pt_program_log(PT_LOG_NOTE, "--sketch: quantiles are within %.2g %% of their size",
                       100 * answer->quantile_error);
    return query_show(answer, output, out, err);
}

/* Answers q, which is the request's query or a part of it. */
static int run(struct query_input *in, struct query_request *r, const struct pt_query *q,
               struct pt_answer *answer, struct pt_err *err)
{
    if (r->joined)
        return pt_join_run(in->source, &r->join, q, answer, err);
    return r->compare == QUERY_NO_DURATION ? pt_query_run(in->source, q, answer, err)
                                           : pt_compare_run(in->source, q, r->compare, answer, err);
}

static int nothing(struct query_input *in, const struct query_request *r,
                   const struct pt_answer *answer, struct pt_err *err)
{
    const struct pt_query *q = &r->query;
    if (q->where && !r->joined && answer->plan.series)
        return pt_err_set(err, PT_FOUND, "--where holds for no point");
    if (r->joined)
        return pt_join_nothing(in->source, &r->join, q, err);
    if (query_live_wanted(&r->live)) /* has forgotten most points */
        return pt_query_nothing(in->source, q->selector, q->since, q->until, err);
    return pt_query_nothing_of_all(in->source, q->selector, q->since, q->until, err);
}

static int ask_aggregates(struct query_input *in, struct query_request *r, struct pt_err *err)
{
    struct pt_answer answer;
    struct pt_buf out = {0};
    int rc = run(in, r, &r->query, &answer, err);
    if (rc == 0 && !answer.n)
        rc = nothing(in, r, &answer, err);
    else if (rc == 0 && !r->explain)
        rc = refine(r, &answer, err);
    if (rc == 0)
        rc = warn_of_keys(in, r, &answer, err);
    if (rc == 0)
        rc = show(r, &answer, &out, err);
    if (rc == 0)
        rc = pt_program_write(&out, err);
    pt_answer_release(&answer);
    pt_buf_release(&out);
    return rc;
}

/* --- while records come ---------------------------------------------------------------------- */

struct asker {
    struct query_input *in;
    struct query_request *request;
};

static int run_part(void *ctx, const struct pt_query *part, struct pt_answer *answer,
                    struct pt_err *err)
{
    struct asker *a = ctx;
    return run(a->in, a->request, part, answer, err);
}

/* What is left behind the rows tells whether the question was right. */
static int ask_live(struct query_input *in, struct query_request *r, struct pt_err *err)
{
    struct asker asker = {in, r};
    struct query_live *live = &r->live;
    struct pt_answer answer = {0};
    int rc;
    live->selector = r->join.nquestions == 1 ? r->query.selector : NULL;
    live->having = &r->having;
    live->run = run_part;
    live->ctx = &asker;
    rc = query_live_run(in, live, r->options, &r->query, err);
    if (rc == 0 && !live->rows && !pt_program_stopping())
        rc = run(in, r, &r->query, &answer, err) == 0 ? nothing(in, r, &answer, err) : -1;
    else if (rc == 0 && !live->written && !pt_program_stopping())
        rc = pt_err_set(err, PT_FOUND, "--having holds for no row");
    else if (rc == 0)
        rc = warn_of_keys(in, r, &answer, err);
    pt_answer_release(&answer);
    return rc;
}

/* --- a request ------------------------------------------------------------------------------- */

static int ask_whole(struct query_input *in, struct query_request *r, struct pt_err *err)
{
    const struct pt_selector *only = r->join.nquestions == 1 ? r->query.selector : NULL;
    int rc = query_input_open(in, r->options, only, err);
    if (rc == 0)
        rc = r->query.naggs ? ask_aggregates(in, r, err)
                            : query_raw(in, r->options->output, &r->query, err);
    return query_damage_end(&r->damage, query_input_close(in, rc, err), err);
}

int query_ask_run(int argc, char **argv, struct pt_err *err)
{
    struct query_request r = {0};
    struct query_input in = {0};
    int rc = query_request_parse(&r, argc, argv, err);
    if (rc == 0 && query_live_wanted(&r.live))
        rc = query_input_close(&in, ask_live(&in, &r, err), err);
    else if (rc == 0)
        rc = ask_whole(&in, &r, err);
    query_request_release(&r);
    return rc;
}
