/* pt-query - ask: windows, aggregates, the catalogue, documents, lineage, SQL.
 *
 * Each way of asking is a file of pt-query/; those that read points or documents open their input
 * through pt-query/input.c.  What is computed is computed by lib/query and lib/store. */
#include "cli/program.h"
#include "pt-query/ask.h"
#include "pt-query/breakdown.h"
#include "pt-query/gaps.h"
#include "pt-query/holdings.h"
#include "pt-query/lineage.h"
#include "pt-query/records.h"
#include "pt-query/request.h"
#include "pt-query/series.h"
#include "pt-query/sql.h"

int main(int argc, char **argv)
{
    const struct pt_command commands[] = {
        {"pt-query", "[SELECTOR|EXPRESSION...]", "ask for points and for aggregates of them", -1,
         query_request_options, query_ask_run},
        {"pt-query series", "[SELECTOR]", "list the series there are", 1, query_series_options,
         query_series_run},
        {"pt-query names", "[SELECTOR]", "count series and points by metric name", 1,
         query_names_options, query_names_run},
        {"pt-query tags", "[SELECTOR]", "count series by tag, or by the values of one", 1,
         query_tags_options, query_tags_run},
        {"pt-query cardinality", "[SELECTOR]", "tell what makes the most series", 1,
         query_cardinality_options, query_cardinality_run},
        {"pt-query gaps", "[SELECTOR]", "tell where points are missing", 1, query_gaps_options,
         query_gaps_run},
        {"pt-query types", "[SELECTOR]", "count documents by type", 1, query_types_options,
         query_types_run},
        {"pt-query sources", NULL, "list what was read into the store", 0, query_sources_options,
         query_sources_run},
        {"pt-query records", "[SELECTOR]", "list documents: events, spans, trades and so on", 1,
         query_records_options, query_records_run},
        {"pt-query lineage", "[SELECTOR]", "tell where points and documents came from", 1,
         query_lineage_options, query_lineage_run},
        {"pt-query sql", "STATEMENT", "run one SELECT over the store", 1, query_sql_options,
         query_sql_run},
    };
    return pt_program_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
}
