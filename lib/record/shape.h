/* shape.h - metrics that look like those before, read by comparing bytes.
 *
 * A program writes its records in one way: the same keys in the same order with the same spaces,
 * the same series over and over, and only time and value change.  Shapes remember lines that were
 * read and checked in full as literals with holes between them, and every spelling of what filled
 * the holes for text and tags.  A line whose literals agree, whose texts and tags together were met
 * before, and whose time and value are plain numbers is then as good as checked: all its other
 * bytes are those of a line that was.  Everything else is left to the full reader.
 *
 * Series mostly come in the same order round after round.  So the spelling that followed the last
 * one before is tried first, and then a line is three comparisons and two numbers.
 *
 * Memory is bounded: SHAPES_MOST shapes, the least recently learnt making room; when SPELLINGS_MOST
 * spellings, or their bytes, are reached, all are forgotten and learnt anew.  The zero value is
 * ready. */
#ifndef PT_RECORD_SHAPE_H
#define PT_RECORD_SHAPE_H

#include "base/arena.h"
#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct pt_record;
struct pt_shape;
struct pt_shape_spelling;

/* What stands in a hole. */
enum pt_shape_hole {
    PT_HOLE_TS,    /* a number or an RFC 3339 text with its quotes */
    PT_HOLE_VALUE, /* a number */
    PT_HOLE_TEXT,  /* a string with its quotes */
    PT_HOLE_TAGS   /* an object of strings */
};

struct pt_shape_field {
    enum pt_shape_hole hole;
    struct pt_str raw; /* where it stands in the line */
};

struct pt_shapes {
    struct pt_shape *shapes[8];
    unsigned recent, next; /* the shape that fitted last, the place of the next to be learnt */
    struct pt_shape_spelling *spellings;
    uint32_t *slots; /* open addressing: place in spellings + 1, 0 = free */
    size_t n, cap, mask, bytes;
    uint32_t at;   /* the spelling read last, its place + 1; 0: none */
    uint32_t last; /* number of the newest spelling; they are never used again */
    uint32_t serial;
    struct pt_time_last last_ts;
    struct pt_arena arena; /* what spellings hold */
};

/* Reads a metric's line; false when it must be read in full.  *out borrows from the shapes until
 * the next pt_shapes_learn, and out->spelling is set. */
bool pt_shapes_read(struct pt_shapes *s, struct pt_str line, enum pt_time_unit ts_unit,
                    struct pt_record *out);

/* Remembers a line that was read in full: its fields, in any order, and what they came to, whose
 * spelling is set then. */
void pt_shapes_learn(struct pt_shapes *s, struct pt_str line, struct pt_shape_field *fields,
                     size_t n, struct pt_record *record);

void pt_shapes_release(struct pt_shapes *s);

#endif
