/* complete.c - completion scripts for bash, zsh and fish.
 *
 * Each is a flat list of facts in the shell's own words: which options a command has, and what may
 * follow an option: its choices, files, or nothing known.  Whether an argument or an operand is a
 * file is told by its label.  Where a subcommand must come, nothing else is offered. */
#include "cli/describe.h"
#include "cli/table.h"

/* Calls for each told option of rows. */
#define EACH_OPTION(o, rows)                                                     \
    for (const struct pt_option *o = (rows); o && o->type != PT_OPTION_END; o++) \
        if (o->type != PT_OPTION_GROUP && o->help)

static bool names_file(const char *label)
{
    static const char *const LABELS[] = {"FILE", "DIR", "PATH", "INPUT"};
    for (size_t i = 0; label && i < sizeof LABELS / sizeof LABELS[0]; i++)
        if (strstr(label, LABELS[i]))
            return true;
    return false;
}

static bool takes_file(const struct pt_option *o)
{
    return names_file(o->arg);
}

/* A program that only has subcommands tells of their operands, but takes none itself. */
static bool has_file_operands(const struct pt_command *c)
{
    return c->run && names_file(c->operands);
}

static void choice_words(struct pt_buf *b, const struct pt_option *o)
{
    struct pt_str choice;
    for (size_t i = 0; pt_option_choice(o->choices, i, &choice); i++) {
        pt_buf_puts(b, i ? " " : "");
        pt_buf_str(b, choice);
    }
}

static void subcommand_words(struct pt_buf *b, const struct pt_face *face, const char *between)
{
    for (size_t i = 1; i < face->n; i++)
        pt_buf_printf(b, "%s%s", i > 1 ? between : "", pt_describe_word(&face->commands[i]));
}

/* A function's name cannot hold the dash of "pt-query". */
static void function_name(struct pt_buf *b, const char *program)
{
    pt_buf_putc(b, '_');
    for (; *program; program++)
        pt_buf_putc(b, *program == '-' ? '_' : *program);
}

/* Single-quoted for a shell; `special` are further bytes that a backslash must precede. */
static void quoted(struct pt_buf *b, const char *text, const char *special, const char *quote)
{
    for (; *text; text++) {
        if (*text == '\'')
            pt_buf_puts(b, quote);
        else {
            if (strchr(special, *text))
                pt_buf_putc(b, '\\');
            pt_buf_putc(b, *text);
        }
    }
}

static void bash_names(struct pt_buf *b, const struct pt_option *rows)
{
    EACH_OPTION(o, rows)
    {
        if (o->letter)
            pt_buf_printf(b, " -%c", o->letter);
        pt_buf_printf(b, " --%s", o->name);
    }
}

/* A case of what follows an option: "sub:--output|sub:-o) words=...;;" */
static void bash_arguments(struct pt_buf *b, const struct pt_option *rows, const char *sub)
{
    EACH_OPTION(o, rows)
    {
        if (!o->arg)
            continue;
        pt_buf_printf(b, "    %s:--%s", sub, o->name);
        if (o->letter)
            pt_buf_printf(b, "|%s:-%c", sub, o->letter);
        pt_buf_puts(b, ") words='");
        if (o->choices)
            choice_words(b, o);
        pt_buf_printf(b, "' files=%s ;;\n", takes_file(o) ? "yes" : "''");
    }
}

/* Where no option's argument is due: "sub:-*) words=..." for options, "sub:*) ..." for operands. */
static void bash_words(struct pt_buf *b, const struct pt_face *face, size_t i)
{
    const char *sub = i ? pt_describe_word(&face->commands[i]) : "";
    pt_buf_printf(b, "    %s:-*) words='", sub);
    bash_names(b, face->commands[i].options);
    bash_names(b, face->common);
    pt_buf_printf(b, "' ;;\n    %s:*) words='", sub);
    if (i == 0)
        subcommand_words(b, face, " ");
    pt_buf_printf(b, "' files=%s ;;\n", has_file_operands(&face->commands[i]) ? "yes" : "''");
}

