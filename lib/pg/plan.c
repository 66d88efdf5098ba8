/* Cutting a relation into parts that are together the relation, each record once.
 *
 * A unit is a table or a leaf partition. The units lie behind each other on a line of pages; a part is a stretch of
 * that line: ctid ranges of the units it meets. That is right because a tuple that the snapshot sees keeps its ctid as
 * long as the snapshot lives, and the lock taken by ay_pg_describe keeps VACUUM FULL and CLUSTER out. The last range of
 * a unit has no upper end, since the unit may have grown. */
#include "pg/reading.h"

#include <stdio.h>

#include "base/buf.h"

enum { PART_PAGES = 500, TID_RANGE_SCAN_VERSION = 140000 };

typedef struct unit {
    const char *name;  /* quoted */
    uint64_t from, to; /* its stretch of the line; empty units take one page, so that they lie somewhere */
    bool can_be_cut;
} unit;

typedef struct line {
    unit *units;
    uint32_t n;
    uint64_t pages;
    bool can_be_cut; /* false: the relation is read as a whole */
} line;

/* has_table_privilege, row_security_active: the leaves are read by themselves, where otherwise only the right to the
 * parent counts. The last column tells a table that was truncated or rewritten between the snapshot and the lock: its
 * old rows, which the snapshot would have shown, are gone. */
static const char units_sql[] =
    "with recursive tree(oid) as ("
    " select $1::pg_catalog.oid union"
    " select i.inhrelid from tree t join pg_catalog.pg_inherits i on i.inhparent = t.oid)"
    " select pg_catalog.format('%I.%I', n.nspname, c.relname),"
    " coalesce(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::pg_catalog.int8,"
    " c.reltuples::pg_catalog.int8,"
    " c.relkind in ('r', 'm') and a.amname = 'heap',"
    " c.oid = $1::pg_catalog.oid or pg_catalog.has_table_privilege(c.oid, 'SELECT') and not "
    "pg_catalog.row_security_active(c.oid),"
    " c.relfilenode <> 0 and c.relfilenode <> coalesce(pg_catalog.pg_relation_filenode(c.oid), c.relfilenode)"
    " from tree t join pg_catalog.pg_class c on c.oid = t.oid"
    " join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join pg_catalog.pg_am a on a.oid = c.relam"
    " where c.relkind <> 'p' order by c.oid";

static int64_t int_at(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}
static bool bool_at(const PGresult *result, int row, int column)
{
    return *PQgetvalue(result, row, column) == 't';
}

static assay_status lay_line(ay_pg_reading *reading, const PGresult *result, line *ret, assay_err *err)
{
    const int n = PQntuples(result);
    *ret = (line){.units = AY_ARENA_ARRAY(&reading->arena, (size_t)n, unit), .n = (uint32_t)n, .can_be_cut = true};
    AY_NOMEM_IF(!ret->units, err);
    reading->estimate = 0;
    for (int i = 0; i < n; i++) {
        AY_FAIL_IF(bool_at(result, i, 5), err, ASSAY_ESOURCE,
                   "cannot read table %s: %s was truncated or rewritten just after the run began; run again",
                   "无法读取表 %s：%s 在运行开始后被清空或重写，请重新运行", reading->act.name,
                   PQgetvalue(result, i, 0));
        unit *u = &ret->units[i];
        u->name = ay_arena_copy(&reading->arena, ay_str_from(PQgetvalue(result, i, 0)));
        AY_NOMEM_IF(!u->name, err);
        u->from = ret->pages;
        u->to = ret->pages += (uint64_t)int_at(result, i, 1) + 1;
        u->can_be_cut = bool_at(result, i, 3) && PQserverVersion(reading->pg->leader.pq) >= TID_RANGE_SCAN_VERSION;
        ret->can_be_cut = ret->can_be_cut && bool_at(result, i, 4);
        const int64_t tuples = int_at(result, i, 2);
        reading->estimate = tuples < 0 || reading->estimate < 0 ? -1 : reading->estimate + tuples;
    }
    return ASSAY_OK;
}

/* ---- Statements ---- */

static void put_select(const ay_pg_reading *reading, const char *from, ay_buf *out)
{
    ay_buf_text(out, "select ");
    ay_pg_put_columns(reading, out);
    ay_buf_printf(out, " from %s", from);
}

/* `what`: a table with its columns, or a select in brackets. */
static assay_status add_copy(ay_pg_reading *reading, const ay_buf *what, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf copy = {0};
    AY_TRY(ay_buf_status(what, err));
    ay_buf_text(&copy, "copy ");
    ay_buf_str(&copy, ay_buf_view(what));
    ay_buf_text(&copy, reading->pg->is_binary ? " to stdout (format binary)" : " to stdout");
    return ay_pg_keep(reading, &copy, &reading->parts[reading->n_parts++], err);
}

static assay_status add_part(ay_pg_reading *reading, const ay_buf *select, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf what = {0};
    AY_TRY(ay_buf_status(select, err));
    ay_buf_char(&what, '(');
    ay_buf_str(&what, ay_buf_view(select));
    ay_buf_char(&what, ')');
    return add_copy(reading, &what, err);
}

