#include "store/db_kind.h"

#include "base/mem.h"

bool ay_db_is_server(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

assay_status ay_db_open(const ay_db_options *options, ay_db **ret, assay_err *err)
{
    return ay_db_is_server(options->where) ? ay_postgres_open(options, ret, err) : ay_sqlite_open(options, ret, err);
}

ay_db *ay_db_close(ay_db *db)
{
    return db ? db->kind->close(db) : NULL;
}

assay_status ay_db_begin(ay_db *db, bool to_write, assay_err *err)
{
    return db->kind->begin(db, to_write, err);
}

assay_status ay_db_commit(ay_db *db, assay_err *err)
{
    return db->kind->commit(db, err);
}

void ay_db_rollback(ay_db *db)
{
    db->kind->rollback(db);
}

/* The words of the back end in place of ours. */
static void put_dialect(const ay_db_kind *kind, const char *sql, ay_buf *out)
{
    const struct {
        const char *word, *text;
    } words[] = {{"%serial%", kind->serial}, {"%id%", kind->id}, {"%by_key%", kind->by_key}};
    for (const char *at; (at = strchr(sql, '%'));) {
        size_t i = 0;
        while (i < AY_COUNT(words) && strncmp(at, words[i].word, strlen(words[i].word)) != 0) i++;
        ay_buf_put(out, sql, (size_t)(at - sql));
        ay_buf_text(out, i < AY_COUNT(words) ? words[i].text : "%");
        sql = at + (i < AY_COUNT(words) ? strlen(words[i].word) : 1);
    }
    ay_buf_text(out, sql);
    ay_buf_char(out, '\0');
}

assay_status ay_db_script(ay_db *db, const char *sql, assay_err *err)
{
    ay_buf text = {0};
    put_dialect(db->kind, sql, &text);
    assay_status st = ay_buf_status(&text, err);
    if (st == ASSAY_OK) st = db->kind->script(db, text.ptr, err);
    ay_buf_free(&text);
    return st;
}

assay_status ay_db_has_table(ay_db *db, const char *name, bool *ret, assay_err *err)
{
    int64_t n = 0;
    AY_TRY(ay_db_int(db, db->kind->find_table, &name, 1, &n, err));
    *ret = n > 0;
    return ASSAY_OK;
}

assay_status ay_db_guard(ay_db *db, assay_err *err)
{
    return db->kind->script(db, db->kind->guard, err);
}

assay_status ay_db_exec(ay_db *db, const char *sql, const char *const *args, int n, assay_err *err)
{
    return db->kind->exec(db, sql, args, n, err);
}

assay_status ay_db_query(ay_db *db, const char *sql, const char *const *args, int n, ay_rows **ret, assay_err *err)
{
    return db->kind->query(db, sql, args, n, ret, err);
}

assay_status ay_rows_next(ay_rows *rows, bool *ret_end, assay_err *err)
{
    return rows->kind->next(rows, ret_end, err);
}

ay_str ay_rows_text(const ay_rows *rows, int column)
{
    return rows->kind->text(rows, column);
}

int64_t ay_rows_int(const ay_rows *rows, int column)
{
    const ay_str text = ay_rows_text(rows, column);
    return text.ptr ? strtoll(text.ptr, NULL, 10) : 0; /* both back ends end their texts with a zero */
}

ay_rows *ay_rows_close(ay_rows *rows)
{
    return rows ? rows->kind->rows_close(rows) : NULL;
}

assay_status ay_db_text(ay_db *db, const char *sql, const char *const *args, int n, ay_arena *arena, const char **ret,
                        assay_err *err)
{
    ay_rows *rows = NULL;
    bool end = false;
    *ret = NULL;
    AY_TRY(ay_db_query(db, sql, args, n, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    if (st == ASSAY_OK && !end && ay_rows_text(rows, 0).ptr) {
        *ret = ay_arena_copy(arena, ay_rows_text(rows, 0));
        if (!*ret) st = ay_fail_nomem(err);
    }
    ay_rows_close(rows);
    return st;
}

assay_status ay_db_int(ay_db *db, const char *sql, const char *const *args, int n, int64_t *ret, assay_err *err)
{
    ay_rows *rows = NULL;
    bool end = false;
    *ret = 0;
    AY_TRY(ay_db_query(db, sql, args, n, &rows, err));
    const assay_status st = ay_rows_next(rows, &end, err);
    if (st == ASSAY_OK && !end) *ret = ay_rows_int(rows, 0);
    ay_rows_close(rows);
    return st;
}

assay_status ay_bulk_open(ay_db *db, const char *table, const char *const *columns, int n, ay_bulk **ret,
                          assay_err *err)
{
    return db->kind->bulk_open(db, table, columns, n, ret, err);
}

assay_status ay_bulk_put(ay_bulk *bulk, const ay_str *values, assay_err *err)
{
    return bulk->kind->bulk_put(bulk, values, err);
}

assay_status ay_bulk_close(ay_bulk *bulk, assay_err *err)
{
    return bulk->kind->bulk_close(bulk, err);
}

ay_bulk *ay_bulk_drop(ay_bulk *bulk)
{
    return bulk ? bulk->kind->bulk_drop(bulk) : NULL;
}

assay_status ay_db_hold(ay_db *db, const char *name, bool *ret, assay_err *err)
{
    return db->kind->hold(db, name, ret, err);
}

assay_status ay_db_check(ay_db *db, ay_buf *complaints, assay_err *err)
{
    return db->kind->check(db, complaints, err);
}
