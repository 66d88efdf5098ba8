/* Digests that say whether two readings are of the same pack and of the same columns. SHA-256. */
#ifndef AY_RUN_DIGESTS_H
#define AY_RUN_DIGESTS_H

#include "pack/pack.h"
#include "proof/digest.h"

/* SHA-256 over the hex SHA-256 of each file in order of loading, a line each, so that sha256sum can repeat it and the
 * folder that the files lie in does not matter. */
assay_status ay_pack_digest(const assay_pack *pack, char ret_hex[65], assay_err *err);
/* Over the names and types of the columns, in whatever order the source has them. */
assay_status ay_schema_digest(const ay_schema *schema, ay_digest *ret, assay_err *err);

#endif
