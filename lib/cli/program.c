/* program.c - from main's arguments to the exit status.
 *
 * The order is: find the subcommand, read its table (arguments, environment, configuration,
 * defaults), do what --help and its like ask for, else run the command; then print its error, check
 * stdout, and give the status.  The options common to all programs are read into the one static
 * struct below, which the small questions (quiet? colour?) answer from.
 *
 * This file is the only one in lib/ that writes to stdout and stderr.  All that goes to stderr
 * passes through pt_text_terminal, so that no name or value in a message can play with a
 * terminal. */
#include "cli/program.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/describe.h"
#include "cli/table.h"
#include "record/write.h"
#include "store/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WRITE_FROM = 1 << 16 }; /* bytes of output that are worth a write */
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum log_format { LOG_TEXT, LOG_JSON };
enum description { DESCRIBE_NOTHING, DESCRIBE_MDOC, DESCRIBE_BASH, DESCRIBE_ZSH, DESCRIBE_FISH };

static struct {
    const char *program;
    bool help, version, quiet;
    int log, color, describe;
    const char *config, *profile;
    struct pt_config configuration; /* owns values that options borrow */
} common = {.program = "pt"};

static const struct pt_option COMMON_OPTIONS[] = {
    {PT_OPTION_FLAG, 'q', "quiet", NULL, &common.quiet, NULL, NULL,
     "no progress and no notes on standard error"},
    {PT_OPTION_CHOICE, 0, "log", "FORMAT", &common.log, "text", "text|json",
     "form of the messages on standard error"},
    {PT_OPTION_CHOICE, 0, "color", "WHEN", &common.color, "auto", "auto|always|never",
     "colour in tables; auto: on a terminal, unless NO_COLOR is set"},
    {PT_OPTION_TEXT, 0, "config", "FILE", &common.config, NULL, NULL,
     "read this configuration and no other"},
    {PT_OPTION_TEXT, 0, "profile", "NAME", &common.profile, NULL, NULL,
     "apply the configuration's sections [profile NAME]"},
    {PT_OPTION_FLAG, 'h', "help", NULL, &common.help, NULL, NULL, "show this help and exit"},
    {PT_OPTION_FLAG, 0, "version", NULL, &common.version, NULL, NULL,
     "show name and version and exit"},
    {PT_OPTION_CHOICE, 0, "describe", "LANGUAGE", &common.describe, NULL,
     "nothing|mdoc|bash|zsh|fish", NULL},
    PT_OPT_END,
};

/* --- messages -------------------------------------------------------------------------------- */

static void write_all_stderr(const struct pt_buf *line)
{
    size_t done = 0;
    while (done < line->n) {
        ssize_t n = write(STDERR_FILENO, line->p + done, line->n - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return; /* nobody is left to be told */
    }
}

static void message(enum pt_log level, const char *text)
{
    static const char *const NAMES[] = {"note", "warning", "error"};
    struct pt_buf line = {0};
    if (common.log == LOG_JSON) {
        pt_line_open(&line, "log", pt_time_now());
        pt_line_text(&line, "name", pt_str(common.program));
        pt_line_text(&line, "severity", pt_str(NAMES[level]));
        pt_line_text(&line, "message", pt_str(text));
        pt_line_close(&line);
    } else {
        pt_buf_printf(&line, "%s: ", common.program);
        if (level != PT_LOG_ERROR)
            pt_buf_printf(&line, "%s: ", NAMES[level]);
        pt_text_terminal(&line, pt_str(text));
        pt_buf_putc(&line, '\n');
    }
    write_all_stderr(&line);
    pt_buf_release(&line);
}

void pt_program_log(enum pt_log level, const char *fmt, ...)
{
    char text[sizeof((struct pt_err *)0)->what];
    va_list ap;
    if (level == PT_LOG_NOTE && common.quiet)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    message(level, text);
}

void pt_program_tell(enum pt_log level, const struct pt_err *err)
{
    char text[sizeof err->what + sizeof err->input + 32];
    if (level == PT_LOG_NOTE && common.quiet)
        return;
    pt_err_text(err, text, sizeof text);
    message(level, text);
}

bool pt_program_quiet(void)
{
    return common.quiet;
}

bool pt_program_color(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (common.color != COLOR_AUTO)
        return common.color == COLOR_ALWAYS;
    return isatty(fd) && !(no && no[0]) && term && term[0] && strcmp(term, "dumb") != 0;
}

/* --- signals and standard output ------------------------------------------------------------- */

static volatile sig_atomic_t stopping;

static void on_stop(int sig)
{
    (void)sig;
    stopping = 1;
}

void pt_program_catch_signals(void)
{
    /* No SA_RESTART: a wait for input ends at once.  The second signal has its default effect, so
     * that a program that cannot finish can still be stopped. */
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&stop.sa_mask);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
}

