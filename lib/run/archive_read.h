/* An archive, read: the log whose checkpoint somebody known has signed, one manifest in it, and its leaf files. */
#ifndef AY_RUN_ARCHIVE_READ_H
#define AY_RUN_ARCHIVE_READ_H

#include "proof/checkpoint.h"
#include "run/archive.h"

typedef struct ay_archive_reader {
    ay_arena arena;
    const char *dir;
    ay_log *log;
    ay_buf note, bytes; /* of the signed checkpoint, of the manifest */
    ay_checkpoint checkpoint;
    ay_manifest manifest;
    uint64_t index; /* of the manifest in the log */
    const ay_dataset *dataset;
    ay_snapshot_files files;
    struct ay_archive_fd {
        int fd;
        const char *path;
    } leaves, buckets;
    const char *keys;  /* path of the keys that were kept */
    bool keeps_fields; /* and of the fingerprints of fields */
} ay_archive_reader;

/* EUSAGE: no such dataset or run, no verifier. EFORMAT: no known signature, a damaged log. EIO. Free also after a
 * failure. */
assay_status ay_archive_reader_open(const assay_pack *pack, const assay_archive_place *place, ay_archive_reader *ret,
                                    assay_err *err);
void ay_archive_reader_close(ay_archive_reader *reader);

/* The dataset's key is of as many fields as values were given: EUSAGE. */
assay_status ay_archive_check_key(const ay_archive_reader *reader, size_t n_key, assay_err *err);

/* A run over the dataset that only makes leaves, as the manifest says; to be freed. `trace` may be NULL. */
assay_status ay_archive_reread(const ay_archive_reader *reader, const assay_pack *pack,
                               const assay_run_options *options, const ay_trace *trace,
                               const assay_explain_source *source, assay_run **ret, assay_err *err);

#endif
