#include "proof/verdict.h"

#include "base/mem.h"

assay_status ay_verdict_open(const char *what, assay_verdict **ret, assay_err *err)
{
    assay_verdict *verdict = AY_NEW(assay_verdict);
    AY_NOMEM_IF(!verdict, err);
    verdict->json.out = &verdict->bytes;
    ay_json_open_object(&verdict->json);
    ay_json_key(&verdict->json, "verified");
    ay_json_text(&verdict->json, what);
    *ret = verdict;
    return ASSAY_OK;
}

void ay_verdict_say(assay_verdict *verdict, const char *en, const char *zh, ...)
{
    va_list args;
    for (int i = 0; i < 2; i++) {
        ay_buf *out = i == 0 ? &verdict->en : &verdict->zh;
        va_start(args, zh);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        ay_buf_vprintf(out, i == 0 ? en : zh, args);
#pragma GCC diagnostic pop
        va_end(args);
        ay_buf_char(out, '\n');
    }
}

static void end(assay_verdict *verdict)
{
    ay_json *j = &verdict->json;
    const bool holds = verdict->fault.code == ASSAY_OK;
    ay_json_key(j, "holds");
    ay_json_raw(j, holds ? AY_STR("true") : AY_STR("false"));
    if (holds) {
        ay_verdict_say(verdict, "result: holds", "结论：成立");
    } else {
        ay_json_key(j, "fault");
        ay_json_text(j, verdict->fault.text);
        ay_json_key(j, "fault_zh");
        ay_json_text(j, verdict->fault.text_zh);
        ay_verdict_say(verdict, "result: does NOT hold: %1$s%2$.0s", "结论：不成立：%1$.0s%2$s", verdict->fault.text,
                       verdict->fault.text_zh);
    }
    ay_json_close_object(j);
    ay_buf_char(&verdict->bytes, '\n');
}

static assay_status close_texts(assay_verdict *verdict, assay_err *err)
{
    end(verdict);
    AY_TRY(ay_buf_status(&verdict->en, err));
    AY_TRY(ay_buf_status(&verdict->zh, err));
    return ay_buf_status(&verdict->bytes, err);
}

assay_status ay_fault_in(const char *path, assay_status status, assay_err *err)
{
    if (!ay_is_fault(status)) return status;
    const assay_err inner = *err;
    return ay_fail(err, status, "'%1$s': %2$s%3$.0s", "“%1$s”：%2$.0s%3$s", path, inner.text, inner.text_zh);
}

assay_status ay_verdict_close(assay_verdict *verdict, assay_status status, const assay_err *fault, assay_verdict **ret,
                              assay_err *err)
{
    assay_status st = status;
    if (ay_is_fault(status)) {
        verdict->fault = *fault;
        st = ASSAY_OK;
    }
    if (st == ASSAY_OK) st = close_texts(verdict, err);
    else if (err) *err = *fault;
    if (st == ASSAY_OK) *ret = verdict;
    else (void)assay_verdict_free(verdict);
    return st;
}

assay_verdict *assay_verdict_free(assay_verdict *verdict)
{
    if (!verdict) return NULL;
    ay_buf_free(&verdict->en);
    ay_buf_free(&verdict->zh);
    ay_buf_free(&verdict->bytes);
    return ay_free(verdict);
}

int assay_verdict_holds(const assay_verdict *verdict)
{
    return verdict->fault.code == ASSAY_OK;
}

const assay_err *assay_verdict_fault(const assay_verdict *verdict)
{
    return assay_verdict_holds(verdict) ? NULL : &verdict->fault;
}

assay_status assay_verdict_write(const assay_verdict *verdict, assay_verdict_form form, assay_write_fn write, void *ctx,
                                 assay_err *err)
{
    const ay_buf *const forms[] = {&verdict->en, &verdict->zh, &verdict->bytes};
    AY_FAIL_IF((unsigned)form >= AY_COUNT(forms), err, ASSAY_EUSAGE, "no such form of a verdict", "没有这种形式的结论");
    AY_FAIL_IF(write(ctx, forms[form]->ptr, forms[form]->len) != 0, err, ASSAY_EIO, "the verdict could not be written",
               "无法写出结论");
    return ASSAY_OK;
}