bool pt_program_stopping(void)
{
    return stopping != 0;
}

/* The reader going away is no news to whoever sent it away: a code without a message. */
static int output_failed(struct pt_err *err)
{
    if (errno != EPIPE)
        return pt_err_sys(err, "cannot write to standard output");
    if (err->code == PT_OK)
        err->code = PT_SYSTEM;
    return -1;
}

int pt_program_write(struct pt_buf *buf, struct pt_err *err)
{
    size_t done = 0;
    if (fflush(stdout) != 0) /* what was printed before comes first */
        return output_failed(err);
    while (done < buf->n) {
        ssize_t n = write(STDOUT_FILENO, buf->p + done, buf->n - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return output_failed(err);
        }
    }
    pt_buf_clear(buf);
    return 0;
}

int pt_program_flush(struct pt_buf *buf, struct pt_err *err)
{
    return buf->n >= WRITE_FROM ? pt_program_write(buf, err) : 0;
}

/* Some file systems report a full disk only now.  A stdout that was closed from the start is no
 * error unless something was written to it. */
static int close_output(struct pt_err *err)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return output_failed(err);
    if (close(STDOUT_FILENO) != 0 && errno != EBADF)
        return output_failed(err);
    return 0;
}

/* --- which command --------------------------------------------------------------------------- */

/* The option that a word of the command line means, in whichever command has it; NULL for none. */
static const struct pt_option *option_meant(const struct pt_face *face, const char *name, size_t n,
                                            char letter)
{
    for (size_t i = 0; i <= face->n; i++) {
        const struct pt_option *o = i < face->n ? face->commands[i].options : face->common;
        for (; o && o->type != PT_OPTION_END; o++)
            if (o->type != PT_OPTION_GROUP &&
                (letter ? o->letter == letter : strncmp(o->name, name, n) == 0))
                return o;
    }
    return NULL;
}

/* True when the word is an option whose argument is the next word. */
static bool argument_follows(const struct pt_face *face, const char *word)
{
    const struct pt_option *o;
    if (word[1] == '-') {
        o = strchr(word, '=') ? NULL : option_meant(face, word + 2, strlen(word + 2), 0);
        return o && pt_option_has_argument(o);
    }
    for (const char *p = word + 1; *p; p++) {
        o = option_meant(face, NULL, 0, *p);
        if (o && pt_option_has_argument(o))
            return p[1] == '\0';
    }
    return false;
}

/* The index in argv of the first operand, 0 when there is none or "--" stands before it. */
static int first_operand(const struct pt_face *face, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0')
            return i;
        if (strcmp(argv[i], "--") == 0)
            return 0;
        if (argument_follows(face, argv[i]))
            i++;
    }
    return 0;
}

static const char *nearest_subcommand(const struct pt_face *face, const char *word)
{
    const char **names = pt_mem_array(face->n, sizeof *names), *near;
    for (size_t i = 1; i < face->n; i++)
        names[i - 1] = pt_describe_word(&face->commands[i]);
    near = pt_text_nearest(word, names, face->n - 1);
    free(names);
    return near;
}

static int unknown_subcommand(const struct pt_face *face, const char *word, struct pt_err *err)
{
    const char *near = word ? nearest_subcommand(face, word) : NULL;
    struct pt_buf all = {0};
    for (size_t i = 1; i < face->n; i++)
        pt_buf_printf(&all, "%s%s", i > 1 ? ", " : "", pt_describe_word(&face->commands[i]));
    if (near)
        pt_err_set(err, PT_USAGE, "unknown subcommand \"%s\"; did you mean \"%s\"?", word, near);
    else if (word)
        pt_err_set(err, PT_USAGE, "unknown subcommand \"%s\"; there are %s", word, all.p);
    else
        pt_err_set(err, PT_USAGE, "a subcommand is needed: %s", all.p);
    pt_buf_release(&all);
    return -1;
}

/* An operand for which there is nothing may be a subcommand that was misspelt. */
static int nothing_found(const struct pt_face *face, const char *operand, struct pt_err *err)
{
    const char *near = nearest_subcommand(face, operand);
    size_t n = strlen(err->what);
    if (near)
        snprintf(err->what + n, sizeof err->what - n, "; did you mean the subcommand %s?", near);
    return -1;
}

