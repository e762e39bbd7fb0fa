/* pt-collect.c - measure, and write what was measured as records, a sample at a time. */
#include "base/time.h"
#include "cli/program.h"
#include "collect/collect.h"
#include "collect/ticker.h"

static const int64_t EVERY_LEAST = PT_MS;
static const int64_t MISSED_NOTE_EVERY = PT_MINUTE; /* a slow reader is not told at every sample */
static const int64_t NO_END = INT64_MAX;

static int64_t every, span = INT64_MAX;
static uint64_t count = UINT64_MAX;
static const char *only, *host, *root;
static struct pt_list tags;
static bool no_cores, self;

static const struct pt_option SYSTEM_OPTIONS[] = {
    {PT_OPTION_DURATION, 0, "every", "TIME", &every, "1s", NULL, "time from sample to sample"},
    {PT_OPTION_DURATION, 0, "for", "TIME", &span, NULL, NULL,
     "end after this time (default: go on until stopped)"},
    {PT_OPTION_COUNT, 'n', "count", "N", &count, NULL, NULL, "end after N samples"},
    {PT_OPTION_TEXT, 0, "only", "SOURCES", &only, NULL, NULL,
     "measure these alone: cpu, memory, disk, filesystem, network, load, pressure, system, self, "
     "with commas between them"},
    {PT_OPTION_FLAG, 0, "no-cores", NULL, &no_cores, NULL, NULL,
     "leave out the series of each core"},
    {PT_OPTION_FLAG, 0, "self", NULL, &self, NULL, NULL, "measure what the measuring costs, too"},
    {PT_OPTION_LIST, 0, "tag", "KEY=VALUE", &tags, NULL, NULL, "put this tag on every series"},
    {PT_OPTION_TEXT, 0, "host", "NAME", &host, NULL, NULL,
     "value of the tag host (default: this machine's name)"},
    {PT_OPTION_TEXT, 0, "root", "DIR", &root, NULL, NULL,
     "read DIR/proc and DIR/sys instead of /proc and /sys"},
    PT_OPT_END,
};

struct missed {
    uint64_t all, told;
    int64_t when; /* it was told last */
};

static void tell_missed(struct missed *m, int64_t now)
{
    if (m->all == m->told || (m->told && now - m->when < MISSED_NOTE_EVERY))
        return;
    pt_program_log(PT_LOG_NOTE,
                   "%llu samples skipped so far: their time had passed before they could be taken",
                   (unsigned long long)m->all);
    m->told = m->all;
    m->when = now;
}

/* The sample at the start is the baseline of the rates and is not written. */
static int write_samples(struct pt_collect *c, struct pt_err *err)
{
    struct pt_buf out = {0};
    struct pt_ticker ticker = pt_ticker_from(pt_time_monotonic(), every, span);
    struct missed missed = {0};
    int rc = 0;
    pt_collect_sample(c, pt_time_now(), ticker.start, &out);
    pt_buf_clear(&out);
    while (rc == 0 && count > 0 && pt_ticker_wait(&ticker, pt_program_stopping, &missed.all) == 1) {
        int64_t now = pt_time_monotonic();
        tell_missed(&missed, now);
        pt_collect_sample(c, pt_time_now(), now, &out);
        rc = pt_program_write(&out, err);
        count--;
    }
    tell_missed(&missed, NO_END);
    pt_buf_release(&out);
    return rc;
}

static int check_times(struct pt_err *err)
{
    char text[PT_DURATION_TEXT];
    if (every < EVERY_LEAST) {
        pt_duration_format(text, every);
        return pt_err_set(err, PT_USAGE, "--every: %s is too short; the least is 1ms", text);
    }
    if (span < every) {
        pt_duration_format(text, span);
        return pt_err_set(err, PT_USAGE,
                          "--for: %s is shorter than --every, so there would be no sample", text);
    }
    if (count == 0)
        return pt_err_set(err, PT_USAGE, "--count: 0 samples are none; give 1 or more");
    return 0;
}

static int configure(struct pt_collect_config *config, struct pt_arena *arena, struct pt_err *err)
{
    pt_collect_set with_self = 0;
    config->root = root;
    config->per_core = !no_cores;
    if (pt_collect_parse_set(only, &config->sources, err) != 0 ||
        (self && pt_collect_parse_set(PT_COLLECT_SELF, &with_self, err) != 0))
        return -1;
    config->sources |= with_self;
    return pt_collect_parse_tags(tags.v, tags.n, host, arena, &config->tags, err);
}

static int run_system(int argc, char **argv, struct pt_err *err)
{
    struct pt_arena arena = {0};
    struct pt_collect_config config = {0};
    struct pt_collect *c = NULL;
    int rc = check_times(err);
    (void)argc;
    (void)argv;
    pt_program_catch_signals();
    if (rc == 0)
        rc = configure(&config, &arena, err);
    if (rc == 0)
        rc = pt_collect_open(&c, &config, err);
    if (rc == 0) {
        struct pt_str missing = pt_collect_missing(c);
        if (missing.n)
            pt_program_log(PT_LOG_NOTE, "left out, not there: %.*s", (int)missing.n, missing.p);
        rc = write_samples(c, err);
    }
    pt_collect_close(c);
    pt_arena_release(&arena);
    return rc;
}

static const struct pt_command COMMANDS[] = {
    {"pt-collect", NULL, "measure and write records", 0, NULL, NULL},
    {"pt-collect system", NULL,
     "CPU, memory, disks, file systems, network, load and pressure of this machine", 0,
     SYSTEM_OPTIONS, run_system},
};

int main(int argc, char **argv)
{
    return pt_program_main(argc, argv, COMMANDS, sizeof COMMANDS / sizeof *COMMANDS);
}
