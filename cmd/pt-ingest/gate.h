/* gate.h - what the subcommands of pt-ingest share: the schema at the gate, and telling what it
 * refuses. */
#ifndef PT_INGEST_CMD_GATE_H
#define PT_INGEST_CMD_GATE_H

#include "cli/option.h"
#include "ingest/ingest.h"
#include "quality/schema.h"

#define INGEST_OPT_SCHEMA(dest)                                \
    {                                                          \
        PT_OPTION_TEXT, 0, "schema", "FILE", dest, NULL, NULL, \
            "rules that records must keep: pt-schema(5)"       \
    }

/* A default as it would be typed. */
#define INGEST_DEFAULT(limit) INGEST_TEXT(limit)
#define INGEST_TEXT(number) #number

/* Those of a struct pt_limits that hold for replayed lines, too. */
#define INGEST_OPT_LIMITS(limits)                                                        \
    {PT_OPTION_COUNT, 0, "max-series", "N", &(limits).series,                            \
     INGEST_DEFAULT(PT_LIMIT_SERIES), NULL,                                              \
     "series that the store may have; points of further ones are rejected"},             \
    {PT_OPTION_COUNT, 0, "max-tags", "N", &(limits).tags, INGEST_DEFAULT(PT_LIMIT_TAGS), \
     NULL, "tags of a record"},                                                          \
    {PT_OPTION_COUNT, 0, "max-tag", "BYTES", &(limits).tag, INGEST_DEFAULT(PT_LIMIT_TAG),\
     NULL, "bytes of a tag's key, and of its value"}

/* The command as it was typed, for the lineage; argc 0 forgets it. */
void ingest_command_set(int argc, char **argv);
const char *ingest_command(void);

/* Reads the schema of a file; *out is NULL when path is.  0 or -1 with err. */
int ingest_schema(const char *path, struct pt_schema **out, struct pt_err *err);

/* For struct pt_ingest_options; ctx is the schema, or NULL. */
int ingest_check(void *ctx, const struct pt_record *record, enum pt_fault *fault,
                 struct pt_err *why);
void ingest_on_reject(void *ctx, const struct pt_err *err);
void ingest_on_warning(void *ctx, const struct pt_err *err);
void ingest_on_note(void *ctx, const char *text);

/* How often ingest_on_reject was called. */
uint64_t ingest_rejects_seen(void);

#endif
