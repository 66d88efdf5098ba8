/* Rules that look back: rows with change, change, distribution. Cases by hand with earlier runs in memory; PSI and KS
 * against values computed with Python's fractions and decimals (50 digits). */
#include "dataset_kit.h"

#include "check/drift.h"
#include "check/history.h"

/* ---- earlier runs ---- */

#define RUNS    10
#define FIGURES 8

/* Newest first. */
typedef struct past_runs {
    ay_named figures[RUNS][FIGURES];
    ay_past runs[RUNS];
    uint32_t n;
    assay_status failing; /* what the store answers */
    ay_arena arena;
    ay_history history;
} past_runs;

static assay_status give_last(void *ctx, const char *rule_id, uint32_t n, const ay_past_sink *sink, assay_err *err)
{
    past_runs *p = (past_runs *)ctx;
    assert_string_equal(rule_id, "d.r");
    if (p->failing) return ay_fail(err, p->failing, "the store fails", "存储库出错");
    for (uint32_t i = 0; i < n && i < p->n; i++) AY_TRY(sink->take(sink->ctx, &p->runs[i], err));
    return ASSAY_OK;
}

/* "NAME=VALUE NAME='DECIMAL'": names may have = and no blanks. */
static ay_named read_figure(past_runs *p, const char *from, const char *end)
{
    const char *equals = end - 1;
    while (*equals != '=') equals--;
    ay_named figure = {.name = ay_arena_copy(&p->arena, (ay_str){from, (size_t)(equals - from)})};
    const ay_str value = {equals + 1, (size_t)(end - equals) - 1};
    if (value.ptr[0] == '\'') figure.text = ay_arena_copy(&p->arena, ay_str_slice(value, 1, value.len - 1));
    else assert_int_equal(ay_i64_parse(value, &figure.value), AY_NUM_OK);
    return figure;
}

/* Runs are parted by |. NULL: there is no store. */
static void past_open(past_runs *p, const char *text, dk_table *t)
{
    *p = (past_runs){.history = {give_last, p}};
    t->k.rule.id = "d.r";
    t->k.context.history = text ? &p->history : NULL;
    for (const char *at = text ? text : ""; *at; at += *at == ' ' || *at == '|') {
        const size_t length = strcspn(at, " |");
        ay_past *run = &p->runs[p->n];
        assert_true(p->n < RUNS && run->n < FIGURES);
        run->figures = p->figures[p->n];
        if (length) p->figures[p->n][run->n++] = read_figure(p, at, at + length);
        at += length;
        p->n += *at == '|' || !*at;
    }
}

static void past_close(past_runs *p)
{
    ay_arena_free(&p->arena);
}

/* ---- cases ---- */

typedef struct back_case {
    const char *label, *past, *types, *check, *arg;
    const char *rows[DK_ROWS];
    const char *want; /* as of dk_case, and behind the figures what lacks */
} back_case;

#define NO_STORE(n)      " needs a store with at least " #n " earlier runs, and this run has no store"
#define TOO_SHORT(n, is) " needs a store with at least " #n " earlier runs, " #is " are there"
#define MEAN(n, text)    "; mean of the last " #n ": " text ", a change of at most 10% expected"

