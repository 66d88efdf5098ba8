/* Text of other encodings to UTF-8, the only file pair that sees iconv. Strict: a byte that is not of the encoding
 * becomes the byte ff, which no UTF-8 has, so that the decoder refuses the record it stands in. */
#ifndef AY_SOURCE_ENCODING_H
#define AY_SOURCE_ENCODING_H

#include "base/buf.h"

typedef struct ay_encoding ay_encoding;

bool ay_encoding_is_utf8(const char *name); /* NULL: yes */
/* EUSAGE for a name that iconv does not know. */
assay_status ay_encoding_open(const char *name, ay_encoding **ret, assay_err *err);
ay_encoding *ay_encoding_close(ay_encoding *encoding);
/* Append the text of `bytes` to `out`. A sequence cut by their end is left: *ret_used says how many bytes were
 * converted. at_end: nothing follows, so nothing is left. */
assay_status ay_encoding_convert(ay_encoding *encoding, ay_str bytes, bool at_end, size_t *ret_used, ay_buf *out,
                                 assay_err *err);
/* How many of `bytes` the first `len` bytes of their text come from. `bytes` begin where a character does. Asked for in
 * ascending order, all places together cost one conversion: until the next ay_encoding_convert the same address is
 * taken to hold the same bytes. */
size_t ay_encoding_locate(ay_encoding *encoding, ay_str bytes, size_t len);

#endif
