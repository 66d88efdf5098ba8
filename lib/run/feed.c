/* Records pushed by the caller. */
#include "base/mem.h"
#include "run/run.h"
#include "source/push.h"

struct assay_feed {
    assay_run *run;
    ay_dataset_run *dataset;
    ay_push *push;
    ay_worker *worker;
    assay_feed *next; /* the run's other open feeds */
};

_Static_assert((int)ASSAY_TEXT == (int)AY_TEXT && (int)ASSAY_INT == (int)AY_INT &&
                   (int)ASSAY_TIMESTAMPTZ == (int)AY_TIMESTAMPTZ && (int)ASSAY_JSONB == (int)AY_JSONB,
               "the public types are the internal ones, in the same order");

static assay_status take_batch(void *ctx, const ay_batch *batch, assay_err *err)
{
    assay_feed *feed = ctx;
    AY_TRY(ay_worker_take(feed->worker, batch, err));
    return ay_run_tick(feed->run, feed->dataset, batch->rows, err);
}

static assay_status open_push(assay_feed *feed, const assay_column *columns, size_t n, assay_err *err)
{
    AY_FAIL_IF(n == 0 || n > UINT16_MAX, err, ASSAY_EUSAGE, "%zu columns: from 1 to %d", "%zu 列：应为 1 到 %d 列", n,
               UINT16_MAX);
    ay_column *copy = AY_NEW_ARRAY(n, ay_column);
    AY_NOMEM_IF(!copy, err);
    bool known = true;
    for (size_t i = 0; i < n; i++) {
        known = known && (unsigned)columns[i].type < AY_TYPE_COUNT;
        copy[i] = (ay_column){.name = columns[i].name, .type = (ay_type)columns[i].type, .source_type = "push"};
    }
    const ay_schema schema = {.columns = copy, .n = (uint32_t)n};
    const assay_status st =
        known ? ay_push_open(&schema, feed->dataset->plan.batch_cap, take_batch, feed, &feed->push, err)
              : ay_fail(err, ASSAY_EUSAGE, "a column has a type that is not in assay_type",
                        "某列的类型不在 assay_type 中");
    ay_free(copy);
    return st;
}

static assay_feed *feed_free(assay_feed *feed)
{
    ay_push_free(feed->push);
    ay_worker_close(feed->worker);
    return ay_free(feed);
}

void ay_feeds_free(assay_feed *feeds)
{
    while (feeds) {
        assay_feed *next = feeds->next;
        feed_free(feeds);
        feeds = next;
    }
}

static void unlink_feed(assay_feed *feed)
{
    assay_feed **at = &feed->run->feeds;
    while (*at != feed) at = &(*at)->next;
    *at = feed->next;
}

/* A failed call ends the run, so that no value is lost without a word. */
static assay_status check(const assay_feed *feed, assay_err *err)
{
    return ay_run_check(feed->run, err);
}

static assay_status ended(const assay_feed *feed, assay_status status)
{
    return ay_run_ended(feed->run, status);
}

static assay_status open_feed(assay_feed *feed, const assay_column *columns, size_t n, assay_err *err)
{
    assay_run *run = feed->run;
    AY_TRY(open_push(feed, columns, n, err));
    const ay_schema *schema = ay_push_schema(feed->push);
    AY_TRY(ay_worker_open(&feed->dataset->plan, schema, schema, run->budget, run->trace, &feed->worker, err));
    feed->dataset->facts = (ay_reading_facts){.kind = "push", .place = ""};
    return ay_run_begin(run, feed->dataset, err);
}

assay_status assay_feed_open(assay_run *run, const char *dataset, const assay_column *columns, size_t n,
                             assay_feed **ret_feed, assay_err *err)
{
    ay_dataset_run *d = NULL;
    AY_TRY(ay_run_dataset(run, dataset, &d, err));
    assay_feed *feed = AY_NEW(assay_feed);
    AY_NOMEM_IF(!feed, err);
    feed->run = run;
    feed->dataset = d;
    const assay_status st = ay_run_ended(run, open_feed(feed, columns, n, err));
    if (st != ASSAY_OK) {
        feed_free(feed);
        return st;
    }
    feed->next = run->feeds;
    run->feeds = feed;
    *ret_feed = feed;
    return ASSAY_OK;
}

assay_status assay_feed_int(assay_feed *feed, size_t column, int64_t value, assay_err *err)
{
    AY_TRY(check(feed, err));
    return ended(feed, ay_push_int(feed->push, column, value, err));
}

assay_status assay_feed_float(assay_feed *feed, size_t column, double value, assay_err *err)
{
    AY_TRY(check(feed, err));
    return ended(feed, ay_push_float(feed->push, column, value, err));
}

assay_status assay_feed_text(assay_feed *feed, size_t column, const char *ptr, size_t len, assay_err *err)
{
    AY_TRY(check(feed, err));
    return ended(feed, ay_push_text(feed->push, column, (ay_str){ptr, len}, err));
}

assay_status assay_feed_next(assay_feed *feed, assay_err *err)
{
    AY_TRY(check(feed, err));
    return ended(feed, ay_push_next(feed->push, err));
}

assay_status assay_feed_columns(assay_feed *feed, const assay_vector *columns, uint64_t rows, assay_err *err)
{
    AY_TRY(check(feed, err));
    const uint32_t n = ay_push_schema(feed->push)->n;
    const uint64_t **null = AY_NEW_ARRAY(n, const uint64_t *);
    const void **values = AY_NEW_ARRAY(n, const void *);
    assay_status st = null && values ? ASSAY_OK : ay_fail_nomem(err);
    for (uint32_t i = 0; st == ASSAY_OK && i < n; i++) {
        null[i] = columns[i].null;
        values[i] = columns[i].values;
    }
    if (st == ASSAY_OK) st = ay_push_columns(feed->push, null, values, rows, err);
    ay_free(null);
    ay_free(values);
    return ended(feed, st);
}

assay_status assay_feed_close(assay_feed *feed, assay_err *err)
{
    assay_status st = check(feed, err);
    if (st == ASSAY_OK) st = ay_push_end(feed->push, err);
    if (st == ASSAY_OK) st = ay_worker_merge(feed->worker, &feed->dataset->partial, err);
    if (st == ASSAY_OK) st = ay_run_end(feed->run, feed->dataset, err);
    unlink_feed(feed);
    (void)ended(feed, st);
    feed_free(feed);
    return st;
}
