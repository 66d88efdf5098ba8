#include "base/sort.h"

#include <assert.h>

#include "base/mem.h"
#include "base/sort_run.h"

#define MEMORY_DEFAULT ((size_t)512 << 20)
#define RUN_MAX        ((size_t)2 << 20) /* fits the cache, so that a full run is sorted there */
#define RUN_MIN        ((size_t)4 << 10)
#define SPILL_MIN      ((size_t)64 << 10) /* who holds less does not spill because of others */
#define FAN            64                 /* file runs of a level before they are merged into one of the next */

/* ---- Budget ---- */

size_t ay_budget_limit(const ay_budget *budget)
{
    return budget->memory_limit ? budget->memory_limit : MEMORY_DEFAULT;
}

void ay_budget_take(ay_budget *budget, size_t bytes)
{
    const size_t used = atomic_fetch_add_explicit(&budget->used, bytes, memory_order_relaxed) + bytes;
    size_t peak = atomic_load_explicit(&budget->peak, memory_order_relaxed);
    while (used > peak && !atomic_compare_exchange_weak_explicit(&budget->peak, &peak, used, memory_order_relaxed,
                                                                 memory_order_relaxed)) {
    }
}

void ay_budget_give(ay_budget *budget, size_t bytes)
{
    const size_t before = atomic_fetch_sub_explicit(&budget->used, bytes, memory_order_relaxed);
    assert(before >= bytes);
    (void)before;
}

bool ay_budget_over(const ay_budget *budget)
{
    const size_t limit = ay_budget_limit(budget);
    return atomic_load_explicit(&budget->used, memory_order_relaxed) > limit - limit / 8;
}

bool ay_budget_has_room(const ay_budget *budget, uint64_t bytes)
{
    const size_t limit = ay_budget_limit(budget), used = atomic_load_explicit(&budget->used, memory_order_relaxed);
    return used <= limit && bytes <= limit - used;
}

bool ay_budget_presses(const ay_budget *budget, size_t held)
{
    const size_t share = ay_budget_limit(budget) / 8;
    return ay_budget_over(budget) && held >= (share < SPILL_MIN ? share : SPILL_MIN);
}

assay_status ay_budget_cancelled(const ay_budget *budget, assay_err *err)
{
    const atomic_bool *cancel = budget->cancel;
    AY_FAIL_IF(cancel && atomic_load_explicit(cancel, memory_order_relaxed), err, ASSAY_ECANCELLED, "cancelled",
               "已取消");
    return ASSAY_OK;
}

/* ---- Sorter ---- */

struct ay_sorter {
    ay_budget *budget;
    uint64_t count;
    ay_run filling; /* not sorted yet */
    ay_run *runs;   /* sorted, of all levels */
    uint32_t n, cap;
    size_t held;    /* bytes of the sorted runs in memory */
    ay_spill *file; /* where this sorter writes; opened by the first spill */
    bool is_read;
};

assay_status ay_sorter_open(ay_budget *budget, ay_sorter **ret, assay_err *err)
{
    ay_sorter *sorter = AY_NEW(ay_sorter);
    AY_NOMEM_IF(!sorter, err);
    sorter->budget = budget;
    *ret = sorter;
    return ASSAY_OK;
}

ay_sorter *ay_sorter_free(ay_sorter *sorter)
{
    if (!sorter) return NULL;
    for (uint32_t i = 0; i < sorter->n; i++) ay_run_free(&sorter->runs[i], sorter->budget);
    ay_run_free(&sorter->filling, sorter->budget);
    ay_spill_unref(sorter->file);
    ay_free(sorter->runs);
    return (ay_sorter *)ay_free(sorter);
}

uint64_t ay_sorter_count(const ay_sorter *sorter)
{
    return sorter->count;
}

static assay_status reserve_runs(ay_sorter *sorter, uint32_t more, assay_err *err)
{
    if (sorter->cap - sorter->n >= more) return ASSAY_OK;
    uint32_t cap = sorter->cap ? sorter->cap : 4;
    while (cap - sorter->n < more) cap *= 2;
    ay_run *runs = (ay_run *)ay_realloc_array(sorter->runs, cap, sizeof *runs);
    AY_NOMEM_IF(!runs, err);
    sorter->runs = runs;
    sorter->cap = cap;
    return ASSAY_OK;
}

/* The run being filled becomes a sorted one. */
static assay_status seal(ay_sorter *sorter, assay_err *err)
{
    if (sorter->filling.n == 0) return ASSAY_OK;
    AY_TRY(reserve_runs(sorter, 1, err));
    AY_TRY(ay_run_sort(&sorter->filling, sorter->budget, err));
    sorter->runs[sorter->n++] = sorter->filling;
    sorter->held += sorter->filling.size;
    sorter->filling = (ay_run){0};
    return ASSAY_OK;
}

/* Moves the runs of these levels behind all others; returns where they start. */
static uint32_t gather(ay_sorter *sorter, uint32_t lowest, uint32_t highest)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < sorter->n; i++) {
        const ay_run run = sorter->runs[i];
        if (run.level >= lowest && run.level <= highest) continue;
        sorter->runs[i] = sorter->runs[kept];
        sorter->runs[kept++] = run;
    }
    return kept;
}

