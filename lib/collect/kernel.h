/* kernel.h - the files in which the kernel says how it is, below a root.
 *
 * Each file is opened once and stays open; within a round (one sample) it is read at most once,
 * from the start, whoever asks.  So two sources of one file cost one read, and a sample opens
 * nothing. */
#ifndef PT_COLLECT_KERNEL_H
#define PT_COLLECT_KERNEL_H

#include "base/err.h"
#include "base/str.h"

struct pt_kernel;
struct pt_kernel_file;

/* root: the directory that holds proc and sys; NULL is "/".  0; or -1 (PT_SYSTEM). */
int pt_kernel_open(struct pt_kernel **out, const char *root, struct pt_err *err);
void pt_kernel_close(struct pt_kernel *k); /* NULL is fine; closes the files too */

/* The root as a prefix of absolute paths: "" for "/". */
const char *pt_kernel_root(const struct pt_kernel *k);

void pt_kernel_next_round(struct pt_kernel *k);

/* The file at a path relative to the root ("proc/stat"), owned by k; NULL when it cannot be opened
 * or has nothing to read now. */
struct pt_kernel_file *pt_kernel_file(struct pt_kernel *k, const char *path);

/* What the kernel keeps for each process ("net/dev", "mounts"): that of process 1 below a root that
 * was given, as it stands for the machine that the root belongs to; else, or where there is none,
 * our own.  Otherwise as pt_kernel_file. */
struct pt_kernel_file *pt_kernel_process_file(struct pt_kernel *k, const char *name);

/* The text of this round, borrowed until the next; empty when it cannot be read whole. */
struct pt_str pt_kernel_read(struct pt_kernel_file *f);

/* Whether the list of mounts, or another file that poll(2) watches, changed since it was opened or
 * last asked. */
bool pt_kernel_changed(const struct pt_kernel_file *f);

/* Whether `dir` has an entry `name`; a '/' in the name is spelt '!' there, as sysfs does. */
bool pt_kernel_has(const struct pt_kernel *k, const char *dir, struct pt_str name);

#endif
