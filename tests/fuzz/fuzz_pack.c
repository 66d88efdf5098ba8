/* Bytes as a pack: nothing crashes, a refusal has a reason, and what loads, loads again to the same pack and messages;
 * lint adds warnings, and changes neither the verdict nor the rules. */
#include <stdlib.h>

#include "base/mem.h"
#include "pack/load.h"

typedef struct seen {
    bool ok;
    size_t errors;
    ay_buf messages, content;
} seen;

static void note_messages(seen *s, const assay_diags *diags)
{
    for (size_t i = 0; i < assay_diags_count(diags); i++) {
        const assay_diag *d = assay_diags_at(diags, i);
        if (!d->code || !d->text[0] || !d->text_zh[0]) abort();
        ay_buf_printf(&s->messages, "%d %s %u:%u %s %s\n", (int)d->level, d->code, d->line, d->column, d->text,
                      d->text_zh);
    }
}

static void note_content(seen *s, const assay_pack *pack)
{
    ay_buf_printf(&s->content, "%s %s\n", assay_pack_id(pack), assay_pack_version(pack));
    for (size_t i = 0; i < assay_pack_rule_count(pack); i++) {
        assay_rule_info r;
        assay_pack_rule(pack, i, &r);
        ay_buf_printf(&s->content, "%s %s %s %s %s %s %s %s %s %u\n", r.id, r.dataset, r.field ? r.field : "", r.check,
                      r.title, r.title_zh, r.indicator, r.severity, r.basis, r.line);
    }
    for (size_t i = 0; i < assay_pack_standard_count(pack); i++) {
        assay_standard_info t;
        assay_pack_standard(pack, i, &t);
        ay_buf_printf(&s->content, "%s %s %s %s %s %s %u\n", t.id, t.title, t.title_zh, t.basis, t.type, t.level,
                      t.line);
    }
    for (size_t i = 0; i < assay_pack_dataset_count(pack); i++) {
        assay_dataset_info d;
        assay_pack_dataset(pack, i, &d);
        if (!!d.table + !!d.query + !!d.file != 1) abort();
        ay_buf_printf(&s->content, "%s %s %s %s\n", d.name, d.title, d.title_zh, d.source);
    }
}

static seen load(ay_str bytes, bool lint)
{
    seen s = {0};
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.lint = lint;
    assay_pack *pack = NULL;
    assay_diags *diags = assay_diags_new();
    if (!diags) abort();
    s.ok = ay_pack_load_bytes("fuzz.yaml", bytes, &options, &pack, diags, NULL) == ASSAY_OK;
    s.errors = ay_diags_errors(diags);
    if (s.ok != (s.errors == 0) || s.ok != (pack != NULL)) abort();
    note_messages(&s, diags);
    if (pack) note_content(&s, pack);
    assay_pack_free(pack);
    assay_diags_free(diags);
    return s;
}

static void release(seen *s)
{
    ay_buf_free(&s->messages);
    ay_buf_free(&s->content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const ay_str bytes = {(const char *)data, len};
    seen first = load(bytes, true), again = load(bytes, true), plain = load(bytes, false);
    if (first.errors != again.errors || first.errors != plain.errors) abort();
    if (!ay_str_eq(ay_buf_view(&first.messages), ay_buf_view(&again.messages))) abort();
    if (!ay_str_eq(ay_buf_view(&first.content), ay_buf_view(&again.content))) abort();
    if (!ay_str_eq(ay_buf_view(&first.content), ay_buf_view(&plain.content))) abort();
    release(&first);
    release(&again);
    release(&plain);
    return 0;
}
