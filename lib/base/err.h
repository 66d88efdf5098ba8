/* Errors: the low level sets the text, the middle passes it on unchanged, the command prints it.
 * Texts: one line, lower case, no full stop, name the thing, say what to do; always English and Chinese. */
#ifndef AY_BASE_ERR_H
#define AY_BASE_ERR_H

#include "assay/status.h"

/* Fill err (may be NULL) and return code. `en` and `zh` are two formats over the same arguments in the same order
 * (use %1$s positions where the languages differ in order). A too long text is cut at a character boundary. */
assay_status ay_fail(assay_err *err, assay_status code, const char *en, const char *zh, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

assay_status ay_fail_nomem(assay_err *err);

#define AY_FAIL_IF(cond, err, code, ...)                                                                               \
    do {                                                                                                               \
        if (cond) return ay_fail((err), (code), __VA_ARGS__);                                                          \
    } while (0)

#define AY_NOMEM_IF(cond, err)                                                                                         \
    do {                                                                                                               \
        if (cond) return ay_fail_nomem(err);                                                                           \
    } while (0)

#define AY_TRY(expr)                                                                                                   \
    do {                                                                                                               \
        const assay_status ay_try_status = (expr);                                                                     \
        if (ay_try_status != ASSAY_OK) return ay_try_status;                                                           \
    } while (0)

#endif