/* clang-format off */
static const back_case rows_cases[] = {
    {"as ever", "rows=2|rows=2", "", "rows", "{change: 10% of last 2}", {"", ""}, "1 0 0 0 rows=2"},
    {"a tenth more is within a tenth", "rows=10|rows=10", "", "rows", "{change: 10% of last 2}",
     {"", "", "", "", "", "", "", "", "", "", ""}, "1 0 0 0 rows=11"},
    {"one more is not", "rows=10|rows=10", "", "rows", "{change: 10% of last 2}", {"", "", "", "", "", "", "", "", "", "", "", ""},
     "1 1 0 0 rows=12\n()12 records" MEAN(2, "10")},
    {"a tenth less is within a tenth", "rows=10", "", "rows", "{change: 10% of last 1}", {"", "", "", "", "", "", "", "", ""},
     "1 0 0 0 rows=9"},
    {"two less are not", "rows=10", "", "rows", "{change: 10% of last 1}", {"", "", "", "", "", "", "", ""},
     "1 1 0 0 rows=8\n()8 records" MEAN(1, "10")},
    /* 4 against 3.5 is 1/7 more: 14.285714285714285714...% */
    {"the mean is not rounded, below", "rows=3|rows=4", "", "rows", "{change: 14.2857142857142857% of last 2}", {"", "", "", ""},
     "1 1 0 0 rows=4\n()4 records; mean of the last 2: 3.5, a change of at most 14.2857142857142857% expected"},
    {"the mean is not rounded, above", "rows=3|rows=4", "", "rows", "{change: 14.2857142857142858% of last 2}", {"", "", "", ""},
     "1 0 0 0 rows=4"},
    {"a mean that has no end", "rows=1|rows=0|rows=0", "", "rows", "{change: 10% of last 3}", {""},
     "1 1 0 0 rows=1\n()1 records" MEAN(3, "0.333333333333")},
    {"only the last are looked at", "rows=2|rows=2|rows=900", "", "rows", "{change: 0% of last 2}", {"", ""}, "1 0 0 0 rows=2"},
    {"nothing before, nothing now", "rows=0|rows=0", "", "rows", "{change: 10% of last 2}", {NULL}, "1 0 0 0 rows=0"},
    {"nothing before, something now", "rows=0|rows=0", "", "rows", "{change: 100% of last 2}", {""},
     "1 1 0 0 rows=1\n()1 records; mean of the last 2: 0, a change of at most 100% expected"},
    {"all gone", "rows=2|rows=2", "", "rows", "{change: 10% of last 2}", {NULL}, "1 1 0 0 rows=0\n()0 records" MEAN(2, "2")},
    {"too few runs", "rows=2|rows=2", "", "rows", "{change: 10% of last 3}", {"", ""}, "0 0 0 0 rows=2" TOO_SHORT(3, 2)},
    {"the first run", "", "", "rows", "{change: 10% of last 7}", {""}, "0 0 0 0 rows=1" TOO_SHORT(7, 0)},
    {"no store", NULL, "", "rows", "{change: 10% of last 7}", {""}, "0 0 0 0 rows=1" NO_STORE(7)},
    {"a run that measured something else is none", "rows=1|count=1", "", "rows", "{change: 10% of last 2}", {""},
     "0 0 0 0 rows=1" TOO_SHORT(2, 1)},
    {"a limit is broken whatever the history", "rows=1", "", "rows", "{min: 2, change: 10% of last 7}", {""},
     "1 1 0 0 rows=1" TOO_SHORT(7, 1) "\n()1 records, at least 2 expected"},
    {"a limit that holds is not all of it", NULL, "", "rows", "{min: 1, change: 10% of last 7}", {""}, "0 0 0 0 rows=1" NO_STORE(7)},
    {"one finding for both, of the limit", "rows=9", "", "rows", "{min: 2, change: 10% of last 1}", {""},
     "1 1 0 0 rows=1\n()1 records, at least 2 expected"},
};