/* The stretch [from, to) of a unit. A unit that cannot be cut belongs to the part in which it begins. */
static void put_range(const ay_pg_reading *reading, const unit *u, uint64_t from, uint64_t to, ay_buf *out)
{
    const bool has_begin = from <= u->from, has_end = to >= u->to;
    if (from >= u->to || to <= u->from || (!u->can_be_cut && !has_begin)) return;
    if (out->len) ay_buf_text(out, " union all ");
    put_select(reading, "only ", out);
    ay_buf_text(out, u->name);
    if (!u->can_be_cut) return;
    if (!has_begin) ay_buf_printf(out, " where ctid >= '(%llu,0)'", (unsigned long long)(from - u->from));
    if (!has_end)
        ay_buf_printf(out, " %s ctid < '(%llu,0)'", has_begin ? "where" : "and", (unsigned long long)(to - u->from));
}

static assay_status cut(ay_pg_reading *reading, const line *l, uint32_t wanted_parts, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf select = {0};
    for (uint32_t k = 0; k < wanted_parts; k++) {
        ay_buf_clear(&select);
        for (uint32_t i = 0; i < l->n; i++)
            put_range(reading, &l->units[i], l->pages * k / wanted_parts, l->pages * (k + 1) / wanted_parts, &select);
        if (select.len || select.failed) AY_TRY(add_part(reading, &select, err));
    }
    return ASSAY_OK;
}

static uint32_t parts_worth(const ay_pg_reading *reading, const line *l)
{
    const uint64_t worth = l->pages / PART_PAGES;
    if (!l->can_be_cut || worth < 2) return 1;
    return worth < reading->pg->jobs ? (uint32_t)worth : reading->pg->jobs;
}

static assay_status read_whole(ay_pg_reading *reading, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf select = {0};
    put_select(reading, reading->from, &select);
    return add_part(reading, &select, err);
}

/* COPY of a table itself, which takes the server less than that of a select. It must be a plain table with nothing
 * below it: of a parent COPY would take the parent's own rows only. */
static assay_status read_table(ay_pg_reading *reading, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf what = {0};
    ay_buf_printf(&what, "%s (", reading->from);
    ay_pg_put_columns(reading, &what);
    ay_buf_char(&what, ')');
    return add_copy(reading, &what, err);
}

/* ---- Pieces, each read in a session of its own ---- */

/* The sessions see the table at different sizes, so the cuts must not depend on it: pages go to the pieces in turn, in
 * stretches that get longer, and where the table ends no piece has more than about a fifth more than another. */
enum { STRETCH_PAGES = 64, STRETCH_GROWTH = 4 };

/* Units and turns are shifted against each other, so that not all of them begin with the same piece. */
static bool is_ours(const ay_pg_reading *reading, uint64_t turn, uint32_t unit_number, uint32_t stretch)
{
    return (stretch + turn + unit_number) % reading->pieces == reading->piece - 1;
}

static void put_stretches(const ay_pg_reading *reading, const unit *u, uint32_t number, ay_buf *out)
{
    const unit from_zero = {.name = u->name, .from = 0, .to = UINT64_MAX, .can_be_cut = true};
    const uint64_t pages = u->to - u->from;
    uint64_t at = 0, len = STRETCH_PAGES;
    for (uint64_t turn = 0; at < pages; turn++, len += len / STRETCH_GROWTH)
        for (uint32_t i = 0; i < reading->pieces && at < pages; i++, at += len)
            if (is_ours(reading, turn, number, i)) put_range(reading, &from_zero, at, at + len, out);
}

static assay_status read_piece(ay_pg_reading *reading, const line *l, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf select = {0};
    AY_FAIL_IF(!l->can_be_cut, err, ASSAY_ESOURCE,
               "cannot read table %s in pieces: this user may not read each of its partitions",
               "无法分块读取表 %s：当前用户无权读取它的每个分区", reading->act.name);
    for (uint32_t i = 0; i < l->n; i++) {
        const unit *u = &l->units[i];
        if (u->can_be_cut) put_stretches(reading, u, i, &select);
        else if (is_ours(reading, 0, i, 0)) put_range(reading, u, u->from, u->to, &select);
    }
    if (!select.len && !select.failed) {
        put_select(reading, reading->from, &select);
        ay_buf_text(&select, " where false");
    }
    if (reading->estimate > 0) reading->estimate /= reading->pieces;
    return add_part(reading, &select, err);
}

assay_status ay_pg_plan(ay_pg_reading *reading, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    line l = {0};
    reading->estimate = -1;
    reading->parts = AY_ARENA_ARRAY(&reading->arena, reading->pg->jobs, const char *);
    AY_NOMEM_IF(!reading->parts, err);
    const bool has_pages = strchr("rpm", reading->kind); /* not: views, queries, foreign tables */
    AY_FAIL_IF(reading->pieces && !has_pages, err, ASSAY_EUSAGE, "%s is no table: it cannot be read in pieces",
               "%s 不是表：无法分块读取", reading->act.name);
    if (!has_pages) return read_whole(reading, err);
    AY_TRY(ay_pg_query(&reading->pg->leader, units_sql, &reading->oid, 1, &result, err));
    AY_TRY(lay_line(reading, result, &l, err));
    if (reading->pieces) return read_piece(reading, &l, err);
    const uint32_t n = parts_worth(reading, &l);
    if (n > 1) return cut(reading, &l, n, err);
    const bool is_plain = reading->kind == 'r' && l.n == 1 && reading->can_copy;
    return is_plain ? read_table(reading, err) : read_whole(reading, err);
}
