/* Status codes and the error object.
 *
 * Every function that can fail returns an assay_status and takes an `assay_err *err` last. `err` may be NULL.
 * It is filled only on failure, needs no freeing, and holds the message in English and in Chinese. */
#ifndef ASSAY_STATUS_H
#define ASSAY_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ASSAY_API       __attribute__((visibility("default")))
#define ASSAY_NODISCARD __attribute__((warn_unused_result))
#else
#define ASSAY_API
#define ASSAY_NODISCARD
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* name, value, text. Values are ABI: append, never renumber. */
#define ASSAY_STATUS_MAP(X)                                                                                            \
    X(OK, 0, "ok")                                                                                                     \
    X(ENOMEM, 1, "out of memory")                                                                                      \
    X(EUSAGE, 2, "the call or its options are wrong")                                                                  \
    X(EPACK, 3, "the rule pack has errors")                                                                            \
    X(EFORMAT, 4, "input does not match its format")                                                                   \
    X(ELIMIT, 5, "a limit was reached")                                                                                \
    X(EIO, 6, "a file could not be read or written")                                                                   \
    X(ESOURCE, 7, "the source (server, table, query) failed")                                                          \
    X(ECANCELLED, 8, "cancelled")                                                                                      \
    X(EINTERNAL, 9, "internal error")

typedef enum assay_status {
#define ASSAY_X(name, value, text) ASSAY_##name = value,
    ASSAY_STATUS_MAP(ASSAY_X)
#undef ASSAY_X
} assay_status;

/* Filled on failure only. `line` and `column` are 1-based; 0 means "no position". Texts are UTF-8, one line. */
typedef struct assay_err {
    assay_status code;
    uint32_t line;
    uint32_t column;
    char text[512];
    char text_zh[512];
} assay_err;

/* The English text of a code; "unknown status" for a value outside the list. Never NULL, static. */
ASSAY_API const char *assay_status_text(assay_status code);

/* "MAJOR.MINOR.PATCH" of the linked library. Static. */
ASSAY_API const char *assay_version(void);

#ifdef __cplusplus
}
#endif
#endif
