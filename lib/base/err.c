#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

const char *assay_status_text(assay_status code)
{
    static const char *const texts[] = {
#define X(name, value, text) [value] = text,
        ASSAY_STATUS_MAP(X)
#undef X
    };
    const size_t i = (size_t)code;
    return i < sizeof texts / sizeof texts[0] ? texts[i] : "unknown status";
}

const char *assay_version(void)
{
    return AY_VERSION;
}

/* Names from packs, files and servers end up in these texts: whatever they hold, one line of UTF-8 comes out. */
static void make_one_line(char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) text[i] = ' ';
    for (size_t ok = 0; ok < len;) {
        ok += ay_utf8_valid((ay_str){text + ok, len - ok});
        if (ok < len) text[ok] = '?';
    }
}

/* A cut inside a character leaves its first bytes behind; they go too. */
static void drop_partial_character(char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) start--;
    if (start == 0) return;
    const unsigned char lead = (unsigned char)text[start - 1];
    const size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - (start - 1) < want) text[start - 1] = '\0';
}

__attribute__((format(printf, 2, 0))) static void write_text(char *text, const char *format, va_list args)
{
    enum { SIZE = sizeof((assay_err *)0)->text };
    const int n = vsnprintf(text, SIZE, format, args);
    if (n < 0) text[0] = '\0';
    if (n >= SIZE) drop_partial_character(text, SIZE - 1);
    make_one_line(text);
}

assay_status ay_fail(assay_err *err, assay_status code, const char *en, const char *zh, ...)
{
    if (!err) return code;
    assay_err made = {.code = code}; /* apart, since an argument may be the text of *err itself */
    va_list args;
    va_start(args, zh);
    write_text(made.text, en, args);
    va_end(args);
    va_start(args, zh);
    write_text(made.text_zh, zh, args);
    va_end(args);
    *err = made;
    return code;
}

assay_status ay_fail_nomem(assay_err *err)
{
    return ay_fail(err, ASSAY_ENOMEM, "out of memory", "内存不足");
}
