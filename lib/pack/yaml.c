/* bytes -> UTF-8 check -> libyaml events -> tree. Recursion over the events; its depth is limited before it grows. */
#include <yaml.h>

#include "pack/tree.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

typedef struct anchor {
    ay_str name;
    const ay_node *node; /* NULL while its own node is still being read */
    size_t nodes;        /* of the expanded subtree */
    uint32_t height;
} anchor;

/* What a subtree costs where an alias repeats it. */
typedef struct extent {
    size_t nodes;
    uint32_t height;
} extent;

typedef struct reader {
    yaml_parser_t parser;
    ay_arena *arena;
    assay_diags *diags;
    const char *file;
    ay_str text;
    anchor *anchors;
    size_t n_anchors, cap_anchors;
    const ay_node **stack; /* children of the collections that are open */
    size_t n_stack, cap_stack;
    size_t nodes;
    bool stop; /* the text cannot be read any further: the reason is in diags, or nomem */
    bool nomem;
} reader;

static const ay_node *read_node(reader *r, yaml_event_t *event, uint32_t depth, extent *ret);

static ay_pos at(const reader *r, yaml_mark_t mark)
{
    return (ay_pos){r->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* The position of a byte, for faults that libyaml's marks do not tell. */
static ay_pos at_byte(const char *file, ay_str text, size_t offset)
{
    ay_pos pos = {file, 1, 1};
    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            pos.line++;
            pos.column = 1;
        } else if ((text.ptr[i] & 0xC0) != 0x80) {
            pos.column++;
        }
    }
    return pos;
}

static void *give_up_nomem(reader *r)
{
    r->stop = r->nomem = true;
    return NULL;
}

static void report_syntax(reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "cannot be read";
    r->stop = true;
    if (p->error == YAML_MEMORY_ERROR) {
        r->nomem = true;
        return;
    }
    const ay_pos pos =
        p->error == YAML_READER_ERROR ? at_byte(r->file, r->text, p->problem_offset) : at(r, p->problem_mark);
    if (p->context) {
        ay_diag_error(r->diags, "yaml-syntax", pos, "not valid YAML: %s, %s", "不是有效的 YAML：%s，%s", p->context,
                      problem);
    } else {
        ay_diag_error(r->diags, "yaml-syntax", pos, "not valid YAML: %s", "不是有效的 YAML：%s", problem);
    }
}

static bool next_event(reader *r, yaml_event_t *ret)
{
    if (r->stop) return false;
    if (!yaml_parser_parse(&r->parser, ret)) report_syntax(r);
    return !r->stop;
}

static bool push_child(reader *r, const ay_node *node)
{
    if (r->n_stack == r->cap_stack) {
        const size_t cap = r->cap_stack ? r->cap_stack * 2 : 64;
        const ay_node **grown = ay_realloc_array(r->stack, cap, sizeof *grown);
        if (!grown) return give_up_nomem(r);
        r->stack = grown;
        r->cap_stack = cap;
    }
    r->stack[r->n_stack++] = node;
    return true;
}

static anchor *find_anchor(reader *r, ay_str name)
{
    for (size_t i = r->n_anchors; i > 0; i--) { /* the newest: YAML lets a name be used again */
        if (ay_str_eq(r->anchors[i - 1].name, name)) return &r->anchors[i - 1];
    }
    return NULL;
}

/* The index of a new anchor, or SIZE_MAX when the node has none. */
static size_t open_anchor(reader *r, const yaml_char_t *name)
{
    if (!name) return SIZE_MAX;
    if (r->n_anchors == r->cap_anchors) {
        const size_t cap = r->cap_anchors ? r->cap_anchors * 2 : 8;
        anchor *grown = ay_realloc_array(r->anchors, cap, sizeof *grown);
        if (!grown) return give_up_nomem(r), SIZE_MAX;
        r->anchors = grown;
        r->cap_anchors = cap;
    }
    ay_str copy;
    if (!ay_arena_str(r->arena, ay_str_from((const char *)name), &copy)) return give_up_nomem(r), SIZE_MAX;
    r->anchors[r->n_anchors] = (anchor){.name = copy};
    return r->n_anchors++;
}

