/* Work orders: the tickets of one owner as a table for people (xlsx, CSV) or as objects for programs (NDJSON), and the
 * answers read back from it. No store is known here: whoever calls decides what an answer changes. One thread each. */
#ifndef AY_ORDER_ORDER_H
#define AY_ORDER_ORDER_H

#include "assay/ticket.h"
#include "base/err.h"
#include "base/str.h"

typedef enum ay_order_format { AY_ORDER_CSV, AY_ORDER_NDJSON, AY_ORDER_XLSX } ay_order_format;

/* Strings are borrowed until the writer is closed. */
typedef struct ay_order_options {
    ay_order_format format;
    bool zh;              /* language of headers and words; NDJSON has one form only */
    const char *owner;    /* named in the file; NULL or "": nobody */
    const char *day;      /* "2026-07-01", the day the xlsx says it was made on: same tickets, same bytes */
    const char *temp_dir; /* for xlsx; NULL or "": $TMPDIR, else /tmp */
    assay_write_fn write;
    void *ctx;
} ay_order_options;

typedef struct ay_order_writer ay_order_writer;

/* Errors: EUSAGE (a day that is none; xlsx in a build without it), EIO, ENOMEM. */
assay_status ay_order_open(const ay_order_options *options, ay_order_writer **ret, assay_err *err);
/* One line, in the order given. Every text comes out harmless: control characters as pictures, no formula (CSV: an
 * apostrophe before it; xlsx: cells are texts). ELIMIT: an xlsx sheet is full (1,048,575 tickets). */
assay_status ay_order_put(ay_order_writer *writer, const assay_ticket *ticket, assay_err *err);
/* Write the rest and free the writer, also on failure. Unless every call was OK, what was written is to be thrown away;
 * an xlsx is written here and not before. */
assay_status ay_order_close(ay_order_writer *writer, assay_err *err);
ay_order_writer *ay_order_drop(ay_order_writer *writer); /* without writing the rest; takes NULL, returns NULL */

/* ---- Answers ---- */

/* Strings are never NULL, valid UTF-8 without control characters (a remark keeps its line ends), and live until the
 * callback returns. */
typedef struct ay_answer {
    uint64_t line;         /* of the table, the header is line 1; NDJSON: of the file */
    const char *ticket;    /* 32 lower-case hexadecimal digits */
    const char *act;       /* confirm correct reject return dispute extend; static */
    const char *remark;    /* not empty for reject, return, dispute, extend */
    const char *who, *day; /* answered by, on ("2026-07-01"); "" where it is not said */
    const char *state;     /* of the ticket when it was exported, one of its states; "" where the column is gone */
    uint32_t extend_days;  /* working days, 1 to 250; 0: not an extension */
} ay_answer;

/* Called in the order of the lines, when all are read. Anything but OK ends the reading with that status. */
typedef struct ay_answers_sink {
    void *ctx;
    assay_status (*line)(void *ctx, const ay_answer *answer, assay_err *err);
    /* A line that does not count, and why, in both languages. ticket: its id, or the beginning of what stands there
     * instead, "" when unknown. */
    assay_status (*refuse)(void *ctx, uint64_t line, const char *ticket, const assay_err *why, assay_err *err);
} ay_answers_sink;

typedef struct ay_answers_count {
    uint64_t answered;   /* handed to `line` */
    uint64_t refused;    /* handed to `refuse` */
    uint64_t unanswered; /* lines without an answer */
    uint64_t repeated;   /* the same answer to the same ticket once more: handed over once */
} ay_answers_count;

/* Read what ay_order_* wrote once people filled it in and any spreadsheet saved it: columns in any order, headers in
 * either language, further columns ignored; CSV in UTF-8 or GB18030. A ticket answered differently on two lines: both
 * refused. Errors: EFORMAT (not of the format, no header with the needed columns), ELIMIT (a file made to fill the
 * memory), EUSAGE (xlsx in a build without it), ENOMEM, and what the sink says; but for the last nothing was handed
 * over. */
assay_status ay_answers_read(ay_order_format format, ay_str bytes, const ay_answers_sink *sink, ay_answers_count *ret,
                             assay_err *err);

#endif
