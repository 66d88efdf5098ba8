/* What a loaded pack holds, the error object, options, and every failing allocation on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "pack/load.h"
#include "pack/tree.h"

static assay_pack *load_case(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", ASSAY_PACK_CASES, name);
    assay_pack *pack = NULL;
    assay_err err;
    if (assay_pack_load(path, NULL, &pack, NULL, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return pack;
}

static const struct {
    const char *id, *field, *check, *severity, *indicator, *basis;
} rules[] = {
    /* by bytes of the id */
    {"enterprise.cancelled-has-date", NULL, "expect", "error", "0402", "GB/T 36344-2018"},
    {"enterprise.cancelled.type", "cancelled", "type", "error", "0302", ""},
    {"enterprise.established.max", "established", "max", "error", NULL, ""},
    {"enterprise.established.min", "established", "min", "error", NULL, ""},
    {"enterprise.established.type", "established", "type", "error", "0302", ""},
    {"enterprise.fresh", NULL, "fresh", "error", NULL, ""},
    {"enterprise.in-order", NULL, "order", "error", NULL, ""},
    {"enterprise.legal_name.length", "legal_name", "length", "error", NULL, ""},
    {"enterprise.name-once", NULL, "unique", "warning", NULL, ""},
    {"enterprise.name.length", "name", "length", "error", NULL, ""},
    {"enterprise.name.no-odd", "name", "charset", "critical", NULL, ""},
    {"enterprise.name.normalize", "name", "normalize", "error", NULL, ""},
    {"enterprise.name.required", "name", "required", "error", "0201", ""},
    {"enterprise.reg_capital.max", "reg_capital", "max", "error", NULL, ""},
    {"enterprise.reg_capital.min", "reg_capital", "min", "error", NULL, ""},
    {"enterprise.reg_capital.scale", "reg_capital", "scale", "error", NULL, ""},
    {"enterprise.reg_capital.type", "reg_capital", "type", "error", "0302", ""},
    {"enterprise.region_code.length", "region_code", "length", "error", NULL, ""},
    {"enterprise.region_code.match", "region_code", "match", "error", NULL, ""},
    {"enterprise.sharing", NULL, "sharing", "error", "0106", "《政务数据共享条例》第十四条、第十五条"},
    {"enterprise.short-name", "name", "length", "info", NULL, ""},
    {"enterprise.status.one_of", "status", "one_of", "error", NULL, ""},
    {"enterprise.updated_at.type", "updated_at", "type", "error", "0302", ""},
    {"enterprise.uscc.length", "uscc", "length", "error", NULL, "GB 32100-2015"},
    {"enterprise.uscc.match", "uscc", "match", "error", NULL, "GB 32100-2015"},
    {"enterprise.uscc.normalize", "uscc", "normalize", "error", NULL, "GB 32100-2015"},
    {"enterprise.uscc.required", "uscc", "required", "error", "0201", ""},
    {"enterprise.uscc.unique", "uscc", "unique", "error", NULL, ""},
    {"enterprise.volume", NULL, "rows", "error", NULL, ""},
};

static void check_rules(void **state)
{
    (void)state;
    assay_pack *pack = load_case("good/full.yaml");
    assert_int_equal(assay_pack_rule_count(pack), AY_COUNT(rules));
    for (size_t i = 0; i < AY_COUNT(rules); i++) {
        assay_rule_info info;
        assay_pack_rule(pack, i, &info);
        assert_string_equal(info.id, rules[i].id);
        assert_string_equal(info.dataset, "enterprise");
        assert_string_equal(info.check, rules[i].check);
        if (rules[i].field) assert_string_equal(info.field, rules[i].field);
        else assert_null(info.field);
        assert_string_equal(info.severity, rules[i].severity);
        assert_string_equal(info.basis, rules[i].basis);
        if (rules[i].indicator) assert_string_equal(info.indicator, rules[i].indicator);
        assert_int_equal(pack->datasets[0].rules[i]->ordinal, i);
    }
    assay_pack_free(pack);
}

