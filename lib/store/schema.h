/* schema.h - the tables of a store: pt-store(5). */
#ifndef PT_STORE_SCHEMA_H
#define PT_STORE_SCHEMA_H

enum {
    PT_SCHEMA_APPLICATION = 0x70745331, /* PRAGMA application_id: "ptS1" */
    PT_SCHEMA_VERSION = 2,              /* PRAGMA user_version */
    PT_SCHEMA_PAGE = 16384              /* about ten chunks of a thousand points fit a page */
};

extern const char PT_SCHEMA_SQL[];

#endif
