/* The store as one SQLite file, in WAL mode: readers are never in the way of a run, and what was not committed when
 * the power went is simply not there. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "store/db_kind.h"

typedef struct sqlite_db {
    ay_db base;
    sqlite3 *handle;
    char *where;
    int lock_fd; /* -1: nothing is held */
} sqlite_db;

typedef struct sqlite_rows {
    ay_rows base;
    sqlite_db *db;
    sqlite3_stmt *stmt;
} sqlite_rows;

typedef struct sqlite_bulk {
    ay_bulk base;
    sqlite_db *db;
    sqlite3_stmt *stmt;
    int n;
} sqlite_bulk;

/* ---- Words ---- */

static assay_status fail(const sqlite_db *db, int code, assay_err *err)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM: return ay_fail_nomem(err);
    case SQLITE_BUSY:
        return ay_fail(err, ASSAY_EIO, "store %s: another process has been writing to it for too long; run again later",
                       "存储库 %s：另一进程长时间占用写入；请稍后重试", db->where);
    case SQLITE_FULL:
        return ay_fail(err, ASSAY_EIO, "store %s: the disk is full; nothing of this was kept",
                       "存储库 %s：磁盘已满；本次内容未保存", db->where);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ay_fail(err, ASSAY_EFORMAT, "store %s: not a whole SQLite database (%s); restore it from a copy",
                       "存储库 %s：不是完好的 SQLite 数据库（%s）；请从备份恢复", db->where,
                       sqlite3_errmsg(db->handle));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
        return ay_fail(err, ASSAY_EIO, "store %s: %s; check path, permissions and disk",
                       "存储库 %s：%s；请检查路径、权限与磁盘", db->where, sqlite3_errmsg(db->handle));
    default:
        return ay_fail(err, ASSAY_EINTERNAL, "store %s: %s", "存储库 %s：%s", db->where, sqlite3_errmsg(db->handle));
    }
}

/* ---- Open and close ---- */

static ay_db *close_db(ay_db *base)
{
    sqlite_db *db = (sqlite_db *)base;
    sqlite3_close(db->handle);
    if (db->lock_fd >= 0) close(db->lock_fd);
    ay_free(db->where);
    return ay_free(db);
}

/* Made by us, so that nobody else may read it: what is not masked may be in it. */
static assay_status make_file(const char *where, assay_err *err)
{
    const int fd = open(where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    AY_FAIL_IF(fd < 0 && errno != EEXIST, err, ASSAY_EIO, "store %s cannot be made: %s", "无法创建存储库 %s：%s", where,
               strerror(errno));
    if (fd >= 0) close(fd);
    return ASSAY_OK;
}

static assay_status script(ay_db *base, const char *sql, assay_err *err)
{
    sqlite_db *db = (sqlite_db *)base;
    const int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ASSAY_OK : fail(db, code, err);
}

/* A new file becomes one with a log beside it; what is somebody else's stays as it is. */
static assay_status set_journal(sqlite_db *db, assay_err *err)
{
    int64_t is_empty = 0;
    AY_TRY(ay_db_int(&db->base, "select count(*) = 0 from sqlite_master", NULL, 0, &is_empty, err));
    return is_empty ? script(&db->base, "pragma journal_mode = wal", err) : ASSAY_OK;
}

static assay_status set_up(sqlite_db *db, const ay_db_options *options, assay_err *err)
{
    const int code = sqlite3_open_v2(options->where, &db->handle, SQLITE_OPEN_READWRITE, NULL);
    AY_FAIL_IF(code != SQLITE_OK && access(options->where, F_OK) != 0, err, ASSAY_EIO,
               "there is no store %s; 'assay store init' makes one", "没有存储库 %s；可用 assay store init 创建",
               options->where);
    if (code != SQLITE_OK) return fail(db, code, err);
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, (int)options->patience_ms);
    AY_TRY(script(&db->base,
                  "pragma synchronous = full; pragma cache_size = -32768; pragma trusted_schema = off;"
                  "pragma cell_size_check = on",
                  err));
    return options->create ? set_journal(db, err) : ASSAY_OK;
}

/* ---- Transactions ---- */

static assay_status begin(ay_db *base, bool to_write, assay_err *err)
{
    return script(base, to_write ? "begin immediate" : "begin", err);
}

static assay_status commit(ay_db *base, assay_err *err)
{
    return script(base, "commit", err);
}