static const back_case change_cases[] = {
    {"count of records", "count=3", "text", "change", "{figure: count, within: 10% of last 1}", {"x", "NULL", "y"}, "1 0 0 0 count=3"},
    {"count of values", "count(a)=3", "text", "change", "{figure: count, of: a, within: 10% of last 1}", {"x", "NULL", "y"},
     "1 1 0 0 count(a)=2\n(~)a: count is 2" MEAN(1, "3")},
    {"sums are exact", "sum(a)='0.3'|sum(a)='0.30'", "decimal", "change", "{figure: sum, of: a, within: 0% of last 2}",
     {"0.1", "0.1", "0.1", "NULL"}, "1 0 0 0 sum(a)='0.3'"},
    {"a sum beyond", "sum(a)='0.3'|sum(a)='0.24'", "decimal", "change", "{figure: sum, of: a, within: 10% of last 2}", {"0.1", "0.2"},
     "1 1 0 0 sum(a)='0.3'\n(~)a: sum is 0.3" MEAN(2, "0.27")},
    {"a sum of 39 digits", "sum(a)='199999999999999999999999999999999999997'", "decimal", "change",
     "{figure: sum, of: a, within: 0% of last 1}",
     {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
     "1 1 0 0 sum(a)='199999999999999999999999999999999999998'\n(~)a: sum is 199999999999999999999999999999999999998; "
     "mean of the last 1: 199999999999999999999999999999999999997, a change of at most 0% expected"},
    /* of all records together: (10 + 20) / (1 + 4) = 6; the mean of both means is 7.5 */
    {"a mean is that of all records of the runs", "sum(a)='10' count(a)=1|count(a)=4 sum(a)='20'", "integer", "change",
     "{figure: mean, of: a, within: 0% of last 2}", {"5", "7", "NULL"}, "1 0 0 0 sum(a)='12' count(a)=2"},
    /* now 4/3, then 6/5 = 1.2: a ninth more, 11.1% */
    {"a mean beyond", "sum(a)='6' count(a)=5", "integer", "change", "{figure: mean, of: a, within: 10% of last 1}", {"1", "1", "2"},
     "1 1 0 0 sum(a)='4' count(a)=3\n(~)a: mean is 1.333333333333" MEAN(1, "1.2")},
    {"less than nothing: a tenth of the size", "min(a)='-10'", "integer", "change", "{figure: min, of: a, within: 10% of last 1}",
     {"-11", "3"}, "1 0 0 0 min(a)='-11'"},
    {"less than nothing, beyond", "min(a)='-10'", "integer", "change", "{figure: min, of: a, within: 10% of last 1}", {"-12"},
     "1 1 0 0 min(a)='-12'\n(~)a: min is -12" MEAN(1, "-10")},
    {"greatest", "max(a)='1.5'", "decimal", "change", "{figure: max, of: a, within: 0% of last 1}", {"1.50", "-3"}, "1 0 0 0 max(a)='1.5'"},
    {"different values", "distinct(a)=2", "text", "change", "{figure: distinct, of: a, within: 10% of last 1}", {"x", "y", "x", "NULL", "z"},
     "1 1 0 0 distinct(a)=3\n(~)a: distinct is 3" MEAN(1, "2")},
    {"nulls", "nulls(a)=1 records=2|nulls(a)=0 records=2", "text", "change", "{figure: share_null, of: a, within: 0% of last 2}",
     {"x", "NULL", "x", "x"}, "1 0 0 0 nulls(a)=1 records=4"},
    {"no nulls before", "nulls(a)=0 records=2", "text", "change", "{figure: share_null, of: a, within: 10% of last 1}", {"x", "NULL"},
     "1 1 0 0 nulls(a)=1 records=2\n(~)a: share_null is 0.5" MEAN(1, "0")},
    {"runs of no records", "nulls(a)=0 records=0", "text", "change", "{figure: share_null, of: a, within: 10% of last 1}", {"x"},
     "0 0 0 0 nulls(a)=0 records=1 there was no record to compare with in the last 1 runs"},
    {"no value, no figure", "sum(a)='1'", "integer", "change", "{figure: sum, of: a, within: 10% of last 1}", {"NULL"}, "0 0 0 0"},
    {"no record, no figure", "sum(a)='1'", "integer", "change", "{figure: sum, of: a, within: 10% of last 1}", {NULL}, "0 0 0 0"},
    {"no record is a count", "count=1", "", "change", "{figure: count, within: 10% of last 1}", {NULL},
     "1 1 0 0 count=0\n()count is 0" MEAN(1, "1")},
    {"NaN has no place", "max(a)='1'", "decimal", "change", "{figure: max, of: a, within: 10% of last 1}", {"1", "NaN"},
     "0 0 0 1\n(~)!a: max cannot be told: a value is NaN or infinite"},
    {"infinity has no sum", "sum(a)='1'", "decimal", "change", "{figure: sum, of: a, within: 10% of last 1}", {"1", "inf"},
     "0 0 0 1\n(~)!a: sum cannot be told: a value is NaN or infinite"},
    {"a bad value is counted", "sum(a)='1'", "integer", "change", "{figure: sum, of: a, within: 10% of last 1}", {"1", "x"},
     "1 0 0 1 sum(a)='1'"},
    {"too few runs", "sum(a)='1'", "integer", "change", "{figure: sum, of: a, within: 10% of last 3}", {"1"},
     "0 0 0 0 sum(a)='1'" TOO_SHORT(3, 1)},
    {"another field before", "sum(b)='1'", "integer", "change", "{figure: sum, of: a, within: 10% of last 1}", {"1"},
     "0 0 0 0 sum(a)='1'" TOO_SHORT(1, 0)},
    {"no store", NULL, "integer", "change", "{figure: sum, of: a, within: 10% of last 3}", {"1"}, "0 0 0 0 sum(a)='1'" NO_STORE(3)},
};

#define AGES "{field: a, bins: [0, 18], against: last 1, psi: 0.25}"
#define SEX  "{field: a, values: [b, a], against: last 1, psi: 0.25}"

static const back_case distribution_cases[] = {
    {"an edge belongs to the bin above it", NULL, "integer", "distribution", AGES, {"-1", "0", "17", "18", "900", "NULL", "x"},
     "0 0 0 1 <0=1 [0,18)=2 >=18=2 null=1" NO_STORE(1)},
    {"edges are values, not texts", NULL, "decimal", "distribution", "{field: a, bins: [-0.50, 1e1], against: last 1, ks: 1}",
     {"-0.5", "10.0", "-inf", "inf", "NaN"}, "0 0 0 1 <-0.5=1 [-0.5,10)=1 >=10=2 null=0" NO_STORE(1)},
    {"days", NULL, "date", "distribution", "{field: a, bins: [2024-02-29], against: last 1, ks: 1}", {"2024-02-28", "2024-02-29", "infinity"},
     "0 0 0 0 <2024-02-29=1 >=2024-02-29=2 null=0" NO_STORE(1)},
    {"floats", NULL, "float", "distribution", "{field: a, bins: [0.1], against: last 1, ks: 1}", {"0.1", "0.09999999999999999", "NaN"},
     "0 0 0 1 <0.1=1 >=0.1=1 null=0" NO_STORE(1)},
    {"more figures than most rules have", NULL, "integer", "distribution",
     "{field: a, bins: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], against: last 1, psi: 1}",
     {"-1", "0", "0", "7", "8", "15", "16", "16", "16", "NULL"},
     "0 0 0 0 <0=1 [0,1)=2 [1,2)=0 [2,3)=0 [3,4)=0 [4,5)=0 [5,6)=0 [6,7)=0 [7,8)=1 [8,9)=1 [9,10)=0 [10,11)=0 [11,12)=0 "
     "[12,13)=0 [13,14)=0 [14,15)=0 [15,16)=1 >=16=3 null=1" NO_STORE(1)},
    {"listed values, in their order", NULL, "text", "distribution", SEX, {"a", "b", "b", "c", "", "NULL"},
     "0 0 0 0 =a=1 =b=2 other=2 null=1" NO_STORE(1)},
    {"listed numbers", NULL, "decimal", "distribution", "{field: a, values: [2.0, 1], against: last 1, psi: 0}", {"1.00", "2", "1.5", "NaN"},
     "0 0 0 1 =1=1 =2=1 other=1 null=0" NO_STORE(1)},
    {"listed truths", NULL, "boolean", "distribution", "{field: a, values: [true], against: last 1, psi: 0}", {"true", "false"},
     "0 0 0 0 =true=1 other=1 null=0" NO_STORE(1)},
    {"twice as many of each: nothing has moved", "<0=2 [0,18)=4 >=18=2 null=2", "integer", "distribution", AGES,
     {"-1", "0", "17", "18", "NULL"}, "1 0 0 0 <0=1 [0,18)=2 >=18=1 null=1 psi_e6=0"},
    /* shares 1/2, 1/2 against 1/3, 2/3: (1/6) ln(3/2) - (1/6) ln(3/4) = 0.115524530093 */
    {"PSI by hand", "=a=1 =b=2 other=0 null=0", "text", "distribution", SEX, {"a", "b"}, "1 0 0 0 =a=1 =b=1 other=0 null=0 psi_e6=115525"},
    {"PSI beyond", "=a=1 =b=2 other=0 null=0", "text", "distribution", "{field: a, values: [b, a], against: last 1, psi: 0.115524}", {"a", "b"},
     "1 1 0 0 =a=1 =b=1 other=0 null=0 psi_e6=115525\n(~)against the last 1: PSI is 0.115525, at most 0.115524 expected; most of it at =a"},
    {"runs are taken together", "=a=1 =b=0 other=0 null=0|null=0 other=0 =b=2 =a=0", "text", "distribution",
     "{field: a, values: [a, b], against: last 2, psi: 0.25}", {"a", "b"}, "1 0 0 0 =a=1 =b=1 other=0 null=0 psi_e6=115525"},
    /* one side has no a: shares 1/6, 5/6 against 3/6, 3/6 after 1/2 each: -(1/3) ln(1/3) + (1/3) ln(5/3) = 0.536479 */
    {"a share of 0 is smoothed", "=a=1 =b=1 other=0 null=0", "text", "distribution", SEX, {"b", "b"},
     "1 1 0 0 =a=0 =b=2 other=0 null=0 psi_e6=536479\n(~)against the last 1: PSI is 0.536479, at most 0.25 expected; most of it at =a"},
    /* shares 1/2, 1/2 against 9/10, 1/10 after 1/2 each: -(2/5) ln(5/9) + (2/5) ln 5 = 0.878890 */
    {"nulls count for PSI", "<0=4 [0,18)=0 >=18=0 null=0", "integer", "distribution", AGES, {"-1", "-1", "NULL", "NULL"},
     "1 1 0 0 <0=2 [0,18)=0 >=18=0 null=2 psi_e6=878890\n(~)against the last 1: PSI is 0.87889, at most 0.25 expected; most of it at null"},
    /* up to the edge 1/2 against 1/3: apart by 1/6 */
    {"KS within, to the last digit", "<0=1 >=0=2 null=0", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0.166667}",
     {"-1", "1"}, "1 0 0 0 <0=1 >=0=1 null=0 ks_e6=166666"},
    {"KS beyond", "<0=1 >=0=2 null=0", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0.166666}", {"-1", "1"},
     "1 1 0 0 <0=1 >=0=1 null=0 ks_e6=166666\n(~)against the last 1: KS is 0.166666, at most 0.166666 expected; most of it at <0"},
    {"KS has no place for nulls", "<0=1 >=0=1 null=9", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0}",
     {"-1", "1"}, "1 0 0 0 <0=1 >=0=1 null=0 ks_e6=0"},
    {"only nulls now", "<0=1 >=0=1 null=9", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0}", {"NULL"},
     "0 0 0 0 <0=0 >=0=0 null=1"},
    {"only nulls before", "<0=0 >=0=0 null=9", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0}", {"1"},
     "0 0 0 0 <0=0 >=0=1 null=0 there was no record to compare with in the last 1 runs"},
    {"no record, no figures", "<0=1 >=0=1 null=9", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0}", {NULL},
     "0 0 0 0"},
    {"other edges before", "<1=1 >=1=1 null=0", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 0}", {"1"},
     "0 0 0 0 <0=0 >=0=1 null=0" TOO_SHORT(1, 0)},
};
/* clang-format on */

