#include "base/node.h"

bool ay_node_is_null(const ay_node *node)
{
    return node->kind == AY_NODE_SCALAR && !node->quoted &&
           (node->text.len == 0 || ay_str_is(node->text, "~") || ay_str_is(node->text, "null"));
}

const ay_node *ay_node_get(const ay_node *map, const char *key)
{
    if (!map || map->kind != AY_NODE_MAP) return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (ay_str_is(map->items[i]->key->text, key)) return map->items[i];
    return NULL;
}

bool ay_node_eq(const ay_node *a, const ay_node *b)
{
    if (a == b) return true;
    if (!a || !b || a->kind != b->kind || a->quoted != b->quoted || a->n != b->n) return false;
    if (a->kind == AY_NODE_SCALAR) return ay_str_eq(a->text, b->text);
    for (size_t i = 0; i < a->n; i++) {
        const ay_node *x = a->items[i], *y = b->items[i];
        if (a->kind == AY_NODE_MAP && !ay_str_eq(x->key->text, y->key->text)) return false;
        if (!ay_node_eq(x, y)) return false;
    }
    return true;
}

const char *ay_node_kind_name(ay_node_kind kind)
{
    static const char *const names[] = {[AY_NODE_SCALAR] = "text", [AY_NODE_LIST] = "list", [AY_NODE_MAP] = "map"};
    return names[kind];
}