void pt_describe_bash(struct pt_buf *b, const struct pt_face *face)
{
    const char *program = face->commands[0].name;
    pt_buf_printf(b, "# bash completion for %s, made from its option table\n", program);
    function_name(b, program);
    pt_buf_puts(b,
                "()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    local sub='' words='' files=''\n"
                "    [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                "    [[ $cur == '=' ]] && cur=''\n");
    if (face->n > 1) {
        pt_buf_puts(b, "    local word\n    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                       "        case $word in\n        ");
        subcommand_words(b, face, "|");
        pt_buf_puts(b, ") sub=$word; break ;;\n        esac\n    done\n");
    }
    pt_buf_puts(b, "    case $sub:$prev in\n");
    for (size_t i = 0; i < face->n; i++)
        bash_arguments(b, face->commands[i].options, i ? pt_describe_word(&face->commands[i]) : "");
    bash_arguments(b, face->common, "*");
    pt_buf_puts(b, "    *) case $sub:$cur in\n");
    for (size_t i = 0; i < face->n; i++)
        bash_words(b, face, i);
    pt_buf_puts(b, "    esac ;;\n    esac\n"
                   "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"\n"
                   "        [[ $files ]] && compgen -f -- \"$cur\")\n}\n");
    pt_buf_puts(b, "complete -o filenames -F ");
    function_name(b, program);
    pt_buf_printf(b, " %s\n", program);
}

static void zsh_options(struct pt_buf *b, const struct pt_option *rows)
{
    EACH_OPTION(o, rows)
    {
        pt_buf_puts(b, " \\\n        ");
        if (o->letter)
            pt_buf_printf(b, "'(-%c --%s)'{-%c,--%s%s}'", o->letter, o->name, o->letter, o->name,
                          o->arg ? "=" : "");
        else
            pt_buf_printf(b, "'--%s%s", o->name, o->arg ? "=" : "");
        pt_buf_putc(b, '[');
        quoted(b, o->help, "[]:\\", "'\\''");
        pt_buf_putc(b, ']');
        if (o->arg)
            pt_buf_printf(b, ":%s:", o->arg);
        if (o->choices) {
            pt_buf_putc(b, '(');
            choice_words(b, o);
            pt_buf_putc(b, ')');
        } else if (takes_file(o)) {
            pt_buf_puts(b, "_files");
        }
        pt_buf_putc(b, '\'');
    }
}

void pt_describe_zsh(struct pt_buf *b, const struct pt_face *face)
{
    pt_buf_printf(b, "#compdef %s\n# made from its option table\n\nlocal sub= word\n",
                  face->commands[0].name);
    if (face->n > 1) {
        pt_buf_puts(b, "for word in ${words[2,CURRENT-1]}; do\n    case $word in\n    (");
        subcommand_words(b, face, "|");
        pt_buf_puts(b, ") sub=$word; break ;;\n    esac\ndone\n");
    }
    pt_buf_puts(b, "case $sub in\n");
    for (size_t i = 0; i < face->n; i++) {
        pt_buf_printf(b, "(%s)\n    _arguments -s",
                      i ? pt_describe_word(&face->commands[i]) : "''");
        zsh_options(b, face->commands[i].options);
        zsh_options(b, face->common);
        if (i == 0 && face->n > 1) {
            pt_buf_puts(b, " \\\n        '1:subcommand:(");
            subcommand_words(b, face, " ");
            pt_buf_puts(b, ")'");
        }
        if (has_file_operands(&face->commands[i]))
            pt_buf_puts(b, " \\\n        '*:file:_files'");
        pt_buf_puts(b, " ;;\n");
    }
    pt_buf_puts(b, "esac\n");
}

static void fish_options(struct pt_buf *b, const char *program, const struct pt_option *rows,
                         const char *condition)
{
    EACH_OPTION(o, rows)
    {
        pt_buf_printf(b, "complete -c %s%s -l %s", program, condition, o->name);
        if (o->letter)
            pt_buf_printf(b, " -s %c", o->letter);
        if (o->arg)
            pt_buf_puts(b, takes_file(o) ? " -r -F" : " -x");
        if (o->choices) {
            pt_buf_puts(b, " -a '");
            choice_words(b, o);
            pt_buf_putc(b, '\'');
        }
        pt_buf_puts(b, " -d '");
        quoted(b, o->help, "\\", "\\'");
        pt_buf_puts(b, "'\n");
    }
}

void pt_describe_fish(struct pt_buf *b, const struct pt_face *face)
{
    const char *program = face->commands[0].name;
    struct pt_buf condition = {0};
    pt_buf_printf(b, "# fish completion for %s, made from its option table\n", program);
    if (face->n > 1 || !has_file_operands(&face->commands[0]))
        pt_buf_printf(b, "complete -c %s -f\n", program);
    fish_options(b, program, face->common, "");
    if (face->n > 1)
        pt_buf_puts(&condition, " -n __fish_use_subcommand");
    fish_options(b, program, face->commands[0].options, condition.n ? condition.p : "");
    for (size_t i = 1; i < face->n; i++) {
        const char *word = pt_describe_word(&face->commands[i]);
        pt_buf_printf(b, "complete -c %s -n __fish_use_subcommand -a %s -d '", program, word);
        quoted(b, face->commands[i].summary, "\\", "\\'");
        pt_buf_puts(b, "'\n");
        pt_buf_clear(&condition);
        pt_buf_printf(&condition, " -n '__fish_seen_subcommand_from %s'", word);
        if (has_file_operands(&face->commands[i]))
            pt_buf_printf(b, "complete -c %s%s -F\n", program, condition.p);
        fish_options(b, program, face->commands[i].options, condition.p);
    }
    pt_buf_release(&condition);
}
