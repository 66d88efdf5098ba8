#include "run/options.h"

#include "base/diag.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/prints.h"
#include "proof/manifest.h"

#define MEMORY_DEFAULT ((size_t)512 << 20)
#define MEMORY_APART   ((size_t)32 << 20) /* at most: for batches, buffers, rules and the program itself */
#define MEMORY_LEAST   ((uint64_t)1 << 20)
/* While a batch is judged the server runs ahead by no more than a socket buffer: small batches keep both at work. */
#define BATCH_DEFAULT 512
#define JOBS_MAX      64

/* ---- As-of ---- */

static bool parse_as_of(ay_str text, const ay_zone *zone, int64_t *ret_us)
{
    int64_t days, us;
    if (ay_date_parse(text, &days) == AY_TIME_OK && !__builtin_mul_overflow(days, AY_DAY_US, &us)) {
        *ret_us = ay_zone_to_utc(zone, us);
        return true;
    }
    return ay_timestamptz_parse(text, zone, ret_us) == AY_TIME_OK && *ret_us != AY_INFINITY &&
           *ret_us != AY_NEG_INFINITY;
}

assay_status ay_run_set_as_of(assay_run *run, int64_t as_of_us, assay_err *err)
{
    const ay_zone *zone = run->pack->zone;
    ay_context *c = run->context;
    c->zone = zone;
    c->as_of_us = as_of_us;
    c->now_local = ay_zone_from_utc(zone, c->as_of_us, NULL);
    c->today = (c->now_local - ((c->now_local % AY_DAY_US) + AY_DAY_US) % AY_DAY_US) / AY_DAY_US;
    ay_buf shown = {0};
    ay_timestamptz_text(c->as_of_us, zone, &shown);
    run->as_of = ay_buf_status(&shown, NULL) == ASSAY_OK ? ay_arena_copy(&run->arena, ay_buf_view(&shown)) : NULL;
    ay_buf_free(&shown);
    AY_NOMEM_IF(!run->as_of, err);
    return ASSAY_OK;
}

static assay_status take_as_of(assay_run *run, const char *text, assay_err *err)
{
    int64_t as_of = ay_clock_us();
    AY_FAIL_IF(text && !parse_as_of(ay_str_from(text), run->pack->zone, &as_of), err, ASSAY_EUSAGE,
               "as-of '%.64s' is not a date or a time: write 2026-01-31 or 2026-01-31T08:00:00+08:00",
               "基准时间“%.64s”不是日期或时间：请写成 2026-01-31 或 2026-01-31T08:00:00+08:00", text);
    run->context = AY_ARENA_NEW(&run->arena, ay_context);
    AY_NOMEM_IF(!run->context, err);
    run->has_as_of = text != NULL;
    return ay_run_set_as_of(run, as_of, err);
}

static assay_status take_prints_key(assay_run *run, assay_err *err)
{
    ay_prints_key *key = AY_ARENA_NEW(&run->arena, ay_prints_key);
    AY_NOMEM_IF(!key, err);
    AY_TRY(ay_prints_key_make(key, err));
    run->context->prints_key = key;
    return ASSAY_OK;
}

/* ---- Choices ---- */

static bool has_field(const ay_dataset *d, ay_str name)
{
    for (uint32_t i = 0; i < d->n_fields; i++)
        if (ay_str_is(name, d->fields[i].name)) return true;
    return false;
}

static bool is_field_path(const assay_pack *pack, ay_str path)
{
    for (uint32_t i = 0; i < pack->n_datasets; i++) {
        const ay_str name = ay_str_from(pack->datasets[i].name);
        const bool starts =
            path.len > name.len + 1 && path.ptr[name.len] == '.' && ay_str_eq(ay_str_slice(path, 0, name.len), name);
        if (starts && has_field(&pack->datasets[i], ay_str_slice(path, name.len + 1, path.len))) return true;
    }
    return false;
}

static assay_status take_reveal(assay_run *run, const assay_run_options *o, assay_err *err)
{
    const char **reveal = AY_ARENA_ARRAY(&run->arena, o->n_reveal + 1, const char *);
    AY_NOMEM_IF(!reveal, err);
    for (size_t i = 0; i < o->n_reveal; i++) {
        AY_FAIL_IF(!is_field_path(run->pack, ay_str_from(o->reveal[i])), err, ASSAY_EUSAGE,
                   "reveal '%.128s': the pack has no such field; write dataset.field",
                   "reveal“%.128s”：规则包中没有这个字段；请写成 数据集.字段", o->reveal[i]);
        reveal[i] = ay_run_copy(run, o->reveal[i]);
        AY_NOMEM_IF(!reveal[i], err);
    }
    run->gate.reveal = reveal;
    run->gate.n_reveal = o->n_reveal;
    return ASSAY_OK;
}

