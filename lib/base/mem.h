/* All heap memory of the library comes through here: checked sizes, and in fault builds the n-th call can fail. */
#ifndef AY_BASE_MEM_H
#define AY_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *ay_alloc(size_t bytes);                             /* NULL when out of memory; 0 bytes is 1 byte */
void *ay_alloc_array(size_t n, size_t size);              /* NULL also on overflow; zeroed */
void *ay_realloc_array(void *old, size_t n, size_t size); /* like realloc; NULL leaves old as it was */
void *ay_free(void *p);                                   /* takes NULL, returns NULL */

#define AY_NEW(type)          ((type *)ay_alloc_array(1, sizeof(type)))
#define AY_NEW_ARRAY(n, type) ((type *)ay_alloc_array((n), sizeof(type)))

/* Test hook: the n-th allocation from now (1-based) and no other fails; 0 turns it off. Returns how many calls were
 * counted since the last set. Present in every build, costs one relaxed load. */
size_t ay_mem_fail_at(size_t n);

#define AY_COUNT(a)    (sizeof(a) / sizeof((a)[0]))
#define AY_CLEANUP(fn) __attribute__((cleanup(fn)))
#define AY_STEAL(p)                                                                                                    \
    __extension__({                                                                                                    \
        __typeof__(p) ay_stolen = (p);                                                                                 \
        (p) = NULL;                                                                                                    \
        ay_stolen;                                                                                                     \
    })

#pragma GCC poison malloc calloc realloc strcpy strcat sprintf strtok atoi

#endif
