/* tally.c - see tally.h. */
#include "store/tally.h"

#include "base/mem.h"
#include "store/db.h"

#include <stdlib.h>

/* The first and the last day that the clock holds are shorter. */
static void enter_day(struct pt_tally *t, int64_t ts)
{
    int64_t day = pt_time_floor(ts, PT_DAY);
    bool added;
    t->at = pt_map_add(&t->index, (struct pt_str){(const char *)&day, sizeof day}, &added);
    if (added) {
        t->v = pt_mem_grow(t->v, &t->cap, t->index.n, sizeof *t->v);
        t->v[t->at] = (struct pt_tally_day){.day = day, .last = PT_TIME_MIN};
    }
    t->since = t->before = day;
    t->until = day > PT_TIME_MAX - PT_DAY ? PT_TIME_MAX : pt_time_floor(day + PT_DAY, PT_DAY);
    t->any = true;
}

static inline struct pt_tally_day *day_of(struct pt_tally *t, int64_t ts)
{
    if (ts < t->since || ts >= t->until)
        enter_day(t, ts);
    return &t->v[t->at];
}

void pt_tally_add(struct pt_tally *t, enum pt_tally_count what, int64_t ts)
{
    struct pt_tally_day *day = day_of(t, ts);
    day->n[what]++;
    if (what == PT_TALLY_RECORDS && ts > day->last)
        day->last = ts;
}

int64_t pt_tally_reject(struct pt_tally *t, enum pt_fault fault, int64_t ts)
{
    struct pt_tally_day *day;
    if (ts == PT_TIME_MIN && !t->any) {
        t->early[fault]++;
        return PT_TIME_MIN;
    }
    day = day_of(t, ts == PT_TIME_MIN ? t->before : ts);
    day->n[PT_TALLY_FAULTS + fault]++;
    return day->day;
}

void pt_tally_take_back(struct pt_tally *t, enum pt_tally_count what, int64_t ts)
{
    day_of(t, ts)->n[what]--;
}

void pt_tally_take_back_reject(struct pt_tally *t, enum pt_fault fault, int64_t day)
{
    if (day == PT_TIME_MIN)
        t->early[fault]--;
    else
        pt_tally_take_back(t, (enum pt_tally_count)(PT_TALLY_FAULTS + fault), day);
}

bool pt_tally_unsettled(const struct pt_tally *t)
{
    for (int i = 0; i < PT_FAULTS; i++)
        if (t->early[i])
            return true;
    return false;
}

int64_t pt_tally_settle(struct pt_tally *t, int64_t before)
{
    int64_t day = before != PT_TIME_MIN ? before
                  : t->index.n          ? t->v[0].day
                                        : pt_time_floor(pt_time_now(), PT_DAY);
    int64_t last = t->any ? t->before : day;
    for (int i = 0; i < PT_FAULTS; i++) {
        if (t->early[i])
            day_of(t, day)->n[PT_TALLY_FAULTS + i] += t->early[i];
        t->early[i] = 0;
    }
    day_of(t, last); /* the day that goes on */
    return day;
}

int pt_tally_write(const struct pt_tally *t, struct pt_store *s, int64_t source, struct pt_err *err)
{
    static const char SQL[] =
        "INSERT INTO quality(source, day, last, records, warned, duplicates, late, syntax, time,"
        " type, range, unit, tags, fields, sequence)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        " ON CONFLICT DO UPDATE SET last = max(coalesce(last, excluded.last),"
        " coalesce(excluded.last, last)), records = records + excluded.records,"
        " warned = warned + excluded.warned, duplicates = duplicates + excluded.duplicates,"
        " late = late + excluded.late, syntax = syntax + excluded.syntax,"
        " time = time + excluded.time, type = type + excluded.type,"
        " range = range + excluded.range, unit = unit + excluded.unit,"
        " tags = tags + excluded.tags, fields = fields + excluded.fields,"
        " sequence = sequence + excluded.sequence";
    for (size_t i = 0; i < t->index.n; i++) {
        const struct pt_tally_day *day = &t->v[i];
        sqlite3_stmt *stmt = pt_db_statement(s, SQL, err);
        if (!stmt)
            return -1;
        sqlite3_bind_int64(stmt, 1, source);
        sqlite3_bind_int64(stmt, 2, day->day);
        if (day->last != PT_TIME_MIN)
            sqlite3_bind_int64(stmt, 3, day->last);
        for (int k = 0; k < PT_TALLY_COUNTS; k++)
            sqlite3_bind_int64(stmt, 4 + k, (int64_t)day->n[k]);
        if (pt_db_step(s, stmt, err) < 0)
            return -1;
    }
    return 0;
}

void pt_tally_clear(struct pt_tally *t)
{
    pt_map_release(&t->index);
    memset(t->early, 0, sizeof t->early);
    t->since = t->until = 0;
}

void pt_tally_release(struct pt_tally *t)
{
    pt_map_release(&t->index);
    free(t->v);
    *t = (struct pt_tally){0};
}
