#include "base/options.h"

#include <stdbool.h>
#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t n)
{
    bool zero = true;
    for (size_t i = 0; i < n; i++) zero &= bytes[i] == 0;
    return zero;
}

assay_status ay_take_options(void *to, size_t size, size_t least, const void *from, assay_err *err)
{
    size_t given;
    if (!from) return ASSAY_OK;
    memcpy(&given, from, sizeof given);
    AY_FAIL_IF(given < least, err, ASSAY_EUSAGE, "struct_size is %zu: begin with the _OPTIONS_INIT of the options",
               "struct_size 为 %zu：请以该选项的 _OPTIONS_INIT 初始化", given);
    const bool is_known = given <= size || is_zero((const unsigned char *)from + size, given - size);
    AY_FAIL_IF(!is_known, err, ASSAY_EUSAGE, "an option is set that version %s does not know",
               "设置了版本 %s 不认识的选项", assay_version());
    memcpy(to, from, given < size ? given : size);
    return ASSAY_OK;
}
