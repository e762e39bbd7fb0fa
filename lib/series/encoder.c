/* encoder.c - see encoder.h.
 *
 * A ring of columns between two threads.  `put` and `done` only count up; the columns from done to
 * put are the worker's, all others the caller's, and so are the results once done has reached put.
 * An emptied column keeps its memory for the next put. */
#include "series/encoder.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    QUEUE_MOST = 256, /* full columns of 1024 points: 4 MiB */
    WAKE_AT = 16      /* queued columns that a sleeping worker is woken for: waking costs, too */
};

struct job {
    uint32_t owner;
    struct pt_column points;
};

struct result {
    uint32_t owner;
    struct pt_summary summary;
    size_t at, n, sketch; /* where its bytes are, how many, and how many of its sketch follow */
};

struct pt_encoder {
    struct job ring[QUEUE_MOST];
    uint64_t put, done; /* under the lock */
    atomic_size_t encoded; /* bytes */
    bool started, alone, stopping;
    bool stuck;         /* the caller waits for room; under the lock */
    pthread_t worker;
    pthread_mutex_t lock;
    pthread_cond_t work, progress;
    struct pt_chunk_coder *coder;
    struct pt_buf bytes;
    struct result *results;
    size_t n, cap;
};

struct pt_encoder *pt_encoder_new(void)
{
    struct pt_encoder *e = pt_mem_alloc(sizeof *e);
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->work, NULL);
    pthread_cond_init(&e->progress, NULL);
    e->coder = pt_chunk_coder_new();
    return e;
}

static void encode(struct pt_encoder *e, struct job *job)
{
    struct result *r;
    e->results = pt_mem_grow(e->results, &e->cap, e->n + 1, sizeof *e->results);
    r = &e->results[e->n++];
    *r = (struct result){.owner = job->owner,
                         .summary = pt_summary_of(&job->points, 0, job->points.n),
                         .at = e->bytes.n};
    pt_chunk_encode(e->coder, &job->points, 0, job->points.n, &e->bytes);
    r->n = e->bytes.n - r->at;
    r->sketch = pt_sketch_put(&job->points, 0, job->points.n, &e->bytes);
    pt_column_clear(&job->points);
    atomic_store_explicit(&e->encoded, e->bytes.n, memory_order_relaxed);
}

static void *work(void *ctx)
{
    struct pt_encoder *e = ctx;
    pthread_mutex_lock(&e->lock);
    for (;;) {
        while (!e->stopping && e->done == e->put)
            pthread_cond_wait(&e->work, &e->lock);
        if (e->stopping)
            break;
        pthread_mutex_unlock(&e->lock);
        encode(e, &e->ring[e->done % QUEUE_MOST]);
        pthread_mutex_lock(&e->lock);
        e->done++;
        if (e->done == e->put || (e->stuck && e->put - e->done <= QUEUE_MOST / 2))
            pthread_cond_signal(&e->progress);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

static void start(struct pt_encoder *e)
{
    e->started = true;
    e->alone = pthread_create(&e->worker, NULL, work, e) != 0;
}

void pt_encoder_put(struct pt_encoder *e, uint32_t owner, struct pt_column *points)
{
    struct pt_column given = *points;
    struct job *job;
    if (!e->started)
        start(e);
    pthread_mutex_lock(&e->lock);
    e->stuck = e->put - e->done == QUEUE_MOST;
    while (e->stuck && e->put - e->done > QUEUE_MOST / 2) /* room for many, not to wake for each */
        pthread_cond_wait(&e->progress, &e->lock);
    e->stuck = false;
    job = &e->ring[e->put % QUEUE_MOST];
    *points = job->points;
    *job = (struct job){owner, given};
    e->put++;
    if (e->alone) {
        encode(e, job);
        e->done++;
    }
    if (e->put - e->done == WAKE_AT)
        pthread_cond_signal(&e->work);
    pthread_mutex_unlock(&e->lock);
}

size_t pt_encoder_bytes(struct pt_encoder *e)
{
    return atomic_load_explicit(&e->encoded, memory_order_relaxed);
}

size_t pt_encoder_finish(struct pt_encoder *e)
{
    pthread_mutex_lock(&e->lock);
    pthread_cond_signal(&e->work);
    while (e->done != e->put)
        pthread_cond_wait(&e->progress, &e->lock);
    pthread_mutex_unlock(&e->lock);
    return e->n;
}

struct pt_encoded pt_encoder_chunk(const struct pt_encoder *e, size_t i)
{
    const struct result *r = &e->results[i];
    const char *p = e->bytes.p + r->at;
    return (struct pt_encoded){r->owner, r->summary, {p, r->n}, {p + r->n, r->sketch}};
}

void pt_encoder_clear(struct pt_encoder *e)
{
    pt_encoder_finish(e);
    e->n = 0;
    atomic_store_explicit(&e->encoded, 0, memory_order_relaxed);
    pt_buf_clear(&e->bytes);
}

void pt_encoder_free(struct pt_encoder *e)
{
    if (!e)
        return;
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    pthread_cond_signal(&e->work);
    pthread_mutex_unlock(&e->lock);
    if (e->started && !e->alone)
        pthread_join(e->worker, NULL);
    for (int i = 0; i < QUEUE_MOST; i++)
        pt_column_release(&e->ring[i].points);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->work);
    pthread_cond_destroy(&e->progress);
    pt_chunk_coder_free(e->coder);
    pt_buf_release(&e->bytes);
    free(e->results);
    free(e);
}
