/* Keys that somebody wants to know about: whether a run has read a record with such a key. Filled before the run, asked
 * after it; in between any number of threads look. Keys are kept as fingerprints. */
#ifndef AY_RUN_WATCH_H
#define AY_RUN_WATCH_H

#include "base/buf.h"
#include "base/sort.h"

#define AY_PRINT_SIZE 16

typedef struct ay_watch ay_watch;

/* The seed (copied) goes before the key into its fingerprint. The budget is borrowed; what the watch holds counts in
 * it. */
assay_status ay_watch_open(ay_str seed, ay_budget *budget, ay_watch **ret, assay_err *err);
ay_watch *ay_watch_free(ay_watch *watch); /* takes NULL */

/* The fingerprint of a key tuple: XXH3-128 over seed and key. */
void ay_print_key(ay_str seed, ay_str key, ay_buf *scratch, unsigned char ret[AY_PRINT_SIZE]);
void ay_watch_print(const ay_watch *watch, ay_str key, ay_buf *scratch, unsigned char ret[AY_PRINT_SIZE]);
assay_status ay_watch_add(ay_watch *watch, const unsigned char print[AY_PRINT_SIZE], assay_err *err);

void ay_watch_see(ay_watch *watch, const unsigned char print[AY_PRINT_SIZE]);
bool ay_watch_has(const ay_watch *watch, const unsigned char print[AY_PRINT_SIZE]); /* it was added */
bool ay_watch_saw(const ay_watch *watch,
                  const unsigned char print[AY_PRINT_SIZE]); /* also false where it was not added */
size_t ay_watch_count(const ay_watch *watch);

#endif
