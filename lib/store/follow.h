/* follow.h - the documents that are committed from now on, by whichever process.
 *
 *      pt_store_begin_read; pt_store_gather what there is; pt_follow_begin; pt_store_end_read
 *      pt_follow_next ... now and then
 *
 * Nothing is missed between the two and nothing comes twice, also when documents are sealed or the
 * store is compacted meanwhile.  No transaction stays open between calls. */
#ifndef PT_STORE_FOLLOW_H
#define PT_STORE_FOLLOW_H

#include "store/gather.h"

/* Where a reader stands: everything up to this document, this block and this commit is behind. */
struct pt_follow {
    int64_t document, block, version;
    uint64_t device, inode; /* of the file */
};

/* Stands behind all that the read transaction sees, which the caller began.  -1 with err
 * (PT_SYSTEM) for a store that cannot be seen to change, as on a medium for reading only. */
int pt_follow_begin(struct pt_store *s, struct pt_follow *f, struct pt_err *err);

/* Appends what the filter matches of the documents committed since, in order of arrival; out is not
 * to be ordered.  1 when anything was committed, whether it matches or not; 0 when not, which costs
 * a look at shared memory and one at the file's name; -1, also (PT_SYSTEM) when another file has
 * that name now, or none. */
int pt_follow_next(struct pt_store *s, struct pt_follow *f, const struct pt_store_filter *filter,
                   struct pt_gather *out, struct pt_err *err);

#endif
