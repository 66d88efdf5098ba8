#include "pg/reading.h"

static assay_status open_reading(ay_pg_reading *reading, const ay_pg_request *request, assay_err *err)
{
    AY_FAIL_IF(reading->pg->is_leader_broken, err, ASSAY_ESOURCE,
               "cannot read %.200s: the session ended with an earlier failure; open a new one",
               "无法读取 %.200s：会话已因先前的错误结束，请重新打开", request->table ? request->table : request->query);
    AY_TRY(ay_pg_describe(reading, request, err));
    return ay_pg_plan(reading, err);
}

assay_status ay_pg_reading_open(ay_pg *pg, const ay_pg_request *request, ay_pg_reading **ret, assay_err *err)
{
    ay_pg_reading *reading = AY_NEW(ay_pg_reading);
    AY_NOMEM_IF(!reading, err);
    *reading =
        (ay_pg_reading){.pg = pg, .batch_cap = request->batch_cap, .piece = request->piece, .pieces = request->pieces};
    const assay_status st = open_reading(reading, request, err);
    if (st == ASSAY_OK) {
        *ret = reading;
        return ASSAY_OK;
    }
    pg->is_leader_broken = true; /* an error ends the transaction, and with it the snapshot */
    ay_pg_reading_close(reading);
    return st;
}

const ay_schema *ay_pg_reading_schema(const ay_pg_reading *reading)
{
    return &reading->wanted;
}
const ay_schema *ay_pg_reading_all_columns(const ay_pg_reading *reading)
{
    return &reading->all;
}
int64_t ay_pg_reading_estimate(const ay_pg_reading *reading)
{
    return reading->estimate;
}
uint32_t ay_pg_reading_parts(const ay_pg_reading *reading)
{
    return reading->n_parts;
}

ay_pg_reading *ay_pg_reading_close(ay_pg_reading *reading)
{
    if (!reading) return NULL;
    reading->pg->leader.act = (ay_pg_act){"cannot use", "无法使用", "PostgreSQL"}; /* its texts were the reading's */
    ay_arena_free(&reading->arena);
    return ay_free(reading);
}