static void close_anchor(reader *r, size_t index, const ay_node *node, extent size)
{
    if (index == SIZE_MAX || !node) return;
    r->anchors[index].node = node;
    r->anchors[index].nodes = size.nodes;
    r->anchors[index].height = size.height;
}

/* True where the document may grow by `more` nodes. */
static bool count_nodes(reader *r, ay_pos pos, size_t more)
{
    r->nodes += more;
    if (r->nodes <= AY_TREE_NODES) return true;
    ay_diag_error(r->diags, "limit", pos, "more than %d values, aliases counted each time",
                  "值超过 %d 个（别名按每次引用计数）", AY_TREE_NODES);
    r->stop = true;
    return false;
}

static bool check_depth(reader *r, ay_pos pos, uint32_t depth)
{
    if (depth <= AY_TREE_DEPTH) return true;
    ay_diag_error(r->diags, "limit", pos, "nested deeper than %d levels", "嵌套超过 %d 层", AY_TREE_DEPTH);
    r->stop = true;
    return false;
}

static void refuse_tag(reader *r, ay_pos pos, const yaml_char_t *tag)
{
    if (!tag) return;
    ay_diag_error(r->diags, "tag", pos, "tags such as '%.64s' are not part of the language, remove it",
                  "规则语言不允许标签（如 “%.64s”），请删除", (const char *)tag);
}

static ay_node *new_node(reader *r, ay_node_kind kind, ay_pos pos)
{
    ay_node *node = AY_ARENA_NEW(r->arena, ay_node);
    if (!node) return give_up_nomem(r);
    node->kind = kind;
    node->pos = pos;
    return node;
}

static const ay_node *read_scalar(reader *r, const yaml_event_t *event)
{
    const ay_pos pos = at(r, event->start_mark);
    refuse_tag(r, pos, event->data.scalar.tag);
    ay_node *node = new_node(r, AY_NODE_SCALAR, pos);
    if (!node) return NULL;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    const ay_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (memchr(text.ptr, 0, text.len)) { /* an escape in a quoted text; no value may hold it */
        ay_diag_error(r->diags, "nul", pos, "the text holds a NUL character", "文本含有 NUL 字符");
    }
    if (!ay_arena_str(r->arena, text, &node->text)) return give_up_nomem(r);
    return node;
}

/* An alias is a copy of the top node, since its key is its own; what lies below is shared. */
static const ay_node *read_alias(reader *r, const yaml_event_t *event, uint32_t depth, extent *ret)
{
    const ay_pos pos = at(r, event->start_mark);
    const char *name = (const char *)event->data.alias.anchor;
    const anchor *found = find_anchor(r, ay_str_from(name));
    if (!found || !found->node) {
        ay_diag_error(r->diags, "alias", pos,
                      found ? "alias '%.64s' stands inside its own anchor" : "alias '%.64s' has no anchor before it",
                      found ? "别名 “%.64s” 位于自身锚点之内" : "别名 “%.64s” 之前没有对应的锚点", name);
        r->stop = true;
        return NULL;
    }
    if (!count_nodes(r, pos, found->nodes) || !check_depth(r, pos, depth + found->height)) return NULL;
    ay_node *copy = new_node(r, found->node->kind, pos);
    if (!copy) return NULL;
    *copy = *found->node;
    copy->pos = pos;
    *ret = (extent){found->nodes, found->height};
    return copy;
}

static bool keep_children(reader *r, ay_node *node, size_t base)
{
    node->n = r->n_stack - base;
    if (node->n) {
        node->items = AY_ARENA_ARRAY(r->arena, node->n, const ay_node *);
        if (!node->items) return give_up_nomem(r);
        memcpy(node->items, r->stack + base, node->n * sizeof *node->items);
    }
    r->n_stack = base;
    return true;
}

