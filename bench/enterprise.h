/* Synthetic enterprises and the faults that are planted in them. Record i depends on the seed and i alone.
 *
 * Nobody is meant: birth years are 1880 to 1899, phone numbers begin with 154, which was never issued, organisation
 * codes with Y. The run looks from 2026-07-01 (Asia/Shanghai). */
#ifndef BENCH_ENTERPRISE_H
#define BENCH_ENTERPRISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef struct record {
    char id[32], uscc[32], name[256], legal_person[32], citizen_id[32], phone[32], region[16], capital[32], founded[16],
        status[16], updated_at[40], address[320];
} record;

/* What a fault breaks: the rules that packs over this table use. */
#define RULES(X)                                                                                                       \
    X(USCC_REQUIRED, "uscc.required")                                                                                  \
    X(NAME_REQUIRED, "name.required")                                                                                  \
    X(PERSON_REQUIRED, "legal_person.required")                                                                        \
    X(REGION_REQUIRED, "region.required")                                                                              \
    X(USCC_UNIQUE, "uscc.unique")                                                                                      \
    X(USCC_MATCH, "uscc.match")                                                                                        \
    X(USCC_CHECKSUM, "uscc.checksum")                                                                                  \
    X(USCC_NORMALIZE, "uscc.normalize")                                                                                \
    X(PHONE_MATCH, "phone.match")                                                                                      \
    X(CITIZEN_CHECKSUM, "citizen_id.checksum")                                                                         \
    X(ID_CHECKSUM, "id.checksum")                                                                                      \
    X(REGION_CODE, "region.code")                                                                                      \
    X(CAPITAL_MIN, "capital.min")                                                                                      \
    X(CAPITAL_MAX, "capital.max")                                                                                      \
    X(FOUNDED_MIN, "founded.min")                                                                                      \
    X(FOUNDED_MAX, "founded.max")                                                                                      \
    X(STATUS_ONE_OF, "status.one_of")                                                                                  \
    X(NAME_LENGTH, "name.length")                                                                                      \
    X(ADDRESS_CHARSET, "address.charset")                                                                              \
    X(LIVE_HAS_PHONE, "live-has-phone")                                                                                \
    X(WHOLE_RECORD, "whole-record")

enum rule {
#define X(name, id) name,
    RULES(X)
#undef X
        RULE_COUNT
};
extern const char *const rule_ids[RULE_COUNT];

typedef struct fault {
    uint32_t rules;    /* broken by the record, as bits of enum rule */
    bool twin;         /* and by the record behind it too */
    size_t field;      /* without `plant`: the field (its place in the record) ... */
    const char *value; /* ... and what becomes of it */
    void (*plant)(record *o, const record *twin);
} fault;

/* Places from a list of codes (rules/codes/regions.csv) instead of the five districts of Suining. False: it cannot be
 * read, told on stderr. */
bool read_regions(const char *path);
/* The list of codes: those in force of the list read, otherwise 3,200 that are mostly made up. */
void write_codes(FILE *out);

void make_record(uint64_t seed, uint64_t i, record *o);
/* The fault of record i, one kind of all in `per_mille` of 1000 records (at most 250); NULL: none. Only every fourth
 * record may have one; the record behind it never does, so that a planted duplicate has a clean twin. */
const fault *choose_fault(uint64_t seed, uint64_t i, uint64_t n, unsigned per_mille);
/* Three faults in `percent` of 100 records, each in a field of its own; their number is 0 or 3. */
size_t choose_three(uint64_t seed, uint64_t i, unsigned percent, const fault *ret[3]);
void plant(const fault *f, record *o, const record *twin);

#endif
