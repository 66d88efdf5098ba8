/* What a table, a view or a query looks like: its name, its columns and how each of their types is read. */
#include "pg/reading.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/diag.h"

/* ---- Types ---- */

/* Types with a binary reader, by their number in every PostgreSQL; the rest is cast to text by the server. bpchar is
 * among the rest: the blanks that fill a char(n) up are no part of the value, and the cast takes them off. float4 is
 * made a float8 by the server, so that text COPY, which would send fewer digits, gives the same value. */
static const struct type_map {
    Oid oid;
    ay_type type;
    const char *cast;
} type_map[] = {
    {16, AY_BOOL, ""},       {17, AY_BYTES, ""},       {20, AY_INT, ""},
    {21, AY_INT, ""},        {23, AY_INT, ""},         {25, AY_TEXT, ""},
    {26, AY_INT, "::int8"},  {114, AY_JSON, ""},       {700, AY_FLOAT, "::float8"},
    {701, AY_FLOAT, ""},     {1043, AY_TEXT, ""},      {1082, AY_DATE, ""},
    {1083, AY_TIME, ""},     {1114, AY_TIMESTAMP, ""}, {1184, AY_TIMESTAMPTZ, ""},
    {1186, AY_INTERVAL, ""}, {1266, AY_TIMETZ, ""},    {1700, AY_DEC, ""},
    {2950, AY_UUID, ""},     {3802, AY_JSONB, ""},
};

static struct type_map map_type(Oid base, bool is_enum)
{
    for (size_t i = 0; i < AY_COUNT(type_map); i++)
        if (type_map[i].oid == base) return type_map[i];
    return (struct type_map){base, AY_TEXT, is_enum ? "" : "::text"};
}

/* Domains are resolved down to the type below them, however many there are in between. */
static const char types_sql[] =
    "with recursive base(i, oid) as ("
    " select i, ($1::pg_catalog.oid[])[i] from pg_catalog.generate_series(1, $3::pg_catalog.int4) i"
    " union all"
    " select b.i, t.typbasetype from base b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype = 'd')"
    " select t.oid, t.typtype = 'e', pg_catalog.format_type(($1::pg_catalog.oid[])[b.i], ($2::pg_catalog.int4[])[b.i])"
    " from base b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype <> 'd' order by b.i";

/* A column as the server describes it, before its type is looked up. Names belong to a PGresult. */
typedef struct raw_column {
    const char *name;
    Oid type;
    int modifier;
    bool not_null;
    bool is_stored; /* false: it is generated, or of a query */
} raw_column;

/* ---- Text ---- */

