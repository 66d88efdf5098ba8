/* Every type, its edge values, and that text COPY gives the same cells as binary COPY. */
#include "help.h"

static PGconn *admin;

typedef struct type_case {
    const char *sql;         /* an expression */
    const char *source_type; /* what format_type calls it */
    ay_type type;
    const char *text; /* "~" null, "!" bad */
} type_case;

static const type_case cases[] = {
    {"true", "boolean", AY_BOOL, "true"},
    {"false", "boolean", AY_BOOL, "false"},
    {"null::bool", "boolean", AY_BOOL, "~"},
    {"(-32768)::int2", "smallint", AY_INT, "-32768"},
    {"(-2147483648)::int4", "integer", AY_INT, "-2147483648"},
    {"9223372036854775807::int8", "bigint", AY_INT, "9223372036854775807"},
    {"(-9223372036854775808)::int8", "bigint", AY_INT, "-9223372036854775808"},
    {"4294967295::oid", "oid", AY_INT, "4294967295"},
    {"null::int4", "integer", AY_INT, "~"},
    {"0::numeric", "numeric", AY_DEC, "0"},
    {"1.50::numeric(5,2)", "numeric(5,2)", AY_DEC, "1.50"},
    {"-0.000001::numeric", "numeric", AY_DEC, "-0.000001"},
    {"10000::numeric", "numeric", AY_DEC, "10000"},
    {"12345678901234567890123456789012345678::numeric", "numeric", AY_DEC, "12345678901234567890123456789012345678"},
    {"123456789012345678901234567890123456789::numeric", "numeric", AY_DEC, "!123456789012345678901234567890123456789"},
    {"'NaN'::numeric", "numeric", AY_DEC, "NaN"},
    {"'Infinity'::numeric", "numeric", AY_DEC, "Infinity"},
    {"'-Infinity'::numeric", "numeric", AY_DEC, "-Infinity"},
    {"0.5::float4", "real", AY_FLOAT, "0.5"},
    {"0.1::float4", "real", AY_FLOAT, "0.10000000149011612"},
    {"0.1::float8", "double precision", AY_FLOAT, "0.1"},
    {"5e-324::float8", "double precision", AY_FLOAT, "5e-324"},
    {"1.7976931348623157e308::float8", "double precision", AY_FLOAT, "1.7976931348623157e+308"},
    {"'-0'::float8", "double precision", AY_FLOAT, "-0"},
    {"'NaN'::float8", "double precision", AY_FLOAT, "NaN"},
    {"'-Infinity'::float8", "double precision", AY_FLOAT, "-Infinity"},
    {"''::text", "text", AY_TEXT, ""},
    {"e'tab\\there \\\\N\\nline\\r'::text", "text", AY_TEXT, "tab\there \\N\nline\r"},
    {"'\\.'::text", "text", AY_TEXT, "\\."},
    {"'遂宁市 𠮷野家'::text", "text", AY_TEXT, "遂宁市 𠮷野家"},
    {"null::text", "text", AY_TEXT, "~"},
    {"'ab '::varchar(18)", "character varying(18)", AY_TEXT, "ab "},
    {"'ab'::char(5)", "character(5)", AY_TEXT, "ab"},
    {"'x'::\"char\"", "\"char\"", AY_TEXT, "x"},
    {"'n'::name", "name", AY_TEXT, "n"},
    {"'2024-02-29'::date", "date", AY_DATE, "2024-02-29"},
    {"'1969-12-31'::date", "date", AY_DATE, "1969-12-31"},
    {"'0044-03-15 BC'::date", "date", AY_DATE, "0044-03-15 BC"},
    {"'infinity'::date", "date", AY_DATE, "infinity"},
    {"'-infinity'::date", "date", AY_DATE, "-infinity"},
    {"'5874897-12-31'::date", "date", AY_DATE, "5874897-12-31"},
    {"'00:00'::time", "time without time zone", AY_TIME, "00:00:00"},
    {"'23:59:59.999999'::time", "time without time zone", AY_TIME, "23:59:59.999999"},
    {"'22:22:01.5+08'::timetz", "time with time zone", AY_TIMETZ, "22:22:01.5+08"},
    {"'01:00-03:30'::timetz", "time with time zone", AY_TIMETZ, "01:00:00-03:30"},
    {"'2024-02-29 22:22:01.000001'::timestamp", "timestamp without time zone", AY_TIMESTAMP,
     "2024-02-29 22:22:01.000001"},
    {"'4713-11-24 00:00:00 BC'::timestamp", "timestamp without time zone", AY_TIMESTAMP, "4713-11-24 00:00:00 BC"},
    {"'infinity'::timestamp", "timestamp without time zone", AY_TIMESTAMP, "infinity"},
    {"'294276-12-31 23:59:59'::timestamp", "timestamp without time zone", AY_TIMESTAMP, "!294276-12-31 23:59:59"},
    {"'2024-02-29 22:22:01+08'::timestamptz", "timestamp with time zone", AY_TIMESTAMPTZ, "2024-02-29 14:22:01+00"},
    {"'-infinity'::timestamptz", "timestamp with time zone", AY_TIMESTAMPTZ, "-infinity"},
    {"'0'::interval", "interval", AY_INTERVAL, "00:00:00"},
    {"'1 year 2 mons -3 days 04:05:06.789'::interval", "interval", AY_INTERVAL, "1 year 2 mons -3 days +04:05:06.789"},
    {"'-178000000 years'::interval", "interval", AY_INTERVAL, "-178000000 years"},
    {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "uuid", AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"''::bytea", "bytea", AY_BYTES, "\\x"},
    {"'\\x00ff5c6e'::bytea", "bytea", AY_BYTES, "\\x00ff5c6e"},
    {"'{\"b\": 1,  \"a\":[]}'::json", "json", AY_JSON, "{\"b\": 1,  \"a\":[]}"},
    {"'{\"b\": 1,  \"a\":[1.50,\"\\u4e2d\"]}'::jsonb", "jsonb", AY_JSONB, "{\"a\": [1.50, \"中\"], \"b\": 1}"},
    {"'存续'::reg_status", "reg_status", AY_TEXT, "存续"},
    {"null::reg_status", "reg_status", AY_TEXT, "~"},
    {"7::adult_age", "integer", AY_INT, "7"}, /* of a query the server tells only the type below a domain */
    {"'x'::code5", "character(5)", AY_TEXT, "x"},
    {"'存续'::status_domain", "reg_status", AY_TEXT, "存续"},
    {"'{1,2}'::int_list", "integer[]", AY_TEXT, "{1,2}"},
    {"'{1,null,3}'::int[]", "integer[]", AY_TEXT, "{1,NULL,3}"},
    {"array['a b','c\"d']", "text[]", AY_TEXT, "{\"a b\",\"c\\\"d\"}"},
    {"'10.0.0.1/8'::inet", "inet", AY_TEXT, "10.0.0.1/8"},
    {"'12.34'::money", "money", AY_TEXT, "$12.34"},
    {"'<a/>'::xml", "xml", AY_TEXT, "<a/>"},
    {"'[1,5)'::int4range", "int4range", AY_TEXT, "[1,5)"},
    {"'(1,2)'::point", "point", AY_TEXT, "(1,2)"},
    {"'a & b'::tsquery", "tsquery", AY_TEXT, "'a' & 'b'"},
    {"row(1, 'x')::pair", "pair", AY_TEXT, "(1,x)"},
    {"b'101'::bit(3)", "bit(3)", AY_TEXT, "101"},
};