static const ay_rule *find_rule(const assay_pack *pack, const char *id)
{
    const ay_dataset *d = &pack->datasets[0];
    for (uint32_t i = 0; i < d->n_rules; i++) {
        if (strcmp(d->rules[i]->id, id) == 0) return d->rules[i];
    }
    fail_msg("no rule %s", id);
    return NULL;
}

static void check_options(void **state)
{
    (void)state;
    assay_pack *pack = load_case("good/full.yaml");
    const ay_rule *rule = find_rule(pack, "enterprise.cancelled-has-date");
    assert_int_equal(rule->weight, 3);
    assert_int_equal(rule->nulls, AY_NULLS_SKIP);
    assert_int_equal(rule->on_empty, AY_EMPTY_PASS);
    assert_non_null(rule->where);
    assert_true(rule->warn.is_set && rule->warn.num == 0 && rule->warn.den == 0);
    assert_true(rule->fail.is_set && rule->fail.num == 1 && rule->fail.den == 1000);
    assert_string_equal(rule->title.en, "注销企业须有注销日期");
    assert_int_equal(rule->pos.line, 50);
    rule = find_rule(pack, "enterprise.name.no-odd");
    assert_true(!rule->warn.is_set && rule->fail.num == 1 && rule->fail.den == 200);
    rule = find_rule(pack, "enterprise.name-once");
    assert_true(rule->fail.is_set && rule->fail.num == 12 && rule->fail.den == 0);
    rule = find_rule(pack, "enterprise.uscc.length");
    assert_string_equal(rule->pos.file, "lib/identifiers.yaml");
    assert_int_equal(rule->pos.line, 12);
    assert_true(ay_str_is(rule->arg->text, "18"));
    assert_false(rule->warn.is_set || rule->fail.is_set);
    rule = find_rule(pack, "enterprise.established.type");
    assert_true(ay_str_is(rule->arg->text, "date") && ay_str_is(rule->arg->key->text, "type"));
    assay_pack_free(pack);
}

static void check_dataset(void **state)
{
    (void)state;
    assay_pack *pack = load_case("good/full.yaml");
    const ay_dataset *d = &pack->datasets[0];
    assay_dataset_info info;
    assay_pack_dataset(pack, 0, &info);
    assert_int_equal(assay_pack_dataset_count(pack), 1);
    assert_string_equal(info.table, "public.enterprise");
    assert_null(info.query);
    assert_null(info.file);
    assert_string_equal(info.source, "market-regulation");
    assert_string_equal(info.title, "Enterprises");
    assert_string_equal(d->share, "conditional");
    assert_string_equal(d->update_cycle, "daily");
    assert_true(d->segment.field == 2 && d->segment.from == 1 && d->segment.to == 4);
    assert_true(d->n_key == 1 && d->key[0] == 0);
    assert_string_equal(d->fields[3].name, "legal_name");
    assert_string_equal(d->fields[3].column, "legal_person");
    assert_string_equal(pack->sources[d->facts[3].source].id, "civil-affairs");
    assert_int_equal(d->fields[0].level, AY_PUBLIC);
    assert_int_equal(d->fields[1].level, AY_INTERNAL);
    assert_int_equal(d->fields[0].missing->n, 4);
    assert_true(ay_set_find(d->fields[0].missing, AY_STR("")) != UINT32_MAX);
    assert_int_equal(d->fields[0].normalizers, 7);
    assert_int_equal(d->fields[4].type, AY_DEC);
    assay_pack_free(pack);
}

