/* expected.c - a row that is expected is read as one that is not: an input in which the rows before
 * it are blank is the oracle.  Rows are good ones with a few bytes changed. */
#include "lines.h"

struct format {
    enum pt_records_format format;
    const char *header;
    const char *rows[4];
};

static const struct format FORMATS[] = {
    {PT_RECORDS_CSV,
     "ts,name,host,value\n",
     {"1767225600.5,cpu,h1,12.25\n", "1767225601,mem,\"h,1\",-7\n",
      "2026-11-20T09:30:00Z,cpu,h1,1e3\n", "5,a,,0\n"}},
    {PT_RECORDS_INFLUX,
     "",
     {"cpu,host=h1 value=12.25 1767225600000000000\n", "cpu,host=h1 busy=3i 1767225600000000000\n",
      "m,a=b\\ c v=1 5\n", "cpu,host=h1 value=1,busy=2i,s=\"x\" 1767225600000000000\n"}},
};

static void mutate(struct pt_buf *row, uint64_t *state)
{
    static const char BYTES[] = "\"\\,= .-+eEi0123459tT:Z\r\x80x";
    for (uint64_t n = test_random(state) % 3; n && row->n > 1; n--) {
        size_t at = test_random(state) % (row->n - 1);
        char byte = BYTES[test_random(state) % (sizeof BYTES - 1)];
        if (test_random(state) % 2) {
            row->p[at] = byte;
        } else {
            memmove(row->p + at, row->p + at + 1, row->n - at - 1);
            row->n--;
        }
    }
}

/* What the last row comes to: the records of all rows but those of the rows before it. */
static void read_last(const struct format *f, struct pt_str before, struct pt_str last,
                      struct pt_buf *out)
{
    const struct pt_records_options options = {.format = f->format};
    struct pt_buf text = {0}, all = {0}, first = {0};
    pt_buf_puts(&text, f->header);
    pt_buf_str(&text, before);
    lines_read(&first, lines_file("in", text.p, text.n), &options);
    pt_buf_str(&text, last);
    lines_read(&all, lines_file("in", text.p, text.n), &options);
    pt_buf_clear(out);
    if (CHECK(all.n >= first.n))
        pt_buf_add(out, all.p + first.n, all.n - first.n);
    pt_buf_release(&text);
    pt_buf_release(&all);
    pt_buf_release(&first);
}

static bool same(const struct format *f, const char *seed, struct pt_str last)
{
    struct pt_buf rows = {0}, got = {0}, want = {0};
    bool yes;
    for (int i = 0; i < 3; i++) /* twice is what it takes to be expected */
        pt_buf_puts(&rows, seed);
    read_last(f, pt_buf_view(&rows), last, &got);
    read_last(f, PT_STR("\n\n\n"), last, &want);
    yes = pt_str_eq(pt_buf_view(&got), pt_buf_view(&want));
    if (!yes)
        printf("#   %.*s#   got  %s#   want %s", (int)last.n, last.p, got.n ? got.p : "\n",
               want.n ? want.p : "\n");
    pt_buf_release(&rows);
    pt_buf_release(&got);
    pt_buf_release(&want);
    return yes;
}

static void changed_rows(void)
{
    struct pt_buf row = {0};
    uint64_t state = 1;
    for (int i = 0; i < 1500; i++) {
        const struct format *f = &FORMATS[i % 2];
        const char *seed = f->rows[test_random(&state) % 4];
        pt_buf_clear(&row);
        pt_buf_puts(&row, seed);
        mutate(&row, &state);
        if (!CHECK(same(f, seed, pt_buf_view(&row))))
            break;
    }
    pt_buf_release(&row);
}

/* What looks as if it were the next row, but is none. */
static void look_alikes(void)
{
    static const struct format DROPPED[] = {
        {PT_RECORDS_CSV, "# ts;interval;name;value\n", {"5;9;a;1\n"}},
        {PT_RECORDS_CSV, "# ts;name;interval;value\n", {"5;a;9;1\n"}},
    };
    struct pt_buf seed = {0}, last = {0};
    CHECK(same(&DROPPED[0], DROPPED[0].rows[0], PT_STR("5;a;1\n")));
    CHECK(same(&DROPPED[1], DROPPED[1].rows[0], PT_STR("5;a;1\n")));
    pt_buf_puts(&last, "m,a=");
    for (int i = 0; i < 1100; i++)
        pt_buf_putc(&last, 'x');
    pt_buf_puts(&last, "\\=");
    pt_buf_str(&seed, pt_buf_view(&last));
    pt_buf_puts(&seed, " v=1 5\n");
    pt_buf_puts(&last, "1 5\n");
    CHECK(same(&FORMATS[1], seed.p, pt_buf_view(&last)));
    pt_buf_release(&seed);
    pt_buf_release(&last);
}

TEST_MAIN({"changed rows", changed_rows}, {"look-alikes", look_alikes})