/* Takes the subcommand's word out of argv.  Without one it is the program's own command. */
static const struct pt_command *choose(const struct pt_face *face, int *argc, char **argv)
{
    int at = face->n > 1 ? first_operand(face, *argc, argv) : 0;
    for (size_t i = 1; at && i < face->n; i++)
        if (strcmp(argv[at], pt_describe_word(&face->commands[i])) == 0) {
            memmove(argv + at, argv + at + 1, (size_t)(*argc - at) * sizeof *argv);
            --*argc;
            return &face->commands[i];
        }
    return face->commands;
}

/* --- the run --------------------------------------------------------------------------------- */

/* Keys in a section of this program must be options of one of its commands. */
static int check_keys(const struct pt_face *face, const struct pt_config *config,
                      struct pt_err *err)
{
    struct pt_table all = {0};
    const char **names;
    for (size_t i = 0; i < face->n; i++)
        pt_table_add(&all, face->commands[i].options);
    pt_table_add(&all, face->common);
    names = pt_mem_array(all.n, sizeof *names);
    for (size_t i = 0; i < all.n; i++)
        names[i] = all.v[i].option->name;
    for (size_t i = 0; i < config->n && err->code == PT_OK; i++) {
        const struct pt_config_entry *e = &config->v[i];
        const char *near;
        if (!e->own || pt_table_find(&all, pt_str(e->key)))
            continue;
        near = pt_text_nearest(e->key, names, all.n);
        pt_err_set(err, PT_USAGE, "unknown key \"%s\"%s%s%s", e->key,
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        pt_err_at(err, e->file, e->line);
    }
    free(names);
    pt_table_release(&all);
    return err->code == PT_OK ? 0 : -1;
}

static bool wants_description(void)
{
    return common.help || common.version || common.describe != DESCRIBE_NOTHING;
}

static bool has_option(const struct pt_option *o, struct pt_str name)
{
    for (; o && o->type != PT_OPTION_END; o++)
        if (o->type != PT_OPTION_GROUP && pt_str_is(name, o->name))
            return true;
    return false;
}

/* An option that the command does not know may be one of another command. */
static void tell_owner(const struct pt_face *face, const struct pt_table *known, const char *word,
                       struct pt_err *err)
{
    struct pt_str name = {word + 2, strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0};
    if (!name.n || pt_table_find(known, name))
        return;
    for (size_t i = 0; i < face->n; i++)
        if (has_option(face->commands[i].options, name)) {
            pt_err_clear(err);
            pt_err_set(err, PT_USAGE, "unknown option \"--%.*s\"; %s%s has it", (int)name.n, name.p,
                       face->commands[i].name, i ? "" : " without a subcommand");
            return;
        }
}

/* Whoever asks for help gets it, whatever else is wrong with the environment. */
static int read_options(const struct pt_face *face, const struct pt_command *c, int argc,
                        char **argv, int *first, struct pt_err *err)
{
    struct pt_table table = {0};
    int rc;
    pt_table_add(&table, c->options);
    pt_table_add(&table, face->common);
    rc = pt_table_arguments(&table, argc, argv, first, err);
    if (rc != 0) {
        struct pt_err ignored = {0}; /* PT_LOG may still say what form the message has */
        pt_table_environment(&table, &ignored);
        tell_owner(face, &table, argv[*first - 1], err);
    } else if (!wants_description()) {
        rc = pt_table_environment(&table, err);
        if (rc == 0)
            rc = pt_config_load(&common.configuration, common.config, face->commands[0].name,
                                common.profile, err);
        if (rc == 0)
            rc = check_keys(face, &common.configuration, err);
        if (rc == 0)
            rc = pt_table_configuration(&table, &common.configuration, err);
        if (rc == 0)
            rc = pt_table_fallbacks(&table, err);
    }
    pt_table_release(&table);
    return rc;
}

static int describe(const struct pt_face *face, const struct pt_command *c, struct pt_err *err)
{
    struct pt_buf text = {0};
    int rc;
    if (common.version)
        pt_buf_printf(&text, "%s %s\n", face->commands[0].name, PT_VERSION);
    else if (common.help)
        pt_describe_help(&text, face, c);
    else if (common.describe == DESCRIBE_MDOC)
        pt_describe_mdoc(&text, face);
    else if (common.describe == DESCRIBE_BASH)
        pt_describe_bash(&text, face);
    else if (common.describe == DESCRIBE_ZSH)
        pt_describe_zsh(&text, face);
    else
        pt_describe_fish(&text, face);
    rc = pt_program_write(&text, err);
    pt_buf_release(&text);
    return rc;
}

/* What went wrong with the command line itself ends with where help is. */
static int usage_error(const struct pt_command *c, struct pt_err *err)
{
    size_t n = strlen(err->what);
    if (err->code == PT_USAGE && !err->input[0])
        snprintf(err->what + n, sizeof err->what - n, " (try '%s --help')", c->name);
    return -1;
}

static int run(const struct pt_face *face, int argc, char **argv, struct pt_err *err)
{
    const struct pt_command *c = choose(face, &argc, argv);
    int first, rc;
    if (read_options(face, c, argc, argv, &first, err) != 0)
        return usage_error(c, err);
    if (wants_description())
        return describe(face, c, err);
    if (!c->run) {
        unknown_subcommand(face, argv[first], err);
        return usage_error(c, err);
    }
    argc -= first;
    argv += first;
    if (c->most_operands >= 0 && argc > c->most_operands) {
        pt_err_set(err, PT_USAGE, "unexpected operand \"%s\"", argv[c->most_operands]);
        return usage_error(c, err);
    }
    rc = c->run(argc, argv, err);
    if (rc < 0 && err->code == PT_FOUND && c == face->commands && face->n > 1 && argc == 1)
        return nothing_found(face, argv[0], err);
    return rc;
}

/* A standard descriptor that is closed would be given to the next file that is opened.  It becomes
 * one that fails whoever uses it. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int pt_program_main(int argc, char **argv, const struct pt_command *commands, size_t n)
{
    struct pt_face face = {commands, n, COMMON_OPTIONS};
    char **words = pt_mem_array((size_t)argc + 2, sizeof *words); /* getopt moves them about */
    struct pt_err err = {0};
    int status;
    common.program = commands[0].name;
    hold_standard_descriptors();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a full disk */
    memcpy(words, argv, (size_t)argc * sizeof *words);
    if (argc == 0)
        words[argc++] = argv[0] ? argv[0] : (char *)"pt";
    status = run(&face, argc, words, &err);
    if (close_output(&err) != 0 || status < 0)
        status = err.code == PT_OK ? PT_SYSTEM : (int)err.code;
    if (err.what[0])
        pt_program_tell(PT_LOG_ERROR, &err);
    free(words);
    pt_config_release(&common.configuration);
    return status;
}