static void run_case(const back_case *c)
{
    dk_table t;
    past_runs past;
    dk_result r = {0};
    char got[4096];
    uint32_t rows = 0;
    uint64_t seed = 42;
    while (rows < DK_ROWS && c->rows[rows]) rows++;
    dk_open(&t, c->types, rows);
    dk_compile(&t, c->label, c->check, c->arg);
    past_open(&past, c->past, &t);
    for (uint32_t i = 0; i < rows; i++) dk_record(&t, i, c->rows[i]);
    dk_run(&t, &seed, &r);
    dk_sort_lines(r.text.ptr, got);
    if (strcmp(got, c->want) != 0) fail_msg("%s: got\n%s\n--- want\n%s", c->label, got, c->want);
    dk_free(&r);
    past_close(&past);
    dk_close(&t);
}

static void by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(rows_cases); i++) run_case(&rows_cases[i]);
    for (size_t i = 0; i < AY_COUNT(change_cases); i++) run_case(&change_cases[i]);
    for (size_t i = 0; i < AY_COUNT(distribution_cases); i++) run_case(&distribution_cases[i]);
}

/* What a run publishes is what a later run reads: seven random tables. */
static void what_is_kept_is_read(void **state)
{
    (void)state;
    uint64_t seed = 7;
    int64_t sum = 0, n = 0;
    dk_table t;
    past_runs past;
    dk_open(&t, "integer", 20);
    dk_compile(&t, "mean", "change", "{figure: mean, of: a, within: 100% of last 7}");
    past_open(&past, "", &t);
    for (uint32_t run = 0; run < 7; run++) {
        dk_result r = {0};
        ay_budget budget = {.memory_limit = 1 << 20};
        for (uint32_t i = 0; i < 20; i++) {
            char line[24];
            const int64_t value = (int64_t)(dk_random(&seed) % 2000) - 1000;
            snprintf(line, sizeof line, "%lld", (long long)value);
            dk_record(&t, i, line);
            sum += value;
            n++;
        }
        dk_run_whole(&t, &budget, &r);
        for (uint32_t i = 0; i < r.tally.n_figures; i++) {
            past.figures[run][i] = r.tally.figures[i];
            if (r.tally.figures[i].text)
                past.figures[run][i].text = ay_arena_copy(&past.arena, ay_str_from(r.tally.figures[i].text));
        }
        past.runs[run] = (ay_past){past.figures[run], r.tally.n_figures};
        past.n++;
        dk_free(&r);
    }
    ay_huge sums[2] = {{{0}}, {{0}}};
    static const char *const names[] = {"sum(a)", "count(a)"};
    ay_pool pool = {.names = names, .n = 2, .sums = sums};
    ay_tally tally = {0};
    assert_int_equal(ay_pool_fill(&pool, &t.k.rule, &t.k.context, 7, &tally, NULL), ASSAY_OK);
    assert_int_equal(tally.lack.of, AY_LACK_NONE);
    const ay_huge want = ay_huge_from_dec(ay_dec_from_i64(sum));
    uint64_t count = 0;
    assert_int_equal(ay_huge_cmp(&sums[0], &want), 0);
    assert_int_equal(ay_pool_count(&pool, 1, &t.k.rule, &count, NULL), ASSAY_OK);
    assert_int_equal(count, n);
    past_close(&past);
    dk_close(&t);
}

