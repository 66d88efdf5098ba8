#include "check/kinds.h"

#include "assay/pack.h"
#include "base/mem.h"

static const ay_kind *const kinds[] = {
#define X(name) &ay_kind_##name,
    AY_KIND_MAP(X)
#undef X
};

static const char *const over_name[] = {
    [AY_OVER_VALUE] = "value",
    [AY_OVER_RECORD] = "record",
    [AY_OVER_DATASET] = "dataset",
    [AY_OVER_TWO] = "two datasets",
};
_Static_assert(AY_COUNT(over_name) == AY_OVER_COUNT, "name what every kind is over");

const ay_kind *ay_kind_find(ay_str name)
{
    for (size_t i = 0; i < AY_COUNT(kinds); i++)
        if (ay_str_is(name, kinds[i]->name)) return kinds[i];
    return NULL;
}

const ay_kind *ay_kind_at(size_t i)
{
    return i < AY_COUNT(kinds) ? kinds[i] : NULL;
}

size_t assay_check_count(void)
{
    return AY_COUNT(kinds);
}

void assay_check_at(size_t i, assay_check_info *ret)
{
    const ay_kind *kind = kinds[i];
    *ret = (assay_check_info){
        .name = kind->name,
        .over = over_name[kind->over],
        .summary = kind->summary,
        .summary_zh = kind->summary_zh,
        .indicator = kind->indicator,
        .available = !kind->absent,
    };
}