static int set_up(void **state)
{
    (void)state;
    admin = admin_open();
    run_sql(admin, "create type reg_status as enum ('存续', '注销');"
                   "create domain age as int check (value >= 0); create domain adult_age as age check (value >= 7);"
                   "create domain code5 as char(5); create domain status_domain as reg_status;"
                   "create domain int_list as int[]; create type pair as (a int, b text)");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

static void check_case(ay_pg *pg, const type_case *c)
{
    char query[512];
    assay_err err;
    ay_pg_reading *reading = NULL;
    (void)snprintf(query, sizeof query, "select %s as v", c->sql);
    const ay_pg_request request = request_for(NULL, query, COLS("v"));
    if (ay_pg_reading_open(pg, &request, &reading, &err) != ASSAY_OK) fail_msg("%s: %s", c->sql, err.text);
    const ay_column *column = &ay_pg_reading_schema(reading)->columns[0];
    if (column->type != c->type) fail_msg("%s: type %s", c->sql, ay_type_name(column->type));
    if (strcmp(column->source_type, c->source_type) != 0) fail_msg("%s: source type %s", c->sql, column->source_type);
    ay_pg_reading_close(reading);
    records r = read_query(pg, query, COLS("v"));
    expect_lines(c->sql, &r, LINES(c->text));
    records_free(&r);
}

static void test_types_in_binary(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    assert_true(pg->is_binary);
    for (size_t i = 0; i < AY_COUNT(cases); i++) check_case(pg, &cases[i]);
    ay_pg_close(pg);
}

static void test_types_in_text(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    pg->is_binary = false;
    for (size_t i = 0; i < AY_COUNT(cases); i++) check_case(pg, &cases[i]);
    ay_pg_close(pg);
}

/* All at once, so that columns and records cannot be confused with each other. */
static void test_all_columns(void **state)
{
    (void)state;
    ay_buf query = {0}, line = {0};
    char names[AY_COUNT(cases)][8];
    const char *columns[AY_COUNT(cases) + 1] = {0};
    ay_buf_text(&query, "select ");
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        (void)snprintf(names[i], sizeof names[i], "c%zu", i);
        columns[i] = names[i];
        ay_buf_printf(&query, "%s%s as c%zu", i ? ", " : "", cases[i].sql, i);
        ay_buf_printf(&line, "%s%s", i ? "|" : "", cases[i].text);
    }
    ay_buf_put(&query, " from generate_series(1, 2)", 28);
    ay_buf_char(&line, '\0');
    ay_pg *pg = session(NULL, 1);
    for (int binary = 0; binary <= 1; binary++) {
        pg->is_binary = binary;
        records r = read_query(pg, query.ptr, columns);
        expect_lines(binary ? "binary" : "text", &r, LINES(line.ptr, line.ptr));
        records_free(&r);
    }
    ay_pg_close(pg);
    ay_buf_free(&query);
    ay_buf_free(&line);
}

