/* intake.c - see intake.h. */
#include "query/intake.h"

#include "base/mem.h"
#include "query/reading.h"
#include "query/stat.h"
#include "store/scratch.h"
#include "store/write.h"

#include <stdlib.h>

struct pt_intake {
    struct pt_store *store;
    struct pt_writer *writer;
    struct pt_arena stat; /* the numbers of the stat record in hand */
    int (*admit)(void *ctx, const struct pt_record *point, bool news, struct pt_err *err);
    void *ctx; /* of admit, which may be NULL */
};

int pt_intake_open(struct pt_intake **out, const struct pt_selector *selector, struct pt_err *err)
{
    const struct pt_limits limits = {.series = UINT64_MAX}; /* they take no memory */
    struct pt_intake *i = *out = pt_mem_alloc(sizeof *i);
    if (pt_scratch_open(&i->store, err) != 0)
        return -1;
    i->writer = pt_writer_new(i->store);
    pt_writer_limit(i->writer, &limits);
    pt_writer_want(i->writer, selector);
    return 0;
}

void pt_intake_free(struct pt_intake *i)
{
    if (!i)
        return;
    pt_writer_free(i->writer);
    pt_store_close(i->store);
    pt_arena_release(&i->stat);
    free(i);
}

void pt_intake_gate(struct pt_intake *i,
                    int (*admit)(void *ctx, const struct pt_record *point, bool news,
                                 struct pt_err *err),
                    void *ctx)
{
    i->admit = admit;
    i->ctx = ctx;
}

/* 1, 0 or -1.  Of a point that is not wanted the writer takes the name. */
static int admit(struct pt_intake *i, const struct pt_record *r, struct pt_err *err)
{
    int prospect = pt_writer_foresee(i->writer, r, err);
    if (prospect == PT_WRITER_IGNORES)
        return 1;
    return prospect < 0 ? -1 : i->admit(i->ctx, r, prospect == PT_WRITER_LEARNS, err);
}

static int add_metric(void *intake, const struct pt_record *r, struct pt_err *err)
{
    struct pt_intake *i = intake;
    int yes = i->admit ? admit(i, r, err) : 1;
    if (yes != 1)
        return yes;
    if (pt_writer_add(i->writer, r, err) != 0)
        return -1;
    return pt_writer_full(i->writer) ? pt_writer_flush(i->writer, err) : 0;
}

int pt_intake_add(struct pt_intake *i, const struct pt_record *record, struct pt_err *err)
{
    if (record->metric)
        return add_metric(i, record, err);
    if (!pt_str_is(record->type, "stat"))
        return 0;
    pt_arena_reset(&i->stat);
    return pt_stat_each(record, &i->stat, add_metric, i, err);
}

int pt_intake_forget(struct pt_intake *i, int64_t t, const struct pt_formula *where,
                     struct pt_err *err)
{
    const struct pt_scratch_judge judge = {pt_reading_judge, (void *)where};
    if (pt_scratch_forget(i->store, t, where ? &judge : NULL, err) != 0)
        return -1;
    pt_writer_reread(i->writer);
    return 0;
}

int pt_intake_flush(struct pt_intake *i, struct pt_err *err)
{
    return pt_writer_pending(i->writer) ? pt_writer_flush(i->writer, err) : 0;
}

struct pt_store *pt_intake_store(struct pt_intake *i)
{
    return i->store;
}
