#include "check/rule.h"

const char *ay_severity_name(ay_severity severity)
{
    static const char *const names[] = {
        [AY_INFO] = "info", [AY_WARNING] = "warning", [AY_ERROR] = "error", [AY_CRITICAL] = "critical",
    };
    _Static_assert(sizeof names / sizeof *names == AY_SEVERITY_COUNT, "name every severity");
    return names[severity];
}
