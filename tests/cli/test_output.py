"""Where output goes that cannot be written: the report's folder, standard output, temporary files. Exit code 3, a clear
message, nothing left behind."""
import os
import resource
import shutil
import subprocess
import unittest

import kit

PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: text, unique: true}, name: {standard: word, one_of: [y]}}}
"""
RECORDS = 30000
DISK_EN = "cannot write a temporary file in '{}': {}; free space there, name another directory or allow more memory"
DISK_ZH = "无法写入“{}”中的临时文件：{}；请清理空间、指定其他目录或增大内存上限"


class Output(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(PACK)
        self.csv = "a=" + self.write("a.csv", "id,name\n" + "".join(f"{i:060},x\n" for i in range(RECORDS)))

    def tiny(self, size="64k"):
        """A file system that is full soon."""
        folder = self.path("tiny")
        os.mkdir(folder)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "none", folder], stderr=subprocess.DEVNULL,
                               check=False)
        if mount.returncode:
            raise unittest.SkipTest("mounting needs root")
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        return folder

    # ---- The report ----

    def test_report_on_a_full_disk(self):
        folder = self.tiny()
        why = "No space left on device"
        for lang, text in (("en", f"{folder}/report/findings.ndjson: cannot be written: {why}"),
                           ("zh", f"{folder}/report/findings.ndjson：无法写入：{why}")):
            done = self.assay("run", self.file_pack, "--csv", self.csv, "--report", folder + "/report", "--lang", lang)
            self.assertEqual((done.code, done.out, done.err), (3, "", "assay: " + text + "\n"))
            self.assertEqual(os.listdir(folder), [], lang)

    def test_older_report_on_a_full_disk(self):
        folder = self.tiny() + "/report"
        os.mkdir(folder)
        for name in ("result.json", "findings.ndjson", "summary.txt"):
            with open(f"{folder}/{name}", "w", encoding="ascii") as f:
                f.write("old " + name)
        before = kit.tree(folder)
        done = self.assay("run", self.file_pack, "--csv", self.csv, "--report", folder)
        self.assertEqual((done.code, done.out), (3, ""))
        self.assertEqual(kit.tree(folder), before)

    def test_file_too_large(self):
        report = self.path("report")
        done = self.assay("run", self.file_pack, "--csv", self.csv, "--report", report,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)))
        self.assertEqual((done.code, done.out, done.err),
                         (3, "", f"assay: {report}/findings.ndjson: cannot be written: File too large\n"))
        self.assertFalse(os.path.exists(report))

    def test_report_in_a_folder_that_cannot_be_made(self):
        for place, what, why in ((self.path("a.csv"), "/findings.ndjson", "Not a directory"),
                                 (self.path("no/such"), "", "No such file or directory"),
                                 (self.path("a.csv") + "/x", "", "Not a directory")):
            with self.subTest(place):
                before = kit.tree(self.dir)
                done = self.assay("run", self.file_pack, "--csv", self.csv, "--report", place)
                self.assertEqual((done.code, done.out, done.err), (3, "", f"assay: {place}{what}: cannot be written: {why}\n"))
                self.assertEqual(kit.tree(self.dir), before)

    def test_the_report_is_whole_and_readable_for_all(self):
        report = self.path("report")
        os.umask(0o022)
        done = self.assay("run", self.file_pack, "--csv", self.csv, "--report", report, "--quiet")
        self.assertEqual((done.code, done.out, done.err), (1, "", ""))
        self.assertEqual(sorted(os.listdir(report)), ["findings.ndjson", "result.json", "summary.txt"])
        for name in os.listdir(report):
            self.assertEqual(os.stat(f"{report}/{name}").st_mode & 0o777, 0o644)

    # ---- Standard output ----

    def test_standard_output_full(self):
        for lang, text in (("en", "standard output could not be written"), ("zh", "无法写标准输出")):
            for form in ("text", "json", "ndjson"):
                with self.subTest(form), open("/dev/full", "wb") as full:
                    done = self.assay("run", self.file_pack, "--csv", self.csv, "--format", form, "--lang", lang, stdout=full)
                    self.assertEqual((done.code, done.err), (3, "assay: " + text + "\n"))

    def test_standard_output_closed(self):
        done = self.assay("run", self.file_pack, "--csv", self.csv, "--format", "ndjson", preexec_fn=lambda: os.close(1))
        self.assertEqual((done.code, done.err), (3, "assay: standard output could not be written\n"))

    def test_reader_gone(self):
        process = self.start("run", self.file_pack, "--csv", self.csv, "--format", "ndjson")
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"assay: standard output could not be written\n")
        self.assertEqual(process.wait(5), 3)

    # ---- Temporary files ----

    def spills(self, en, zh, *args, **more):
        self.refused(3, en, zh, self.file_pack, "--csv", self.csv, "--memory", "1MiB", *args, **more)

    def test_spill_on_a_full_disk(self):
        folder = self.tiny()
        why = "No space left on device"
        self.spills(DISK_EN.format(folder, why), DISK_ZH.format(folder, why), "--spill-dir", folder)
        self.assertEqual(os.listdir(folder), [])

    def test_spill_file_too_large(self):
        self.spills(DISK_EN.format(self.spill, "File too large"), DISK_ZH.format(self.spill, "File too large"),
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)))

    def test_spill_limit(self):
        self.spills("temporary files would take more than 65536 bytes; raise the limit or allow more memory",
                    "临时文件将超过 65536 字节；请提高该上限或增大内存上限", "--spill-limit", "64K")

    def test_spill_folder_missing(self):
        why = "No such file or directory"
        self.spills(f"cannot create a temporary file in '/no/such': {why}; name another directory or allow more memory",
                    f"无法在“/no/such”中创建临时文件：{why}；请指定其他目录或增大内存上限", "--spill-dir", "/no/such")

    def test_spill_that_fits_is_not_to_be_seen_in_the_result(self):
        whole = self.run_pack(self.file_pack, "--csv", self.csv, "--as-of", "2026-01-01", code=1)
        before = kit.tree(self.path("report"))
        shutil.rmtree(self.path("report"))
        self.assertEqual(len(whole[1]), RECORDS)
        done = self.assay("run", self.file_pack, "--csv", self.csv, "--as-of", "2026-01-01", "--memory", "1MiB",
                          "--report", self.path("report"))
        self.assertEqual(done.code, 1)
        self.assertRegex(done.err, r"^30000 records in [0-9.]+ s, 30000 findings, peak [01]\.[0-9] MiB for sets and findings, "
                         r"[1-9][0-9]*\.[0-9] MiB spilled\n$")
        self.assertTrue(kit.tree(self.path("report")) == before)


if __name__ == "__main__":
    kit.main()
