/* rules.h - pt-detect rules: alerting rules over points. */
#ifndef PT_DETECT_RULES_H
#define PT_DETECT_RULES_H

#include "cli/option.h"

extern const struct pt_option detect_rules_options[];
int detect_rules_run(int argc, char **argv, struct pt_err *err);

#endif
