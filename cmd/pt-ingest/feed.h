/* feed.h - pt-ingest itself: inputs into the store. */
#ifndef PT_INGEST_CMD_FEED_H
#define PT_INGEST_CMD_FEED_H

#include "cli/option.h"

extern const struct pt_option ingest_feed_options[];
int ingest_feed_run(int argc, char **argv, struct pt_err *err);

#endif
