#include "proof/record_text.h"
#include "verify.h"

static void put_pair(const verifier *v, const char *en, const char *zh, ay_str value, ay_buf *out)
{
    ay_buf_text(out, v->zh ? zh : en);
    ay_plain_text(value, out);
}

/* ---- The record ---- */

static bool has_field(ay_str record, ay_str name)
{
    ay_record_reader reader = ay_record_open(record);
    ay_record_field field;
    while (ay_record_take(&reader, &field))
        if (ay_str_eq(field.name, name)) return true;
    return false;
}

/* Columns of the manifest that the record has no field for are NULL. */
static void put_values(ay_str record, const ay_run_manifest *run, ay_buf *out)
{
    ay_record_reader reader = ay_record_open(record);
    ay_record_field field;
    while (ay_record_take(&reader, &field)) {
        ay_buf_text(out, "    ");
        ay_record_field_text(&field, out);
        ay_buf_char(out, '\n');
    }
    for (uint32_t i = 0; i < run->n_columns; i++) {
        if (has_field(record, run->columns[i].name)) continue;
        ay_buf_text(out, "    ");
        ay_plain_text(run->columns[i].name, out);
        ay_buf_text(out, " = NULL\n");
    }
}

static void put_presence(const verifier *v, const ay_proof *proof, const ay_run_manifest *run, ay_buf *out)
{
    ay_buf_printf(
        out, v->zh ? "  以下记录在 %llu 条记录的快照中\n" : "  this record stood in the snapshot of %llu records\n",
        (unsigned long long)run->rows);
    if (!v->quiet) put_values(proof->openings[0].record, run, out);
}

/* The neighbours are records of others: they are verified and not shown. */
static void put_absence(const verifier *v, const ay_proof *proof, const ay_run_manifest *run, ay_buf *out)
{
    ay_buf_text(out, v->zh ? "  没有记录的键值散列为 " : "  no record had the key hash ");
    for (size_t i = 0; i < sizeof proof->absent; i++) ay_buf_printf(out, "%02x", proof->absent[i]);
    ay_buf_printf(out,
                  v->zh ? "，快照共 %llu 条记录；该散列属于哪个键值，只有持有索引密钥者能看出\n"
                        : " in the snapshot of %llu records; which key that is, the holder of the index key can tell\n",
                  (unsigned long long)run->rows);
}

/* ---- Around it ---- */

static void put_run(const verifier *v, const ay_run_manifest *run, ay_buf *out)
{
    put_pair(v, "  dataset: ", "  数据集：", run->namespace_, out);
    ay_buf_char(out, ' ');
    ay_plain_text(run->dataset, out);
    put_pair(v, "\n  run: ", "\n  运行：", run->run, out);
    put_pair(v, "\n  pack: ", "\n  规则包：", run->pack, out);
    ay_buf_char(out, ' ');
    ay_plain_text(run->pack_version, out);
    ay_buf_char(out, ' ');
    ay_plain_text(run->pack_digest, out);
    ay_buf_char(out, '\n');
}

static void put_log(const verifier *v, const ay_proof_facts *facts, uint64_t counting, ay_buf *out)
{
    put_pair(v, "  log: ", "  日志：", facts->origin, out);
    ay_buf_printf(out, v->zh ? "，条目 %llu，签名时共 %llu 个\n" : ", entry %llu of %llu that were signed\n",
                  (unsigned long long)facts->index, (unsigned long long)facts->size);
    ay_buf_text(out, v->zh ? "  签名者：" : "  signed by: ");
    ay_signers_put(&v->policy.signers, counting, out);
    ay_buf_char(out, '\n');
}

void verifier_tell(const verifier *v, const char *path, const ay_proof *proof, const ay_proof_facts *facts,
                   uint64_t counting, ay_buf *out)
{
    const ay_run_manifest *run = &facts->manifest.as.run;
    ay_buf_printf(out, v->zh ? "%s：成立\n" : "%s: holds\n", path);
    put_run(v, run, out);
    if (proof->is_absence) put_absence(v, proof, run, out);
    else put_presence(v, proof, run, out);
    put_log(v, facts, counting, out);
}