assay_status ay_pg_keep(ay_pg_reading *reading, const ay_buf *text, const char **ret, assay_err *err)
{
    AY_TRY(ay_buf_status(text, err));
    *ret = ay_arena_copy(&reading->arena, ay_buf_view(text));
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static assay_status keep_text(ay_pg_reading *reading, const char *text, const char **ret, assay_err *err)
{
    *ret = ay_arena_copy(&reading->arena, ay_str_from(text));
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static void put_identifier(ay_buf *out, const char *name)
{
    ay_buf_char(out, '"');
    for (const char *c = name; *c; c++) {
        if (*c == '"') ay_buf_char(out, '"');
        ay_buf_char(out, *c);
    }
    ay_buf_char(out, '"');
}

/* ---- Columns ---- */

static assay_status look_up_types(ay_pg_reading *reading, const raw_column *raw, int n, PGresult **ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf oids = {0};
    AY_CLEANUP(ay_buf_free) ay_buf modifiers = {0};
    char count[16];
    for (int i = 0; i < n; i++) {
        ay_buf_printf(&oids, "%c%u", i ? ',' : '{', raw[i].type);
        ay_buf_printf(&modifiers, "%c%d", i ? ',' : '{', raw[i].modifier);
    }
    ay_buf_put(&oids, n ? "}" : "{}", n ? 2 : 3); /* with the closing zero */
    ay_buf_put(&modifiers, n ? "}" : "{}", n ? 2 : 3);
    AY_TRY(ay_buf_status(&oids, err));
    AY_TRY(ay_buf_status(&modifiers, err));
    (void)snprintf(count, sizeof count, "%d", n);
    AY_CLEANUP(ay_pg_clear) PGresult *types = NULL;
    AY_TRY(
        ay_pg_query(&reading->pg->leader, types_sql, (const char *[]){oids.ptr, modifiers.ptr, count}, 3, &types, err));
    AY_FAIL_IF(PQntuples(types) != n, err, ASSAY_ESOURCE,
               "%1$.0s%2$s %3$s: the types of its columns were changed just now; run again",
               "%1$s%2$.0s %3$s：其列的类型刚刚被修改，请重新运行", reading->act.zh, reading->act.en,
               reading->act.name);
    *ret = AY_STEAL(types);
    return ASSAY_OK;
}

static assay_status fill_column(ay_pg_reading *reading, const PGresult *types, int i, ay_column *column, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf expr = {0};
    const Oid base = (Oid)strtoul(PQgetvalue(types, i, 0), NULL, 10);
    const struct type_map how = map_type(base, *PQgetvalue(types, i, 1) == 't');
    column->type = how.type;
    reading->is_stored[i] &= *how.cast == '\0';
    AY_TRY(keep_text(reading, PQgetvalue(types, i, 2), &column->source_type, err));
    put_identifier(&expr, column->name);
    ay_buf_text(&expr, how.cast);
    return ay_pg_keep(reading, &expr, &reading->all_exprs[i], err);
}

static assay_status fill_columns(ay_pg_reading *reading, const raw_column *raw, int n, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *types = NULL;
    ay_column *columns = AY_ARENA_ARRAY(&reading->arena, (size_t)n, ay_column);
    reading->all_exprs = AY_ARENA_ARRAY(&reading->arena, (size_t)n, const char *);
    reading->is_stored = AY_ARENA_ARRAY(&reading->arena, (size_t)n, bool);
    AY_NOMEM_IF(!columns || !reading->all_exprs || !reading->is_stored, err);
    AY_TRY(look_up_types(reading, raw, n, &types, err));
    for (int i = 0; i < n; i++) {
        columns[i].not_null = raw[i].not_null;
        reading->is_stored[i] = raw[i].is_stored;
        AY_TRY(keep_text(reading, raw[i].name, &columns[i].name, err));
        AY_TRY(fill_column(reading, types, i, &columns[i], err));
    }
    reading->all = (ay_schema){columns, (uint32_t)n};
    return ASSAY_OK;
}

/* COPY of a table refuses a generated column that is named. */
enum { GENERATED_VERSION = 120000 };

#define COLUMNS_SQL(is_stored)                                                                                         \
    "select a.attname, a.atttypid, a.atttypmod, a.attnotnull, " is_stored " from pg_catalog.pg_attribute a"            \
    " where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped order by a.attnum"

static assay_status describe_relation(ay_pg_reading *reading, assay_err *err)
{
    ay_pg_conn *leader = &reading->pg->leader;
    const char *const sql = PQserverVersion(leader->pq) >= GENERATED_VERSION ? COLUMNS_SQL("a.attgenerated = ''")
                                                                             : COLUMNS_SQL("false"); /* who knows */
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_query(leader, sql, &reading->oid, 1, &result, err));
    const int n = PQntuples(result);
    raw_column *raw = AY_ARENA_ARRAY(&reading->arena, (size_t)n, raw_column);
    AY_NOMEM_IF(!raw, err);
    for (int i = 0; i < n; i++)
        raw[i] = (raw_column){.name = PQgetvalue(result, i, 0),
                              .type = (Oid)strtoul(PQgetvalue(result, i, 1), NULL, 10),
                              .modifier = (int)strtol(PQgetvalue(result, i, 2), NULL, 10),
                              .not_null = *PQgetvalue(result, i, 3) == 't',
                              .is_stored = *PQgetvalue(result, i, 4) == 't'};
    return fill_columns(reading, raw, n, err);
}

/* ---- Tables and views ---- */

/* "no such table" with the nearest name that this user can see. */
static assay_status fail_unknown(ay_pg_reading *reading, const char *table, assay_err *err)
{
    static const char sql[] =
        "select case when pg_catalog.pg_table_is_visible(c.oid) and pg_catalog.strpos($1, '.') = 0"
        " then pg_catalog.quote_ident(c.relname) else pg_catalog.format('%I.%I', n.nspname, c.relname) end"
        " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        " order by 1 limit 10000";
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_query(&reading->pg->leader, sql, &table, 1, &result, err));
    const size_t n = (size_t)PQntuples(result);
    const char **names = AY_ARENA_ARRAY(&reading->arena, n, const char *);
    AY_NOMEM_IF(!names, err);
    for (size_t i = 0; i < n; i++) names[i] = PQgetvalue(result, (int)i, 0);
    const char *near = ay_nearest(ay_str_from(table), names, n);
    AY_FAIL_IF(near, err, ASSAY_ESOURCE, "database \"%s\" has no table or view %s; did you mean %s?",
               "数据库 \"%s\" 中没有表或视图 %s；是否为 %s？", PQdb(reading->pg->leader.pq), table, near);
    return ay_fail(
        err, ASSAY_ESOURCE, "database \"%s\" has no table or view %s; check the name, its schema and the search_path",
        "数据库 \"%s\" 中没有表或视图 %s；请检查名称、模式与 search_path", PQdb(reading->pg->leader.pq), table);
}

static assay_status resolve_relation(ay_pg_reading *reading, const char *table, assay_err *err)
{
    static const char sql[] = "select c.oid, c.relkind, pg_catalog.format('%I.%I', n.nspname, c.relname)"
                              " from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                              " where c.oid = pg_catalog.to_regclass($1)";
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_query(&reading->pg->leader, sql, &table, 1, &result, err));
    if (PQntuples(result) == 0) return fail_unknown(reading, table, err);
    AY_TRY(keep_text(reading, PQgetvalue(result, 0, 0), &reading->oid, err));
    AY_TRY(keep_text(reading, PQgetvalue(result, 0, 2), &reading->from, err));
    reading->kind = *PQgetvalue(result, 0, 1);
    AY_FAIL_IF(!strchr("rpvmf", reading->kind), err, ASSAY_ESOURCE,
               "%s is neither a table nor a view; name one of these in the dataset",
               "%s 既不是表也不是视图；请在数据集中写明表或视图", reading->from);
    return describe_relation(reading, err);
}