/* A value that cannot be shown must not be found out at the end of the night. */
static assay_status take_key(assay_run *run, const assay_run_options *o, assay_err *err)
{
    if (o->for_partial) return ASSAY_OK;
    if (o->pseudonym_key) return ay_secret_read(o->pseudonym_key, &run->gate.pseudonym_key, err);
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) {
        const ay_dataset *d = &run->pack->datasets[i];
        for (uint32_t f = 0; f < d->n_fields && run->datasets[i].selected; f++)
            AY_FAIL_IF(d->fields[f].mask.form == AY_MASK_PSEUDONYM &&
                           ay_gate_hides(&run->gate, (ay_leaving){d, f, NULL}, (ay_str){"", 0}),
                       err, ASSAY_EUSAGE,
                       "field %s.%s is shown as a pseudonym, which needs a key: name its file (pseudonym_key); 'assay "
                       "key new FILE' makes one",
                       "字段 %s.%s 以假名显示，需要密钥：请指定密钥文件（pseudonym_key）；可用 assay key new 文件 生成",
                       d->name, d->fields[f].name);
    }
    return ASSAY_OK;
}

static assay_status check_rule_ids(const assay_pack *pack, const assay_run_options *o, assay_err *err)
{
    for (size_t i = 0; i < o->n_rules; i++) {
        bool found = false;
        for (size_t r = 0; r < assay_pack_rule_count(pack) && !found; r++) {
            assay_rule_info info;
            assay_pack_rule(pack, r, &info);
            found = strcmp(info.id, o->rules[i]) == 0;
        }
        AY_FAIL_IF(!found, err, ASSAY_EUSAGE, "the pack has no rule '%.200s'", "规则包中没有规则“%.200s”", o->rules[i]);
    }
    return ASSAY_OK;
}

static assay_status check_proof(const assay_run_options *o, ay_proving_options *ret, assay_err *err)
{
    ret->alg = AY_SM3;
    ret->epoch = o->proof_epoch ? o->proof_epoch : 1;
    ret->keep_fields = o->proof_fields != 0;
    AY_FAIL_IF(o->proof_alg && !ay_alg_from_name(ay_str_from(o->proof_alg), &ret->alg), err, ASSAY_EUSAGE,
               "proof algorithm '%.32s' is not known: sm3 or sha256", "不支持的存证算法“%.32s”：sm3 或 sha256",
               o->proof_alg);
    AY_FAIL_IF(!o->proof_key && (o->proof_alg || o->proof_epoch || o->proof_fields), err, ASSAY_EUSAGE,
               "proof_alg, proof_epoch and proof_fields do nothing without proof_key",
               "未指定 proof_key 时 proof_alg、proof_epoch、proof_fields 不起作用");
    return ASSAY_OK;
}

static assay_status check_bridge(const assay_run_options *o, ay_proving_options *ret, assay_err *err)
{
    ret->epoch = o->bridge_epoch ? o->bridge_epoch : 1;
    ret->keep_fields = o->proof_fields != 0;
    AY_FAIL_IF(!o->bridge_alg && (o->bridge_epoch || o->bridge_key), err, ASSAY_EUSAGE,
               "bridge_epoch and bridge_key do nothing without bridge_alg",
               "未指定 bridge_alg 时 bridge_epoch、bridge_key 不起作用");
    AY_FAIL_IF(o->bridge_alg && !o->proof_key, err, ASSAY_EUSAGE, "a bridge leads to leaves: give their proof_key",
               "桥接需要新的叶：请指定 proof_key");
    AY_FAIL_IF(o->bridge_alg && !ay_alg_from_name(ay_str_from(o->bridge_alg), &ret->alg), err, ASSAY_EUSAGE,
               "bridge algorithm '%.32s' is not known: sm3 or sha256", "不支持的桥接算法“%.32s”：sm3 或 sha256",
               o->bridge_alg);
    return ASSAY_OK;
}

static assay_status make_each(assay_run *run, const char *key_file, ay_proving_options *how, const ay_proving **each,
                              assay_err *err)
{
    ay_secret *secret = NULL;
    AY_TRY(ay_secret_read(key_file, &secret, err));
    how->secret = secret;
    assay_status st = ASSAY_OK;
    for (uint32_t i = 0; i < run->pack->n_datasets && st == ASSAY_OK; i++)
        if (run->datasets[i].selected) st = ay_proving_make(&run->arena, &run->pack->datasets[i], how, &each[i], err);
    ay_secret_free(secret);
    return st;
}

/* How the leaves of each selected dataset are made, and those that a bridge leads from. */
static assay_status make_proving(assay_run *run, const assay_run_options *o, const ay_proving **each,
                                 const ay_proving **bridges, assay_err *err)
{
    ay_proving_options how = {0}, before = {0};
    AY_TRY(check_proof(o, &how, err));
    AY_TRY(check_bridge(o, &before, err));
    if (o->proof_key) AY_TRY(make_each(run, o->proof_key, &how, each, err));
    if (o->bridge_alg) AY_TRY(make_each(run, o->bridge_key ? o->bridge_key : o->proof_key, &before, bridges, err));
    for (uint32_t i = 0; o->bridge_alg && i < run->pack->n_datasets; i++)
        AY_FAIL_IF(each[i] && ay_proving_same(each[i], bridges[i]), err, ASSAY_EUSAGE,
                   "a bridge leads from another algorithm, epoch or secret: these are the run's own",
                   "桥接须从另一种算法、另一纪元或另一密钥出发：所给与本次运行相同");
    return ASSAY_OK;
}

