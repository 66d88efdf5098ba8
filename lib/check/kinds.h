/* All check kinds, one line each, by name. A kind of version 1 is `const ay_kind ay_kind_NAME` in a file of its own (kinds
 * that share a kernel share a file); words that are known but cannot be done yet are in absent.c. */
#ifndef AY_CHECK_KINDS_H
#define AY_CHECK_KINDS_H

#include "check/rule.h"

/* Keep the order of the names: it is the order of the reference, and a test holds it. */
#define AY_KIND_MAP(X)                                                                                                 \
    X(agrees)                                                                                                          \
    X(change)                                                                                                          \
    X(distribution)                                                                                                    \
    X(only_source)                                                                                                     \
    X(reconciles)                                                                                                      \
    X(refers)

#define X(name) extern const ay_kind ay_kind_##name;
AY_KIND_MAP(X)
#undef X

#endif
