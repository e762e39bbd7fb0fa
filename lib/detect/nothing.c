/* nothing.c - see nothing.h.
 *
 * The words are those of pt_query_nothing, so that every program explains an empty answer alike.
 * It asks a store, and a feed is none; so the feed's series are put into an intake, a point
 * each.  That costs a copy of their names, once, at the end of a run that found nothing. */
#include "detect/nothing.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "query/intake.h"
#include "query/query.h"

#include <stdlib.h>

/* --- misspelt names -------------------------------------------------------------------------- */

static bool looks_like_one_of(const struct pt_map *known, struct pt_str wanted)
{
    const char **names = pt_mem_array(known->n, sizeof *names);
    char *word = pt_mem_strndup(wanted.p, wanted.n);
    bool near;
    for (size_t i = 0; i < known->n; i++)
        names[i] = pt_map_key(known, (uint32_t)i).p;
    near = pt_text_nearest(word, names, known->n) != NULL;
    free(word);
    free(names);
    return near;
}

bool pt_nothing_misspelt(const struct pt_feed *feed, const struct pt_selector *selector)
{
    struct pt_str wanted = pt_selector_exact_name(selector);
    struct pt_map known = {0};
    bool misspelt = wanted.n != 0;
    for (size_t i = 0; misspelt && i < pt_feed_count(feed); i++) {
        struct pt_str name = pt_feed_series(feed, (uint32_t)i)->name;
        misspelt = !pt_str_eq(name, wanted);
        pt_map_add(&known, name, NULL);
    }
    misspelt = misspelt && looks_like_one_of(&known, wanted);
    pt_map_release(&known);
    return misspelt;
}

/* --- the reason ------------------------------------------------------------------------------ */

static int add_series(struct pt_intake *intake, const struct pt_feed *feed, struct pt_err *err)
{
    for (size_t i = 0; i < pt_feed_count(feed); i++) {
        const struct pt_feed_series *s = pt_feed_series(feed, (uint32_t)i);
        struct pt_record one = {.metric = true, .name = s->name, .tags = s->tags};
        if (pt_intake_add(intake, &one, err) != 0)
            return -1;
    }
    return pt_intake_flush(intake, err);
}

int pt_nothing_matched(const struct pt_feed *feed, const struct pt_selector *selector,
                       int64_t since, int64_t until, struct pt_err *err)
{
    struct pt_intake *intake;
    if (pt_intake_open(&intake, NULL, err) == 0 && add_series(intake, feed, err) == 0)
        pt_query_nothing(pt_intake_store(intake), selector, since, until, err);
    if (err->code == PT_FOUND)
        err->code = PT_DATA; /* to judge nothing is no verdict */
    pt_intake_free(intake);
    return -1;
}