/* ---- a store that is not as it should be ---- */

static assay_status finish_with(const char *past_text, assay_status failing, const char *check, const char *arg,
                                assay_err *err)
{
    dk_table t;
    past_runs past;
    ay_budget budget = {.memory_limit = 1 << 20};
    ay_tally tally;
    AY_CLEANUP(ay_arena_free) ay_arena figures = {0};
    const ay_emit emit = {.finding = dk_ignore};
    const uint32_t row = 0;
    dk_open(&t, "integer", 1);
    dk_compile(&t, check, check, arg);
    past_open(&past, past_text, &t);
    past.failing = failing;
    dk_record(&t, 0, "1");
    void *own = dk_state(&t, &budget);
    assert_int_equal(dk_absorb(&t, own, &row, 1, NULL), ASSAY_OK);
    const assay_status status = ay_rule_finish(&t.k.rule, own, &t.k.context, &emit, &figures, &tally, err);
    t.k.rule.kind->state_close(own);
    past_close(&past);
    dk_close(&t);
    return status;
}

static void damage_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *label, *past, *check, *arg;
    } cases[] = {
        {"no number", "rows='x'", "rows", "{change: 1% of last 1}"},
        {"no digits behind the point", "rows='1.'", "rows", "{change: 1% of last 1}"},
        {"no digits before it", "rows='.5'", "rows", "{change: 1% of last 1}"},
        {"an exponent", "rows='1e5'", "rows", "{change: 1% of last 1}"},
        {"two points", "rows='1.2.3'", "rows", "{change: 1% of last 1}"},
        {"too long", "rows='12345678901234567890123456789012345678901234567890123456789'", "rows",
         "{change: 1% of last 1}"},
        {"a count below 0", "sum(a)='1' count(a)=-1", "change", "{figure: mean, of: a, within: 1% of last 1}"},
        {"half a record", "sum(a)='1' count(a)='0.5'", "change", "{figure: mean, of: a, within: 1% of last 1}"},
        {"more records than there are", "<0=9223372036854775807 >=0=1 null=0", "distribution",
         "{field: a, bins: [0], against: last 1, ks: 1}"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_err err = {0};
        const assay_status status = finish_with(cases[i].past, ASSAY_OK, cases[i].check, cases[i].arg, &err);
        if (status != ASSAY_EIO) fail_msg("%s: status %d", cases[i].label, status);
        assert_string_equal(err.text, "the store's figures of rule d.r cannot be read");
        assert_true(err.text_zh[0]);
    }
}