static void check_pack(void **state)
{
    (void)state;
    assay_pack *pack = load_case("good/full.yaml");
    assert_string_equal(assay_pack_id(pack), "suining.enterprise");
    assert_string_equal(assay_pack_version(pack), "1.2.0");
    assert_string_equal(pack->timezone, "Asia/Shanghai");
    assert_int_equal(pack->n_grades, 2);
    assert_int_equal(pack->grades[0].cut_e2, 8550);
    assert_string_equal(pack->grades[1].name.zh, "差");
    static const uint32_t weights[AY_DIMENSIONS] = {1, 1, 3, 1, 1, 1, 2};
    assert_memory_equal(pack->weights, weights, sizeof weights);
    assert_int_equal(pack->n_files, 2);
    assert_string_equal(pack->files[1].name, "lib/identifiers.yaml");
    assert_string_equal(pack->sources[0].correct_within, "10 working days");
    assert_string_equal(pack->sources[0].title.en, "市市场监督管理局");
    assay_standard_info info;
    assay_pack_standard(pack, 2, &info);
    assert_string_equal(info.id, "cn.uscc");
    assert_string_equal(info.level, "public");
    assert_int_equal(assay_pack_standard_count(pack), 8); /* 4 declared; text, money, date, timestamp used */
    assay_pack_free(pack);
    pack = load_case("good/minimal.yaml");
    assert_int_equal(pack->n_grades, 4);
    assert_int_equal(pack->grades[1].cut_e2, 8000);
    assert_string_equal(pack->grades[0].name.en, "excellent");
    assert_string_equal(pack->datasets[0].query, "select id, n\nfrom t\n");
    assay_pack_free(pack);
}

/* b.csv is named by two fields and read once. */
static void check_code_list(void **state)
{
    (void)state;
    assay_pack *pack = load_case("good/code.yaml");
    assert_int_equal(pack->n_files, 2);
    assert_string_equal(pack->files[1].name, "lib/sex.csv");
    assert_int_equal(pack->files[1].bytes.len, 43);
    assay_pack_free(pack);
}

