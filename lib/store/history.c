/* What rules that look back compare with: figures of stored runs. */
#include <stdio.h>

#include "store/store.h"

#include "base/mem.h"
#include "base/dec.h"

/* The figures of one run while its rows are read. */
typedef struct gathered {
    ay_arena arena;
    ay_named *figures;
    uint32_t n, cap;
    int64_t run; /* 0: none yet */
} gathered;

typedef struct asked {
    const char *args[2]; /* pack, rule: packs of other names may have rules of this name */
    uint32_t n;
    const ay_past_sink *sink;
    gathered one;
} asked;

static assay_status hand_over(asked *a, assay_err *err)
{
    const ay_past past = {a->one.figures, a->one.n};
    const assay_status st = a->one.n ? a->sink->take(a->sink->ctx, &past, err) : ASSAY_OK;
    a->one.n = 0;
    ay_arena_reset(&a->one.arena);
    return st;
}

static assay_status keep(gathered *g, ay_str name, ay_str value, assay_err *err)
{
    if (g->n == g->cap) {
        const uint32_t cap = g->cap ? g->cap * 2 : 16;
        ay_named *more = ay_realloc_array(g->figures, cap, sizeof *more);
        AY_NOMEM_IF(!more, err);
        g->figures = more;
        g->cap = cap;
    }
    ay_named *f = &g->figures[g->n];
    *f = (ay_named){.name = ay_arena_copy(&g->arena, name)};
    if (ay_i64_parse(value, &f->value) != AY_NUM_OK) {
        f->text = ay_arena_copy(&g->arena, value);
        AY_NOMEM_IF(!f->text, err);
    }
    AY_NOMEM_IF(!f->name, err);
    g->n++;
    return ASSAY_OK;
}

static assay_status read_rows(asked *a, ay_rows *rows, assay_err *err)
{
    enum { RUN, NAME, VALUE };
    for (bool end = false;;) {
        AY_TRY(ay_rows_next(rows, &end, err));
        if (end) return hand_over(a, err);
        if (ay_rows_int(rows, RUN) != a->one.run) AY_TRY(hand_over(a, err));
        a->one.run = ay_rows_int(rows, RUN);
        AY_TRY(keep(&a->one, ay_rows_text(rows, NAME), ay_rows_text(rows, VALUE), err));
    }
}

static assay_status read_figures(assay_store *store, void *ctx, assay_err *err)
{
    asked *a = (asked *)ctx;
    ay_rows *rows = NULL;
    char sql[256];
    snprintf(
        sql, sizeof sql,
        "select run, name, value from figure where pack = $1 and rule = $2 and run in (select distinct run from figure "
        "where pack = $1 and rule = $2 order by run desc limit %u) order by run desc, name",
        a->n);
    AY_TRY(ay_db_query(store->db, sql, a->args, AY_COUNT(a->args), &rows, err));
    const assay_status st = read_rows(a, rows, err);
    ay_rows_close(rows);
    return st;
}

assay_status ay_store_past(void *ctx, const char *rule_id, uint32_t n, const ay_past_sink *sink, assay_err *err)
{
    assay_store *store = (assay_store *)ctx;
    asked a = {.args = {store->pack, rule_id}, .n = n, .sink = sink};
    const assay_status st = ay_store_work(store, false, read_figures, &a, err);
    ay_arena_free(&a.one.arena);
    ay_free(a.one.figures);
    return st;
}
