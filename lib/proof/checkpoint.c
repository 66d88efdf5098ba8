#include "proof/checkpoint.h"

#include "proof/base64.h"
#include "proof/lines.h"
#include "proof/note.h"

static bool origin_valid(ay_str origin)
{
    return origin.len > 0 && !memchr(origin.ptr, '\n', origin.len);
}

static bool extension_valid(ay_str extension)
{
    ay_str line;
    while (ay_line_take(&extension, &line))
        if (line.len == 0) return false;
    return extension.len == 0;
}

assay_status ay_checkpoint_put(const ay_checkpoint *checkpoint, ay_buf *out, assay_err *err)
{
    AY_FAIL_IF(!origin_valid(checkpoint->origin), err, ASSAY_EUSAGE, "the origin of a log must be one line",
               "日志的来源名称须为一行文字");
    AY_FAIL_IF(!extension_valid(checkpoint->extension), err, ASSAY_EUSAGE,
               "the extension of a checkpoint must be whole lines, none of them empty",
               "检查点的扩展部分须为完整的非空行");
    ay_buf_str(out, checkpoint->origin);
    ay_buf_printf(out, "\n%llu\n", (unsigned long long)checkpoint->size);
    ay_base64_put((ay_str){(const char *)checkpoint->root, sizeof checkpoint->root}, out);
    ay_buf_char(out, '\n');
    ay_buf_str(out, checkpoint->extension);
    return ay_buf_status(out, err);
}

static bool take_root(ay_str line, unsigned char ret[32])
{
    char bytes[33];
    size_t len = 0;
    if (line.len != 44 || !ay_base64_take(line, bytes, &len) || len != 32) return false;
    memcpy(ret, bytes, len);
    return true;
}

assay_status ay_checkpoint_take(ay_str text, ay_checkpoint *ret, assay_err *err)
{
    ay_checkpoint c = {0};
    ay_str rest = text, size = {0}, root = {0};
    AY_FAIL_IF(!ay_note_text_valid(text), err, ASSAY_EFORMAT, "checkpoint: not the text of a note",
               "检查点：不是签名文本");
    const bool ok = ay_line_take(&rest, &c.origin) && origin_valid(c.origin) && ay_line_take(&rest, &size) &&
                    ay_count_take(size, &c.size) && ay_line_take(&rest, &root) && take_root(root, c.root);
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "checkpoint: not an origin, a size and a root, each on its line",
               "检查点：不是依次各占一行的来源、大小和根");
    AY_FAIL_IF(!extension_valid(rest), err, ASSAY_EFORMAT, "checkpoint: an empty line", "检查点：含有空行");
    c.extension = rest;
    *ret = c;
    return ASSAY_OK;
}
