/* Every key of the language outside the parameters of checks, in one place: the loader reads them from here, and the
 * test of the schema compares them with rules/pack.schema.json. */
#include "pack/load.h"

#include "base/mem.h"

#define KEYS(name, at, ...)                                                                                            \
    static const char *const name##_words[] = {__VA_ARGS__};                                                           \
    const ay_keys ay_keys_##name = {at, name##_words, AY_COUNT(name##_words)}

KEYS(pack, "pack", "assay", "pack", "version", "title", "timezone", "calendar", "include", "sources", "standards",
     "datasets", "score");
KEYS(fragment, "fragment", "assay", "pack", "version", "title", "include", "sources", "standards");
KEYS(source, "source", "title", "owner", "correct_within");
KEYS(standard, "standard", "title", "basis", "type", "level", "mask", "missing", "normalize", "checks");
KEYS(dataset, "dataset", "title", "source", "table", "query", "file", "key", "update_cycle", "share", "open",
     "condition", "basis", "segment", "fields", "rules");
KEYS(field, "field", "standard", "source", "column", "title");
KEYS(rule, "rule", "id", "title", "basis", "field", "where", "tolerance", "nulls", "on_empty", "severity", "weight",
     "indicator");
/* A standard does not know the fields beside its own: no `field`, and its `where` names `value` only. */
KEYS(standard_check, "standard_check", "id", "title", "basis", "where", "tolerance", "nulls", "on_empty", "severity",
     "weight", "indicator");
KEYS(score, "score", "grades", "weights");
KEYS(grade, "grade", "name", "min");
KEYS(weights, "weights", "standardization", "completeness", "accuracy", "consistency", "timeliness", "accessibility",
     "traceability"); /* in the order of assay_pack.weights */
KEYS(title, "title", "zh", "en");
KEYS(tolerance, "tolerance", "warn", "fail");

_Static_assert(AY_COUNT(weights_words) == AY_DIMENSIONS, "a weight for every dimension");

static const ay_keys *const places[] = {
    &ay_keys_pack,    &ay_keys_fragment, &ay_keys_source,         &ay_keys_standard, &ay_keys_dataset,
    &ay_keys_field,   &ay_keys_rule,     &ay_keys_standard_check, &ay_keys_score,    &ay_keys_grade,
    &ay_keys_weights, &ay_keys_title,    &ay_keys_tolerance,
};

const ay_keys *ay_keys_at(size_t i)
{
    return i < AY_COUNT(places) ? places[i] : NULL;
}
