#include "store/witness.h"

#include "base/mem.h"

/* Three sorters, so that nothing but the fingerprints that are looked for stays in memory:
 *   wants    fingerprint, ticket     what was asked for
 *   seen     fingerprint, leaf       records with such a key
 *   answers  ticket, leaf            the two, joined */
typedef struct want {
    unsigned char print[AY_PRINT_SIZE];
    char id[AY_TICKET_ID];
} want;

typedef struct sight {
    unsigned char print[AY_PRINT_SIZE];
    ay_digest leaf;
} sight;

typedef struct answer {
    char id[AY_TICKET_ID];
    ay_digest leaf;
} answer;

struct ay_witness {
    ay_budget *budget;
    ay_watch *wanted;
    const ay_watch *seed; /* makes the fingerprints */
    ay_sorter *wants, *seen, *answers;
    ay_sorted *reading; /* of answers */
    answer next;
    bool is_read, at_end;
    ay_buf scratch;
};

assay_status ay_witness_open(ay_budget *budget, ay_witness **ret, assay_err *err)
{
    ay_witness *w = AY_NEW(ay_witness);
    AY_NOMEM_IF(!w, err);
    w->budget = budget;
    assay_status st = ay_watch_open((ay_str){0}, budget, &w->wanted, err);
    if (st == ASSAY_OK) st = ay_sorter_open(budget, &w->wants, err);
    if (st == ASSAY_OK) st = ay_sorter_open(budget, &w->seen, err);
    if (st == ASSAY_OK) st = ay_sorter_open(budget, &w->answers, err);
    if (st == ASSAY_OK) *ret = w;
    else ay_witness_free(w);
    return st;
}

ay_witness *ay_witness_free(ay_witness *w)
{
    if (!w) return NULL;
    ay_sorted_close(w->reading);
    ay_sorter_free(w->wants);
    ay_sorter_free(w->seen);
    ay_sorter_free(w->answers);
    ay_watch_free(w->wanted);
    ay_buf_free(&w->scratch);
    return ay_free(w);
}

static assay_status put(ay_sorter *sorter, const void *record, size_t size, assay_err *err)
{
    const ay_str bytes = {(const char *)record, size};
    return ay_sorter_put(sorter, ay_sort_prefix(bytes), bytes, err);
}

assay_status ay_witness_want(ay_witness *w, const unsigned char print[AY_PRINT_SIZE], const char id[AY_TICKET_ID],
                             assay_err *err)
{
    want record;
    memcpy(record.print, print, sizeof record.print);
    memcpy(record.id, id, sizeof record.id);
    AY_TRY(ay_watch_add(w->wanted, print, err));
    return put(w->wants, &record, sizeof record, err);
}

static assay_status see(void *ctx, const ay_leaf *leaf, ay_str key, assay_err *err)
{
    ay_witness *w = (ay_witness *)ctx;
    sight record = {.leaf = leaf->hash};
    ay_watch_print(w->seed, key, &w->scratch, record.print);
    AY_TRY(ay_buf_status(&w->scratch, err));
    return ay_watch_has(w->wanted, record.print) ? put(w->seen, &record, sizeof record, err) : ASSAY_OK;
}

/* Both ascend by fingerprint; several tickets may want one record. */
static assay_status join(ay_witness *w, ay_sorted *wants, ay_sorted *seen, assay_err *err)
{
    ay_sort_record want_bytes, seen_bytes;
    bool no_want = false, no_sight = false;
    sight s = {0};
    AY_TRY(ay_sorted_next(seen, &seen_bytes, &no_sight, err));
    if (!no_sight) memcpy(&s, seen_bytes.bytes.ptr, sizeof s);
    for (;;) {
        want wanted;
        AY_TRY(ay_sorted_next(wants, &want_bytes, &no_want, err));
        if (no_want) return ASSAY_OK;
        memcpy(&wanted, want_bytes.bytes.ptr, sizeof wanted);
        while (!no_sight && memcmp(s.print, wanted.print, sizeof s.print) < 0) {
            AY_TRY(ay_sorted_next(seen, &seen_bytes, &no_sight, err));
            if (!no_sight) memcpy(&s, seen_bytes.bytes.ptr, sizeof s);
        }
        if (no_sight || memcmp(s.print, wanted.print, sizeof s.print) != 0) continue;
        answer found = {.leaf = s.leaf};
        memcpy(found.id, wanted.id, sizeof found.id);
        AY_TRY(put(w->answers, &found, sizeof found, err));
    }
}

assay_status ay_witness_look(ay_witness *w, const ay_dataset_result *d, assay_err *err)
{
    ay_sorted *wants = NULL, *seen = NULL;
    w->seed = d->plan->watch;
    AY_TRY(ay_evidence_each(&d->partial.evidence, d->plan->proving, d->dataset, &(ay_evidence_taker){see, w}, err));
    assay_status st = ay_sorted_open(w->wants, &wants, err);
    if (st == ASSAY_OK) st = ay_sorted_open(w->seen, &seen, err);
    if (st == ASSAY_OK) st = join(w, wants, seen, err);
    ay_sorted_close(wants);
    ay_sorted_close(seen);
    return st == ASSAY_OK ? ay_sorted_open(w->answers, &w->reading, err) : st;
}

assay_status ay_witness_next(ay_witness *w, const char id[AY_TICKET_ID], ay_digest *ret, bool *ret_found,
                             assay_err *err)
{
    while (!w->at_end && (!w->is_read || memcmp(w->next.id, id, AY_TICKET_ID) < 0)) {
        ay_sort_record record;
        AY_TRY(ay_sorted_next(w->reading, &record, &w->at_end, err));
        if (!w->at_end) memcpy(&w->next, record.bytes.ptr, sizeof w->next);
        w->is_read = true;
    }
    *ret_found = !w->at_end && memcmp(w->next.id, id, AY_TICKET_ID) == 0;
    if (*ret_found) *ret = w->next.leaf;
    return ASSAY_OK;
}
