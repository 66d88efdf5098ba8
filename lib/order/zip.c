#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "order/zip.h"

#define END_SIGN     0x06054b50u
#define CENTRAL_SIGN 0x02014b50u
#define LOCAL_SIGN   0x04034b50u
#define END_LEN      22
#define CENTRAL_LEN  46
#define LOCAL_LEN    30
#define COMMENT_MAX  65535
#define PARTS_MAX    4096
#define ENCRYPTED    1u
#define PIECE        ((size_t)64 << 10)
#define LEFT         ((uint64_t)4 << 30) /* as much as a sheet can be without zip64 */
/* Sheets of equal rows shrink a hundredfold; deflate can a thousandfold. */
#define RATIO_MAX  256
#define RATIO_FREE ((uint64_t)4 << 20) /* what may come out whatever the ratio */

static uint32_t u16(const char *p)
{
    return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}
static uint32_t u32(const char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static assay_status fail_damaged(assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the xlsx file is damaged or cut short; ask for it again",
                   "xlsx 文件已损坏或不完整；请重新索取");
}

/* ---- Directory ---- */

/* The record at the end of the archive, behind which only a comment may stand. */
static const char *find_end(ay_str bytes)
{
    for (size_t back = END_LEN; back <= bytes.len && back <= END_LEN + COMMENT_MAX; back++) {
        const char *p = bytes.ptr + bytes.len - back;
        if (u32(p) == END_SIGN && u16(p + 20) == back - END_LEN) return p;
    }
    return NULL;
}

