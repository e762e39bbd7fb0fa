/* err.c - see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pt_err_set(struct pt_err *err, enum pt_code code, const char *fmt, ...)
{
    va_list ap;
    if (err->code != PT_OK)
        return -1;
    err->code = code;
    va_start(ap, fmt);
    vsnprintf(err->what, sizeof err->what, fmt, ap);
    va_end(ap);
    return -1;
}

int pt_err_sys(struct pt_err *err, const char *fmt, ...)
{
    int saved = errno;
    va_list ap;
    size_t n;
    if (err->code != PT_OK)
        return -1;
    err->code = PT_SYSTEM;
    va_start(ap, fmt);
    vsnprintf(err->what, sizeof err->what, fmt, ap);
    va_end(ap);
    n = strlen(err->what);
    snprintf(err->what + n, sizeof err->what - n, ": %s", strerror(saved));
    return -1;
}

int pt_err_at(struct pt_err *err, const char *input, uint64_t line)
{
    if (input && !err->input[0])
        snprintf(err->input, sizeof err->input, "%s", input);
    if (!err->line)
        err->line = line;
    return -1;
}

void pt_err_text(const struct pt_err *err, char *out, unsigned long size)
{
    if (err->input[0] && err->line)
        snprintf(out, size, "%s:%llu: %s", err->input, (unsigned long long)err->line, err->what);
    else if (err->input[0])
        snprintf(out, size, "%s: %s", err->input, err->what);
    else
        snprintf(out, size, "%s", err->what);
}
