/* Tickets: findings under correction. They live in a store (assay/store.h); a run opens, closes and reopens them, people
 * act on them. One store is used by one thread at a time.
 *
 * A ticket is one rule and one record (by key) of one dataset: the same fault is the same ticket on every night. */
#ifndef ASSAY_TICKET_H
#define ASSAY_TICKET_H

#include "assay/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One ticket. Strings are never NULL ("" where there is nothing) and live until the callback returns. Values are masked
 * by the level of their field, as in findings. */
typedef struct assay_ticket {
    const char *id; /* 32 hexadecimal digits */
    const char *dataset, *rule;
    const char *field;         /* "" where the rule is over several or none */
    const char *key;           /* JSON object; "null": the rule is over the dataset */
    const char *source;        /* the answerable source, by its id in the pack */
    const char *owner;         /* who answers: of the source, or whom it was transferred to */
    const char *severity;      /* info warning error critical */
    const char *basis;         /* the clause of the standard */
    const char *state;         /* open dispatched confirmed rejected corrected returned disputed gone closed */
    const char *value;         /* JSON: what was found, one value or an object by field */
    const char *reason;        /* in the language of the run that found it */
    const char *suggestion;    /* JSON like value; "" when there is none */
    const char *suggestion_by; /* normalizer, check-digit, upgrade, successor, nearest, majority, authority, "" */
    int confidence;            /* of the suggestion, in percent; 0 when there is none */
    const char *opened;        /* day, "2026-07-01" */
    const char *received;      /* day of dispatch, "" before */
    const char *due;           /* day; "" once it is closed */
    const char *closed;        /* day, "" while it is not */
    const char *resolution;    /* of a closed or gone ticket: passed, rejected, by-hand, gone; "" else */
    uint64_t records;          /* that share this key and fail */
    uint64_t reopened;         /* how often */
} assay_ticket;

/* Non-zero: stop; the call then fails with ECANCELLED. */
typedef int (*assay_ticket_fn)(void *ctx, const assay_ticket *ticket);

/* Which tickets. Start from ASSAY_TICKET_FILTER_INIT; a member left 0 does not restrict. */
typedef struct assay_ticket_filter {
    size_t struct_size;
    const char *const *ids; /* these; a unique beginning of an id of at least 8 digits will do */
    size_t n_ids;
    const char *dataset, *rule, *source, *owner, *severity;
    const char *state;      /* one of the states, or "unclosed": all but closed and gone */
    const char *due_before; /* day: due earlier than that and not closed: overdue when it is today */
    const char *due_until;  /* day: due by then */
} assay_ticket_filter;
#define ASSAY_TICKET_FILTER_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(assay_ticket_filter), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                      \
    }

#ifdef __cplusplus
}
#endif
#endif
