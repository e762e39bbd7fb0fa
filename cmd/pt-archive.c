/* pt-archive - keep a store: seal and compact it, verify it, repair it, say how it is. */
#include "cli/program.h"
#include "pt-archive/check.h"
#include "pt-archive/repair.h"
#include "pt-archive/seal.h"

int main(int argc, char **argv)
{
    const struct pt_command commands[] = {
        {"pt-archive", "seal | compact | verify | repair | doctor",
         "keep a store: seal, compact, verify, repair it", 0, NULL, NULL},
        {"pt-archive seal", NULL, "seal hot points and documents", 0, archive_seal_options,
         archive_seal_run},
        {"pt-archive compact", NULL, "seal, merge small chunks, give free space back", 0,
         archive_seal_options, archive_compact_run},
        {"pt-archive verify", NULL, "check every page, checksum and rule of the store", 0,
         archive_check_options, archive_verify_run},
        {"pt-archive repair", NULL, "build a sound store from a damaged one", 0,
         archive_repair_options, archive_repair_run},
        {"pt-archive doctor", NULL, "say how the store is and what would help it", 0,
         archive_check_options, archive_doctor_run},
    };
    return pt_program_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
}
