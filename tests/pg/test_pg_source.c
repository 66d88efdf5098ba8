/* What can be a dataset: tables, views, queries, foreign and partitioned tables, with any name; columns and facts. */
#include "help.h"

static PGconn *admin;

static int set_up(void **state)
{
    (void)state;
    admin = admin_open();
    run_sql(admin, "create schema \"Mixed Case\"; create schema other");
    run_sql(admin, "create domain age as int check (value >= 0); create domain adult_age as age;"
                   "create table plain (id int primary key, gone text, name varchar(18) not null, twice int generated "
                   "always as (id * 2) stored);"
                   "alter table plain drop column gone; insert into plain values (1, 'a'), (2, 'b'), (3, '');"
                   "create table empty (id int);"
                   "create table nothing ();"
                   "create table domains (a adult_age, b age not null); insert into domains values (7, 8), (null, 9);"
                   "create table \"Mixed Case\".\"Tab\"\"le.x\" (\"Col\"\"umn\" text, \"order\" int);"
                   "insert into \"Mixed Case\".\"Tab\"\"le.x\" values ('v', 1);"
                   "create table 企业 (编号 int, 名称 text); insert into 企业 values (1, '遂宁');"
                   "create view shown as select id, name from plain where id < 3;"
                   "create materialized view kept as select id from plain;"
                   "create sequence counter; create index plain_name on plain (name);"
                   "create table other.plain (id int); insert into other.plain values (99);"
                   "create table parent (id int) partition by range (id);"
                   "create table p1 partition of parent for values from (0) to (10);"
                   "create table p2 partition of parent for values from (10) to (20) partition by hash (id);"
                   "create table p2a partition of p2 for values with (modulus 2, remainder 0);"
                   "create table p2b partition of p2 for values with (modulus 2, remainder 1);"
                   "insert into parent select generate_series(8, 12);"
                   "create table animal (id int); create table dog (name text) inherits (animal);"
                   "insert into animal values (1); insert into dog values (2, 'rex')");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

typedef struct read_case {
    const char *label, *table, *query;
    const char *const *columns;
    const char *const *lines; /* sorted by bytes */
} read_case;

static const read_case read_cases[] = {
    {"table", "plain", NULL, COLS("id", "name"), LINES("1|a", "2|b", "3|")},
    {"order of the wish, not of the table", "plain", NULL, COLS("name", "id"), LINES("a|1", "b|2", "|3")},
    {"one column twice is read once", "plain", NULL, COLS("id", "id"), LINES("1", "2", "3")},
    {"an unknown column is left out", "plain", NULL, COLS("id", "nome"), LINES("1", "2", "3")},
    {"a dropped column is unknown", "plain", NULL, COLS("id", "gone"), LINES("1", "2", "3")},
    {"a generated column", "plain", NULL, COLS("twice"), LINES("2", "4", "6")},
    {"unquoted names are folded", "PUBLIC.Plain", NULL, COLS("id"), LINES("1", "2", "3")},
    {"schema", "other.plain", NULL, COLS("id"), LINES("99")},
    {"empty", "empty", NULL, COLS("id"), LINES(NULL)},
    {"quoted", "\"Mixed Case\".\"Tab\"\"le.x\"", NULL, COLS("Col\"umn", "order"), LINES("v|1")},
    {"Chinese", "企业", NULL, COLS("编号", "名称"), LINES("1|遂宁")},
    {"view", "shown", NULL, COLS("id", "name"), LINES("1|a", "2|b")},
    {"materialized view", "kept", NULL, COLS("id"), LINES("1", "2", "3")},
    {"partitions, nested", "parent", NULL, COLS("id"), LINES("10", "11", "12", "8", "9")},
    {"one partition", "p2", NULL, COLS("id"), LINES("10", "11", "12")},
    {"children", "animal", NULL, COLS("id"), LINES("1", "2")},
    {"query", NULL, "select id + 1 as n from plain", COLS("n"), LINES("2", "3", "4")},
    {"semicolon, white space", NULL, " select id from plain where id = 1 ;\n; \t\n", COLS("id"), LINES("1")},
    {"comments", NULL, "-- first\nselect id /* ; */ from plain where name = ';' or id = 2 -- last", COLS("id"),
     LINES("2")},
    {"values", NULL, "values (1, 'x')", COLS("column1", "column2"), LINES("1|x")},
    {"with", NULL, "with t as (select 5 as v) select v from t", COLS("v"), LINES("5")},
    {"table command", NULL, "table shown", COLS("name"), LINES("a", "b")},
    {"per cent signs", NULL, "select '100%s %n' as v", COLS("v"), LINES("100%s %n")},
};

static void check_reads(uint32_t jobs, bool binary)
{
    ay_pg *pg = session(NULL, jobs);
    pg->is_binary = binary;
    for (size_t i = 0; i < AY_COUNT(read_cases); i++) {
        const read_case *c = &read_cases[i];
        records r = c->table ? read_table(pg, c->table, c->columns) : read_query(pg, c->query, c->columns);
        expect_lines(c->label, &r, c->lines);
        records_free(&r);
    }
    ay_pg_close(pg);
}

static void test_reads(void **state)
{
    (void)state;
    check_reads(1, true);
    check_reads(1, false);
    check_reads(4, true);
}

typedef struct refuse_case {
    const char *label, *table, *query;
    assay_status code;
    const char *en, *zh;
} refuse_case;

static const refuse_case refuse_cases[] = {
    {"no such table", "nowhere", NULL, ASSAY_ESOURCE, "has no table or view nowhere; check the name",
     "没有表或视图 nowhere"},
    {"nearest name", "plian", NULL, ASSAY_ESOURCE, "did you mean plain?", "是否为 plain？"},
    {"nearest in a schema", "othr.plain", NULL, ASSAY_ESOURCE, "did you mean other.plain?", "是否为 other.plain？"},
    {"case matters in quotes", "\"Plain\"", NULL, ASSAY_ESOURCE, "did you mean plain?", "是否为 plain？"},
    {"sequence", "counter", NULL, ASSAY_ESOURCE, "public.counter is neither a table nor a view",
     "public.counter 既不是表也不是视图"},
    {"index", "plain_name", NULL, ASSAY_ESOURCE, "public.plain_name is neither a table nor a view",
     "既不是表也不是视图"},
    {"bad name", "a b", NULL, ASSAY_ESOURCE, "cannot read table a b: invalid name syntax", "无法读取表 a b"},
    {"empty name", "", NULL, ASSAY_ESOURCE, "cannot read table : invalid name syntax", "无法读取表"},
    {"other database", "x.public.plain", NULL, ASSAY_ESOURCE, "cross-database references", "x.public.plain"},
    {"syntax", NULL, "selec 1", ASSAY_ESOURCE,
     "syntax error at or near \"1\" (SQLSTATE 42601); correct the table or query", "请更正"},
    {"empty query", NULL, " ; ", ASSAY_ESOURCE, "syntax error", "无法读取查询"},
    {"two statements", NULL, "select 1; select 2", ASSAY_ESOURCE, "syntax error at or near \";\"", "SQLSTATE 42601"},
    {"comment behind the semicolon", NULL, "select 1; -- one", ASSAY_ESOURCE, "syntax error at or near \";\"", "42601"},
    {"breaking out", NULL, "select 1) q; select (2", ASSAY_ESOURCE, "cannot insert multiple commands", "42601"},
    {"not a query", NULL, "delete from plain returning id", ASSAY_ESOURCE, "syntax error", "42601"},
    {"unknown column", NULL, "select nome from plain", ASSAY_ESOURCE, "column \"nome\" does not exist", "42703"},
    {"unknown table", NULL, "select 1 from nowhere", ASSAY_ESOURCE, "\"nowhere\" does not exist (SQLSTATE 42P01)",
     "42P01"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(refuse_cases); i++) {
        const refuse_case *c = &refuse_cases[i];
        assay_err err = {0};
        records r;
        ay_pg *pg = session(NULL, 1);
        const ay_pg_request request = request_for(c->table, c->query, COLS("id"));
        assert_int_equal(read_parts(pg, &request, &r, &err), c->code);
        expect_text(c->label, err.text, c->en);
        expect_text(c->label, err.text_zh, c->zh);
        ay_pg_close(pg);
    }
}

/* Faults that only show while reading. What stands in the table is not quoted. */
static const refuse_case late_cases[] = {
    {"ambiguous column", NULL, "select 1 as id, 2 as id", ASSAY_ESOURCE, "ambiguous", "42702"},
    {"division by zero", NULL, "select 1 / (id - 2) as id from plain", ASSAY_ESOURCE,
     "the server refused a value (SQLSTATE 22012); see the server's log", "服务器拒绝了一个取值（SQLSTATE 22012）"},
    {"no number", NULL, "select (name || '-13800138000')::int as id from plain", ASSAY_ESOURCE,
     "the server refused a value (SQLSTATE 22P02); see the server's log", "服务器拒绝了一个取值（SQLSTATE 22P02）"},
    {"no date", NULL, "select (name || '13800138000')::date as id from plain", ASSAY_ESOURCE,
     "the server refused a value (SQLSTATE 22007); see the server's log", "服务器拒绝了一个取值（SQLSTATE 22007）"},
    {"not of the domain", NULL, "select (id - 13800138)::adult_age as id from plain", ASSAY_ESOURCE,
     "the server refused a value (SQLSTATE 23514); see the server's log", "服务器拒绝了一个取值（SQLSTATE 23514）"},
    {"writing", NULL, "select nextval('counter') as id", ASSAY_ESOURCE, "read-only transaction", "只读事务"},
    {"no column at all", "nothing", NULL, ASSAY_EUSAGE, "nothing has none of the columns",
     "不含规则包字段所指的任何列"},
    {"no known column", "plain", NULL, ASSAY_EUSAGE, "none of the columns", "不含"},
};

static void test_late_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(late_cases); i++) {
        const refuse_case *c = &late_cases[i];
        assay_err err = {0};
        records r;
        ay_pg *pg = session(NULL, 1);
        const ay_pg_request request = request_for(c->table, c->query, c->table ? COLS("nope") : COLS("id"));
        assert_int_equal(read_parts(pg, &request, &r, &err), c->code);
        expect_text(c->label, err.text, c->en);
        expect_text(c->label, err.text_zh, c->zh);
        assert_null(strstr(err.text, "input syntax"));
        assert_null(strstr(err.text_zh, "input syntax"));
        ay_pg_close(pg);
    }
}

