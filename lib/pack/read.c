/* Values of the tree that every section reads: maps with known keys, texts, titles, names. */
#include "pack/load.h"

#include <stdarg.h>

#include "base/mem.h"
#include "base/utf8.h"

#define NAME_BYTES 128

bool ay_read_map(ay_load *l, const ay_node *node, const char *const *keys, size_t n_keys)
{
    if (node->kind != AY_NODE_MAP) {
        ay_diag_error(l->build.diags, "wrong-kind", node->pos, "expected a map, found a %s",
                      "此处应为映射（map），而不是 %s", ay_node_kind_name(node->kind));
        return false;
    }
    return ay_param_map(&l->build, node, node->key ? node->key->text.ptr : "", keys, n_keys);
}

const char *ay_read_text(ay_load *l, const ay_node *node)
{
    if (node->kind != AY_NODE_SCALAR) {
        ay_diag_error(l->build.diags, "wrong-kind", node->pos, "expected a text, found a %s", "此处应为文本，而不是 %s",
                      ay_node_kind_name(node->kind));
        return NULL;
    }
    if (node->text.len == 0 || ay_node_is_null(node)) {
        ay_diag_error(l->build.diags, "bad-value", node->pos, "a value is missing here", "此处缺少值");
        return NULL;
    }
    return node->text.ptr; /* scalars of the tree are zero-terminated */
}

const char *ay_read_text_of(ay_load *l, const ay_node *map, const char *key)
{
    const ay_node *node = ay_node_get(map, key);
    const char *text = node ? ay_read_text(l, node) : NULL;
    return text ? text : "";
}

const ay_node *ay_read_need(ay_load *l, const ay_node *map, const char *key)
{
    const ay_node *node = ay_node_get(map, key);
    if (node) return node;
    ay_diag_error(l->build.diags, "missing-key", map->key ? map->key->pos : map->pos, "key '%s' is missing",
                  "缺少键“%s”", key);
    return NULL;
}

ay_title ay_read_title(ay_load *l, const ay_node *node)
{
    ay_title title = {"", ""};
    if (!node) return title;
    if (node->kind == AY_NODE_SCALAR) {
        const char *text = ay_read_text(l, node);
        return text ? (ay_title){text, text} : title;
    }
    if (!ay_read_map(l, node, ay_keys_title.words, ay_keys_title.n)) return title;
    title = (ay_title){.zh = ay_read_text_of(l, node, "zh"), .en = ay_read_text_of(l, node, "en")};
    if (node->n == 0)
        ay_diag_error(l->build.diags, "bad-value", node->pos, "a title needs 'zh' or 'en'", "标题应含 zh 或 en");
    if (!*title.zh) title.zh = title.en;
    if (!*title.en) title.en = title.zh;
    return title;
}

static bool name_char(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_' ||
               cp == '-';
    return !ay_unicode_is_space(cp) && !ay_unicode_is_private(cp) && !ay_unicode_is_control(cp) &&
           !ay_unicode_is_zero_width(cp);
}

static bool is_name(ay_str s, bool dots)
{
    bool after_dot = true; /* a dot must not stand first, last or beside another */
    for (size_t i = 0; i < s.len;) {
        const uint32_t cp = ay_utf8_next(s, &i);
        if (cp == '.' && dots && !after_dot) {
            after_dot = true;
            continue;
        }
        if (!name_char(cp)) return false;
        after_dot = false;
    }
    return !after_dot && s.len <= NAME_BYTES;
}

bool ay_read_name(ay_load *l, const ay_node *node, bool dots)
{
    if (!ay_read_text(l, node)) return false;
    if (is_name(node->text, dots)) return true;
    ay_diag_error(l->build.diags, "bad-name", node->pos,
                  "'" AY_STR_FMT "' is not a name: letters, digits, '-', '_'%s, at most %d bytes",
                  "“" AY_STR_FMT "”不是有效名称：只能含文字、数字、“-”、“_”%s，最多 %d 字节", AY_STR_ARG(node->text),
                  dots ? ", '.'" : "", NAME_BYTES);
    return false;
}

void *ay_load_array(ay_load *l, size_t n, size_t size)
{
    void *array = ay_arena_alloc(l->build.arena, n ? n : 1, size);
    if (!array) l->nomem = true;
    return array;
}

const char *ay_load_format(ay_load *l, const char *format, ...)
{
    ay_buf text = {0};
    va_list args;
    va_start(args, format);
    ay_buf_vprintf(&text, format, args);
    va_end(args);
    const char *copy = text.failed ? NULL : ay_arena_copy(l->build.arena, ay_buf_view(&text));
    ay_buf_free(&text);
    if (!copy) l->nomem = true;
    return copy;
}

size_t ay_section(ay_load *l, uint32_t doc, const char *key, const ay_node **ret_section)
{
    const ay_node *section = l->docs[doc].root ? ay_node_get(l->docs[doc].root, key) : NULL;
    if (ret_section) *ret_section = section;
    if (!section) return 0;
    if (section->kind == AY_NODE_MAP) return section->n;
    if (ret_section) {
        ay_diag_error(l->build.diags, "wrong-kind", section->pos, "'%s' takes a map, found a %s",
                      "%s 应为映射（map），而不是 %s", key, ay_node_kind_name(section->kind));
    }
    return 0;
}
