/* pt-ingest - check records and store them, exactly once; what was refused, and how good the rest
 * is.
 *
 * Each subcommand is a file of pt-ingest/; the work is done by lib/ingest and lib/quality. */
#include "cli/program.h"
#include "pt-ingest/feed.h"
#include "pt-ingest/gate.h"
#include "pt-ingest/quality.h"
#include "pt-ingest/rejects.h"

int main(int argc, char **argv)
{
    const struct pt_command commands[] = {
        {"pt-ingest", "[INPUT...]", "check records and store them, exactly once", -1,
         ingest_feed_options, ingest_feed_run},
        {"pt-ingest rejects", "[list|show|replay|drop] [ID...]",
         "list, show, replay or drop what was refused", -1, ingest_rejects_options,
         ingest_rejects_run},
        {"pt-ingest quality", NULL, "score the records of each source and day", 0,
         ingest_quality_options, ingest_quality_run},
    };
    int rc;
    ingest_command_set(argc, argv);
    rc = pt_program_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
    ingest_command_set(0, NULL);
    return rc;
}