static void a_failing_store_fails_the_run(void **state)
{
    (void)state;
    assay_err err = {0};
    assert_int_equal(finish_with("rows=1", ASSAY_EIO, "rows", "{change: 1% of last 1}", &err), ASSAY_EIO);
    assert_string_equal(err.text, "the store fails");
}

/* ---- PSI and KS ---- */

static void drift_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint64_t now[4], then[4];
        uint32_t n;
        uint64_t psi_e6, ks_e6;
    } cases[] = {
        {"the same shares", {10, 10}, {100, 100}, 2, 0, 0},
        {"turned round", {10, 30}, {30, 10}, 2, 1098612, 500000}, /* ln 3 */
        {"smoothed", {0, 10}, {5, 5}, 2, 1383874, 500000},
        {"nothing in common", {1, 0, 0}, {0, 0, 1}, 3, 1098612, 1000000},
        {"four", {100, 200, 300, 400}, {400, 300, 200, 100}, 4, 912870, 400000},
        {"none on either side is left out", {50, 0, 30, 20}, {40, 0, 40, 20}, 4, 51083, 100000},
        {"and at the end", {20, 30, 50, 0}, {25, 25, 50, 0}, 4, 20273, 50000},
        {"as many as there can be", {4611686018427387903, 1}, {1, 4611686018427387903}, 2, 85950250, 999999},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        uint32_t most = UINT32_MAX;
        uint64_t ks = 0;
        const uint64_t psi = ay_psi_e6(cases[i].now, cases[i].then, cases[i].n, &most);
        if (psi != cases[i].psi_e6) fail_msg("%s: PSI %llu", cases[i].label, (unsigned long long)psi);
        assert_true(most < cases[i].n);
        const bool is_above = ay_ks_is_above(cases[i].now, cases[i].then, cases[i].n, cases[i].ks_e6, &ks, &most);
        if (ks != cases[i].ks_e6) fail_msg("%s: KS %llu", cases[i].label, (unsigned long long)ks);
        /* above only what is left when it was cut off */
        if (is_above != (ks == 999999)) fail_msg("%s: above %d", cases[i].label, is_above);
        assert_true(!cases[i].ks_e6 ||
                    ay_ks_is_above(cases[i].now, cases[i].then, cases[i].n, cases[i].ks_e6 - 1, &ks, &most));
    }
}