/* Merge the runs of these levels into one in the file. On failure they are all still there. */
static assay_status merge_levels(ay_sorter *sorter, uint32_t lowest, uint32_t highest, assay_err *err)
{
    const uint32_t first = gather(sorter, lowest, highest);
    if (first == sorter->n) return ASSAY_OK;
    if (!sorter->file) AY_TRY(ay_spill_open(sorter->budget, &sorter->file, err));
    ay_merge merge;
    ay_run merged = {0};
    assay_status status = ay_merge_open(&merge, sorter->runs + first, sorter->n - first, sorter->budget, err);
    if (status == ASSAY_OK) status = ay_merge_write(&merge, sorter->file, highest + 1, &merged, err);
    ay_merge_close(&merge);
    if (status != ASSAY_OK) return status;
    for (uint32_t i = first; i < sorter->n; i++) ay_run_free(&sorter->runs[i], sorter->budget);
    sorter->runs[first] = merged;
    sorter->n = first + 1;
    if (lowest == 0) sorter->held = 0;
    return ASSAY_OK;
}

static uint32_t count_levels(const ay_sorter *sorter, uint32_t lowest, uint32_t highest)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < sorter->n; i++) n += sorter->runs[i].level >= lowest && sorter->runs[i].level <= highest;
    return n;
}

static assay_status merge_full_levels(ay_sorter *sorter, assay_err *err)
{
    for (uint32_t level = 1; count_levels(sorter, level, UINT32_MAX) >= FAN; level++)
        if (count_levels(sorter, level, level) >= FAN) AY_TRY(merge_levels(sorter, level, level, err));
    return ASSAY_OK;
}

static assay_status spill_if_over(ay_sorter *sorter, assay_err *err)
{
    if (!ay_budget_presses(sorter->budget, sorter->held + sorter->filling.size)) return ASSAY_OK;
    AY_TRY(seal(sorter, err));
    AY_TRY(merge_levels(sorter, 0, 0, err));
    return merge_full_levels(sorter, err);
}

static size_t run_size(const ay_budget *budget)
{
    const size_t share = ay_budget_limit(budget) / 8 & ~(size_t)15;
    return share < RUN_MIN ? RUN_MIN : share > RUN_MAX ? RUN_MAX : share;
}

assay_status ay_sort_check_length(size_t len, assay_err *err)
{
    AY_FAIL_IF(len > AY_SORT_RECORD_MAX, err, ASSAY_ELIMIT,
               "a record of %zu bytes is too long to be sorted (at most %zu)",
               "一条记录有 %zu 字节，超出可排序的上限（%zu）", len, AY_SORT_RECORD_MAX);
    return ASSAY_OK;
}

assay_status ay_sorter_put(ay_sorter *sorter, uint64_t prefix, ay_str bytes, assay_err *err)
{
    assert(!sorter->is_read);
    AY_TRY(ay_sort_check_length(bytes.len, err));
    const ay_sort_record record = {.prefix = prefix, .bytes = bytes};
    const size_t max = run_size(sorter->budget), before = sorter->filling.size;
    bool nomem;
    if (!ay_run_put(&sorter->filling, sorter->budget, max, &record, &nomem)) {
        AY_NOMEM_IF(nomem, err);
        AY_TRY(seal(sorter, err));
        AY_NOMEM_IF(!ay_run_put(&sorter->filling, sorter->budget, max, &record, &nomem), err);
    }
    sorter->count++;
    return sorter->filling.size == before ? ASSAY_OK : spill_if_over(sorter, err);
}

assay_status ay_sorter_absorb(ay_sorter *into, ay_sorter *from, assay_err *err)
{
    assert(into != from && into->budget == from->budget);
    AY_TRY(seal(from, err));
    AY_TRY(reserve_runs(into, from->n, err));
    if (from->n) memcpy(into->runs + into->n, from->runs, from->n * sizeof *from->runs);
    into->n += from->n;
    into->held += from->held;
    into->count += from->count;
    from->n = 0;
    from->held = 0;
    from->count = 0;
    AY_TRY(spill_if_over(into, err));
    return merge_full_levels(into, err);
}

/* ---- Reading ---- */

struct ay_sorted {
    ay_merge merge;
};

/* So few file runs that one buffer each is no burden: the smallest levels are merged first. */
static assay_status bound_runs(ay_sorter *sorter, assay_err *err)
{
    if (count_levels(sorter, 1, UINT32_MAX) <= FAN) return ASSAY_OK;
    uint32_t level = 1;
    while (count_levels(sorter, level + 1, UINT32_MAX) >= FAN) level++;
    return merge_levels(sorter, 1, level, err);
}

assay_status ay_sorted_open(ay_sorter *sorter, ay_sorted **ret, assay_err *err)
{
    AY_TRY(seal(sorter, err));
    AY_TRY(bound_runs(sorter, err));
    ay_sorted *sorted = AY_NEW(ay_sorted);
    AY_NOMEM_IF(!sorted, err);
    const assay_status status = ay_merge_open(&sorted->merge, sorter->runs, sorter->n, sorter->budget, err);
    if (status != ASSAY_OK) {
        ay_sorted_close(sorted);
        return status;
    }
    sorter->is_read = true;
    *ret = sorted;
    return ASSAY_OK;
}

assay_status ay_sorted_next(ay_sorted *sorted, ay_sort_record *ret, bool *ret_end, assay_err *err)
{
    return ay_merge_next(&sorted->merge, ret, ret_end, err);
}

ay_sorted *ay_sorted_close(ay_sorted *sorted)
{
    if (!sorted) return NULL;
    ay_merge_close(&sorted->merge);
    return (ay_sorted *)ay_free(sorted);
}
