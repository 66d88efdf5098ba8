/* Tickets: findings under correction. They live in a store (assay/store.h); a run opens, closes and reopens them,
 * people act on them. One store is used by one thread at a time.
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
    const char *due;           /* day; that of a ticket that is over stays */
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
    const char *const *ids; /* these; a beginning of at least 8 digits will do where it is one ticket's only */
    size_t n_ids;
    const char *dataset, *rule, *source, *owner, *severity;
    const char *state;      /* one of the states, or "unclosed": all but closed and gone */
    const char *due_before; /* day: not over, and due earlier than that; overdue, when it is today */
    const char *due_until;  /* day: not over, and due by then */
} assay_ticket_filter;
#define ASSAY_TICKET_FILTER_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(assay_ticket_filter), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                      \
    }

/* In order of dataset, deadline, id. Errors: EUSAGE (a state, a day, an id that is none, no or several tickets that
 * begin so), EIO, ESOURCE, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_list(assay_store *store, const assay_ticket_filter *filter,
                                                          assay_ticket_fn fn, void *ctx, assay_err *err);

/* One step of a ticket's history. Strings as in assay_ticket. */
typedef struct assay_ticket_event {
    uint64_t no;
    const char *moment; /* UTC, "2026-07-01T00:00:00Z" */
    const char *who;    /* "assay": a run */
    const char *act;    /* found changed refound passed vanished, or what people do, see assay_tickets_act */
    const char *state;  /* it led to */
    uint64_t run;       /* 0: by people */
    const char *remark;
    const char *detail; /* JSON, "" when there is none: evidence, the order an answer came with, days, new owner */
} assay_ticket_event;
typedef int (*assay_ticket_event_fn)(void *ctx, const assay_ticket_event *event);

/* The history of one ticket, oldest first. EUSAGE: no such ticket. */
ASSAY_NODISCARD ASSAY_API assay_status assay_ticket_history(assay_store *store, const char *id,
                                                            assay_ticket_event_fn fn, void *ctx, assay_err *err);

/* What somebody does. Start from ASSAY_TICKET_DEED_INIT.
 *
 *   dispatch   to its owner; the deadline counts from this day          transfer   to another owner; counts anew
 *   confirm    so it is                                                 reject     no fault (remark)
 *   correct    put right; the next run will tell                        return     not mine (remark)
 *   dispute    owner and reporter disagree (remark)                     extend     `days` working days more (remark)
 *   close      by hand (remark)                                         reopen     (remark) */
typedef struct assay_ticket_deed {
    size_t struct_size;
    const char *act;
    const char *who;        /* needed */
    const char *remark;     /* where (remark) stands, needed */
    const char *owner;      /* of transfer */
    uint32_t days;          /* of extend: working days, or days where the source's time is in days */
    const char *day;        /* on which it was done; default: today, by the clock and zone of this machine */
    const assay_pack *pack; /* of dispatch, transfer and extend: whose calendar and sources count the deadline */
} assay_ticket_deed;
#define ASSAY_TICKET_DEED_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(assay_ticket_deed), 0, 0, 0, 0, 0, 0, 0                                                                 \
    }

/* Told of each ticket or line that was left alone, and why. `line`: of an import, else 0. */
typedef void (*assay_refused_fn)(void *ctx, uint64_t line, const char *ticket, const char *reason,
                                 const char *reason_zh);

typedef struct assay_ticket_sum {
    uint64_t done, unchanged, refused;
    uint64_t unanswered; /* lines of an import without an answer */
} assay_ticket_sum;

/* Do it to all tickets of the filter, in one transaction; a ticket in whose state it cannot be done is refused, the
 * others go on. A filter without any restriction is EUSAGE. Errors also: EUSAGE (an unknown act, what it needs is
 * missing), ELIMIT (the calendar ends), EIO, ESOURCE, ENOMEM; then nothing was done. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_act(assay_store *store, const assay_ticket_filter *filter,
                                                         const assay_ticket_deed *deed, assay_refused_fn refused,
                                                         void *ctx, assay_ticket_sum *ret, assay_err *err);

/* Whether a record is marked as doubtful (异议标注): it has a ticket that was given out and is not over. The key as one
 * text a key field, as assay_explain takes it. *ret: how many such tickets. EUSAGE: no such dataset in the pack. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_marks(assay_store *store, const assay_pack *pack,
                                                           const char *dataset, const char *const *key, size_t n_key,
                                                           uint64_t *ret, assay_err *err);

/* ---- Work orders ---- */

typedef enum assay_order_format { ASSAY_ORDER_CSV, ASSAY_ORDER_NDJSON, ASSAY_ORDER_XLSX } assay_order_format;

/* Start from ASSAY_ORDER_OPTIONS_INIT; a member left 0 means its default. */
typedef struct assay_order_options {
    size_t struct_size;
    assay_order_format format;
    const char *lang;     /* "en" (default) or "zh": of headers and words; NDJSON has one form */
    const char *owner;    /* named in the file; it does not restrict, the filter does */
    const char *day;      /* the day the xlsx says it was made on; default: today */
    const char *temp_dir; /* of the xlsx while it is made; default: $TMPDIR, else /tmp */
} assay_order_options;
#define ASSAY_ORDER_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(assay_order_options), ASSAY_ORDER_CSV, 0, 0, 0, 0                                                       \
    }

/* The tickets of a filter as a table that people fill in (doc/tickets.md). Nothing in it is a formula or a control
 * character. *ret_n (may be NULL): how many. Errors: EUSAGE, EIO, ESOURCE, ELIMIT (more than a sheet holds), ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_export(assay_store *store, const assay_ticket_filter *filter,
                                                            const assay_order_options *options, assay_write_fn write,
                                                            void *ctx, uint64_t *ret_n, assay_err *err);

/* Who brings answers back. Start from ASSAY_IMPORT_OPTIONS_INIT. */
typedef struct assay_import_options {
    size_t struct_size;
    assay_order_format format;
    const char *who;        /* for lines that do not say who answers; needed */
    const char *day;        /* for lines that do not say when; default: today */
    const assay_pack *pack; /* for extensions, as in assay_ticket_deed; NULL: these are refused */
} assay_import_options;
#define ASSAY_IMPORT_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(assay_import_options), ASSAY_ORDER_CSV, 0, 0, 0                                                         \
    }

/* Take the answers of a filled-in work order, in one transaction. Each line is checked by itself: one that does not
 * hold (no such ticket, an unknown word, a reason missing, a ticket that has moved on since it was exported) is refused
 * with its number, the others count. An answer that was taken since the ticket was last opened
 * or given out changes nothing. Errors: EFORMAT (not such a
 * file), EUSAGE, ELIMIT, EIO, ESOURCE, ENOMEM; then nothing was taken. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_import(assay_store *store, const void *bytes, size_t len,
                                                            const assay_import_options *options,
                                                            assay_refused_fn refused, void *ctx, assay_ticket_sum *ret,
                                                            assay_err *err);

/* Suggestions that their owner has confirmed, as UPDATE statements for somebody to read and run; nothing is run here.
 * Each tests the key and the old value, in one transaction. Tickets of the filter that are confirmed, have a suggestion
 * and show key and value unmasked (the run revealed them); the others are refused one by one with the reason. */
ASSAY_NODISCARD ASSAY_API assay_status assay_tickets_sql(assay_store *store, const assay_ticket_filter *filter,
                                                         const assay_pack *pack, assay_write_fn write,
                                                         assay_refused_fn refused, void *ctx, assay_ticket_sum *ret,
                                                         assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