static void rollback(ay_db *base)
{
    sqlite_db *db = (sqlite_db *)base;
    if (!sqlite3_get_autocommit(db->handle)) (void)sqlite3_exec(db->handle, "rollback", NULL, NULL, NULL);
}

/* ---- Statements ---- */

static assay_status prepare(sqlite_db *db, const char *sql, const char *const *args, int n, sqlite3_stmt **ret,
                            assay_err *err)
{
    int code = sqlite3_prepare_v2(db->handle, sql, -1, ret, NULL);
    for (int i = 0; code == SQLITE_OK && i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        const int at = sqlite3_bind_parameter_index(*ret, name);
        if (at && args[i]) code = sqlite3_bind_text(*ret, at, args[i], -1, SQLITE_TRANSIENT);
    }
    if (code == SQLITE_OK) return ASSAY_OK;
    const assay_status st = fail(db, code, err);
    sqlite3_finalize(*ret);
    *ret = NULL;
    return st;
}

static assay_status exec(ay_db *base, const char *sql, const char *const *args, int n, assay_err *err)
{
    sqlite_db *db = (sqlite_db *)base;
    sqlite3_stmt *stmt = NULL;
    AY_TRY(prepare(db, sql, args, n, &stmt, err));
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(stmt);
    const assay_status st = code == SQLITE_DONE ? ASSAY_OK : fail(db, code, err);
    sqlite3_finalize(stmt);
    return st;
}

static ay_rows *rows_close(ay_rows *base)
{
    sqlite_rows *rows = (sqlite_rows *)base;
    sqlite3_finalize(rows->stmt);
    return ay_free(rows);
}

static const ay_db_kind kind;

static assay_status query(ay_db *base, const char *sql, const char *const *args, int n, ay_rows **ret, assay_err *err)
{
    sqlite_rows *rows = AY_NEW(sqlite_rows);
    AY_NOMEM_IF(!rows, err);
    rows->base.kind = &kind;
    rows->db = (sqlite_db *)base;
    const assay_status st = prepare(rows->db, sql, args, n, &rows->stmt, err);
    if (st == ASSAY_OK) *ret = &rows->base;
    else ay_free(rows);
    return st;
}

static assay_status next(ay_rows *base, bool *ret_end, assay_err *err)
{
    sqlite_rows *rows = (sqlite_rows *)base;
    const int code = sqlite3_step(rows->stmt);
    *ret_end = code == SQLITE_DONE;
    return code == SQLITE_ROW || code == SQLITE_DONE ? ASSAY_OK : fail(rows->db, code, err);
}

static ay_str text(const ay_rows *base, int column)
{
    sqlite3_stmt *stmt = ((const sqlite_rows *)base)->stmt;
    const char *ptr = (const char *)sqlite3_column_text(stmt, column);
    return ptr ? (ay_str){ptr, (size_t)sqlite3_column_bytes(stmt, column)} : (ay_str){0};
}

/* ---- Bulk ---- */

static void put_insert(ay_buf *sql, const char *table, const char *const *columns, int n)
{
    ay_buf_printf(sql, "insert into %s (", table);
    for (int i = 0; i < n; i++) ay_buf_printf(sql, "%s%s", i ? ", " : "", columns[i]);
    ay_buf_text(sql, ") values (");
    for (int i = 0; i < n; i++) ay_buf_printf(sql, "%s?", i ? ", " : "");
    ay_buf_put(sql, ")", 2);
}

static ay_bulk *bulk_drop(ay_bulk *base)
{
    sqlite_bulk *bulk = (sqlite_bulk *)base;
    sqlite3_finalize(bulk->stmt);
    return ay_free(bulk);
}

static assay_status bulk_open(ay_db *base, const char *table, const char *const *columns, int n, ay_bulk **ret,
                              assay_err *err)
{
    ay_buf sql = {0};
    put_insert(&sql, table, columns, n);
    assay_status st = ay_buf_status(&sql, err);
    sqlite_bulk *bulk = st == ASSAY_OK ? AY_NEW(sqlite_bulk) : NULL;
    if (st == ASSAY_OK && !bulk) st = ay_fail_nomem(err);
    if (st == ASSAY_OK) {
        *bulk = (sqlite_bulk){{&kind}, (sqlite_db *)base, NULL, n};
        st = prepare(bulk->db, sql.ptr, NULL, 0, &bulk->stmt, err);
    }
    ay_buf_free(&sql);
    if (st == ASSAY_OK) *ret = &bulk->base;
    else ay_free(bulk);
    return st;
}

