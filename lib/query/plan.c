/* plan.c - see plan.h. */
#include "query/plan.h"

static void add_effort(struct pt_store_effort *to, const struct pt_store_effort *from)
{
    to->lookups += from->lookups;
    to->chunks += from->chunks;
    to->summaries += from->summaries;
    to->sketches += from->sketches;
    to->unwanted += from->unwanted;
    to->decoded += from->decoded;
    to->damaged += from->damaged;
    to->points += from->points;
    to->tail += from->tail;
    to->bytes += from->bytes;
}

void pt_plan_add(struct pt_plan *to, const struct pt_plan *from)
{
    to->series += from->series;
    to->groups += from->groups;
    to->find_ns += from->find_ns;
    to->read_ns += from->read_ns;
    to->compute_ns += from->compute_ns;
    add_effort(&to->effort, &from->effort);
}
