/* What the decoders share: refusing a record, and telling good text from bad. */
#ifndef AY_SOURCE_COMMON_H
#define AY_SOURCE_COMMON_H

#include "source/decoder.h"

/* Where a fault lies. */
typedef struct ay_place {
    uint64_t record, line, offset; /* record 0: the header; line 0: the format has no lines */
} ay_place;

/* Strict: fail with the place and `why`. Lenient: hand the record over as rejected; `why` is its reason. */
assay_status ay_decoder_refuse(const ay_decoder *d, ay_place place, const assay_err *why, assay_err *err);
/* Strict or lenient, this ends the decoding: `why` with its place. */
assay_status ay_decoder_fail(ay_place place, const assay_err *why, assay_err *err);

/* Make *err from `why`, with the texts of `where` before its own, and this line. Returns why's code. */
assay_status ay_fail_in(assay_err *err, const assay_err *where, const assay_err *why, uint64_t line);

/* Count one record, about to be put into the batch; `bytes` are those of its texts. */
void ay_decoder_begin_record(ay_decoder *d, size_t bytes);

/* Length of the longest prefix of `s` that is UTF-8 without NUL; s.len when all of it is. */
size_t ay_text_valid(ay_str s);

#endif
