/* `sources`: the bodies answerable for data. One id stands for one body in all files together. */
#include "pack/load.h"

#include "base/mem.h"

static bool is_new_source(ay_load *l, const ay_node *key)
{
    uint32_t before;
    if (!ay_set_add(&l->source_ids, key->text, l->pack->n_sources, &before)) l->nomem = true;
    if (l->nomem || before == UINT32_MAX) return !l->nomem;
    const ay_answerable *other = &l->sources[before];
    ay_diag_error(l->build.diags, "duplicate-source", key->pos, "source '%s' is defined twice, first in %s:%u",
                  "数源“%s”重复定义，首次定义于 %s:%u", other->id, other->pos.file, other->pos.line);
    return false;
}

static void read_source(ay_load *l, const ay_node *map, uint32_t doc)
{
    if (!AY_ASK(l, ay_read_map(l, map, ay_keys_source.words, ay_keys_source.n)) && map->kind != AY_NODE_MAP) return;
    if (!ay_read_name(l, map->key, true) || !is_new_source(l, map->key)) return;
    const char *correct_within = ay_read_text_of(l, map, "correct_within");
    l->source_drafts[l->pack->n_sources].doc = doc;
    l->sources[l->pack->n_sources++] = (ay_answerable){
        .id = map->key->text.ptr,
        .title = ay_read_title(l, ay_node_get(map, "title")),
        .owner = ay_read_text_of(l, map, "owner"),
        .correct_within = correct_within,
        .within = *correct_within ? ay_load_deadline(l, ay_node_get(map, "correct_within")) : AY_DEADLINE_USUAL,
        .pos = map->key->pos,
    };
}

void ay_load_sources(ay_load *l)
{
    size_t n = 0;
    for (uint32_t i = 0; i < l->n_docs; i++) n += ay_section(l, i, "sources", NULL);
    l->sources = ay_load_array(l, n, sizeof *l->sources);
    l->source_drafts = ay_load_array(l, n, sizeof *l->source_drafts);
    for (uint32_t d = 0; d < l->n_docs && !l->nomem; d++) {
        const ay_node *section;
        const size_t count = ay_section(l, d, "sources", &section);
        for (size_t i = 0; i < count; i++) read_source(l, section->items[i], d);
    }
    l->pack->sources = l->sources;
}

int32_t ay_find_source(ay_load *l, const ay_node *name)
{
    if (!ay_read_text(l, name)) return -1;
    const uint32_t found = ay_set_find(&l->source_ids, name->text);
    if (found != UINT32_MAX) {
        l->source_drafts[found].used = true;
        return (int32_t)found;
    }
    const char *ids[AY_NEAREST_WORDS];
    size_t n = 0;
    for (; n < l->pack->n_sources && n < AY_NEAREST_WORDS; n++) ids[n] = l->sources[n].id;
    ay_diag_unknown(l->build.diags, "unknown-source", name->pos, "source", "数源", name->text, ids, n);
    return -1;
}