static void add_extent(extent *sum, extent part)
{
    sum->nodes += part.nodes;
    if (part.height + 1 > sum->height) sum->height = part.height + 1;
}

static const ay_node *read_list(reader *r, const yaml_event_t *open, uint32_t depth, extent *ret)
{
    ay_node *node = new_node(r, AY_NODE_LIST, at(r, open->start_mark));
    if (!node) return NULL;
    refuse_tag(r, node->pos, open->data.sequence_start.tag);
    const size_t base = r->n_stack;
    yaml_event_t event;
    while (next_event(r, &event)) {
        const bool end = event.type == YAML_SEQUENCE_END_EVENT;
        extent size = {0, 0};
        const ay_node *item = end ? NULL : read_node(r, &event, depth + 1, &size);
        yaml_event_delete(&event);
        if (end) return keep_children(r, node, base) ? node : NULL;
        if (!item || !push_child(r, item)) return NULL;
        add_extent(ret, size);
    }
    return NULL;
}

/* A key that the tree cannot hold is reported and its value read over. */
static bool usable_key(reader *r, const ay_node *key)
{
    if (key->kind != AY_NODE_SCALAR) {
        ay_diag_error(r->diags, "key-kind", key->pos, "a key must be text", "键必须是文本");
        return false;
    }
    if (!key->quoted && ay_str_is(key->text, "<<")) {
        ay_diag_error(r->diags, "merge-key", key->pos,
                      "merge keys '<<' are not part of the language, write the keys out",
                      "规则语言不支持合并键 “<<”，请逐个写出各键");
        return false;
    }
    return true;
}

static bool first_of_name(reader *r, ay_set *names, const ay_node *key, size_t index, size_t base)
{
    uint32_t before;
    if (!ay_set_add(names, key->text, (uint32_t)index, &before)) return give_up_nomem(r);
    if (before == UINT32_MAX) return true;
    const ay_node *first = r->stack[base + before]->key;
    ay_diag_error(r->diags, "duplicate-key", key->pos,
                  "key '" AY_STR_FMT "' stands twice in this map, first in line %u",
                  "键“" AY_STR_FMT "”在同一映射中重复，首次出现在第 %u 行", AY_STR_ARG(key->text), first->pos.line);
    return false;
}

/* One key and its value. False: the end of the map, or a stop. */
static bool read_pair(reader *r, ay_set *names, size_t base, uint32_t depth, extent *ret)
{
    yaml_event_t event;
    if (!next_event(r, &event)) return false;
    if (event.type == YAML_MAPPING_END_EVENT) return yaml_event_delete(&event), false;
    extent key_size = {0, 0}, size = {0, 0};
    const ay_node *key = read_node(r, &event, depth + 1, &key_size);
    yaml_event_delete(&event);
    if (!key || !next_event(r, &event)) return false;
    const ay_node *value = read_node(r, &event, depth + 1, &size);
    yaml_event_delete(&event);
    if (!value) return false;
    add_extent(ret, key_size);
    add_extent(ret, size);
    if (!usable_key(r, key) || !first_of_name(r, names, key, r->n_stack - base, base)) return !r->stop;
    ay_node *named = AY_ARENA_NEW(r->arena, ay_node); /* the value may be shared by an anchor that has another key */
    if (!named) return give_up_nomem(r);
    *named = *value;
    named->key = key;
    return push_child(r, named);
}

static const ay_node *read_map(reader *r, const yaml_event_t *open, uint32_t depth, extent *ret)
{
    ay_node *node = new_node(r, AY_NODE_MAP, at(r, open->start_mark));
    if (!node) return NULL;
    refuse_tag(r, node->pos, open->data.mapping_start.tag);
    const size_t base = r->n_stack;
    ay_set names = {0};
    while (read_pair(r, &names, base, depth, ret)) {
    }
    ay_set_free(&names);
    return !r->stop && keep_children(r, node, base) ? node : NULL;
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.anchor;
    default: return NULL;
    }
}

