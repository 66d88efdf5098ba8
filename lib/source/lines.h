/* What CSV and COPY text share: records that are lines, cut anywhere, split into fields and copied once. A format says
 * how a line is split (scan) and how a field is read (unescape). */
#ifndef AY_SOURCE_LINES_H
#define AY_SOURCE_LINES_H

#include "base/buf.h"
#include "source/common.h"
#include "source/walk.h"

/* A field inside its record. */
typedef struct ay_part {
    size_t from, to;
    bool quoted, escaped;
} ay_part;

typedef enum ay_scan {
    AY_SCAN_ON,     /* inside a format: go on */
    AY_SCAN_MORE,   /* the record is not complete */
    AY_SCAN_RECORD, /* the record is text[0..pos), its line end included, its fields are in parts[0..found) */
    AY_SCAN_END,    /* text[0..pos) is the mark that ends the data */
    AY_SCAN_FAULT,  /* at pos; see `fault` */
} ay_scan;

typedef enum ay_eol { AY_EOL_UNKNOWN, AY_EOL_LF, AY_EOL_CRLF, AY_EOL_CR } ay_eol;

typedef struct ay_lines ay_lines;

/* Two ways to split a record: quick, from mark to mark, where all is as usual; scan, byte by byte, whatever comes and
 * wherever it is cut. Where quick says yes both say the same. */
typedef struct ay_lines_ops {
    /* The record that begins at walk.text[at], where the walk stands, if it is complete and as usual: as after
     * AY_SCAN_RECORD. False: scan has to look, and nothing but found, parts and multi_line has changed. */
    bool (*quick)(ay_lines *l, size_t at);
    /* Go on splitting at text[pos]. at_end: nothing follows; then MORE is an answer only
     * where the field is too long. len > 0. */
    ay_scan (*scan)(ay_lines *l, const char *text, size_t len, bool at_end);
    /* Read the escapes of one field in place. False: `fault` says why not. */
    bool (*unescape)(ay_lines *l, char *text, size_t *len);
} ay_lines_ops;

struct ay_lines {
    ay_decoder base;
    const ay_lines_ops *ops;
    char delimiter, quote; /* quote: what find looks for beside the delimiter; the backslash in COPY text */
    ay_str null_text;
    uint64_t field_bytes;
    uint32_t n;       /* fields in a line */
    bool ragged;      /* or fewer */
    uint32_t *keep;   /* column of field i, UINT32_MAX: read over */
    ay_arena arena;   /* null_text, keep, parts, header */
    ay_schema header; /* expected; n 0: none is, or it was read */

    ay_buf carry; /* a record that is not complete yet begins at carry.ptr[head] */
    size_t head;
    uint64_t line, offset; /* of the record's first byte */
    bool skipping;         /* inside a rejected line */
    bool done;             /* the end mark was read */
    bool begun;            /* the place of a byte order mark is behind us */
    ay_eol eol;
    ay_walk walk;  /* over the bytes that were pushed */
    size_t walked; /* where it stands, SIZE_MAX: at no beginning of a record */

    /* The record being split; positions count from its first byte. */
    ay_part *parts;
    uint32_t found;
    size_t pos;
    ay_part part; /* the field being split */
    bool in_field, multi_line;
    assay_err fault;
};

typedef struct ay_lines_options {
    const ay_lines_ops *ops;
    uint32_t n;
    char delimiter, quote;
    const char *null_text;
    const ay_schema *expect_header;
    const ay_keep *keep;
    bool ragged;
} ay_lines_options;

assay_status ay_lines_open(const ay_lines_options *options, ay_decode_limits limits, ay_decoder **ret, assay_err *err);
/* Number of fields in the first line of the input, 0 when the line is not complete. For a decoder that took nothing. */
assay_status ay_lines_count_fields(ay_decoder *d, ay_str text, bool at_end, uint32_t *ret_n, assay_err *err);

/* For the formats: close the field that began at part.from. ON, or FAULT when it is too long. */
ay_scan ay_lines_close_part(ay_lines *l, size_t to);
/* For quick: a field whose places count from the beginning of the text. False: one that quick cannot take. */
static inline bool ay_lines_put_part(ay_lines *l, size_t at, ay_part part)
{
    if (l->found == l->n || part.to - part.from > l->field_bytes) return false;
    part.from -= at;
    part.to -= at;
    l->parts[l->found++] = part;
    return true;
}
#define ay_lines_fault(l, code, ...) ((void)ay_fail(&(l)->fault, (code), __VA_ARGS__), AY_SCAN_FAULT)

/* The next byte from `at` that may be the delimiter, the quote or a line end (or another control character), or len. */
static inline size_t ay_lines_find(const ay_lines *l, const char *text, size_t at, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t delimiter = ones * (unsigned char)l->delimiter, quote = ones * (unsigned char)l->quote;
    for (uint64_t w; len - at >= 8; at += 8) {
        memcpy(&w, text + at, 8);
        const uint64_t d = w ^ delimiter, q = w ^ quote;
        /* The lowest bit of each term is exact: a byte that is zero, or below 14. */
        const uint64_t hit = (((d - ones) & ~d) | ((q - ones) & ~q) | ((w - ones * 14) & ~w)) & (ones << 7);
        if (hit) return at + ((size_t)__builtin_ctzll(hit) >> 3);
    }
    while (at < len && text[at] != l->delimiter && text[at] != l->quote && (unsigned char)text[at] >= 14) at++;
    return at;
}

#endif
