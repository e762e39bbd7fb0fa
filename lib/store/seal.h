/* seal.h - private to store/: what sealing and compacting share. */
#ifndef PT_STORE_SEAL_H
#define PT_STORE_SEAL_H

#include "store/keep.h"

/* Runs `step` in one transaction after the other while it returns 1 and nobody says stop; 0, or -1
 * when a step or a commit failed. */
int pt_seal_steps(struct pt_store *s, int (*step)(void *ctx, struct pt_err *err), void *ctx,
                  bool (*stopping)(void), struct pt_err *err);

/* Seals all tails and documents; counts into *out. */
int pt_seal_hot(struct pt_store *s, bool (*stopping)(void), struct pt_seal_result *out,
                struct pt_err *err);

/* How many chunks there are, and how long the file is. */
int pt_seal_measure(struct pt_store *s, uint64_t *chunks, uint64_t *bytes, struct pt_err *err);

#endif
