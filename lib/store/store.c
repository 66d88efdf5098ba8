/* Making, opening, closing a store; its transactions. */
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "store/store.h"

#include "base/mem.h"
#include "base/options.h"
#include "proof/run_id.h"
#include "store/schema.h"

#define PATIENCE_MS 600000
#define SCHEMA      "assay"

/* ---- Moments ---- */

void ay_day_text(int64_t day, char ret[AY_MOMENT_SIZE])
{
    int64_t year;
    unsigned month, d;
    ay_civil_from_days(day, &year, &month, &d);
    snprintf(ret, AY_MOMENT_SIZE, "%04d-%02u-%02u", (int)year, month, d);
}

void ay_moment_text(int64_t utc_us, char ret[AY_MOMENT_SIZE])
{
    const int64_t second = utc_us / 1000000 - (utc_us % 1000000 < 0);
    const int64_t day = second / 86400 - (second % 86400 < 0);
    const int in_day = (int)(second - day * 86400);
    ay_day_text(day, ret);
    const size_t len = strlen(ret);
    snprintf(ret + len, AY_MOMENT_SIZE - len, "T%02d:%02d:%02dZ", in_day / 3600, in_day / 60 % 60, in_day % 60);
}

void ay_moment_now(char ret[AY_MOMENT_SIZE])
{
    ay_moment_text(ay_clock_us(), ret);
}

assay_status ay_day_take(const char *text, int64_t *ret, assay_err *err)
{
    AY_FAIL_IF(!text || strlen(text) != 10 || ay_date_parse(ay_str_from(text), ret) != AY_TIME_OK, err, ASSAY_EUSAGE,
               "'%.32s' is no day: write 2026-07-01", "“%.32s”不是日期：请写成 2026-07-01", text ? text : "");
    return ASSAY_OK;
}

int64_t ay_today(void)
{
    const time_t now = (time_t)(ay_clock_us() / 1000000);
    struct tm local;
    localtime_r(&now, &local);
    return ay_days_from_civil(local.tm_year + 1900, (unsigned)local.tm_mon + 1, (unsigned)local.tm_mday);
}

void ay_today_text(char ret[AY_MOMENT_SIZE])
{
    ay_day_text(ay_today(), ret);
}

/* ---- Open ---- */

static assay_status take_options(const char *where, const assay_store_options *options, assay_store_options *ret,
                                 ay_db_options *ret_db, assay_err *err)
{
    AY_FAIL_IF(!where || !*where, err, ASSAY_EUSAGE, "a store needs a place: a path, or postgresql://...",
               "存储库需要位置：文件路径或 postgresql://...");
    AY_TRY(ay_take_options(ret, sizeof *ret, sizeof *ret, options, err));
    *ret_db = (ay_db_options){.where = where,
                              .schema = ret->schema ? ret->schema : SCHEMA,
                              .patience_ms = !ret->patience_ms            ? PATIENCE_MS
                                             : ret->patience_ms > INT_MAX ? INT_MAX /* the most both back ends take */
                                                                          : ret->patience_ms};
    return ASSAY_OK;
}

static assay_status plant_seed(ay_db *db, assay_err *err)
{
    char seed[2 * AY_RUN_ID_SIZE]; /* two random ids: 148 bits that nobody can guess */
    AY_TRY(ay_run_id_new(ay_clock_us(), seed, err));
    AY_TRY(ay_run_id_new(ay_clock_us(), seed + AY_RUN_ID_SIZE - 1, err));
    const char *const args[] = {seed};
    return ay_db_exec(db, "insert into assay_meta (key, value) values ('seed', $1) on conflict (key) do nothing", args,
                      1, err);
}

static assay_status fail_newer(int64_t version, assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE, "the store has version %lld, this program knows %d: use a newer assay",
                   "存储库版本为 %lld，本程序支持 %d：请使用更新的 assay", (long long)version, AY_SCHEMA_VERSION);
}

