#include "proof/run_id.h"

#include <openssl/rand.h>

assay_status ay_run_id_new(int64_t now_us, char ret[AY_RUN_ID_SIZE], assay_err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16];
    const uint64_t ms = (uint64_t)now_us / 1000;
    AY_FAIL_IF(RAND_bytes(bytes, sizeof bytes) != 1, err, ASSAY_EINTERNAL, "libcrypto has no random bytes",
               "libcrypto 无法提供随机数");
    for (unsigned i = 0; i < 6; i++) bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    bytes[6] = 0x70 | (bytes[6] & 0x0F);
    bytes[8] = 0x80 | (bytes[8] & 0x3F);
    char *to = ret;
    for (unsigned i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    *to = 0;
    return ASSAY_OK;
}
