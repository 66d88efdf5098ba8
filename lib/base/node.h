/* A document as a tree with positions: what the YAML reader yields and the compilers of rules take.
 * Scalars are text; whoever knows the type reads them. Immutable once built; lives in the arena of its pack. */
#ifndef AY_BASE_NODE_H
#define AY_BASE_NODE_H

#include "base/str.h"

typedef enum ay_node_kind { AY_NODE_SCALAR, AY_NODE_LIST, AY_NODE_MAP } ay_node_kind;

typedef struct ay_pos {
    const char *file;      /* as named by the user or the include; zero-terminated */
    uint32_t line, column; /* 1-based, column in code points */
} ay_pos;

typedef struct ay_node ay_node;
struct ay_node {
    ay_node_kind kind;
    ay_pos pos;
    bool quoted;        /* scalar written in quotes or as a block: never null */
    ay_str text;        /* scalar; plain empty, ~ and null are text too, see ay_node_is_null */
    const ay_node *key; /* the scalar that named this node in its map, or NULL */
    size_t n;
    const ay_node **items; /* list items, or map values in document order (their `key` is set) */
};

bool ay_node_is_null(const ay_node *node);                       /* plain empty, ~, null */
const ay_node *ay_node_get(const ay_node *map, const char *key); /* NULL when absent, or when map is not a map */
/* Written the same: scalars byte by byte, lists and maps item by item in their order. Either may be NULL. */
bool ay_node_eq(const ay_node *a, const ay_node *b);
const char *ay_node_kind_name(ay_node_kind kind); /* "text", "list", "map" */

#endif
