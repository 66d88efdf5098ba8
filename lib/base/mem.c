#include <stdlib.h>

/* Before mem.h, which poisons the names. */
static void *heap_new(size_t bytes)
{
    return malloc(bytes);
}
static void *heap_new_zeroed(size_t n, size_t size)
{
    return calloc(n, size);
}
static void *heap_resize(void *old, size_t bytes)
{
    return realloc(old, bytes);
}

#include "base/mem.h"

#include <stdatomic.h>

/* Only tests set these; the one place where state is global, since faults must reach every thread. */
static _Atomic size_t fault_at;
static _Atomic size_t fault_count;

static bool fails_now(void)
{
    const size_t at = atomic_load_explicit(&fault_at, memory_order_relaxed);
    return at != 0 && atomic_fetch_add_explicit(&fault_count, 1, memory_order_relaxed) + 1 == at;
}

size_t ay_mem_fail_at(size_t n)
{
    atomic_store_explicit(&fault_at, n, memory_order_relaxed);
    return atomic_exchange_explicit(&fault_count, 0, memory_order_relaxed);
}

void *ay_alloc(size_t bytes)
{
    return fails_now() ? NULL : heap_new(bytes ? bytes : 1);
}

void *ay_alloc_array(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || fails_now()) return NULL;
    return heap_new_zeroed(bytes ? bytes : 1, 1);
}

void *ay_realloc_array(void *old, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || fails_now()) return NULL;
    return heap_resize(old, bytes ? bytes : 1);
}

void *ay_free(void *p)
{
    free(p);
    return NULL;
}
