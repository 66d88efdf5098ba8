#include "store/schema.h"

#include <stdio.h>

#include "base/mem.h"

/* Moments are text in UTC ("2026-07-01T00:00:00Z"), days are text, so that both back ends order them alike and people
 * can read them. Texts from records are masked before they come here. What is indexed, joined or put in order is %id%:
 * a server compares columns of two collations without any index. */
static const char version_1[] =
    "create table assay_meta (key %id% primary key, value text not null);"
    "create table run ("
    " no %serial%,"
    " id %id% not null unique,"
    " pack text not null, version text not null, digest text not null,"
    " as_of text not null,"  /* the moment the rules looked from, in the pack's zone */
    " day text not null,"    /* its day */
    " stored text not null," /* when it came in, by the clock */
    " outcome text not null,"
    " score bigint," /* 1/10000 of a point; null: not assessable */
    " records bigint not null, findings bigint not null,"
    " result text);" /* result.json; null once it was pruned */
    "create table reading ("
    " run bigint not null, dataset %id% not null, records bigint not null, findings bigint not null, kind text,"
    " primary key (run, dataset));"
    "create table outcome ("
    " dataset %id% not null, rule %id% not null, run bigint not null, outcome text not null,"
    " evaluated bigint not null, failed bigint not null, skipped bigint not null, unreadable bigint not null,"
    " excluded bigint not null,"
    " primary key (dataset, rule, run)) %by_key%;"
    "create table figure ("
    " pack %id% not null, rule %id% not null, run bigint not null, name %id% not null, value text not null,"
    " primary key (pack, rule, run, name)) %by_key%;"
    "create table score ("
    " run bigint not null, scope %id% not null, code %id% not null, score bigint,"
    " primary key (run, scope, code)) %by_key%;"
    "create table manifest (run bigint not null, dataset %id% not null, entry bigint not null, body text not null,"
    " primary key (run, dataset));"
    "create table checkpoint (run bigint not null, alg %id% not null, body text not null, primary key (run, alg));"
    "create table ticket ("
    " id %id% primary key,"
    " dataset %id% not null, rule %id% not null, field text not null,"
    " key text not null,"       /* JSON, masked */
    " key_print %id% not null," /* of the key, with the store's seed: finds the record again without showing it */
    " source text not null, owner %id% not null, severity text not null, basis text not null,"
    " state %id% not null,"
    " opened text not null, received text, due %id%, closed text, resolution text,"
    " version bigint not null," /* run of the finding that holds: finding.run */
    " digest text not null,"    /* of what was found: verdict and values */
    " records bigint not null, reopened bigint not null) %by_key%;"
    "create index ticket_dataset on ticket (dataset, id);"
    "create index ticket_owner on ticket (owner, state);" AY_TICKET_PRINT ";"
    "create table finding ("
    " ticket %id% not null,"
    " run bigint not null," /* the first run in which it was so */
    " gone bigint,"         /* the first in which it was not any more; null: it still is */
    " verdict text not null, value text not null, reason text not null,"
    " suggestion text, suggestion_by text, confidence bigint,"
    " masked bigint not null," /* 1: not all of it is shown as it is */
    " primary key (ticket, run)) %by_key%;"
    "create table event ("
    " no %serial%,"
    " ticket %id% not null, moment text not null, who text not null, act text not null, state text not null,"
    " run bigint,"
    " remark text, detail text);" /* detail: JSON */
    "create index event_ticket on event (ticket, no);";

static const char *const steps[AY_SCHEMA_VERSION] = {version_1};

static const ay_table tables[] = {
    {"assay_meta", "key, value", "key"},
    {"run", "no, id, pack, version, digest, as_of, day, stored, outcome, score, records, findings, result", "no"},
    {"reading", "run, dataset, records, findings, kind", "run, dataset"},
    {"outcome", "dataset, rule, run, outcome, evaluated, failed, skipped, unreadable, excluded", "dataset, rule, run"},
    {"figure", "pack, rule, run, name, value", "pack, rule, run, name"},
    {"score", "run, scope, code, score", "run, scope, code"},
    {"manifest", "run, dataset, entry, body", "run, dataset"},
    {"checkpoint", "run, alg, body", "run, alg"},
    {"ticket",
     "id, dataset, rule, field, key, key_print, source, owner, severity, basis, state, opened, received, due, closed, "
     "resolution, version, digest, records, reopened",
     "id"},
    {"finding", "ticket, run, gone, verdict, value, reason, suggestion, suggestion_by, confidence, masked",
     "ticket, run"},
    {"event", "no, ticket, moment, who, act, state, run, remark, detail", "no"},
};

/* ---- Versions ---- */

assay_status ay_schema_look(ay_db *db, int64_t *ret_version, ay_schema_state *ret, assay_err *err)
{
    bool is_there = false;
    *ret_version = 0;
    *ret = AY_SCHEMA_NONE;
    AY_TRY(ay_db_has_table(db, "assay_meta", &is_there, err));
    if (!is_there) {
        AY_TRY(ay_db_has_table(db, "run", &is_there, err));
        AY_FAIL_IF(is_there, err, ASSAY_EFORMAT,
                   "there is a table 'run' of somebody else: give the store a place of its own",
                   "已有他人的表“run”：请为存储库另选位置");
        return ASSAY_OK;
    }
    AY_TRY(ay_db_int(db, "select value from assay_meta where key = 'version'", NULL, 0, ret_version, err));
    AY_FAIL_IF(*ret_version < 1, err, ASSAY_EFORMAT, "the store has lost its version; restore it from a copy",
               "存储库缺少版本号；请从备份恢复");
    *ret = *ret_version == AY_SCHEMA_VERSION  ? AY_SCHEMA_CURRENT
           : *ret_version < AY_SCHEMA_VERSION ? AY_SCHEMA_OLDER
                                              : AY_SCHEMA_NEWER;
    return ASSAY_OK;
}

static assay_status set_version(ay_db *db, assay_err *err)
{
    char version[16];
    snprintf(version, sizeof version, "%d", AY_SCHEMA_VERSION);
    const char *const args[] = {version};
    return ay_db_exec(db,
                      "insert into assay_meta (key, value) values ('version', $1) "
                      "on conflict (key) do update set value = excluded.value",
                      args, 1, err);
}

assay_status ay_schema_raise(ay_db *db, int64_t from, assay_err *err)
{
    for (int64_t i = from; i < AY_SCHEMA_VERSION; i++) AY_TRY(ay_db_script(db, steps[i], err));
    if (from == 0) AY_TRY(ay_db_guard(db, err));
    return set_version(db, err);
}

const ay_table *ay_schema_table(size_t i)
{
    return i < AY_COUNT(tables) ? &tables[i] : NULL;
}
