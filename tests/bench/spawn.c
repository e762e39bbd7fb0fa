/* spawn.c - what a short command takes, from its start to its exit.
 *
 *     spawn RUNS COMMAND [ARGUMENT...]
 *
 * runs the command so many times, one after the other, with nothing on its standard input and
 * nowhere for its standard output to go, and writes a line for each run: wall time and CPU time in
 * seconds, peak memory in bytes.
 *
 * A question to a store is answered in a few milliseconds, so what it costs to start a program
 * and to wait for it must not count.  The benchmarks' interpreter takes 0.3 ms to run true(1), with
 * a thread beside it that looks at memory; this takes 0.18 ms, and perf stat says the same.  The
 * peak memory of a child is never said to be below that of the process that started it, which is
 * why this one holds so little.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void fail(const char *what, int error)
{
    fprintf(stderr, "spawn: %s: %s\n", what, strerror(error));
    exit(4);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(const posix_spawn_file_actions_t *files, char **command)
{
    struct rusage used;
    pid_t pid;
    int status;
    double started = now();
    int error = posix_spawnp(&pid, command[0], files, NULL, command, environ);
    if (error)
        fail(command[0], error);
    if (wait4(pid, &status, 0, &used) < 0)
        fail("wait4", errno);
    double wall = now() - started;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "spawn: %s ended with status %d\n", command[0],
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        exit(1);
    }
    printf("%.6f %.6f %ld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
           used.ru_maxrss * 1024);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    long runs = argc > 2 ? strtol(argv[1], &end, 10) : 0;
    if (runs < 1 || *end) {
        fputs("usage: spawn RUNS COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    posix_spawn_file_actions_t files;
    int error = posix_spawn_file_actions_init(&files);
    if (!error)
        error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (error)
        fail("/dev/null", error);
    for (long i = 0; i < runs; i++)
        run(&files, argv + 2);
    posix_spawn_file_actions_destroy(&files);
    return 0;
}
