/* describe.c - --help and the manual's OPTIONS section.
 *
 * Both walk the same rows: headings as they come, then each option's names, its argument and one
 * sentence, to which the choices and the default are added from the row itself, so that no help
 * text has to repeat them. */
#include "cli/describe.h"

#include "cli/table.h"

#include <ctype.h>

enum { COLUMNS = 80, HELP_COLUMN = 26, SUMMARY_COLUMN = 16 };

const char *pt_describe_word(const struct pt_command *c)
{
    const char *space = strchr(c->name, ' ');
    return space ? space + 1 : c->name;
}

/* Appends text word by word, breaking before column COLUMNS; `column` is where the line stands. */
static void wrap(struct pt_buf *b, const char *text, size_t column, size_t indent)
{
    bool first = true;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (!first && column + 1 + n > COLUMNS) {
            pt_buf_printf(b, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            pt_buf_putc(b, ' ');
            column++;
        }
        pt_buf_add(b, text, n);
        column += n;
        first = false;
        text += n;
        text += strspn(text, " ");
    }
    pt_buf_putc(b, '\n');
}

/* A phrase as a sentence: with a capital and a full stop. */
static void phrase(struct pt_buf *b, const char *text)
{
    pt_buf_putc(b, (char)toupper((unsigned char)*text));
    pt_buf_puts(b, *text ? text + 1 : text);
    pt_buf_putc(b, '.');
}

/* The sentence of one row, with its choices and its default. */
static void sentence(struct pt_buf *b, const struct pt_option *o)
{
    struct pt_str choice;
    pt_buf_puts(b, o->help);
    for (size_t i = 0; o->choices && pt_option_choice(o->choices, i, &choice); i++) {
        pt_buf_puts(b, i ? ", " : ": ");
        pt_buf_str(b, choice);
    }
    if (o->fallback)
        pt_buf_printf(b, " (default %s)", o->fallback);
    if (o->type == PT_OPTION_LIST)
        pt_buf_puts(b, "; may be given more than once");
}

static void help_option(struct pt_buf *b, const struct pt_option *o)
{
    struct pt_buf left = {0}, text = {0};
    if (o->letter)
        pt_buf_printf(&left, "  -%c, --%s", o->letter, o->name);
    else
        pt_buf_printf(&left, "      --%s", o->name);
    if (o->arg)
        pt_buf_printf(&left, " %s", o->arg);
    pt_buf_str(b, pt_buf_view(&left));
    if (left.n + 2 > HELP_COLUMN)
        pt_buf_printf(b, "\n%*s", HELP_COLUMN, "");
    else
        pt_buf_printf(b, "%*s", HELP_COLUMN - (int)left.n, "");
    sentence(&text, o);
    wrap(b, text.p, HELP_COLUMN, HELP_COLUMN);
    pt_buf_release(&left);
    pt_buf_release(&text);
}

static void help_options(struct pt_buf *b, const struct pt_option *rows, const char *heading)
{
    for (; rows && rows->type != PT_OPTION_END; rows++) {
        if (rows->type == PT_OPTION_GROUP)
            heading = rows->help;
        else if (rows->help) {
            if (heading)
                pt_buf_printf(b, "\n%s:\n", heading);
            heading = NULL;
            help_option(b, rows);
        }
    }
}

static void help_usage(struct pt_buf *b, const struct pt_face *face, const struct pt_command *c)
{
    bool program = c == face->commands;
    struct pt_buf summary = {0};
    if (c->run)
        pt_buf_printf(b, "usage: %s [OPTION]...%s%s\n", c->name, c->operands ? " " : "",
                      c->operands ? c->operands : "");
    if (program && face->n > 1)
        pt_buf_printf(b, "%s%s SUBCOMMAND [OPTION]... [OPERAND]...\n",
                      c->run ? "       " : "usage: ", c->name);
    phrase(&summary, c->summary);
    pt_buf_putc(b, '\n');
    wrap(b, summary.p, 0, 0);
    pt_buf_release(&summary);
}

