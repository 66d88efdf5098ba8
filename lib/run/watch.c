#include "run/watch.h"

#include "base/hash.h"
#include "base/mem.h"

#define SEED_MAX 128

/* Open addressing over fingerprints, whose first bytes are as good as any hash. */
struct ay_watch {
    ay_budget *budget;
    struct slot {
        uint64_t high, low;
        bool is_used;
        _Atomic bool is_seen;
    } * slots;
    size_t n, cap; /* cap: a power of two, or 0 */
    char seed[SEED_MAX];
    size_t seed_len;
};

assay_status ay_watch_open(ay_str seed, ay_budget *budget, ay_watch **ret, assay_err *err)
{
    AY_FAIL_IF(seed.len > SEED_MAX, err, ASSAY_EINTERNAL, "a seed is too long", "种子过长");
    ay_watch *watch = AY_NEW(ay_watch);
    AY_NOMEM_IF(!watch, err);
    watch->budget = budget;
    if (seed.len) memcpy(watch->seed, seed.ptr, seed.len);
    watch->seed_len = seed.len;
    *ret = watch;
    return ASSAY_OK;
}

ay_watch *ay_watch_free(ay_watch *watch)
{
    if (!watch) return NULL;
    ay_budget_give(watch->budget, watch->cap * sizeof *watch->slots);
    ay_free(watch->slots);
    return ay_free(watch);
}

void ay_print_key(ay_str seed, ay_str key, ay_buf *scratch, unsigned char ret[AY_PRINT_SIZE])
{
    ay_buf_clear(scratch);
    ay_buf_str(scratch, seed);
    ay_buf_str(scratch, key);
    ay_hash128(ay_buf_view(scratch), ret);
}

void ay_watch_print(const ay_watch *watch, ay_str key, ay_buf *scratch, unsigned char ret[AY_PRINT_SIZE])
{
    ay_print_key((ay_str){watch->seed, watch->seed_len}, key, scratch, ret);
}

static struct slot *find(const ay_watch *watch, const unsigned char *print)
{
    uint64_t high, low;
    memcpy(&high, print, sizeof high);
    memcpy(&low, print + sizeof high, sizeof low);
    size_t i = high & (watch->cap - 1);
    while (watch->slots[i].is_used && (watch->slots[i].high != high || watch->slots[i].low != low))
        i = (i + 1) & (watch->cap - 1);
    return &watch->slots[i];
}

static bool grow(ay_watch *watch)
{
    const ay_watch old = *watch;
    const size_t cap = old.cap ? old.cap * 2 : 64;
    struct slot *slots = AY_NEW_ARRAY(cap, struct slot);
    if (!slots) return false;
    watch->slots = slots;
    watch->cap = cap;
    ay_budget_take(watch->budget, (cap - old.cap) * sizeof *slots);
    for (size_t i = 0; i < old.cap; i++) {
        const struct slot *s = &old.slots[i];
        unsigned char print[AY_PRINT_SIZE];
        if (!s->is_used) continue;
        memcpy(print, &s->high, sizeof s->high);
        memcpy(print + sizeof s->high, &s->low, sizeof s->low);
        struct slot *to = find(watch, print);
        to->high = s->high;
        to->low = s->low;
        to->is_used = true;
    }
    ay_free(old.slots);
    return true;
}

assay_status ay_watch_add(ay_watch *watch, const unsigned char print[AY_PRINT_SIZE], assay_err *err)
{
    AY_NOMEM_IF(watch->n * 2 >= watch->cap && !grow(watch), err);
    struct slot *slot = find(watch, print);
    if (slot->is_used) return ASSAY_OK;
    memcpy(&slot->high, print, sizeof slot->high);
    memcpy(&slot->low, print + sizeof slot->high, sizeof slot->low);
    slot->is_used = true;
    watch->n++;
    return ASSAY_OK;
}

void ay_watch_see(ay_watch *watch, const unsigned char print[AY_PRINT_SIZE])
{
    if (!watch->n) return;
    struct slot *slot = find(watch, print);
    if (slot->is_used) atomic_store_explicit(&slot->is_seen, true, memory_order_relaxed);
}

bool ay_watch_has(const ay_watch *watch, const unsigned char print[AY_PRINT_SIZE])
{
    return watch->n && find(watch, print)->is_used;
}

bool ay_watch_saw(const ay_watch *watch, const unsigned char print[AY_PRINT_SIZE])
{
    if (!watch->n) return false;
    const struct slot *slot = find(watch, print);
    return slot->is_used && atomic_load_explicit(&slot->is_seen, memory_order_relaxed);
}

size_t ay_watch_count(const ay_watch *watch)
{
    return watch->n;
}
