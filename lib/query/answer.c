/* answer.c - see answer.h. */
#include "query/answer.h"

#include <stdlib.h>

void pt_answer_release(struct pt_answer *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->groups[i].start);
        free(a->groups[i].stop);
        free(a->groups[i].values);
    }
    free(a->groups);
    pt_arena_release(&a->arena);
    *a = (struct pt_answer){0};
}