/* ---- Queries ---- */

/* White space and semicolons at the end go; a comment may stand anywhere but behind the semicolon. The line feed ends a
 * comment of the last line. */
static assay_status resolve_query(ay_pg_reading *reading, const char *query, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf sql = {0};
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    size_t len = strlen(query);
    while (len > 0 && strchr("; \t\r\n", query[len - 1])) len--;
    ay_buf_printf(&sql, "(%.*s\n) as assay_query", (int)len, query);
    AY_TRY(ay_pg_keep(reading, &sql, &reading->from, err));
    reading->kind = 'q';
    ay_buf_clear(&sql);
    ay_buf_printf(&sql, "select * from %s limit 0", reading->from);
    ay_buf_char(&sql, '\0');
    AY_TRY(ay_buf_status(&sql, err));
    AY_TRY(ay_pg_query(&reading->pg->leader, sql.ptr, NULL, 0, &result, err));
    const int n = PQnfields(result);
    raw_column *raw = AY_ARENA_ARRAY(&reading->arena, (size_t)n, raw_column);
    AY_NOMEM_IF(!raw, err);
    for (int i = 0; i < n; i++)
        raw[i] = (raw_column){.name = PQfname(result, i), .type = PQftype(result, i), .modifier = PQfmod(result, i)};
    return fill_columns(reading, raw, n, err);
}

/* ---- What is wanted of it ---- */

static uint32_t find_column(const ay_schema *schema, const char *name)
{
    uint32_t i = 0;
    while (i < schema->n && strcmp(schema->columns[i].name, name) != 0) i++;
    return i;
}

static assay_status choose_wanted(ay_pg_reading *reading, const ay_pg_request *request, assay_err *err)
{
    ay_column *columns = AY_ARENA_ARRAY(&reading->arena, request->n, ay_column);
    reading->wanted_exprs = AY_ARENA_ARRAY(&reading->arena, request->n, const char *);
    AY_NOMEM_IF(!columns || !reading->wanted_exprs, err);
    reading->wanted.columns = columns;
    reading->can_copy = true;
    for (uint32_t i = 0; i < request->n; i++) {
        const uint32_t at = find_column(&reading->all, request->columns[i]);
        const bool is_repeated = find_column(&reading->wanted, request->columns[i]) < reading->wanted.n;
        if (at == reading->all.n || is_repeated) continue;
        reading->wanted_exprs[reading->wanted.n] = reading->all_exprs[at];
        reading->can_copy &= reading->is_stored[at];
        columns[reading->wanted.n++] = reading->all.columns[at];
    }
    return ASSAY_OK;
}

void ay_pg_put_columns(const ay_pg_reading *reading, ay_buf *out)
{
    for (uint32_t i = 0; i < reading->wanted.n; i++)
        ay_buf_printf(out, "%s%s", i ? ", " : "", reading->wanted_exprs[i]);
}

/* Selects nothing, and by that asks the server for the permission on these very columns, and takes the lock that keeps
 * others from altering, truncating or rewriting the table until the session ends. */
static assay_status check_and_lock(ay_pg_reading *reading, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf sql = {0};
    ay_buf_text(&sql, "select ");
    ay_pg_put_columns(reading, &sql);
    ay_buf_printf(&sql, " from %s limit 0", reading->from);
    ay_buf_char(&sql, '\0');
    AY_TRY(ay_buf_status(&sql, err));
    return ay_pg_query(&reading->pg->leader, sql.ptr, NULL, 0, NULL, err);
}

static assay_status name_act(ay_pg_reading *reading, const ay_pg_request *request, assay_err *err)
{
    enum { SHOWN = 80 };
    const ay_str text = ay_str_from(request->table ? request->table : request->query);
    size_t len = text.len > SHOWN ? SHOWN : text.len;
    while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80) len--;
    reading->act = request->table ? (ay_pg_act){"cannot read table", "无法读取表", NULL}
                                  : (ay_pg_act){"cannot read query", "无法读取查询", NULL};
    reading->act.name = ay_arena_copy(&reading->arena, (ay_str){text.ptr, len});
    AY_NOMEM_IF(!reading->act.name, err);
    reading->pg->leader.act = reading->act;
    return ASSAY_OK;
}

assay_status ay_pg_describe(ay_pg_reading *reading, const ay_pg_request *request, assay_err *err)
{
    AY_TRY(name_act(reading, request, err));
    AY_TRY(request->table ? resolve_relation(reading, request->table, err)
                          : resolve_query(reading, request->query, err));
    AY_TRY(choose_wanted(reading, request, err));
    return check_and_lock(reading, err);
}
