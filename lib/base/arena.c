#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>

#include "base/mem.h"

#define ALIGN     16
#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)1 << 20) /* a larger block holds one allocation and is not kept by reset */

struct ay_arena_block {
    ay_arena_block *next;
    size_t size, used;
    alignas(ALIGN) char bytes[];
};

struct ay_arena_defer {
    struct ay_arena_defer *next;
    void (*fn)(void *p);
    void *p;
};

static ay_arena_block *block_new(ay_arena *arena, size_t size)
{
    size_t bytes;
    if (__builtin_add_overflow(size, sizeof(ay_arena_block), &bytes)) return NULL;
    ay_arena_block *block = (ay_arena_block *)ay_alloc(bytes);
    if (!block) return NULL;
    *block = (ay_arena_block){.size = size};
    arena->total += bytes;
    return block;
}

static void block_free(ay_arena *arena, ay_arena_block *block)
{
    arena->total -= block->size + sizeof *block;
    ay_free(block);
}

static ay_arena_block *spare_take(ay_arena *arena, size_t need)
{
    for (ay_arena_block **link = &arena->spare; *link; link = &(*link)->next) {
        ay_arena_block *block = *link;
        if (block->size < need) continue;
        *link = block->next;
        return block;
    }
    return NULL;
}

/* A block for one allocation; goes behind the head, whose free space stays in use. */
static char *alloc_alone(ay_arena *arena, size_t bytes)
{
    ay_arena_block *block = block_new(arena, bytes);
    if (!block) return NULL;
    block->used = bytes;
    ay_arena_block **link = arena->head ? &arena->head->next : &arena->head;
    block->next = *link;
    *link = block;
    return block->bytes;
}

static bool block_push(ay_arena *arena, size_t need)
{
    ay_arena_block *block = spare_take(arena, need);
    if (!block) {
        size_t size = arena->head ? arena->head->size * 2 : BLOCK_MIN;
        if (size > BLOCK_MAX) size = BLOCK_MAX;
        while (size < need) size *= 2;
        block = block_new(arena, size);
    }
    if (!block) return false;
    block->next = arena->head;
    arena->head = block;
    return true;
}

static char *alloc(ay_arena *arena, size_t bytes, size_t align)
{
    if (AY_ARENA_ONE_BLOCK_EACH || bytes > BLOCK_MAX / 4) return alloc_alone(arena, bytes);
    ay_arena_block *head = arena->head;
    size_t at = head ? (head->used + align - 1) & ~(align - 1) : 0;
    if (!head || at > head->size || head->size - at < bytes) {
        if (!block_push(arena, bytes)) return NULL;
        head = arena->head;
        at = 0;
    }
    head->used = at + bytes;
    return head->bytes + at;
}

void *ay_arena_alloc(ay_arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
    char *p = alloc(arena, bytes, ALIGN);
    return p ? memset(p, 0, bytes) : NULL;
}

char *ay_arena_bytes(ay_arena *arena, size_t n)
{
    return alloc(arena, n, 1);
}

char *ay_arena_copy(ay_arena *arena, ay_str s)
{
    if (s.len == SIZE_MAX) return NULL;
    char *p = alloc(arena, s.len + 1, 1);
    if (!p) return NULL;
    if (s.len) memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}

bool ay_arena_str(ay_arena *arena, ay_str s, ay_str *ret)
{
    const char *p = ay_arena_copy(arena, s);
    if (!p) return false;
    *ret = (ay_str){p, s.len};
    return true;
}

bool ay_arena_defer(ay_arena *arena, void (*fn)(void *p), void *p)
{
    struct ay_arena_defer *d = AY_ARENA_NEW(arena, struct ay_arena_defer);
    if (!d) {
        fn(p);
        return false;
    }
    *d = (struct ay_arena_defer){arena->deferred, fn, p};
    arena->deferred = d;
    return true;
}

static void run_deferred(ay_arena *arena)
{
    while (arena->deferred) {
        const struct ay_arena_defer *d = arena->deferred;
        arena->deferred = d->next;
        d->fn(d->p);
    }
}

void ay_arena_reset(ay_arena *arena)
{
    run_deferred(arena);
    while (arena->head) {
        ay_arena_block *block = arena->head;
        arena->head = block->next;
        if (AY_ARENA_ONE_BLOCK_EACH || block->size < BLOCK_MIN || block->size > BLOCK_MAX) {
            block_free(arena, block);
        } else {
            block->used = 0;
            block->next = arena->spare;
            arena->spare = block;
        }
    }
}

void ay_arena_free(ay_arena *arena)
{
    ay_arena_reset(arena);
    while (arena->spare) {
        ay_arena_block *block = arena->spare;
        arena->spare = block->next;
        block_free(arena, block);
    }
    assert(arena->total == 0);
    *arena = (ay_arena){0};
}