static assay_status bulk_put(ay_bulk *base, const ay_str *values, assay_err *err)
{
    sqlite_bulk *bulk = (sqlite_bulk *)base;
    int code = SQLITE_OK;
    for (int i = 0; i < bulk->n && code == SQLITE_OK; i++)
        code = values[i].ptr ? sqlite3_bind_text(bulk->stmt, i + 1, values[i].ptr, (int)values[i].len, SQLITE_STATIC)
                             : sqlite3_bind_null(bulk->stmt, i + 1);
    if (code == SQLITE_OK) code = sqlite3_step(bulk->stmt);
    if (code != SQLITE_DONE) return fail(bulk->db, code, err);
    sqlite3_reset(bulk->stmt);
    return ASSAY_OK;
}

static assay_status bulk_close(ay_bulk *bulk, assay_err *err)
{
    (void)err;
    bulk_drop(bulk);
    return ASSAY_OK;
}

/* ---- Names that are held ---- */

static assay_status open_lock(sqlite_db *db, assay_err *err)
{
    ay_buf path = {0};
    ay_buf_printf(&path, "%s.lock",
                  sqlite3_db_filename(db->handle, "main")); /* the same by whatever name it was opened */
    ay_buf_char(&path, '\0');
    const assay_status st = ay_buf_status(&path, err);
    if (st == ASSAY_OK) db->lock_fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const int why = errno;
    ay_buf_free(&path);
    AY_FAIL_IF(st == ASSAY_OK && db->lock_fd < 0, err, ASSAY_EIO, "%s.lock cannot be made: %s", "无法创建 %s.lock：%s",
               db->where, strerror(why));
    return st;
}

/* A byte of the lock file for each name, locked by this open file: the lock goes with the process, however it ends. */
static assay_status hold(ay_db *base, const char *name, bool *ret, assay_err *err)
{
    sqlite_db *db = (sqlite_db *)base;
    if (db->lock_fd < 0) AY_TRY(open_lock(db, err));
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)(ay_hash64(ay_str_from(name)) >> 2), .l_len = 1};
    *ret = fcntl(db->lock_fd, F_OFD_SETLK, &lock) == 0;
    AY_FAIL_IF(!*ret && errno != EAGAIN && errno != EACCES, err, ASSAY_EIO, "%s.lock cannot be locked: %s",
               "无法锁定 %s.lock：%s", db->where, strerror(errno));
    return ASSAY_OK;
}

static assay_status check(ay_db *base, ay_buf *complaints, assay_err *err)
{
    ay_rows *rows = NULL;
    bool end = false;
    AY_TRY(query(base, "pragma integrity_check(100)", NULL, 0, &rows, err));
    assay_status st = next(rows, &end, err);
    for (; st == ASSAY_OK && !end; st = next(rows, &end, err)) {
        if (ay_str_is(text(rows, 0), "ok")) continue;
        ay_buf_str(complaints, text(rows, 0));
        ay_buf_char(complaints, '\n');
    }
    rows_close(rows);
    return st;
}

static const ay_db_kind kind = {
    .serial = "integer primary key autoincrement",
    .id = "text",
    .by_key = "without rowid",
    .find_table = "select count(*) from sqlite_master where type = 'table' and name = $1",
    .guard = "create trigger event_stays before update on event begin"
             " select raise(abort, 'the history of tickets is never changed'); end",
    .close = close_db,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .script = script,
    .exec = exec,
    .query = query,
    .next = next,
    .text = text,
    .rows_close = rows_close,
    .bulk_open = bulk_open,
    .bulk_put = bulk_put,
    .bulk_close = bulk_close,
    .bulk_drop = bulk_drop,
    .hold = hold,
    .check = check,
};

assay_status ay_sqlite_open(const ay_db_options *options, ay_db **ret, assay_err *err)
{
    if (options->create) AY_TRY(make_file(options->where, err));
    sqlite_db *db = AY_NEW(sqlite_db);
    AY_NOMEM_IF(!db, err);
    db->base.kind = &kind;
    db->lock_fd = -1;
    const size_t size = strlen(options->where) + 1;
    db->where = ay_alloc(size);
    if (db->where) memcpy(db->where, options->where, size);
    const assay_status st = db->where ? set_up(db, options, err) : ay_fail_nomem(err);
    if (st == ASSAY_OK) *ret = &db->base;
    else close_db(&db->base);
    return st;
}
