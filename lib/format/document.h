/* document.h - private to format/: rows that are JSON documents, each with many records.
 *
 * A document stands on one line or, laid out for people, on several: the row goes on while a
 * bracket is open.  It is read once into a tree, whose values the format walks and makes records
 * of, one at a time, so that memory is bounded by the document.
 *
 * One document, one reason: its good records are delivered whatever the others are; what was wrong
 * with the first bad one, and how many there were, is said once, after them.  (Each reason is kept
 * with the whole row, so a reason for each could grow without bound.) */
#ifndef PT_FORMAT_DOCUMENT_H
#define PT_FORMAT_DOCUMENT_H

#include "base/json.h"
#include "record/record.h"

enum { PT_DOCUMENT_MOST = 4 << 20 }; /* bytes of a document on several lines */
#define PT_DOCUMENT_UNCLOSED "a bracket that opens here does not close"

struct pt_document {
    const char *format; /* for messages */
    struct pt_limits limits; /* of the documents among its records */
    struct pt_str row;
    bool laid_out; /* over several lines */
    struct pt_json_tree tree;
    struct pt_arena arena; /* decoded text; the format resets it between records */
    struct pt_err first;   /* what was wrong first */
    size_t bad;
    const char *marked; /* a place in the row whose line and its begin are known */
    size_t marked_line;
    const char *marked_begin;
};

/* As pt_reader.open. */
int pt_document_open(void *self, struct pt_str line, int state);

/* Reads a row.  0; or -1 with err (PT_DATA) when it is no JSON. */
int pt_document_read(struct pt_document *d, struct pt_str row, struct pt_err *err);
void pt_document_release(struct pt_document *d);

/* As pt_reader.more, given a function of the format that delivers records in the same way but says
 * -1 for each bad one.  It must come to an end.  Documents that break the limits are bad ones, too. */
int pt_document_next(struct pt_document *d,
                     int (*next)(void *self, struct pt_record *, struct pt_err *), void *self,
                     struct pt_record *out, struct pt_err *err);

/* Refuses the record at value i: "FORMAT: WHY at column N".  Returns -1. */
int pt_document_refuse(struct pt_document *d, uint32_t i, const char *why, struct pt_err *err);

/* The text of a string, decoded; empty when it is none. */
struct pt_str pt_document_text(struct pt_document *d, uint32_t i);

/* A number that may stand in quotes, as it is written; empty when it is neither. */
struct pt_str pt_document_number(const struct pt_document *d, uint32_t i);

/* Appends a value as it stands, but on one line. */
void pt_document_json(const struct pt_document *d, uint32_t i, struct pt_buf *b);

/* Walks the members of value i, which are none if it is no object or array: enter, then next until
 * it returns false; `now` is the member. */
struct pt_document_walk {
    uint32_t now, following, after;
};
void pt_document_enter(const struct pt_document *d, uint32_t i, struct pt_document_walk *w);
bool pt_document_step(const struct pt_document *d, struct pt_document_walk *w);

#endif