static assay_status plan_datasets(assay_run *run, const assay_run_options *o, assay_err *err)
{
    const assay_pack *pack = run->pack;
    const ay_proving **proving = AY_ARENA_ARRAY(&run->arena, pack->n_datasets + 1, const ay_proving *);
    const ay_proving **bridges = AY_ARENA_ARRAY(&run->arena, pack->n_datasets + 1, const ay_proving *);
    AY_NOMEM_IF(!proving || !bridges, err);
    AY_TRY(make_proving(run, o, proving, bridges, err));
    for (uint32_t i = 0; i < pack->n_datasets; i++) {
        ay_dataset_run *d = &run->datasets[i];
        AY_TRY(ay_plan_make(&run->arena, &pack->datasets[i], run->context, (ay_chosen){o->rules, o->n_rules},
                            proving[i], &d->plan, err));
        d->plan.bridge = bridges[i];
        d->plan.counts_only = run->counts_only;
        d->plan.batch_cap = o->batch_records ? o->batch_records : BATCH_DEFAULT;
    }
    return ASSAY_OK;
}

static assay_status select_datasets(assay_run *run, const assay_run_options *o, assay_err *err)
{
    const assay_pack *pack = run->pack;
    for (size_t i = 0; i < o->n_datasets; i++) {
        const ay_dataset *d = ay_pack_dataset(pack, ay_str_from(o->datasets[i]));
        AY_FAIL_IF(!d, err, ASSAY_EUSAGE, "the pack has no dataset '%.128s'", "规则包中没有数据集“%.128s”",
                   o->datasets[i]);
        run->datasets[d - pack->datasets].selected = true;
    }
    for (uint32_t i = 0; i < pack->n_datasets && o->n_datasets == 0; i++) run->datasets[i].selected = true;
    return plan_datasets(run, o, err);
}

static assay_status check_numbers(const assay_run_options *o, assay_err *err)
{
    AY_FAIL_IF(o->jobs > JOBS_MAX, err, ASSAY_EUSAGE, "jobs is %u, the most is %d", "jobs 为 %u，最多 %d", o->jobs,
               JOBS_MAX);
    AY_FAIL_IF(o->batch_records > AY_BATCH_ROWS, err, ASSAY_EUSAGE, "batch_records is %u, the most is %d",
               "batch_records 为 %u，最多 %d", o->batch_records, AY_BATCH_ROWS);
    AY_FAIL_IF(o->memory && o->memory < MEMORY_LEAST, err, ASSAY_EUSAGE, "memory is less than 1 MiB",
               "memory 小于 1 MiB");
    AY_FAIL_IF(o->lang && strcmp(o->lang, "en") != 0 && strcmp(o->lang, "zh") != 0, err, ASSAY_EUSAGE,
               "language '%.32s' is not known: en or zh", "不支持的语言“%.32s”：en 或 zh", o->lang);
    return ASSAY_OK;
}

/* What sets and findings may take, so that all of it together stays near `memory`. */
static size_t memory_for_sets(uint64_t memory)
{
    const size_t all = memory ? (size_t)memory : MEMORY_DEFAULT, share = all / 4;
    return all - (share < MEMORY_APART ? share : MEMORY_APART);
}

static assay_status take_budget(assay_run *run, const assay_run_options *o, assay_err *err)
{
    run->budget = AY_NEW(ay_budget);
    AY_NOMEM_IF(!run->budget, err);
    run->budget->memory_limit = memory_for_sets(o->memory);
    run->budget->spill_limit = o->spill_limit;
    if (!o->spill_dir) return ASSAY_OK;
    run->budget->spill_dir = ay_run_copy(run, o->spill_dir);
    AY_NOMEM_IF(!run->budget->spill_dir, err);
    return ASSAY_OK;
}

assay_status ay_run_take_options(assay_run *run, const assay_run_options *options, assay_err *err)
{
    assay_run_options o = {0};
    AY_TRY(ay_take_options(&o, sizeof o, AY_RUN_OPTIONS_FIRST, options, err));
    AY_TRY(check_numbers(&o, err));
    run->lang = o.lang && strcmp(o.lang, "zh") == 0 ? "zh" : "en";
    run->jobs = o.jobs ? o.jobs : 1;
    run->progress = o.progress;
    run->progress_ctx = o.progress_ctx;
    run->is_for_partial = o.for_partial != 0;
    run->counts_only = o.counts_only != 0;
    run->allows_missing = o.allow_missing != 0;
    AY_TRY(take_budget(run, &o, err));
    AY_TRY(take_as_of(run, o.as_of, err));
    if (run->counts_only) AY_TRY(take_prints_key(run, err));
    AY_TRY(check_rule_ids(run->pack, &o, err));
    AY_TRY(take_reveal(run, &o, err));
    AY_TRY(select_datasets(run, &o, err));
    return take_key(run, &o, err);
}