static void test_columns(void **state)
{
    (void)state;
    static const struct column_case {
        const char *table, *name;
        ay_type type;
        const char *source_type;
        bool not_null;
    } cases[] = {
        {"plain", "id", AY_INT, "integer", true},     {"plain", "name", AY_TEXT, "character varying(18)", true},
        {"plain", "twice", AY_INT, "integer", false}, {"domains", "a", AY_INT, "adult_age", false},
        {"domains", "b", AY_INT, "age", true},        {"shown", "name", AY_TEXT, "character varying(18)", false},
    };
    ay_pg *pg = session(NULL, 1);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_pg_reading *reading = NULL;
        const ay_pg_request request = request_for(cases[i].table, NULL, COLS("id"));
        assert_int_equal(ay_pg_reading_open(pg, &request, &reading, NULL), ASSAY_OK);
        const ay_schema *all = ay_pg_reading_all_columns(reading);
        uint32_t at = 0;
        while (at < all->n && strcmp(all->columns[at].name, cases[i].name) != 0) at++;
        if (at == all->n) fail_msg("%s has no %s", cases[i].table, cases[i].name);
        assert_int_equal(all->columns[at].type, cases[i].type);
        assert_string_equal(all->columns[at].source_type, cases[i].source_type);
        assert_int_equal(all->columns[at].not_null, cases[i].not_null);
        ay_pg_reading_close(reading);
    }
    ay_pg_close(pg);
}

