/* anomaly.h - pt-detect anomaly: points unlike those before them. */
#ifndef PT_DETECT_ANOMALY_H
#define PT_DETECT_ANOMALY_H

#include "cli/option.h"

extern const struct pt_option detect_anomaly_options[];
int detect_anomaly_run(int argc, char **argv, struct pt_err *err);

#endif
