/* All check kinds, one line each, by name. A kind of version 1 is `const ay_kind ay_kind_NAME` in a file of its own
 * (kinds that share a kernel share a file); words that are known but cannot be done yet are in absent.c. */
#ifndef AY_CHECK_KINDS_H
#define AY_CHECK_KINDS_H

#include "check/rule.h"

/* Keep the order of the names: it is the order of the reference, and a test holds it. */
#define AY_KIND_MAP(X)                                                                                                 \
    X(aggregate)                                                                                                       \
    X(agrees)                                                                                                          \
    X(change)                                                                                                          \
    X(charset)                                                                                                         \
    X(checksum)                                                                                                        \
    X(code)                                                                                                            \
    X(coordinates)                                                                                                     \
    X(depends)                                                                                                         \
    X(distribution)                                                                                                    \
    X(exclusive_max)                                                                                                   \
    X(exclusive_min)                                                                                                   \
    X(expect)                                                                                                          \
    X(format)                                                                                                          \
    X(fresh)                                                                                                           \
    X(length)                                                                                                          \
    X(match)                                                                                                           \
    X(max)                                                                                                             \
    X(min)                                                                                                             \
    X(normalize)                                                                                                       \
    X(not_in)                                                                                                          \
    X(not_match)                                                                                                       \
    X(one_of)                                                                                                          \
    X(only_source)                                                                                                     \
    X(opening)                                                                                                         \
    X(order)                                                                                                           \
    X(overlap)                                                                                                         \
    X(personal)                                                                                                        \
    X(reconciles)                                                                                                      \
    X(refers)                                                                                                          \
    X(required)                                                                                                        \
    X(rows)                                                                                                            \
    X(scale)                                                                                                           \
    X(schema)                                                                                                          \
    X(sequence)                                                                                                        \
    X(sharing)                                                                                                         \
    X(together)                                                                                                        \
    X(type)                                                                                                            \
    X(unique)

#define X(name) extern const ay_kind ay_kind_##name;
AY_KIND_MAP(X)
#undef X

#define AY_TYPE_BIT(type) (1u << (type))
/* Types whose values have an order that people mean when they say "at least". Text has none: "10" < "9". */
#define AY_TYPES_ORDERED                                                                                               \
    (AY_TYPE_BIT(AY_INT) | AY_TYPE_BIT(AY_DEC) | AY_TYPE_BIT(AY_FLOAT) | AY_TYPE_BIT(AY_DATE) | AY_TYPE_BIT(AY_TIME) | \
     AY_TYPE_BIT(AY_TIMETZ) | AY_TYPE_BIT(AY_TIMESTAMP) | AY_TYPE_BIT(AY_TIMESTAMPTZ) | AY_TYPE_BIT(AY_INTERVAL))

/* The text of value `i` of a finding; empty for null. */
static inline ay_str ay_fact_text(const ay_facts *facts, uint32_t i)
{
    return facts->values[i].is_null ? AY_STR("") : facts->values[i].v.str;
}

/* A finding shows a missing word as it was written: neither that nor null is a value. */
static inline bool ay_fact_has_value(const ay_facts *facts, uint32_t i, const ay_field *field)
{
    return !facts->values[i].is_null && !ay_field_is_missing(field, facts->values[i].v.str);
}

#endif