/* depth: how many collections this node stands in, plus one. */
static const ay_node *read_node(reader *r, yaml_event_t *event, uint32_t depth, extent *ret)
{
    const ay_pos pos = at(r, event->start_mark);
    if (event->type == YAML_ALIAS_EVENT) return read_alias(r, event, depth, ret);
    if (!count_nodes(r, pos, 1) || !check_depth(r, pos, depth)) return NULL;
    const size_t name = open_anchor(r, anchor_of(event));
    if (r->stop) return NULL;
    *ret = (extent){1, 0};
    const ay_node *node = event->type == YAML_SCALAR_EVENT           ? read_scalar(r, event)
                          : event->type == YAML_SEQUENCE_START_EVENT ? read_list(r, event, depth, ret)
                                                                     : read_map(r, event, depth, ret);
    close_anchor(r, name, node, *ret);
    return node;
}

static void check_end(reader *r)
{
    yaml_event_t event;
    while (next_event(r, &event)) {
        const yaml_event_type_t type = event.type;
        const ay_pos pos = at(r, event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT) return;
        if (type == YAML_DOCUMENT_START_EVENT) {
            ay_diag_error(r->diags, "documents", pos, "a second document begins here, one file holds one",
                          "此处开始了第二个文档，一个文件只能有一个文档");
            r->stop = true;
        }
    }
}

static const ay_node *read_document(reader *r)
{
    const ay_node *root = NULL;
    yaml_event_t event;
    while (!root && next_event(r, &event)) {
        const yaml_event_type_t type = event.type;
        extent size = {0, 0};
        if (type == YAML_STREAM_END_EVENT) {
            ay_diag_error(r->diags, "empty-file", ((ay_pos){r->file, 1, 1}),
                          "the file is empty, it must begin with 'assay: 1'", "文件为空，应以 “assay: 1” 开头");
            r->stop = true;
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT) {
            root = read_node(r, &event, 1, &size);
        }
        yaml_event_delete(&event);
    }
    if (root) check_end(r);
    return r->stop ? NULL : root;
}

static bool check_text(const char *file, ay_str text, assay_diags *diags)
{
    const size_t valid = ay_utf8_valid(text);
    const char *nul = text.len ? memchr(text.ptr, 0, text.len) : NULL;
    const size_t offset = nul && (size_t)(nul - text.ptr) < valid ? (size_t)(nul - text.ptr) : valid;
    if (text.len > AY_TREE_BYTES) {
        ay_diag_error(diags, "limit", ((ay_pos){file, 0, 0}), "the file is larger than %d bytes", "文件超过 %d 字节",
                      AY_TREE_BYTES);
    } else if (offset < valid) {
        ay_diag_error(diags, "nul", at_byte(file, text, offset), "the file holds a NUL byte", "文件含有 NUL 字节");
    } else if (valid < text.len) {
        ay_diag_error(diags, "encoding", at_byte(file, text, valid), "the file is not UTF-8 here (byte 0x%02X)",
                      "此处不是 UTF-8 编码（字节 0x%02X）", (unsigned char)text.ptr[valid]);
    } else {
        return true;
    }
    return false;
}

assay_status ay_tree_read(ay_arena *arena, const char *file, ay_str bytes, assay_diags *diags, const ay_node **ret_root,
                          assay_err *err)
{
    *ret_root = NULL;
    if (bytes.len >= 3 && memcmp(bytes.ptr, "\xEF\xBB\xBF", 3) == 0) bytes = ay_str_slice(bytes, 3, bytes.len);
    if (!check_text(file, bytes, diags)) return ASSAY_OK;
    reader r = {.arena = arena, .diags = diags, .file = file, .text = bytes};
    AY_NOMEM_IF(!yaml_parser_initialize(&r.parser), err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len);
    const ay_node *root = read_document(&r);
    yaml_parser_delete(&r.parser);
    ay_free(r.anchors);
    ay_free(r.stack);
    AY_NOMEM_IF(r.nomem, err);
    *ret_root = root;
    return ASSAY_OK;
}
