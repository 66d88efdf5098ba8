#include <expat.h>

#include "base/mem.h"
#include "order/xml.h"

#define SEPARATOR '|'
#define TOKEN_MAX ((XML_Index)1 << 20)

/* expat takes some failed allocations for faults of the text, and its allocators have no context to tell by. */
static _Thread_local bool out_of_memory;

typedef struct reading {
    XML_Parser parser;
    const ay_xml_handler *handler;
    XML_Index given; /* bytes handed to the parser */
    assay_status status;
    assay_err *err;
} reading;

static const char *local(const char *name)
{
    const char *at = strrchr(name, SEPARATOR);
    return at ? at + 1 : name;
}

const char *ay_xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

/* The first fault stops the parser, which may call once or twice more. */
static void stop_at(reading *r, assay_status status)
{
    if (status == ASSAY_OK) return;
    r->status = status;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    reading *r = ctx;
    if (r->status == ASSAY_OK) stop_at(r, r->handler->start(r->handler->ctx, local(name), attributes, r->err));
}

static void on_end(void *ctx, const XML_Char *name)
{
    reading *r = ctx;
    if (r->status == ASSAY_OK) stop_at(r, r->handler->end(r->handler->ctx, local(name), r->err));
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
    reading *r = ctx;
    if (r->status == ASSAY_OK) stop_at(r, r->handler->text(r->handler->ctx, (ay_str){text, (size_t)len}, r->err));
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
    reading *r = ctx;
    (void)name, (void)system, (void)public, (void)has_subset;
    stop_at(r, ay_fail(r->err, ASSAY_EFORMAT, "the xlsx file declares a document type, which is not read",
                       "xlsx 文件含文档类型声明，拒绝读取"));
}

static assay_status parse(reading *r, ay_str piece, bool is_last, assay_err *err)
{
    const enum XML_Status status = XML_Parse(r->parser, piece.len ? piece.ptr : "", (int)piece.len, is_last);
    if (r->status != ASSAY_OK) return r->status;
    AY_NOMEM_IF(out_of_memory, err);
    AY_FAIL_IF(status != XML_STATUS_OK, err, ASSAY_EFORMAT, "the xlsx file is no XML inside: line %lu: %s",
               "xlsx 文件内部不是 XML：第 %lu 行：%s", (unsigned long)XML_GetCurrentLineNumber(r->parser),
               XML_ErrorString(XML_GetErrorCode(r->parser)));
    r->given += (XML_Index)piece.len;
    AY_FAIL_IF(r->given - XML_GetCurrentByteIndex(r->parser) > TOKEN_MAX, err, ASSAY_ELIMIT,
               "the xlsx file has a tag longer than %ld bytes", "xlsx 文件中有标签超过 %ld 字节", (long)TOKEN_MAX);
    return ASSAY_OK;
}

static assay_status take_piece(void *ctx, ay_str piece, assay_err *err)
{
    return parse(ctx, piece, false, err);
}

static void *xml_realloc(void *old, size_t bytes)
{
    void *p = ay_realloc_array(old, bytes, 1);
    if (!p) out_of_memory = true;
    return p;
}
static void *xml_alloc(size_t bytes)
{
    return xml_realloc(NULL, bytes);
}
static void xml_free(void *p)
{
    ay_free(p);
}

assay_status ay_xml_read(ay_zip *zip, const ay_zip_part *part, const ay_xml_handler *handler, assay_err *err)
{
    static const XML_Memory_Handling_Suite memory = {xml_alloc, xml_realloc, xml_free};
    static const XML_Char separator[] = {SEPARATOR, '\0'};
    out_of_memory = false;
    reading r = {.parser = XML_ParserCreate_MM(NULL, &memory, separator), .handler = handler, .err = err};
    AY_NOMEM_IF(!r.parser, err);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    if (handler->text) XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    assay_status st = ay_zip_read(zip, part, take_piece, &r, err);
    if (st == ASSAY_OK) st = parse(&r, (ay_str){"", 0}, true, err);
    XML_ParserFree(r.parser);
    return st;
}
