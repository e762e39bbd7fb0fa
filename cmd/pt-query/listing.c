/* listing.c - see listing.h. */
#include "listing.h"

#include "base/time.h"
#include "cli/program.h"

void query_listing_open(struct query_listing *l, int output, const struct query_column *columns,
                        size_t n)
{
    l->sheet = pt_sheet_new(pt_program_format(output), pt_program_color(1), &l->out);
    for (size_t i = 0; i < n; i++)
        pt_sheet_column(l->sheet, columns[i].name, columns[i].unit);
}

void query_listing_time(struct query_listing *l, bool known, int64_t ts)
{
    if (known)
        pt_sheet_time(l->sheet, ts);
    else
        pt_sheet_null(l->sheet);
}

void query_listing_age(struct query_listing *l, bool known, int64_t ts, int64_t now)
{
    int64_t age;
    if (known && !__builtin_sub_overflow(now, ts, &age))
        pt_sheet_num(l->sheet, pt_num_real((double)age / PT_S));
    else
        pt_sheet_null(l->sheet);
}

bool query_listing_older(int64_t ts, int64_t stale, int64_t now)
{
    int64_t least;
    return !__builtin_sub_overflow(now, stale, &least) && ts < least;
}

int query_listing_check_stale(int64_t stale, struct pt_err *err)
{
    if (stale >= 0 || stale == QUERY_STALE_NONE)
        return 0;
    return pt_err_set(err, PT_USAGE, "--stale: a duration from 0 up, such as 5m");
}

int query_listing_row(struct query_listing *l, struct pt_err *err)
{
    l->n++;
    return pt_program_flush(&l->out, err);
}

int query_listing_close(struct query_listing *l, int rc, struct pt_err *err)
{
    if (rc >= 0) {
        pt_sheet_end(l->sheet);
        if (pt_program_write(&l->out, err) != 0)
            rc = -1;
    }
    pt_sheet_free(l->sheet);
    pt_buf_release(&l->out);
    *l = (struct query_listing){0};
    return rc;
}
