/* The listing functions of assay/pack.h. */
#include <assert.h>

#include "pack/pack.h"

const char *assay_pack_id(const assay_pack *pack)
{
    return pack->id;
}

const char *assay_pack_version(const assay_pack *pack)
{
    return pack->version;
}

size_t assay_pack_rule_count(const assay_pack *pack)
{
    size_t n = 0;
    for (uint32_t i = 0; i < pack->n_datasets; i++) n += pack->datasets[i].n_rules;
    return n;
}

void assay_pack_rule(const assay_pack *pack, size_t i, assay_rule_info *ret)
{
    assert(i < assay_pack_rule_count(pack));
    const ay_dataset *dataset = pack->datasets;
    while (i >= dataset->n_rules) i -= (dataset++)->n_rules;
    const ay_rule *rule = dataset->rules[i];
    *ret = (assay_rule_info){
        .id = rule->id,
        .dataset = dataset->name,
        .field = rule->field < 0 ? NULL : dataset->fields[rule->field].name,
        .check = rule->kind->name,
        .title = rule->title.en,
        .title_zh = rule->title.zh,
        .indicator = rule->indicator,
        .severity = ay_severity_name(rule->severity),
        .basis = rule->basis,
        .file = rule->pos.file,
        .line = rule->pos.line,
    };
}

size_t assay_pack_standard_count(const assay_pack *pack)
{
    return pack->n_standards;
}

void assay_pack_standard(const assay_pack *pack, size_t i, assay_standard_info *ret)
{
    assert(i < pack->n_standards);
    const ay_standard *standard = &pack->standards[i];
    *ret = (assay_standard_info){
        .id = standard->id,
        .title = standard->title.en,
        .title_zh = standard->title.zh,
        .basis = standard->basis,
        .type = ay_type_name(standard->type),
        .level = ay_level_name(standard->level),
        .file = standard->pos.file,
        .line = standard->pos.line,
    };
}

size_t assay_pack_dataset_count(const assay_pack *pack)
{
    return pack->n_datasets;
}

void assay_pack_dataset(const assay_pack *pack, size_t i, assay_dataset_info *ret)
{
    assert(i < pack->n_datasets);
    const ay_dataset *dataset = &pack->datasets[i];
    *ret = (assay_dataset_info){
        .name = dataset->name,
        .title = dataset->title.en,
        .title_zh = dataset->title.zh,
        .source = pack->sources[dataset->source].id,
        .table = dataset->table,
        .query = dataset->query,
        .file = dataset->file,
    };
}

const ay_dataset *ay_pack_dataset(const assay_pack *pack, ay_str name)
{
    for (uint32_t i = 0; i < pack->n_datasets; i++)
        if (ay_str_is(name, pack->datasets[i].name)) return &pack->datasets[i];
    return NULL;
}
