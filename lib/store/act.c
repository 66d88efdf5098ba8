/* Acts by filter. */
#include "store/deed.h"

#include "base/mem.h"

typedef struct acting {
    const ay_filter *filter;
    const ay_deed *deed;
    ay_deeds deeds;
    assay_refused_fn refused;
    void *refused_ctx;
    assay_ticket_sum sum;
    int64_t events_before, events_after;
} acting;

static assay_status act_on(void *ctx, const ay_listed *listed, assay_err *err)
{
    acting *a = (acting *)ctx;
    bool is_refused = false;
    assay_err why = {0};
    const assay_status st = ay_deeds_add(&a->deeds, a->deed, &listed->ticket, &is_refused, &why);
    if (st != ASSAY_OK && err) *err = why;
    AY_TRY(st);
    a->sum.refused += is_refused;
    a->sum.done += !is_refused;
    if (is_refused && a->refused) a->refused(a->refused_ctx, 0, listed->ticket.id, why.text, why.text_zh);
    return ASSAY_OK;
}

static assay_status act_all(assay_store *store, void *ctx, assay_err *err)
{
    acting *a = (acting *)ctx;
    AY_TRY(ay_store_last_event(store, &a->events_before, err));
    AY_TRY(ay_tickets_each(store, a->filter, act_on, a, err));
    AY_TRY(ay_deeds_write(&a->deeds, err));
    return ay_store_last_event(store, &a->events_after, err);
}

static assay_status act(assay_store *store, acting *a, const ay_filter *filter, assay_err *err)
{
    AY_FAIL_IF(!filter->is_restricted, err, ASSAY_EUSAGE,
               "name tickets, or say which: a filter must restrict something",
               "请指定工单或筛选条件：不能对全部工单操作");
    a->filter = filter;
    AY_TRY(ay_store_work(store, true, act_all, a, err));
    return ay_store_tell(store, a->events_before, a->events_after, err);
}

assay_status assay_tickets_act(assay_store *store, const assay_ticket_filter *filter, const assay_ticket_deed *deed,
                               assay_refused_fn refused, void *ctx, assay_ticket_sum *ret, assay_err *err)
{
    ay_deed d;
    ay_filter f;
    AY_TRY(ay_deed_take(deed, &d, err));
    acting a = {.deed = &d, .deeds = {.store = store}, .refused = refused, .refused_ctx = ctx};
    assay_status st = ay_filter_take(filter, &f, err);
    if (st == ASSAY_OK) st = act(store, &a, &f, err);
    if (ret) *ret = a.sum;
    ay_filter_free(&f);
    ay_deeds_free(&a.deeds);
    return st;
}