static void test_facts(void **state)
{
    (void)state;
    char buf[64];
    ay_pg *pg = session(NULL, 1);
    const ay_pg_facts *facts = ay_pg_session_facts(pg);
    assert_string_equal(facts->database, "postgres");
    expect_text("version", ask(admin, "show server_version", buf, sizeof buf), facts->server_version);
    assert_null(strchr(facts->server_version, ' '));
    unsigned long long xmin = 0, xmax = 0;
    assert_int_equal(sscanf(facts->snapshot, "%llu:%llu:", &xmin, &xmax), 2);
    unsigned high = 0, low = 0;
    assert_int_equal(sscanf(facts->lsn, "%X/%X", &high, &low), 2);
    ay_pg_close(pg);
}

static void test_estimate(void **state)
{
    (void)state;
    run_sql(admin, "analyze plain; analyze parent; analyze p1; analyze p2a; analyze p2b");
    static const struct estimate_case {
        const char *table, *query;
        int64_t estimate;
    } cases[] = {
        {"plain", NULL, 3}, {"parent", NULL, 5}, {"empty", NULL, -1}, {"shown", NULL, -1}, {NULL, "select 1 as id", -1},
    };
    ay_pg *pg = session(NULL, 1);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_pg_reading *reading = NULL;
        const ay_pg_request request = request_for(cases[i].table, cases[i].query, COLS("id"));
        assert_int_equal(ay_pg_reading_open(pg, &request, &reading, NULL), ASSAY_OK);
        assert_int_equal(ay_pg_reading_estimate(reading), cases[i].estimate);
        ay_pg_reading_close(reading);
    }
    ay_pg_close(pg);
}