/* Raise what is there to this version; `make`: also from nothing. */
static assay_status raise_in(ay_db *db, bool make, assay_err *err)
{
    int64_t version = 0;
    ay_schema_state state;
    AY_TRY(ay_schema_look(db, &version, &state, err));
    AY_FAIL_IF(state == AY_SCHEMA_NONE && !make, err, ASSAY_EUSAGE, "there is no store; 'assay store init' makes one",
               "没有存储库；可用 assay store init 创建");
    if (state == AY_SCHEMA_NEWER) return fail_newer(version, err);
    if (state != AY_SCHEMA_CURRENT) AY_TRY(ay_schema_raise(db, version, err));
    return plant_seed(db, err);
}

static assay_status raise_store(const char *where, const assay_store_options *options, bool make, assay_err *err)
{
    assay_store_options o = {0};
    ay_db_options how;
    ay_db *db = NULL;
    AY_TRY(take_options(where, options, &o, &how, err));
    how.create = make;
    AY_TRY(ay_db_open(&how, &db, err));
    assay_status st = ay_db_begin(db, true, err);
    if (st == ASSAY_OK) st = raise_in(db, make, err);
    if (st == ASSAY_OK) st = ay_db_commit(db, err);
    ay_db_close(db);
    return st;
}

assay_status assay_store_init(const char *where, const assay_store_options *options, assay_err *err)
{
    return raise_store(where, options, true, err);
}

assay_status assay_store_upgrade(const char *where, const assay_store_options *options, assay_err *err)
{
    return raise_store(where, options, false, err);
}

static assay_status look(assay_store *store, void *ctx, assay_err *err)
{
    (void)ctx;
    int64_t version = 0;
    ay_schema_state state;
    AY_TRY(ay_schema_look(store->db, &version, &state, err));
    AY_FAIL_IF(state == AY_SCHEMA_NONE, err, ASSAY_EUSAGE, "there is no store; 'assay store init' makes one",
               "没有存储库；可用 assay store init 创建");
    AY_FAIL_IF(state == AY_SCHEMA_OLDER, err, ASSAY_EUSAGE,
               "the store has version %lld, this program needs %d: 'assay store upgrade' raises it",
               "存储库版本为 %lld，本程序需要 %d：请用 assay store upgrade 升级", (long long)version,
               AY_SCHEMA_VERSION);
    if (state == AY_SCHEMA_NEWER) return fail_newer(version, err);
    return ay_db_text(store->db, "select value from assay_meta where key = 'seed'", NULL, 0, &store->arena,
                      &store->seed, err);
}

assay_status assay_store_open(const char *where, const assay_store_options *options, assay_store **ret_store,
                              assay_err *err)
{
    assay_store_options o = {0};
    ay_db_options how;
    AY_TRY(take_options(where, options, &o, &how, err));
    assay_store *store = AY_NEW(assay_store);
    AY_NOMEM_IF(!store, err);
    store->history = (ay_history){ay_store_past, store};
    store->on_event = o.on_event;
    store->on_event_ctx = o.on_event_ctx;
    assay_status st = ay_db_open(&how, &store->db, err);
    if (st == ASSAY_OK) st = ay_store_work(store, false, look, NULL, err);
    if (st == ASSAY_OK && !store->seed)
        st = ay_fail(err, ASSAY_EFORMAT, "the store has lost its seed", "存储库缺少种子");
    if (st == ASSAY_OK) *ret_store = store;
    else assay_store_close(store);
    return st;
}

assay_store *assay_store_close(assay_store *store)
{
    if (!store) return NULL;
    ay_db_close(store->db);
    ay_arena_free(&store->arena);
    return ay_free(store);
}

/* ---- Transactions ---- */

assay_status ay_store_work(assay_store *store, bool to_write, ay_work_fn work, void *ctx, assay_err *err)
{
    AY_TRY(ay_db_begin(store->db, to_write, err));
    assay_status st = work(store, ctx, err);
    if (st == ASSAY_OK) st = ay_db_commit(store->db, err);
    if (st != ASSAY_OK) ay_db_rollback(store->db);
    return st;
}
