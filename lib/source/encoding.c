#include <errno.h>
#include <iconv.h>

#include "base/mem.h"
#include "source/encoding.h"

#define STEP     4096
#define NOT_TEXT '\xff'

/* Bytes that hold `n` characters of any encoding, with room for what switches between its states. */
#define BYTES_OF(n) (4 * (n) + 16)

/* How far ay_encoding_locate has come. */
typedef struct mark {
    const char *bytes; /* NULL: nowhere */
    size_t in, text;
} mark;

struct ay_encoding {
    iconv_t cd;
    iconv_t probe; /* for ay_encoding_locate, which must not disturb the state of the other */
    mark mark;
};

static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        const char c = *a >= 'a' && *a <= 'z' ? (char)(*a - 'a' + 'A') : *a;
        if (c != *b) return false;
        if (c == '\0') return true;
    }
}

bool ay_encoding_is_utf8(const char *name)
{
    return !name || same_name(name, "UTF-8") || same_name(name, "UTF8");
}

static bool open_both(ay_encoding *e, const char *name)
{
    const iconv_t none = (iconv_t)-1;
    e->cd = iconv_open("UTF-8", name);
    if (e->cd == none) return false;
    e->probe = iconv_open("UTF-8", name);
    if (e->probe != none) return true;
    (void)iconv_close(e->cd);
    return false;
}

assay_status ay_encoding_open(const char *name, ay_encoding **ret, assay_err *err)
{
    ay_encoding *e = AY_NEW(ay_encoding);
    AY_NOMEM_IF(!e, err);
    /* iconv's suffixes //IGNORE and //TRANSLIT would let bad bytes pass. */
    if (!*name || strchr(name, '/') || !open_both(e, name)) {
        ay_free(e);
        return ay_fail(err, ASSAY_EUSAGE, "unknown encoding '%s'; 'iconv -l' lists those that this system knows",
                       "未知编码“%s”；“iconv -l”列出本系统支持的编码", name);
    }
    *ret = e;
    return ASSAY_OK;
}

ay_encoding *ay_encoding_close(ay_encoding *encoding)
{
    if (!encoding) return NULL;
    (void)iconv_close(encoding->cd);
    (void)iconv_close(encoding->probe);
    return ay_free(encoding);
}

/* A position in the bytes and one in their text. */
typedef struct step {
    char *in, *out;
    size_t in_left, out_left;
} step;

/* Convert until the bytes or the room are used up. False: room, or a cut sequence when not at_end. */
static bool convert_step(iconv_t cd, step *s, bool at_end)
{
    while (s->in_left > 0) {
        if (iconv(cd, &s->in, &s->in_left, &s->out, &s->out_left) != (size_t)-1) break;
        if (errno == E2BIG || (errno == EINVAL && !at_end) || s->out_left == 0) return false;
        *s->out++ = NOT_TEXT;
        s->out_left--;
        s->in++;
        s->in_left--;
    }
    return true;
}

/* iconv wants its input writable, and leaves it alone. */
static char *unconst(const char *p)
{
    return (char *)(uintptr_t)p;
}

assay_status ay_encoding_convert(ay_encoding *encoding, ay_str bytes, bool at_end, size_t *ret_used, ay_buf *out,
                                 assay_err *err)
{
    step s = {.in = unconst(bytes.ptr), .in_left = bytes.len};
    bool done = false;
    encoding->mark.bytes = NULL;
    for (size_t left = s.in_left + 1; !done && s.in_left < left;) {
        left = s.in_left;
        s.out = ay_buf_reserve(out, left + STEP);
        if (!s.out) return ay_buf_status(out, err);
        s.out_left = out->cap - out->len;
        done = convert_step(encoding->cd, &s, at_end);
        /* A character that waits for a combining one comes out now. */
        if (done && at_end) (void)iconv(encoding->cd, NULL, NULL, &s.out, &s.out_left);
        out->len = (size_t)(s.out - out->ptr);
    }
    *ret_used = bytes.len - s.in_left;
    return ASSAY_OK;
}

/* One step on from the mark, at most to `len` bytes of text. False: there is no more. */
static bool advance(iconv_t probe, mark *m, ay_str bytes, size_t len)
{
    char text[STEP];
    const size_t room = len - m->text < STEP ? len - m->text : STEP, left = bytes.len - m->in;
    const size_t some = left < BYTES_OF(room) ? left : BYTES_OF(room);
    step s = {.in = unconst(bytes.ptr + m->in), .in_left = some, .out = text, .out_left = room};
    (void)convert_step(probe, &s, some == left);
    m->text += (size_t)(s.out - text);
    m->in += some - s.in_left;
    return s.in_left < some;
}

size_t ay_encoding_locate(ay_encoding *encoding, ay_str bytes, size_t len)
{
    mark *m = &encoding->mark;
    if (!m->bytes || m->bytes != bytes.ptr || len < m->text) {
        (void)iconv(encoding->probe, NULL, NULL, NULL, NULL);
        *m = (mark){.bytes = bytes.ptr};
    }
    while (m->text < len && m->in < bytes.len && advance(encoding->probe, m, bytes, len)) continue;
    return m->in;
}
