#include "record/schema.h"

#include <assert.h>

#include "base/mem.h"

static const char *const names[] = {
#define X(name, text, storage) [AY_##name] = (text),
    AY_TYPE_MAP(X)
#undef X
};

static const uint8_t storages[] = {
#define X(name, text, storage) [AY_##name] = AY_STORE_##storage,
    AY_TYPE_MAP(X)
#undef X
};

/* What people also call them. */
static const struct alias {
    const char *name;
    ay_type type;
} aliases[] = {
    {"bool", AY_BOOL},    {"int", AY_INT},      {"bigint", AY_INT}, {"numeric", AY_DEC},
    {"double", AY_FLOAT}, {"varchar", AY_TEXT}, {"char", AY_TEXT},  {"bytea", AY_BYTES},
};

const char *ay_type_name(ay_type type)
{
    assert(type < AY_TYPE_COUNT);
    return names[type];
}

bool ay_type_from_name(ay_str name, ay_type *ret)
{
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        if (!ay_str_is(name, names[i])) continue;
        *ret = (ay_type)i;
        return true;
    }
    for (size_t i = 0; i < AY_COUNT(aliases); i++) {
        if (!ay_str_is(name, aliases[i].name)) continue;
        *ret = aliases[i].type;
        return true;
    }
    return false;
}

ay_storage ay_type_storage(ay_type type)
{
    assert(type < AY_TYPE_COUNT);
    return (ay_storage)storages[type];
}

size_t ay_storage_size(ay_storage storage)
{
    static const size_t sizes[] = {
        [AY_STORE_I64] = sizeof(int64_t), [AY_STORE_F64] = sizeof(double),     [AY_STORE_DEC] = sizeof(ay_dec),
        [AY_STORE_STR] = sizeof(ay_str),  [AY_STORE_IV] = sizeof(ay_interval), [AY_STORE_TTZ] = sizeof(ay_timetz),
    };
    assert(storage < AY_COUNT(sizes));
    return sizes[storage];
}

const char *ay_level_name(ay_level level)
{
    static const char *const levels[] = {
        [AY_PUBLIC] = "public", [AY_INTERNAL] = "internal", [AY_SENSITIVE] = "sensitive", [AY_PERSONAL] = "personal"};
    _Static_assert(AY_COUNT(levels) == AY_LEVEL_COUNT, "name every level");
    assert(level < AY_LEVEL_COUNT);
    return levels[level];
}