static void help_subcommands(struct pt_buf *b, const struct pt_face *face)
{
    pt_buf_puts(b, "\nSubcommands:\n");
    for (size_t i = 1; i < face->n; i++) {
        pt_buf_printf(b, "  %-*s", SUMMARY_COLUMN - 2, pt_describe_word(&face->commands[i]));
        wrap(b, face->commands[i].summary, SUMMARY_COLUMN, SUMMARY_COLUMN);
    }
}

void pt_describe_help(struct pt_buf *b, const struct pt_face *face, const struct pt_command *c)
{
    help_usage(b, face, c);
    if (c == face->commands && face->n > 1)
        help_subcommands(b, face);
    help_options(b, c->options, "Options");
    help_options(b, face->common, "Options of every program");
    pt_buf_printf(b,
                  "\nA long option is also read from the environment (PT_NAME) and from "
                  "configuration\nfiles.  The manual: man %s.\n",
                  face->commands[0].name);
}

/* A phrase as a sentence of mdoc, in which roff obeys no word even where a line begins with it. */
static void mdoc_sentence(struct pt_buf *b, const char *text)
{
    struct pt_buf plain = {0}, safe = {0};
    phrase(&plain, text);
    for (size_t i = 0; i < plain.n; i++) {
        char c = plain.p[i];
        if ((c == '.' || c == '\'') && (i == 0 || plain.p[i - 1] == ' '))
            pt_buf_puts(&safe, "\\&");
        if (c == '\\')
            pt_buf_puts(&safe, "\\e");
        else
            pt_buf_putc(&safe, c);
    }
    wrap(b, safe.p, 0, 0);
    pt_buf_release(&plain);
    pt_buf_release(&safe);
}

static void mdoc_option(struct pt_buf *b, const struct pt_option *o)
{
    struct pt_buf text = {0};
    pt_buf_puts(b, ".It ");
    if (o->letter)
        pt_buf_printf(b, "Fl %c , ", o->letter);
    pt_buf_printf(b, "Fl \\-%s", o->name);
    if (o->arg)
        pt_buf_printf(b, " Ar %s", o->arg);
    pt_buf_putc(b, '\n');
    sentence(&text, o);
    mdoc_sentence(b, text.p);
    pt_buf_release(&text);
}

/* `text`: whether something stands before them under their heading, to be parted from. */
static void mdoc_options(struct pt_buf *b, const struct pt_option *rows, bool text)
{
    bool open = false;
    for (; rows && rows->type != PT_OPTION_END; rows++) {
        if (rows->type == PT_OPTION_GROUP) {
            pt_buf_puts(b, open ? ".El\n" : "");
            pt_buf_printf(b, "%s%s:\n", open || text ? ".Pp\n" : "", rows->help);
            open = false;
        } else if (rows->help) {
            pt_buf_puts(b, open ? "" : ".Bl -tag -width Ds\n");
            open = true;
            mdoc_option(b, rows);
        }
    }
    pt_buf_puts(b, open ? ".El\n" : "");
}

void pt_describe_mdoc(struct pt_buf *b, const struct pt_face *face)
{
    pt_buf_puts(b, ".Sh OPTIONS\n");
    mdoc_options(b, face->commands[0].options, false);
    for (size_t i = 1; i < face->n; i++) {
        const struct pt_command *c = &face->commands[i];
        pt_buf_printf(b, ".Ss %s%s%s\n", c->name, c->operands ? " " : "",
                      c->operands ? c->operands : "");
        mdoc_sentence(b, c->summary);
        mdoc_options(b, c->options, true);
    }
    pt_buf_puts(b, ".Ss Options of every program\n");
    mdoc_options(b, face->common, false);
    pt_buf_puts(b, "A long option that is not given is looked for in the environment\n"
                   "and in the configuration files; see\n.Xr pt 7 .\n");
}
