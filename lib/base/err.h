/* err.h - what went wrong, where, and with which exit status.
 *
 * Every library function that can fail returns 0 or -1 (iterators 1, 0, -1) and fills a
 * struct pt_err that the caller owns.  The library never prints and never exits; cmd/ prints
 * the error once, as "program: input:line: what", and exits with its code.
 *
 * A pt_err is plain data: no init beyond zero, nothing to release.  The first error wins: setting
 * an error that is already set keeps the old one, so that clean-up code cannot hide the cause. */
#ifndef PT_BASE_ERR_H
#define PT_BASE_ERR_H

#include <stdint.h>

/* Exit statuses, the same in every program. */
enum pt_code {
    PT_OK = 0,     /* done */
    PT_FOUND = 1,  /* the answer is "no" or "found": an alert fires, nothing matched */
    PT_USAGE = 2,  /* the command line or a rule file is wrong */
    PT_DATA = 3,   /* the input is bad */
    PT_SYSTEM = 4, /* the system or the storage failed */
};

struct pt_err {
    enum pt_code code;
    uint64_t line;   /* 1-based; 0 when no line applies */
    char input[256]; /* file or stream name; empty when none applies */
    char what[512];  /* one line, no trailing newline or full stop */
};

/* Sets code and message; returns -1 so that callers can write `return pt_err_set(...)`. */
int pt_err_set(struct pt_err *err, enum pt_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Makes it one that is not set; cheaper than zeroing all of it. */
static inline void pt_err_clear(struct pt_err *err)
{
    err->code = PT_OK;
    err->line = 0;
    err->input[0] = err->what[0] = '\0';
}

/* As pt_err_set with PT_SYSTEM and ": " strerror(errno) appended. */
int pt_err_sys(struct pt_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds the place to an error that has none yet; input may be NULL.  Returns -1. */
int pt_err_at(struct pt_err *err, const char *input, uint64_t line);

/* Writes "input:line: what" (parts that apply) into out, always NUL-terminated. */
void pt_err_text(const struct pt_err *err, char *out, unsigned long size);

#endif
