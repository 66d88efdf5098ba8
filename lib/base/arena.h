/* One arena per lifetime (pack, run, batch): bump allocation, freed or reset as a whole.
 * Under AddressSanitizer every allocation is a heap block of its own, so an overrun is named with its line. */
#ifndef AY_BASE_ARENA_H
#define AY_BASE_ARENA_H

#include "base/str.h"

#if defined(__SANITIZE_ADDRESS__)
#define AY_ARENA_ONE_BLOCK_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AY_ARENA_ONE_BLOCK_EACH 1
#endif
#endif
#ifndef AY_ARENA_ONE_BLOCK_EACH
#define AY_ARENA_ONE_BLOCK_EACH 0
#endif

typedef struct ay_arena_block ay_arena_block;

/* Zero-initialise to get an empty arena. One thread at a time. */
typedef struct ay_arena {
    ay_arena_block *head;  /* block in use */
    ay_arena_block *spare; /* kept by reset for reuse */
    struct ay_arena_defer *deferred;
    size_t total; /* bytes held from the heap */
} ay_arena;

void *ay_arena_alloc(ay_arena *arena, size_t n, size_t size); /* zeroed, aligned to 16; NULL: no memory, overflow */
char *ay_arena_bytes(ay_arena *arena, size_t n);              /* not zeroed, unaligned; NULL: no memory */
char *ay_arena_copy(ay_arena *arena, ay_str s);               /* zero-terminated copy */
bool ay_arena_str(ay_arena *arena, ay_str s, ay_str *ret);    /* copy as ay_str (also zero-terminated) */
/* Call fn(p) when the arena is freed or reset, last in first out (compiled patterns, zones, sets). False: no memory,
 * and fn(p) was called at once. */
bool ay_arena_defer(ay_arena *arena, void (*fn)(void *p), void *p);
void ay_arena_reset(ay_arena *arena); /* all allocations gone, memory kept for the next use */
void ay_arena_free(ay_arena *arena);

#define AY_ARENA_NEW(arena, type)      ((type *)ay_arena_alloc((arena), 1, sizeof(type)))
#define AY_ARENA_ARRAY(arena, n, type) ((type *)ay_arena_alloc((arena), (n), sizeof(type)))

#endif
