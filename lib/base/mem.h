/* mem.h - allocation that cannot fail.
 *
 * Out of memory ends the program here, with exit status 4 and one line on stderr: no caller could
 * do anything better, and what was committed before is safe in the store.  Sizes are checked for
 * overflow.  Everything is released with free(). */
#ifndef PT_BASE_MEM_H
#define PT_BASE_MEM_H

#include <stddef.h>

void *pt_mem_alloc(size_t size);           /* zeroed */
void *pt_mem_array(size_t n, size_t size); /* zeroed, n * size bytes */
char *pt_mem_strndup(const char *s, size_t n);
char *pt_mem_strdup(const char *s);

/* Makes room for `need` elements of `size` bytes; *cap grows at least by half.  Returns the array,
 * maybe moved; new elements are not initialised: p = pt_mem_grow(p, &cap, need, sizeof *p). */
void *pt_mem_grow(void *p, size_t *cap, size_t need, size_t size);

#endif
