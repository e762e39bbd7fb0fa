/* config.c - configuration files, and options set from their values. */
#include "cli/config.h"

#include "cli/table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *text;
static uint64_t count;
static int64_t duration;
static double number;
static int choice;
static bool flag;
static struct pt_list list;

static const struct pt_option ROWS[] = {
    {PT_OPTION_FLAG, 0, "f", NULL, &flag, NULL, NULL, NULL},
    {PT_OPTION_TEXT, 0, "t", "T", &text, NULL, NULL, NULL},
    {PT_OPTION_COUNT, 0, "c", "N", &count, NULL, NULL, NULL},
    {PT_OPTION_DURATION, 0, "d", "D", &duration, NULL, NULL, NULL},
    {PT_OPTION_NUMBER, 0, "n", "X", &number, NULL, NULL, NULL},
    {PT_OPTION_CHOICE, 0, "o", "O", &choice, NULL, "one|two", NULL},
    {PT_OPTION_LIST, 0, "l", "L", &list, NULL, NULL, NULL},
    PT_OPT_END,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pt_config_scope scope = {"pt-test", "p", false};
    struct pt_config config = {0};
    struct pt_table table = {0};
    struct pt_err err = {0};
    pt_table_add(&table, ROWS);
    if (pt_config_parse(&config, (struct pt_str){(const char *)data, size}, "fuzz", &scope, &err) ==
            0 &&
        pt_table_configuration(&table, &config, &err) != 0 && err.line == 0)
        abort(); /* every refusal says where */
    pt_table_release(&table);
    pt_config_release(&config);
    free(list.v);
    list = (struct pt_list){0};
    return 0;
}
