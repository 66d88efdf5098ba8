/* A finding put into words and masked, member by member: for findings.ndjson and for whoever keeps findings. */
#ifndef AY_RUN_SHOWN_H
#define AY_RUN_SHOWN_H

#include "run/finding.h"
#include "run/result.h"

typedef struct ay_shower ay_shower; /* one thread; of one result */

assay_status ay_shower_open(assay_result *result, ay_shower **ret, assay_err *err);
ay_shower *ay_shower_free(ay_shower *shower); /* takes NULL */

typedef struct ay_shown {
    const ay_rule *rule;
    ay_str key;                /* JSON object by field; null where there is no key */
    const char *field;         /* NULL: the rule is over several or none */
    ay_str value;              /* JSON: one value, or an object by field */
    ay_str reason;             /* text */
    ay_str suggestion;         /* JSON like value; ptr NULL: there is none */
    const char *suggestion_by; /* "": there is none */
    uint32_t confidence;       /* percent */
    bool is_masked;            /* something of key, value or suggestion is not shown as it is */
    const char *verdict;       /* "fail" "unreadable" */
} ay_shown;

/* `bytes`: one finding of the dataset in its sorted form. What is shown lives in the shower until the next call. */
assay_status ay_show(ay_shower *shower, const ay_dataset_result *dataset, ay_str bytes, ay_shown *ret, assay_err *err);

/* Its key alone, as in ay_shown, and the bytes of the fault: all else that is shown follows from these. */
assay_status ay_show_key(ay_shower *shower, const ay_dataset_result *dataset, ay_str bytes, ay_str *ret,
                         ay_str *ret_fault, assay_err *err);

#endif
