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

const char *ay_node_kind_name(ay_node_kind kind)
{
    static const char *const names[] = {[AY_NODE_SCALAR] = "text", [AY_NODE_LIST] = "list", [AY_NODE_MAP] = "map"};
    return names[kind];
}
