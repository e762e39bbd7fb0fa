/* schema.c - see schema.h. */
#include "store/schema.h"

const char PT_SCHEMA_SQL[] =
    /* One row per metric name and tags; tags are canonical JSON. */
    "CREATE TABLE series("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, tags TEXT NOT NULL, kind TEXT, unit TEXT,"
    " UNIQUE(name, tags));"
    /* What is known of each sealed run of points without opening it.  Runs of a series do not
     * overlap. */
    "CREATE TABLE chunk("
    " series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL,"
    " min, max, first, last, sum REAL, sum_lo REAL, squares REAL, squares_lo REAL,"
    " increase REAL, increase_lo REAL, batch0 INTEGER, batch1 INTEGER,"
    " data INTEGER NOT NULL, crc INTEGER NOT NULL,"
    " PRIMARY KEY(series, t0)) WITHOUT ROWID;"
    /* The points themselves, away from the summaries. */
    "CREATE TABLE chunk_data(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    /* How the values of a chunk are distributed, where that is worth having; ids as chunk_data. */
    "CREATE TABLE sketch(id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, bytes BLOB NOT NULL);"
    /* Points not sealed yet: later than every chunk of their series. */
    "CREATE TABLE tail("
    " series INTEGER NOT NULL, ts INTEGER NOT NULL, value NOT NULL, batch INTEGER,"
    " PRIMARY KEY(series, ts)) WITHOUT ROWID;"
    /* Every record that is no metric; ids tell the order of arrival, also of those sealed since. */
    "CREATE TABLE document("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL, type TEXT NOT NULL, name TEXT,"
    " trace TEXT, batch INTEGER, crc INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE INDEX document_time ON document(type, ts);"
    "CREATE INDEX document_trace ON document(trace) WHERE trace IS NOT NULL;"
    /* Documents that were sealed: many of one type in one compressed block. */
    "CREATE TABLE block("
    " id INTEGER PRIMARY KEY, type TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,"
    " n INTEGER NOT NULL, batch0 INTEGER, batch1 INTEGER, crc INTEGER NOT NULL,"
    " bytes BLOB NOT NULL);"
    "CREATE INDEX block_time ON block(type, t0);"
    "CREATE TABLE block_trace("
    " trace TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY(trace, block)) WITHOUT ROWID;"
    /* Where data came from: the command, the source, and how far it was read in which commit. */
    "CREATE TABLE run("
    " id INTEGER PRIMARY KEY, at INTEGER NOT NULL, command TEXT NOT NULL, host TEXT,"
    " version TEXT);"
    "CREATE TABLE source("
    " id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, format TEXT,"
    " head INTEGER, last INTEGER);"
    "CREATE INDEX source_name ON source(kind, name);"
    "CREATE INDEX source_head ON source(head) WHERE head IS NOT NULL;"
    "CREATE INDEX source_last ON source(last) WHERE last IS NOT NULL;"
    /* What has been stored of whatever source, by its content from the start up to here. */
    "CREATE TABLE mark("
    " hash INTEGER PRIMARY KEY, source INTEGER, document INTEGER NOT NULL);"
    "CREATE TABLE batch("
    " id INTEGER PRIMARY KEY, source INTEGER NOT NULL, run INTEGER NOT NULL,"
    " start INTEGER NOT NULL, stop INTEGER NOT NULL, lines INTEGER NOT NULL, digest BLOB,"
    " anchor BLOB, at INTEGER NOT NULL, read INTEGER NOT NULL, points INTEGER NOT NULL,"
    " documents INTEGER NOT NULL, duplicates INTEGER NOT NULL, late INTEGER NOT NULL,"
    " rejects INTEGER NOT NULL, day INTEGER);"
    "CREATE INDEX batch_source ON batch(source, stop);"
    /* Lines that were no good records, what became of them, and what is needed to read them
     * again. */
    "CREATE TABLE reject("
    " id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, line INTEGER NOT NULL,"
    " position INTEGER NOT NULL, reason TEXT NOT NULL, fault TEXT NOT NULL, at INTEGER NOT NULL,"
    " day INTEGER NOT NULL, context INTEGER, state TEXT, changed INTEGER, replay INTEGER,"
    " raw BLOB NOT NULL);"
    "CREATE INDEX reject_position ON reject(position);"
    "CREATE TABLE reject_context(id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);"
    /* How good the records of a source were, by the days that their times lie in. */
    "CREATE TABLE quality("
    " source INTEGER NOT NULL, day INTEGER NOT NULL, last INTEGER,"
    " records INTEGER NOT NULL, warned INTEGER NOT NULL, duplicates INTEGER NOT NULL,"
    " late INTEGER NOT NULL, replayed INTEGER NOT NULL DEFAULT 0, syntax INTEGER NOT NULL,"
    " time INTEGER NOT NULL, type INTEGER NOT NULL, range INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, tags INTEGER NOT NULL, fields INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, PRIMARY KEY(source, day)) WITHOUT ROWID;"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;";
