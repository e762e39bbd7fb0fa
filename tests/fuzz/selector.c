/* selector.c - selectors of any bytes: parsed or refused at a place within them; what parses can be
 * matched, and its text parses again. */
#include "record/selector.h"

#include "base/buf.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The C library's expressions are its own affair: repeated repetitions and back-references take
 * what time and memory they like. */
static bool harmless(const char *text)
{
    int repeats = 0;
    for (; *text; text++) {
        repeats += strchr("{*+?|", *text) != NULL;
        if (*text == '\\' && text[1] >= '0' && text[1] <= '9')
            return false;
    }
    return repeats < 8;
}

static void match(const struct pt_selector *s)
{
    static const struct pt_tag TAGS[] = {{PT_STR("a"), PT_STR("x\0y")},
                                         {PT_STR("h"), PT_STR("07")}};
    struct pt_tags tags = {TAGS, 2};
    struct pt_selector *again;
    struct pt_err err = {0};
    struct pt_buf text = {0};
    pt_selector_match(s, PT_STR("cpu.busy"), tags);
    pt_selector_match(s, pt_selector_exact_name(s), (struct pt_tags){0});
    pt_buf_str(&text, pt_selector_text(s));
    if (pt_selector_parse(text.p, &again, &err) != 0 ||
        !pt_str_eq(pt_selector_text(again), pt_selector_text(s)))
        abort();
    pt_selector_free(again);
    pt_buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_selector *s;
    struct pt_err err = {0};
    struct pt_buf text = {0};
    pt_buf_add(&text, data, size);
    pt_buf_putc(&text, '\0');
    if (harmless(text.p)) {
        if (pt_selector_parse(text.p, &s, &err) == 0) {
            match(s);
            pt_selector_free(s);
        } else if (err.code != PT_USAGE || !err.what[0]) {
            abort();
        }
    }
    pt_buf_release(&text);
    return 0;
}