/* ---- parameters ---- */

/* clang-format off */
static const kit_fault_case faults[] = {
    {"rows: no share", "", "rows", "{change: 10 of last 7}", "bad-value", 1, 10,
     "'10 of last 7' is not a change such as '10% of last 7': from 0% to 100%, of 1 to 366 runs"},
    {"rows: too much", "", "rows", "{change: 101% of last 7}", "bad-value", 1, 10,
     "'101% of last 7' is not a change such as '10% of last 7': from 0% to 100%, of 1 to 366 runs"},
    {"rows: no run", "", "rows", "{change: 10% of last 0}", "bad-value", 1, 10,
     "'10% of last 0' is not a change such as '10% of last 7': from 0% to 100%, of 1 to 366 runs"},
    {"rows: too many runs", "", "rows", "{change: 10% of last 367}", "bad-value", 1, 10,
     "'10% of last 367' is not a change such as '10% of last 7': from 0% to 100%, of 1 to 366 runs"},
    {"rows: a signed number", "", "rows", "{change: 10% of last +7}", "bad-value", 1, 10,
     "'10% of last +7' is not a change such as '10% of last 7': from 0% to 100%, of 1 to 366 runs"},
    {"rows: a list", "", "rows", "{change: [1]}", "wrong-kind", 1, 10, "expected one value, found a list"},
    {"change: no figure", "integer", "change", "{of: a, within: 10% of last 7}", "missing-key", 1, 1, "check 'change' needs 'figure'"},
    {"change: no field", "integer", "change", "{figure: sum, within: 10% of last 7}", "missing-key", 1, 1, "check 'change' needs 'of'"},
    {"change: no limit", "integer", "change", "{figure: count}", "missing-key", 1, 1, "check 'change' needs 'within'"},
    {"change: stddev", "integer", "change", "{figure: stddev, of: a, within: 10% of last 7}", "unknown-word", 1, 10,
     "unknown word 'stddev'; known: count, sum, mean, min, max, distinct, share_null"},
    {"change: groups", "integer", "change", "{figure: count, by: [a], within: 10% of last 7}", "unknown-key", 1, 17,
     "unknown key 'by'; known: figure, of, within"},
    {"change: the mean of days", "date", "change", "{figure: max, of: a, within: 10% of last 7}", "type-mismatch", 1, 19,
     "the max of field 'a' of type date has no mean over several runs"},
    {"change: a sum of floats", "float", "change", "{figure: sum, of: a, within: 10% of last 7}", "type-mismatch", 1, 19,
     "the sum of 'a' would depend on the order of addition: read the field as decimal, not float"},
    {"distribution: no field", "integer", "distribution", "{bins: [0], against: last 1, ks: 0.1}", "missing-key", 1, 1,
     "check 'distribution' needs 'field'"},
    {"distribution: no runs", "integer", "distribution", "{field: a, bins: [0], ks: 0.1}", "missing-key", 1, 1,
     "check 'distribution' needs 'against'"},
    {"distribution: neither", "integer", "distribution", "{field: a, against: last 1, ks: 0.1}", "missing-key", 1, 1,
     "check 'distribution' needs either 'bins' or 'values'"},
    {"distribution: both", "integer", "distribution", "{field: a, bins: [0], values: [1], against: last 1, ks: 0.1}", "contradiction", 1, 31,
     "check 'distribution' needs either 'bins' or 'values'"},
    {"distribution: no index", "integer", "distribution", "{field: a, bins: [0], against: last 1}", "missing-key", 1, 1,
     "check 'distribution' needs either 'ks' or 'psi'"},
    {"distribution: two", "integer", "distribution", "{field: a, bins: [0], against: last 1, psi: 0.1, ks: 0.1}", "contradiction", 1, 45,
     "check 'distribution' needs either 'ks' or 'psi'"},
    {"distribution: not last", "integer", "distribution", "{field: a, bins: [0], against: 7, ks: 0.1}", "bad-value", 1, 32,
     "'7' is not 'last 7': from 1 to 366 runs"},
    {"distribution: bins of texts", "text", "distribution", "{field: a, bins: [x], against: last 1, ks: 0.1}", "type-mismatch", 1, 9,
     "the values of field 'a' of type text cannot be counted by bins"},
    {"distribution: listed floats", "float", "distribution", "{field: a, values: [1], against: last 1, psi: 0.1}", "type-mismatch", 1, 9,
     "the values of field 'a' of type float cannot be counted by values"},
    {"distribution: no order", "text", "distribution", "{field: a, values: [x], against: last 1, ks: 0.1}", "contradiction", 1, 46,
     "'ks' needs an order: 'values' have none, use 'psi' or 'bins'"},
    {"distribution: edges that fall", "integer", "distribution", "{field: a, bins: [1, 0], against: last 1, ks: 0.1}", "bad-value", 1, 22,
     "the edges of bins must ascend"},
    {"distribution: an edge twice", "decimal", "distribution", "{field: a, bins: [1, 1.0], against: last 1, ks: 0.1}", "duplicate", 1, 22,
     "'1.0' is listed twice"},
    {"distribution: a value twice", "text", "distribution", "{field: a, values: [x, y, x], against: last 1, psi: 0.1}", "duplicate", 1, 27,
     "'x' is listed twice"},
    {"distribution: an edge that moves", "date", "distribution", "{field: a, bins: [today], against: last 1, ks: 0.1}", "bad-value", 1, 19,
     "'today' cannot be read as date: not of the form of ISO 8601"},
    {"distribution: NaN", "decimal", "distribution", "{field: a, bins: [NaN], against: last 1, ks: 0.1}", "contradiction", 1, 19,
     "no value is on any side of NaN"},
    {"distribution: no edges", "integer", "distribution", "{field: a, bins: [], against: last 1, ks: 0.1}", "wrong-kind", 1, 18,
     "expected a list of 1 to 100 values"},
    {"distribution: KS above 1", "integer", "distribution", "{field: a, bins: [0], against: last 1, ks: 1.1}", "bad-value", 1, 44,
     "'1.1' is not from 0 to 1 with at most 6 decimals"},
    {"distribution: finer than a millionth", "integer", "distribution", "{field: a, bins: [0], against: last 1, psi: 0.0000001}", "bad-value",
     1, 45, "'0.0000001' is not from 0 to 100 with at most 6 decimals"},
};
/* clang-format on */

