/* schema.h - what records must be like: a file of rules, as pt-schema(5) specifies it.
 *
 *     metric order.latency{venue=~"X|Y"}
 *       range    0 .. 60000
 *       require  host venue
 *       complete 99% every 10s
 *     document trade
 *       require  account qty
 *       one-of   side buy sell
 *
 * Rules of records (range, require, one-of, ...) are judged by pt_schema_check as records arrive,
 * rules of periods (fresh, complete, ...) by score.h from what is stored. */
#ifndef PT_QUALITY_SCHEMA_H
#define PT_QUALITY_SCHEMA_H

#include "record/record.h"
#include "store/reject.h"

struct pt_schema;

/* Reads the text of a whole file; `input` names it in errors.  0, *out to be freed; or -1 with err
 * (PT_USAGE), which names file, line and column and what was expected there. */
int pt_schema_parse(struct pt_schema **out, struct pt_str text, const char *input,
                    struct pt_err *err);
void pt_schema_free(struct pt_schema *s); /* NULL is fine */

/* How many blocks and rules there are. */
size_t pt_schema_blocks(const struct pt_schema *s);
size_t pt_schema_rules(const struct pt_schema *s);

/* From now on records that no block is for are refused. */
void pt_schema_strict(struct pt_schema *s);

/* Where a series stood when its first record comes (for `monotone`): its last point in this store,
 * which is borrowed.  Without a store each series begins anew. */
void pt_schema_store(struct pt_schema *s, struct pt_store *store);

/* Judges a record that is read at `now`: 0 good, 1 worth a warning, -1 refused; then *fault and why
 * (PT_DATA) say the reason.  What it learns of a series stays for the next record.  Costs a metric
 * one hash of its name and tags, then its rules for values; those for tags are judged once for each
 * series.  -1 with another code than PT_DATA when the store cannot be read. */
int pt_schema_check(struct pt_schema *s, const struct pt_record *record, int64_t now,
                    enum pt_fault *fault, struct pt_err *why);

#endif
