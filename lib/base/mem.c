/* mem.c - see mem.h. */
#include "base/mem.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void out_of_memory(void)
{
    static const char msg[] = "pt: out of memory\n";
    ssize_t n = write(STDERR_FILENO, msg, sizeof msg - 1);
    (void)n;
    _exit(PT_SYSTEM);
}

void *pt_mem_alloc(size_t size)
{
    return pt_mem_array(1, size);
}

void *pt_mem_array(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *pt_mem_strndup(const char *s, size_t n)
{
    char *p = pt_mem_array(n + 1, 1);
    if (n)
        memcpy(p, s, n);
    return p;
}

char *pt_mem_strdup(const char *s)
{
    return pt_mem_strndup(s, strlen(s));
}

void *pt_mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    size_t want;
    void *q;
    if (need <= *cap && p)
        return p;
    want = *cap + *cap / 2;
    if (want < need)
        want = need;
    if (want < 8)
        want = 8;
    if (want > SIZE_MAX / size)
        out_of_memory();
    q = realloc(p, want * size);
    if (!q)
        out_of_memory();
    *cap = want;
    return q;
}