static void wrong_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) dk_run_fault_case(&faults[i]);
}

/* The store would hold a value of somebody. */
static void sensitive_figures_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arg;
        bool is_good;
    } cases[] = {
        {"{figure: min, of: a, within: 10% of last 7}", false},
        {"{figure: sum, of: a, within: 10% of last 7}", false},
        {"{figure: distinct, of: a, within: 10% of last 7}", true},
        {"{figure: share_null, of: a, within: 10% of last 7}", true},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        dk_table t;
        dk_open(&t, "integer", 1);
        t.k.fields[0].level = AY_SENSITIVE;
        assert_int_equal(kit_compile(&t.k, "change", cases[i].arg), cases[i].is_good);
        if (!cases[i].is_good) assert_string_equal(assay_diags_at(t.k.diags, 0)->code, "sensitive-figure");
        dk_close(&t);
    }
}

/* ---- memory ---- */

static void no_memory(void **state)
{
    (void)state;
    static const struct {
        const char *past, *check, *arg;
    } cases[] = {
        {"rows=1", "rows", "{change: 10% of last 1}"},
        {"sum(a)='1' count(a)=1", "change", "{figure: mean, of: a, within: 10% of last 1}"},
        {"distinct(a)=1", "change", "{figure: distinct, of: a, within: 10% of last 1}"},
        {"<1=1 [1,2)=0 [2,3)=0 [3,4)=0 [4,5)=0 >=5=0 null=0", "distribution",
         "{field: a, bins: [1, 2, 3, 4, 5], against: last 1, psi: 0}"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        static const char *const rows[] = {"3", "4"};
        static const uint32_t all[] = {0, 1};
        dk_table t;
        past_runs past;
        dk_open(&t, "integer", 2);
        dk_compile(&t, cases[i].check, cases[i].check, cases[i].arg);
        past_open(&past, cases[i].past, &t);
        for (uint32_t r = 0; r < 2; r++) dk_record(&t, r, rows[r]);
        dk_fault f = {.table = &t};
        dk_pick(&t, all, 2, &f.batch, f.active);
        assert_true(fail_each_allocation(dk_fault_body, &f) > 3);
        ay_batch_free(&f.batch);
        past_close(&past);
        dk_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(what_is_kept_is_read),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(a_failing_store_fails_the_run),
        cmocka_unit_test(drift_by_hand),
        cmocka_unit_test(wrong_parameters),
        cmocka_unit_test(sensitive_figures_are_refused),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
