/* Base64 (RFC 4648, section 4), padded; one text for each sequence of bytes. */
#ifndef AY_PROOF_BASE64_H
#define AY_PROOF_BASE64_H

#include "base/arena.h"
#include "base/buf.h"

void ay_base64_put(ay_str bytes, ay_buf *out);

/* `to` has room for ay_base64_room(text.len) bytes. False: not base64, or not as ay_base64_put writes it (padding
 * missing, bits set that belong to no byte). */
bool ay_base64_take(ay_str text, char *to, size_t *ret_len);
static inline size_t ay_base64_room(size_t text_len)
{
    return text_len / 4 * 3;
}

void ay_hex_put(ay_str bytes, ay_buf *out); /* lower case */
/* Lower-case hex of exactly n bytes. */
bool ay_hex_take(ay_str text, unsigned char *to, size_t n);

#endif
