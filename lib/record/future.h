/* future.h - records from the future, which a clock that runs ahead makes.
 *
 * The clock is asked only where its last answer does not settle the question. */
#ifndef PT_RECORD_FUTURE_H
#define PT_RECORD_FUTURE_H

#include "base/err.h"

#include <stdint.h>

struct pt_future {
    int64_t most; /* ns that a record may be ahead of the clock; 0: any time */
    int64_t now;  /* private: the clock at some time before */
};

/* 0, or -1 with err (PT_DATA) for a time that is too far ahead. */
int pt_future_check(struct pt_future *f, int64_t ts, struct pt_err *err);

#endif
