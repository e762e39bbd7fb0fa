/* pt-detect - judge points: rules that alert, and detectors of anomalies.
 *
 * Each subcommand is a file of pt-detect/; both read points through pt-detect/points.c and judge
 * them by lib/detect. */
#include "cli/program.h"
#include "pt-detect/anomaly.h"
#include "pt-detect/rules.h"

int main(int argc, char **argv)
{
    const struct pt_command commands[] = {
        {"pt-detect", "rules FILE | anomaly [SELECTOR]", "judge points by rules or detectors", 0,
         NULL, NULL},
        {"pt-detect rules", "FILE", "evaluate alerting rules with Prometheus' semantics", 1,
         detect_rules_options, detect_rules_run},
        {"pt-detect anomaly", "[SELECTOR]", "find points unlike those before them", 1,
         detect_anomaly_options, detect_anomaly_run},
    };
    return pt_program_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
}
