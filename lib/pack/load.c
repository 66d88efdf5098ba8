/* Loading a pack: files, then sections, then the rules. Every fault is collected; the pack is given out only without
 * one. */
#include "pack/load.h"

#include "base/mem.h"

static void close_zone(void *zone)
{
    ay_zone_close((ay_zone *)zone);
}

static void read_zone(ay_load *l, const ay_node *root)
{
    const ay_node *node = ay_node_get(root, "timezone");
    ay_zone *zone = NULL;
    assay_err err;
    l->pack->timezone = "";
    if (!node) {
        const ay_node *datasets = ay_node_get(root, "datasets");
        if (!datasets) return;
        ay_diag_error(l->build.diags, "missing-key", datasets->key->pos,
                      "key 'timezone' is missing: say how times without a zone are read, such as Asia/Shanghai",
                      "缺少键“timezone”：须指明不带时区的时间如何解读，如 Asia/Shanghai");
        return;
    }
    const char *name = ay_read_text(l, node);
    if (!name) return;
    const assay_status status = ay_zone_open(name, &zone, &err);
    if (status == ASSAY_ENOMEM) l->nomem = true;
    else if (status != ASSAY_OK)
        ay_diag_error(l->build.diags, "bad-timezone", node->pos, "%s%.0s", "%.0s%s", err.text, err.text_zh);
    if (status != ASSAY_OK) return;
    if (!ay_arena_defer(l->build.arena, close_zone, zone)) l->nomem = true;
    l->pack->timezone = name;
    l->pack->zone = l->build.zone = zone;
}

static void read_head(ay_load *l, const ay_node *root)
{
    const ay_node *id = ay_node_get(root, "pack");
    l->pack->id = "";
    if (id && ay_read_name(l, id, true)) l->pack->id = id->text.ptr;
    if (!id && ay_node_get(root, "datasets")) ay_read_need(l, root, "pack");
    l->pack->version = ay_read_text_of(l, root, "version");
    l->pack->title = ay_read_title(l, ay_node_get(root, "title"));
    read_zone(l, root);
}

/* What an included file says of itself is checked, though nobody reads it. */
static void check_fragment_head(ay_load *l, const ay_node *root)
{
    const ay_node *id = ay_node_get(root, "pack");
    if (id) ay_read_name(l, id, true);
    ay_read_text_of(l, root, "version");
    ay_read_title(l, ay_node_get(root, "title"));
}

/* Standards of the pack's own file that no field uses still have their checks compiled; those of includes are a
 * library. */
static void compile_unused(ay_load *l)
{
    for (uint32_t i = 0; i < l->n_declared && !l->nomem; i++) {
        if (!l->standards[i].used && l->drafts[i].doc == 0) ay_load_standard_alone(l, i);
    }
}

static void load_sections(ay_load *l)
{
    if (!l->nomem && l->docs[0].root) read_head(l, l->docs[0].root);
    for (uint32_t i = 1; i < l->n_docs && !l->nomem; i++) {
        if (l->docs[i].root) check_fragment_head(l, l->docs[i].root);
    }
    if (!l->nomem && l->docs[0].root) ay_load_calendar(l);
    if (!l->nomem) ay_load_sources(l);
    if (!l->nomem) ay_load_standards(l);
    if (!l->nomem) ay_load_score(l);
    if (!l->nomem) ay_load_datasets(l);
    if (!l->nomem) compile_unused(l);
    if (!l->nomem && l->options.lint && ay_diags_errors(l->build.diags) == 0) ay_load_lint(l);
}

/* ---- Outcome ---- */

static void copy_diags(const assay_diags *from, assay_diags *to)
{
    for (size_t i = 0; i < assay_diags_count(from); i++) {
        const assay_diag *d = assay_diags_at(from, i);
        const ay_pos pos = {d->file, d->line, d->column};
        ay_diag_add(to, d->level, d->code, pos, "%s%.0s", "%.0s%s", d->text, d->text_zh);
    }
}

