/* Reading a zip archive that lies in memory, as xlsx files are: parts stored or deflated, piece by piece, with a bound
 * on what may come out of them. No encryption, no zip64. The only file pair that sees zlib. */
#ifndef AY_ORDER_ZIP_H
#define AY_ORDER_ZIP_H

#include "base/arena.h"
#include "base/err.h"

typedef struct ay_zip_part {
    ay_str name;
    uint32_t header, packed, size, crc; /* header: where its own stands */
    uint16_t method;
} ay_zip_part;

typedef struct ay_zip {
    ay_str bytes;
    const ay_zip_part *parts;
    uint32_t n;
    uint64_t left; /* bytes that may still come out of it */
} ay_zip;

/* The parts live in the arena; the bytes are borrowed. EFORMAT: no archive, cut short, or not of the kind above. */
assay_status ay_zip_open(ay_str bytes, ay_arena *arena, ay_zip *ret, assay_err *err);
const ay_zip_part *ay_zip_find(const ay_zip *zip, ay_str name); /* whatever the case of its letters; NULL: not there */

/* Count what comes out of the archive by another way than ay_zip_read. ELIMIT: it is too much in all. */
assay_status ay_zip_count(ay_zip *zip, size_t bytes, assay_err *err);

typedef assay_status (*ay_zip_piece_fn)(void *ctx, ay_str piece, assay_err *err);
/* Errors: EFORMAT (damaged: length and CRC are checked, at the end), ELIMIT (it unpacks to too much), ENOMEM, and what
 * the function says. */
assay_status ay_zip_read(ay_zip *zip, const ay_zip_part *part, ay_zip_piece_fn piece, void *ctx, assay_err *err);

#endif
