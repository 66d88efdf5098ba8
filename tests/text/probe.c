/* Texts from stdin, each ended by a NUL, through one function of the library, for text.py.
 *     text_probe WORD...      the texts as these normalisers repair them
 *     text_probe --gb18030    how many bytes of GB 18030 each has
 *     text_probe --digit      the decimal digit that each is, or -1 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/gb18030.h"
#include "base/mem.h"
#include "base/nfc.h"
#include "base/utf8.h"
#include "check/normalize.h"

static uint32_t bits_of(char **names, int n)
{
    size_t count = 0;
    uint32_t bits = 0;
    const char *const *words = ay_norm_words(&count);
    for (int i = 0; i < n; i++)
        for (size_t w = 0; w < count; w++)
            if (strcmp(names[i], words[w]) == 0) bits |= 1u << w;
    return bits;
}

static void put_digit(ay_str text)
{
    size_t at = 0;
    printf("%d", text.len ? ay_unicode_digit(ay_utf8_next(text, &at)) : -1);
}

static void put_repaired(uint32_t bits, ay_str text, ay_norm_room *room)
{
    ay_str repaired;
    if (ay_norm_apply(bits, text, room, &repaired, NULL) != ASSAY_OK) exit(5);
    if (repaired.len) fwrite(repaired.ptr, 1, repaired.len, stdout);
}

int main(int argc, char **argv)
{
    AY_CLEANUP(ay_buf_free) ay_buf in = {0};
    AY_CLEANUP(ay_norm_room_free) ay_norm_room room = {0};
    const uint32_t bits = bits_of(argv + 1, argc - 1);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, stdin)) > 0;) ay_buf_put(&in, block, n);
    for (size_t from = 0, to; from < in.len; from = to + 1) {
        to = from + strlen(in.ptr + from);
        const ay_str text = {in.ptr + from, to - from};
        if (argc > 1 && strcmp(argv[1], "--gb18030") == 0) printf("%zu", ay_gb18030_length(text));
        else if (argc > 1 && strcmp(argv[1], "--digit") == 0) put_digit(text);
        else put_repaired(bits, text, &room);
        putchar(0);
    }
    return 0;
}