static assay_status first_error(const assay_diags *diags, assay_err *err)
{
    size_t i = 0;
    while (assay_diags_at(diags, i)->level != ASSAY_LEVEL_ERROR) i++;
    const assay_diag *d = assay_diags_at(diags, i);
    const assay_status status = ay_fail(err, ASSAY_EPACK, "%s:%u:%u: %s%.0s", "%s:%u:%u: %.0s%s", d->file, d->line,
                                        d->column, d->text, d->text_zh);
    if (err) {
        err->line = d->line;
        err->column = d->column;
    }
    return status;
}

/* Where a compiler below has only diagnostics to tell by. */
static bool says_no_memory(const assay_diags *diags)
{
    size_t i = 0;
    while (i < assay_diags_count(diags) && strcmp(assay_diags_at(diags, i)->code, "no-memory") != 0) i++;
    return i < assay_diags_count(diags);
}

static assay_status outcome(const ay_load *l, assay_diags *diags, assay_err *err)
{
    const assay_diags *own = l->build.diags;
    AY_NOMEM_IF(l->nomem || ay_diags_out_of_memory(own) || says_no_memory(own), err);
    if (diags) copy_diags(own, diags);
    AY_NOMEM_IF(diags && ay_diags_out_of_memory(diags), err);
    return ay_diags_errors(own) ? first_error(own, err) : ASSAY_OK;
}

/* ---- One load ---- */

static assay_status open_load(ay_load *l, const assay_pack_options *options, assay_err *err)
{
    if (options) {
        const size_t size = options->struct_size < sizeof l->options ? options->struct_size : sizeof l->options;
        AY_FAIL_IF(size < sizeof options->struct_size, err, ASSAY_EUSAGE,
                   "options must start from ASSAY_PACK_OPTIONS_INIT", "选项须以 ASSAY_PACK_OPTIONS_INIT 初始化");
        memcpy(&l->options, options, size);
    }
    l->pack = AY_NEW(assay_pack);
    l->build.diags = assay_diags_new();
    AY_NOMEM_IF(!l->pack || !l->build.diags, err);
    l->build.arena = &l->pack->arena;
    l->build.read_file = ay_load_read_file;
    l->build.read_ctx = l;
    l->files = ay_load_array(l, AY_PACK_FILES, sizeof *l->files);
    l->pack->files = l->files;
    AY_NOMEM_IF(!l->files, err);
    return ASSAY_OK;
}

static void close_load(ay_load *l)
{
    ay_set_free(&l->source_ids);
    ay_set_free(&l->standard_ids);
    assay_diags_free(l->build.diags);
    assay_pack_free(l->pack);
    ay_free(l);
}

/* From `bytes` where they are given, else from the file at `name`. */
static assay_status load(ay_load *l, const char *name, const ay_str *bytes, assay_diags *diags, assay_err *err)
{
    if (bytes) ay_load_text(l, name, *bytes);
    else AY_TRY(ay_load_path(l, name, err));
    load_sections(l);
    return outcome(l, diags, err);
}

static assay_status load_new(const char *name, const ay_str *bytes, const assay_pack_options *options,
                             assay_pack **ret_pack, assay_diags *diags, assay_err *err)
{
    ay_load *l = AY_NEW(ay_load);
    AY_NOMEM_IF(!l, err);
    assay_status status = open_load(l, options, err);
    if (status == ASSAY_OK) status = load(l, name, bytes, diags, err);
    if (status == ASSAY_OK) *ret_pack = AY_STEAL(l->pack);
    close_load(l);
    return status;
}

assay_status assay_pack_load(const char *path, const assay_pack_options *options, assay_pack **ret_pack,
                             assay_diags *diags, assay_err *err)
{
    AY_FAIL_IF(!path || !*path, err, ASSAY_EUSAGE, "no rule pack was named", "未指定规则包");
    return load_new(path, NULL, options, ret_pack, diags, err);
}

assay_status ay_pack_load_bytes(const char *name, ay_str bytes, const assay_pack_options *options,
                                assay_pack **ret_pack, assay_diags *diags, assay_err *err)
{
    return load_new(name, &bytes, options, ret_pack, diags, err);
}

assay_pack *assay_pack_free(assay_pack *pack)
{
    if (!pack) return NULL;
    ay_arena_free(&pack->arena);
    return (assay_pack *)ay_free(pack);
}
