/* bag.h - values that come and go, and their quantiles, distinct values and ranks at any time.
 *
 * All values that will ever come are given first, as an array; after that they are named by their
 * place in it.  So a window that slides costs O(log n) for each value that enters or leaves it and
 * for each question, however long it is. */
#ifndef PT_QUERY_BAG_H
#define PT_QUERY_BAG_H

#include <stddef.h>
#include <stdint.h>

struct pt_bag {
    size_t n;        /* values in it */
    size_t distinct; /* of them */
    /* private */
    double *kinds; /* every value once, ascending */
    size_t nkinds;
    uint32_t *kind; /* of each given value */
    size_t *count;  /* of each kind in the bag */
    size_t *tree;   /* Fenwick's, over the counts; from 1 */
};

/* An empty bag for v[0..n-1], which are no NaN; O(n log n). */
void pt_bag_begin(struct pt_bag *b, const double *v, size_t n);
void pt_bag_release(struct pt_bag *b);

/* Values number at to at + n - 1; each may be in the bag once. */
void pt_bag_add(struct pt_bag *b, size_t at, size_t n);
void pt_bag_take(struct pt_bag *b, size_t at, size_t n);

double pt_bag_nth(const struct pt_bag *b, size_t k);      /* of the values in order; k < n */
size_t pt_bag_up_to(const struct pt_bag *b, double most); /* how many are not above it */

#endif