/* The one difference: hour 24 is a time for PostgreSQL, but no reader of texts takes it. It is unreadable then, never
 * another time. */
static void test_hour_24(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    for (int binary = 0; binary <= 1; binary++) {
        pg->is_binary = binary;
        records r = read_query(pg, "select time '24:00' as v", COLS("v"));
        expect_lines("hour 24", &r, binary ? LINES("24:00:00") : LINES("!24:00:00"));
        records_free(&r);
    }
    ay_pg_close(pg);
}

/* The user's settings must not change what is read. */
static void test_settings_do_not_matter(void **state)
{
    (void)state;
    static const char query[] =
        "select timestamptz '2024-02-29 22:22:01+08' t, interval '1 mon 2 days' i, 0.1::float8 f,"
        " date '2024-02-03' d";
    ay_pg *pg = session("options='-c TimeZone=Asia/Shanghai -c DateStyle=German -c IntervalStyle=iso_8601"
                        " -c extra_float_digits=-5 -c bytea_output=escape -c standard_conforming_strings=off'",
                        1);
    for (int binary = 0; binary <= 1; binary++) {
        pg->is_binary = binary;
        records r = read_query(pg, query, COLS("t", "i", "f", "d"));
        expect_lines("pinned", &r, LINES("2024-02-29 14:22:01+00|1 mon 2 days|0.1|2024-02-03"));
        records_free(&r);
    }
    ay_pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_in_binary),
        cmocka_unit_test(test_types_in_text),
        cmocka_unit_test(test_all_columns),
        cmocka_unit_test(test_hour_24),
        cmocka_unit_test(test_settings_do_not_matter),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