/* All datasets of a session are of one moment, also those that are opened later. */
static void test_one_snapshot(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    run_sql(admin, "insert into other.plain values (100)");
    records r = read_table(pg, "other.plain", COLS("id"));
    expect_lines("before", &r, LINES("99"));
    records_free(&r);
    ay_pg_close(pg);
    run_sql(admin, "delete from other.plain where id = 100");
}

/* Batches are as large as wished, and the last one is what is left. */
static void test_batches(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {3, 3, 1};
    ay_pg *pg = session(NULL, 1);
    for (int binary = 0; binary <= 1; binary++) {
        ay_pg_request request = request_for(NULL, "select generate_series(1, 7) as id", COLS("id"));
        request.batch_cap = 3;
        pg->is_binary = binary;
        ay_pg_reading *reading = NULL;
        ay_source *source = NULL;
        const ay_batch *batch = NULL;
        bool is_end = false;
        assert_int_equal(ay_pg_reading_open(pg, &request, &reading, NULL), ASSAY_OK);
        assert_int_equal(ay_pg_part_open(reading, 0, &source, NULL), ASSAY_OK);
        for (size_t i = 0; i < AY_COUNT(sizes); i++) {
            assert_int_equal(ay_source_next(source, &batch, &is_end, NULL), ASSAY_OK);
            assert_false(is_end);
            assert_int_equal(batch->rows, sizes[i]);
            assert_int_equal(batch->first_record, 0);
        }
        assert_int_equal(ay_source_next(source, &batch, &is_end, NULL), ASSAY_OK);
        assert_true(is_end);
        ay_source_close(source);
        ay_pg_reading_close(reading);
    }
    ay_pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),        cmocka_unit_test(test_refusals), cmocka_unit_test(test_late_refusals),
        cmocka_unit_test(test_columns),      cmocka_unit_test(test_facts),    cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_one_snapshot), cmocka_unit_test(test_batches),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
