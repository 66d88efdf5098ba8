/* Bytes of other encodings: the same text however they are cut, every bad byte marked, and a place in the text leads
 * back to the bytes that it comes from. The first byte chooses the encoding, the second the cut. */
#include <stdlib.h>

#include "base/mem.h"
#include "source/encoding.h"

static const char *const names[] = {"GB18030",  "GBK",    "BIG5",   "BIG5-HKSCS",
                                    "UTF-16LE", "UTF-16", "LATIN1", "ISO-2022-CN"};
#define STATELESS (AY_COUNT(names) - 1) /* the last needs what comes after a byte to tell what it is */

static void require(bool holds)
{
    if (!holds) abort();
}

static ay_encoding *open_encoding(uint8_t choice)
{
    ay_encoding *encoding = NULL;
    require(ay_encoding_open(names[choice % AY_COUNT(names)], &encoding, NULL) == ASSAY_OK);
    return encoding;
}

/* As the file source does: what was not used stands before the next piece. */
static void convert(uint8_t choice, ay_str bytes, size_t step, ay_buf *out)
{
    ay_encoding *encoding = open_encoding(choice);
    for (size_t from = 0, to = 0, used = 0;; from += used) {
        to = bytes.len - to > step ? to + step : bytes.len;
        const size_t n = to - from;
        char *piece = ay_alloc(n); /* a block of its own: reading behind a cut is found */
        require(piece != NULL);
        if (n) memcpy(piece, bytes.ptr + from, n);
        require(ay_encoding_convert(encoding, (ay_str){piece, n}, to == bytes.len, &used, out, NULL) == ASSAY_OK);
        require(used <= n && (to < bytes.len || used == n));
        ay_free(piece);
        if (to == bytes.len) break;
    }
    ay_encoding_close(encoding);
    require(ay_buf_status(out, NULL) == ASSAY_OK);
}

/* Where the text before a character comes from: never further back than before, and that part alone yields this text.
 */
static void locate(uint8_t choice, ay_str bytes, ay_str text)
{
    ay_encoding *encoding = open_encoding(choice);
    size_t last = 0;
    for (size_t len = 0; len <= text.len; len += 1 + text.len / 8) {
        while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80) len++;
        const size_t at = ay_encoding_locate(encoding, bytes, len);
        ay_buf part = {0};
        require(at >= last && at <= bytes.len);
        convert(choice, ay_str_slice(bytes, 0, at), bytes.len + 1, &part);
        require(part.len >= len && memcmp(part.ptr ? part.ptr : "", text.len ? text.ptr : "", len) == 0);
        ay_buf_free(&part);
        last = at;
    }
    ay_encoding_close(encoding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    const ay_str bytes = {(const char *)data + 2, len - 2};
    ay_buf whole = {0}, cut = {0};
    convert(data[0], bytes, len, &whole);
    convert(data[0], bytes, 1 + data[1] % 13, &cut);
    require(ay_str_eq(ay_buf_view(&whole), ay_buf_view(&cut)));
    if (data[0] % AY_COUNT(names) < STATELESS) locate(data[0], bytes, ay_buf_view(&whole));
    ay_buf_free(&whole);
    ay_buf_free(&cut);
    return 0;
}