static bool is_compound_file(ay_str bytes)
{
    return bytes.len >= 8 && memcmp(bytes.ptr, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

/* One entry of the directory; *at moves behind it. */
static assay_status read_entry(ay_str directory, size_t *at, ay_zip_part *ret, assay_err *err)
{
    const size_t left = directory.len - *at;
    const char *p = directory.ptr + *at;
    if (left < CENTRAL_LEN || u32(p) != CENTRAL_SIGN) return fail_damaged(err);
    const size_t name_len = u16(p + 28), len = CENTRAL_LEN + name_len + u16(p + 30) + u16(p + 32);
    if (left < len) return fail_damaged(err);
    AY_FAIL_IF(u16(p + 8) & ENCRYPTED, err, ASSAY_EFORMAT, "the xlsx file is encrypted; save it without a password",
               "xlsx 文件已加密；请去除密码后另存");
    *ret = (ay_zip_part){
        .name = {p + CENTRAL_LEN, name_len},
        .method = (uint16_t)u16(p + 10),
        .crc = u32(p + 16),
        .packed = u32(p + 20),
        .size = u32(p + 24),
        .header = u32(p + 42),
    };
    *at += len;
    return ASSAY_OK;
}

assay_status ay_zip_open(ay_str bytes, ay_arena *arena, ay_zip *ret, assay_err *err)
{
    const char *end = find_end(bytes);
    AY_FAIL_IF(!end && is_compound_file(bytes), err, ASSAY_EFORMAT,
               "the file is an old xls or has a password; save it as xlsx without one",
               "文件为旧版 xls 或带有密码；请去除密码并另存为 xlsx");
    if (!end) return fail_damaged(err);
    const uint32_t n = u16(end + 10), len = u32(end + 12), from = u32(end + 16);
    if (from > bytes.len || len > bytes.len - from) return fail_damaged(err);
    AY_FAIL_IF(n > PARTS_MAX, err, ASSAY_ELIMIT, "the xlsx file has %u parts, more than %d",
               "xlsx 文件含 %u 个部件，超过 %d 个", n, PARTS_MAX);
    ay_zip_part *parts = AY_ARENA_ARRAY(arena, n ? n : 1, ay_zip_part);
    AY_NOMEM_IF(!parts, err);
    size_t at = 0;
    for (uint32_t i = 0; i < n; i++) AY_TRY(read_entry(ay_str_slice(bytes, from, from + len), &at, &parts[i], err));
    *ret = (ay_zip){.bytes = bytes, .parts = parts, .n = n, .left = LEFT};
    return ASSAY_OK;
}

static bool same_name(ay_str a, ay_str b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (ay_to_lower(a.ptr[i]) != ay_to_lower(b.ptr[i])) return false;
    return a.len == b.len;
}

const ay_zip_part *ay_zip_find(const ay_zip *zip, ay_str name)
{
    for (uint32_t i = 0; i < zip->n; i++)
        if (same_name(zip->parts[i].name, name)) return &zip->parts[i];
    return NULL;
}

/* ---- Contents ---- */

/* What is unpacked goes through here. */
typedef struct outlet {
    ay_zip *zip;
    const ay_zip_part *part;
    ay_zip_piece_fn piece;
    void *ctx;
    uint64_t size;
    uLong crc;
} outlet;

static assay_status fail_bomb(assay_err *err)
{
    return ay_fail(err, ASSAY_ELIMIT, "the xlsx file unpacks to more than a work order can hold",
                   "xlsx 文件解压后超出工单应有的大小");
}

assay_status ay_zip_count(ay_zip *zip, size_t bytes, assay_err *err)
{
    if (bytes > zip->left) return fail_bomb(err);
    zip->left -= bytes;
    return ASSAY_OK;
}

static assay_status let_out(outlet *o, ay_str piece, assay_err *err)
{
    o->size += piece.len;
    if (o->size > RATIO_FREE && o->size / RATIO_MAX > o->part->packed) return fail_bomb(err);
    AY_TRY(ay_zip_count(o->zip, piece.len, err));
    o->crc = crc32(o->crc, (const Bytef *)piece.ptr, (uInt)piece.len);
    return o->piece(o->ctx, piece, err);
}

static void *zip_alloc(void *ctx, uInt n, uInt size)
{
    (void)ctx;
    return ay_alloc_array(n, size);
}
static void zip_free(void *ctx, void *p)
{
    (void)ctx;
    ay_free(p);
}

static assay_status inflate_all(z_stream *z, outlet *o, char *room, assay_err *err)
{
    for (int code = Z_OK; code != Z_STREAM_END;) {
        z->next_out = (Bytef *)room;
        z->avail_out = PIECE;
        code = inflate(z, Z_NO_FLUSH);
        AY_NOMEM_IF(code == Z_MEM_ERROR, err);
        if (code != Z_OK && code != Z_STREAM_END) return fail_damaged(err);
        AY_TRY(let_out(o, (ay_str){room, PIECE - z->avail_out}, err));
    }
    return ASSAY_OK;
}

static assay_status read_deflated(outlet *o, ay_str packed, assay_err *err)
{
    z_stream z = {.zalloc = zip_alloc, .zfree = zip_free};
    char *room = ay_alloc(PIECE);
    AY_NOMEM_IF(!room, err);
    assay_status st = inflateInit2(&z, -MAX_WBITS) == Z_OK ? ASSAY_OK : ay_fail_nomem(err);
    z.next_in = (const Bytef *)packed.ptr;
    z.avail_in = (uInt)packed.len;
    if (st == ASSAY_OK) st = inflate_all(&z, o, room, err);
    (void)inflateEnd(&z);
    ay_free(room);
    return st;
}

static assay_status read_stored(outlet *o, ay_str bytes, assay_err *err)
{
    for (size_t at = 0, n; at < bytes.len; at += n) {
        n = bytes.len - at < PIECE ? bytes.len - at : PIECE;
        AY_TRY(let_out(o, ay_str_slice(bytes, at, at + n), err));
    }
    return ASSAY_OK;
}

/* The bytes of a part as they lie in the archive, behind its own header. */
static assay_status packed_bytes(const ay_zip *zip, const ay_zip_part *part, ay_str *ret, assay_err *err)
{
    const size_t len = zip->bytes.len, at = part->header;
    if (len < LOCAL_LEN || at > len - LOCAL_LEN) return fail_damaged(err);
    const char *p = zip->bytes.ptr + at;
    const size_t from = at + LOCAL_LEN + u16(p + 26) + u16(p + 28);
    if (u32(p) != LOCAL_SIGN || from > len || part->packed > len - from) return fail_damaged(err);
    *ret = ay_str_slice(zip->bytes, from, from + part->packed);
    return ASSAY_OK;
}

assay_status ay_zip_read(ay_zip *zip, const ay_zip_part *part, ay_zip_piece_fn piece, void *ctx, assay_err *err)
{
    outlet o = {.zip = zip, .part = part, .piece = piece, .ctx = ctx, .crc = crc32(0, NULL, 0)};
    ay_str packed = {NULL, 0};
    AY_TRY(packed_bytes(zip, part, &packed, err));
    AY_FAIL_IF(part->method != 0 && part->method != Z_DEFLATED, err, ASSAY_EFORMAT,
               "the xlsx file is packed by a method (%d) that is not read; save it again with a spreadsheet program",
               "xlsx 文件采用不支持的压缩方法（%d）；请用电子表格程序重新保存", part->method);
    if (part->method == 0) AY_TRY(read_stored(&o, packed, err));
    else AY_TRY(read_deflated(&o, packed, err));
    return o.size == part->size && o.crc == part->crc ? ASSAY_OK : fail_damaged(err);
}
