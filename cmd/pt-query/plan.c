/* plan.c - see plan.h. */
#include "plan.h"

#include "cli/program.h"
#include "cli/stream.h"
#include "format/emit.h"

#include <inttypes.h>

/* --- how it was found ------------------------------------------------------------------------ */

static void count(struct pt_sheet *s, const char *step, const char *what, uint64_t n)
{
    pt_sheet_text(s, pt_str(step));
    pt_sheet_text(s, pt_str(what));
    pt_sheet_int(s, (int64_t)n);
    pt_sheet_null(s);
}

static void spent(struct pt_sheet *s, const char *step, int64_t ns)
{
    pt_sheet_text(s, pt_str(step));
    pt_sheet_text(s, pt_str("time"));
    pt_sheet_null(s);
    pt_sheet_num(s, pt_num_real((double)ns / (double)PT_MS));
}

void query_explain(const struct pt_plan *plan, int output, struct pt_buf *out)
{
    const struct pt_store_effort *e = &plan->effort;
    enum pt_sheet_format format = pt_program_format(output);
    struct pt_sheet *s = pt_sheet_new(pt_emit_format(format) ? PT_SHEET_JSONL : format,
                                      pt_program_color(1), out);
    pt_sheet_column(s, "step", NULL);
    pt_sheet_column(s, "what", NULL);
    pt_sheet_column(s, "n", NULL);
    pt_sheet_column(s, "ms", NULL);
    count(s, "find", "series", plan->series);
    count(s, "find", "groups", plan->groups);
    spent(s, "find", plan->find_ns);
    count(s, "read", "look-ups", e->lookups);
    count(s, "read", "chunks", e->chunks);
    count(s, "read", "chunks from their rows", e->summaries);
    count(s, "read", "chunks from sketches", e->sketches);
    count(s, "read", "chunks skipped by --where", e->unwanted);
    count(s, "read", "chunks decoded", e->decoded);
    count(s, "read", "chunks damaged", e->damaged);
    count(s, "read", "points decoded", e->points);
    count(s, "read", "points of tails", e->tail);
    count(s, "read", "bytes", e->bytes);
    spent(s, "read", plan->read_ns);
    spent(s, "compute", plan->compute_ns);
    pt_sheet_end(s);
    pt_sheet_free(s);
}

/* --- what was left out ----------------------------------------------------------------------- */

void query_damage_take(void *damage, const char *what)
{
    struct query_damage *d = damage;
    if (d->n++ < PT_STREAM_TOLD)
        pt_program_log(PT_LOG_WARNING, "left out: %s", what);
}

int query_damage_end(const struct query_damage *damage, int rc, struct pt_err *err)
{
    if (!damage->n || (rc < 0 && err->code != PT_FOUND))
        return rc;
    if (rc < 0)
        pt_program_tell(PT_LOG_NOTE, err);
    *err = (struct pt_err){0};
    return pt_err_set(err, PT_DATA,
                      "%" PRIu64 " damaged chunk%s left out of the answer; run pt-archive repair",
                      damage->n, damage->n == 1 ? " was" : "s were");
}