/* --- what the shared options mean ------------------------------------------------------------ */

const char *pt_program_db(const char *db)
{
    static bool told;
    const char *path = db ? db : "pt.db";
    char *exposed;
    if (!told && pt_trust_exposed(path, &exposed)) {
        told = true;
        pt_program_log(PT_LOG_WARNING, "%s: every user may write to \"%s\"; chmod o-w it", path,
                       exposed);
        free(exposed);
    }
    return path;
}

bool pt_program_from_stdin(const char *db)
{
    return !db && !isatty(STDIN_FILENO);
}

enum pt_sheet_format pt_program_format(int output)
{
    if (output >= 0)
        return (enum pt_sheet_format)output;
    return isatty(STDOUT_FILENO) ? PT_SHEET_TABLE : PT_SHEET_JSONL;
}

static int read_time(const char *option, const char *text, int64_t now, int64_t *out,
                     struct pt_err *err)
{
    struct pt_err why = {0};
    if (!text || pt_time_when(text, now, out, &why) == 0)
        return 0;
    return pt_err_set(err, PT_USAGE, "%s: %s", option, why.what);
}

int pt_program_range(const char *since, const char *until, const char *tz, int64_t *from,
                     int64_t *to, struct pt_err *err)
{
    int64_t now = pt_time_now();
    *from = PT_TIME_MIN;
    *to = PT_TIME_MAX;
    if (tz && pt_time_zone(tz, err) != 0)
        return -1;
    if (read_time("--since", since, now, from, err) != 0 ||
        read_time("--until", until, now, to, err) != 0)
        return -1;
    if (*from >= *to) {
        char a[PT_TIME_TEXT], b[PT_TIME_TEXT];
        pt_time_format(a, *from);
        pt_time_format(b, *to);
        return pt_err_set(err, PT_USAGE, "the range is empty: --since %s is not before --until %s",
                          a, b);
    }
    return 0;
}
