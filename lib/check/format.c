/* format: the value has the structure of a known kind of value. */
#include "check/format.h"
#include "check/identifier.h"
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct format {
    const char *name;
    ay_flaw (*test)(ay_str text);
} format;

static const format formats[] = {
    {"vin", ay_vin_shape},
    {"plate", ay_plate_test},
    {"mobile", ay_mobile_test},
    {"landline", ay_landline_test},
    {"phone", ay_phone_test},
    {"postcode", ay_postcode_test},
    {"email", ay_email_test},
    {"email-ascii", ay_email_ascii_test},
    {"ipv4", ay_ipv4_test},
    {"ipv6", ay_ipv6_test},
    {"ip", ay_ip_test},
    {"gbt7408", ay_iso_any_test},
    {"gbt7408-date", ay_iso_date_test},
    {"gbt7408-time", ay_iso_time_test},
    {"gbt7408-datetime", ay_iso_datetime_test},
    {"stat-code", ay_stat_code_test},
};

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    const char *names[AY_COUNT(formats)];
    uint32_t i = 0;
    for (size_t f = 0; f < AY_COUNT(formats); f++) names[f] = formats[f].name;
    if (!ay_param_own_field(build, arg, rule) || !ay_param_word(build, arg, names, AY_COUNT(names), &i)) return false;
    rule->args = &formats[i];
    return true;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const format *f = (const format *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (f->test(texts[i]).code != AY_FLAW_NONE) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_str text = ay_fact_text(facts, 0);
    const ay_flaw flaw = ((const format *)rule->args)->test(text);
    ay_flaw_reason(&flaw, text, facts->is_quotable, zh, out);
}

const ay_kind ay_kind_format = {
    .name = "format",
    .over = AY_OVER_VALUE,
    .summary = "the value has the structure of a known kind of value",
    .summary_zh = "值具有已知类型的结构",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