static void check_error(void **state)
{
    (void)state;
    assay_pack *pack = (assay_pack *)&pack;
    assay_err err;
    assay_diags *diags = assay_diags_new();
    assert_int_equal(assay_pack_load(ASSAY_PACK_CASES "/bad/titles.yaml", NULL, &pack, diags, &err), ASSAY_EPACK);
    assert_ptr_equal(pack, &pack);
    assert_string_equal(err.text, ASSAY_PACK_CASES "/bad/titles.yaml:2:8: a title needs 'zh' or 'en'");
    assert_string_equal(err.text_zh, ASSAY_PACK_CASES "/bad/titles.yaml:2:8: 标题应含 zh 或 en");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 8);
    assert_int_equal(assay_diags_count(diags), 5);
    assert_int_equal(assay_pack_load("/nowhere/x.yaml", NULL, &pack, diags, &err), ASSAY_EIO);
    assert_string_equal(err.text, "rule pack '/nowhere/x.yaml' cannot be read: No such file or directory");
    assert_int_equal(assay_pack_load(ASSAY_PACK_CASES, NULL, &pack, diags, &err), ASSAY_EIO);
    assert_int_equal(assay_pack_load(NULL, NULL, &pack, diags, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_pack_load("", NULL, &pack, diags, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_pack_load(ASSAY_PACK_CASES "/good/full.yaml", &(assay_pack_options){0}, &pack, diags, &err),
                     ASSAY_EUSAGE);
    assay_diags_free(diags);
}

static assay_status load_text(const char *text, const assay_pack_options *options, assay_pack **ret, assay_diags *diags)
{
    return ay_pack_load_bytes("mem.yaml", ay_str_from(text), options, ret, diags, NULL);
}

static void check_include_dirs(void **state)
{
    (void)state;
    static const char *const dirs[] = {"/nowhere", ASSAY_PACK_CASES "/good"};
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    assay_pack *pack = NULL;
    assert_int_equal(load_text("assay: 1\ninclude: [lib/identifiers.yaml]\n", &options, &pack, NULL), ASSAY_EPACK);
    options.include_dirs = dirs;
    options.n_include_dirs = AY_COUNT(dirs);
    /* twice, by two names: one file */
    assert_int_equal(
        load_text("assay: 1\ninclude: [lib/identifiers.yaml, lib/../lib/identifiers.yaml]\n", &options, &pack, NULL),
        ASSAY_OK);
    assert_int_equal(assay_pack_standard_count(pack), 2);
    assert_int_equal(pack->n_files, 2);
    assay_pack_free(pack);
}

/* 63 includes and the pack are the most. */
static void check_file_limit(void **state)
{
    (void)state;
    char folder[] = "/tmp/assay-pack-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    const char *const dirs[] = {folder};
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.include_dirs = dirs;
    options.n_include_dirs = 1;
    ay_buf text = {0};
    ay_buf_text(&text, "assay: 1\ninclude:\n");
    for (int i = 0; i < AY_PACK_FILES; i++) {
        snprintf(path, sizeof path, "%s/f%d.yaml", folder, i);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs("assay: 1\n", file);
        fclose(file);
        if (i < AY_PACK_FILES - 1) ay_buf_printf(&text, " - f%d.yaml\n", i);
    }
    assay_pack *pack = NULL;
    assert_int_equal(ay_pack_load_bytes("m", ay_buf_view(&text), &options, &pack, NULL, NULL), ASSAY_OK);
    assert_int_equal(pack->n_files, AY_PACK_FILES);
    pack = assay_pack_free(pack);
    ay_buf_text(&text, " - f63.yaml\n");
    assay_diags *diags = assay_diags_new();
    assert_int_equal(ay_pack_load_bytes("m", ay_buf_view(&text), &options, &pack, diags, NULL), ASSAY_EPACK);
    assert_int_equal(assay_diags_count(diags), 1);
    assert_string_equal(assay_diags_at(diags, 0)->text, "more than 64 files");
    assert_int_equal(assay_diags_at(diags, 0)->line, 66);
    assay_diags_free(diags);
    for (int i = 0; i < AY_PACK_FILES; i++) {
        snprintf(path, sizeof path, "%s/f%d.yaml", folder, i);
        unlink(path);
    }
    rmdir(folder);
    ay_buf_free(&text);
}

static void fail_each(const char *path, int lint, assay_status want)
{
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.lint = lint;
    bool failed = true;
    size_t n = 1;
    for (; failed; n++) {
        assay_pack *pack = NULL;
        assay_diags *diags = assay_diags_new();
        ay_mem_fail_at(n);
        const assay_status status = assay_pack_load(path, &options, &pack, diags, NULL);
        ay_mem_fail_at(0);
        failed = status == ASSAY_ENOMEM;
        if (!failed && status != want) {
            const char *text = assay_diags_count(diags) ? assay_diags_at(diags, 0)->text : "";
            fail_msg("%s: allocation %zu gives status %d: %s", path, n, (int)status, text);
        }
        assert_true((pack != NULL) == (status == ASSAY_OK));
        assay_pack_free(pack);
        assay_diags_free(diags);
    }
    assert_true(n > 20);
}

static void check_allocations(void **state)
{
    (void)state;
    fail_each(ASSAY_PACK_CASES "/good/full.yaml", 1, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/good/code.yaml", 0, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/good/code_words.yaml", 0, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/good/history.yaml", 0, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/lint/all.yaml", 1, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/lint/sharing.yaml", 1, ASSAY_OK);
    fail_each(ASSAY_PACK_CASES "/bad/mask_faults.yaml", 0, ASSAY_EPACK);
    fail_each(ASSAY_PACK_CASES "/bad/rule_faults.yaml", 0, ASSAY_EPACK);
    fail_each(ASSAY_PACK_CASES "/bad/standard_faults.yaml", 0, ASSAY_EPACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_rules),        cmocka_unit_test(check_options),    cmocka_unit_test(check_dataset),
        cmocka_unit_test(check_pack),         cmocka_unit_test(check_code_list),  cmocka_unit_test(check_error),
        cmocka_unit_test(check_include_dirs), cmocka_unit_test(check_file_limit), cmocka_unit_test(check_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
