#include "run/predicate.h"

void ay_node_text(const ay_node *node, ay_buf *out)
{
    if (node->kind == AY_NODE_SCALAR) {
        ay_buf_str(out, node->text);
        return;
    }
    const bool is_map = node->kind == AY_NODE_MAP;
    ay_buf_char(out, is_map ? '{' : '[');
    for (size_t i = 0; i < node->n; i++) {
        const ay_node *item = node->items[i];
        if (i) ay_buf_text(out, ", ");
        if (is_map && item->key) {
            ay_buf_str(out, item->key->text);
            ay_buf_text(out, ": ");
        }
        ay_node_text(item, out);
    }
    ay_buf_char(out, is_map ? '}' : ']');
}

void ay_predicate_text(const ay_rule *rule, ay_buf *out)
{
    ay_buf_text(out, rule->kind->name);
    if (!rule->arg) return;
    ay_buf_text(out, ": ");
    ay_node_text(rule->arg, out);
}
