"""scan and merge over files: any pieces in any order give the bytes of one run; what is missing, damaged or does not
belong there is refused."""
import base64
import json
import os
import random
import stat

import kit
import partials
from partials import JOB, line, records

RECORDS = 700
WHOLE = ("--as-of", "2026-01-31", "--csv", "a=all.csv")


class Merge(partials.Case):
    def setUp(self):
        super().setUp()
        self.a_pack = self.make_pack()
        self.records = records("merge", RECORDS)
        self.csv("all.csv", self.records)

    def csv(self, name, rows, header=True):
        self.write(name, (line(partials.COLUMNS) if header else "") + "".join(map(line, rows)))
        return name

    def pieces(self, rng, n):
        """The records in some order, cut somewhere: also into nothing."""
        rows = rng.sample(self.records, len(self.records))
        cuts = sorted(rng.randrange(len(rows) + 1) for _ in range(n - 1))
        return [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)])]

    def scan_pieces(self, rng, n):
        return [self.scan(self.a_pack, i, n, "--csv", self.csv(f"{i}.csv", rows), "--place", "all.csv")
                for i, rows in enumerate(self.pieces(rng, n))]

    def test_every_check_is_here(self):
        """... and the data breaks each of them somewhere."""
        done = self.assay("run", self.a_pack, *WHOLE, "--format", "json", "--quiet")
        rules = json.loads(done.out)["datasets"][0]["rules"]
        broken = {rule["check"] for rule in rules if rule["failed"] or "not_evaluated" in rule}  # the latter ask for a store
        told = self.assay("checks").out.splitlines()
        self.assertEqual(broken, {t.split()[0] for t in told if "(not in this version)" not in t})

    def test_random_cuts(self):
        whole = self.report("run", self.a_pack, *WHOLE)
        for seed, n in enumerate((1, 2, 3, 7, 16)):
            with self.subTest(pieces=n):
                rng = random.Random(seed)
                parts = self.scan_pieces(rng, n)
                rng.shuffle(parts)
                self.same(self.report("merge", self.a_pack, *parts), whole)
                again = rng.choices(parts, k=3)
                self.same(self.report("merge", self.a_pack, *again, *parts, "--memory", "1MiB"), whole)

    def test_tree(self):
        whole = self.report("run", self.a_pack, *WHOLE)
        parts = self.scan_pieces(random.Random(9), 6)
        for name, some in (("left", parts[3:0:-1]), ("right", parts[4:])):
            done = self.assay("merge", self.a_pack, *some, "-o", name)
            self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        self.same(self.report("merge", self.a_pack, parts[0], "right", "left"), whole)
        self.same(self.report("merge", self.a_pack, *parts, "right", "left"), whole)
        for name, some in (("flat", parts), ("deep", (parts[0], "right", "left", parts[5]))):
            self.assay("merge", self.a_pack, *some, "-o", name)
        files = kit.tree(self.dir)
        self.assertTrue(files["flat"] == files["deep"])

    def test_lines(self):
        told = []
        for i, rows in enumerate(self.pieces(random.Random(3), 5)):
            done = self.assay("scan", self.a_pack, *JOB, "--chunk", f"part-{i:05}", "--of", "5", "--lines", "--place", "all.csv",
                              given="".join(map(line, rows)).encode())
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertRegex(done.out, r"^[A-Za-z0-9+/]+=*\n$")
            told.append(done.out)
        self.write("some", told[4] + "\n" + told[1])
        self.write("more", told[0] + told[2] + told[3] + told[1])
        whole = self.report("run", self.a_pack, *WHOLE)
        self.same(self.report("merge", self.a_pack, "more", "some"), whole)
        self.write("plain", base64.b64decode(told[0]))
        self.same(self.report("merge", self.a_pack, "plain", "more", "some"), whole)
        done = self.assay("merge", self.a_pack, "more", "some", "-o", "line", "--line")
        self.assertEqual((done.code, kit.tree(self.dir)["line"].count(b"\n")), (0, 1))
        self.same(self.report("merge", self.a_pack, "line"), whole)

    def test_more_partials_than_a_list_holds(self):
        parts = [self.scan(self.a_pack, i, 2, "--csv", self.csv("x.csv", self.records[i::2]), "--place", "all.csv") for i in (0, 1)]
        self.same(self.report("merge", self.a_pack, *parts * 600), self.report("run", self.a_pack, *WHOLE))

    def test_copy_text_and_encoding(self):
        rows = ["\t".join(r"\N" if f == "" else f for f in r) + "\n" for r in self.records]
        text = ("\t".join(partials.COLUMNS) + "\n").encode()
        self.write("all.copy", text + "".join(rows).encode("gb18030"))
        parts = []
        for i in (0, 1):
            self.write(f"{i}.copy", text + "".join(rows[i::2]).encode("gb18030"))
            parts.append(self.scan(self.a_pack, i, 2, "--copy", f"{i}.copy", "--encoding", "GB18030", "--place", "all.copy"))
        self.same(self.report("merge", self.a_pack, *parts),
                  self.report("run", self.a_pack, "--as-of", "2026-01-31", "--copy", "a=all.copy", "--encoding", "GB18030"))

    def test_lenient(self):
        """Places of records that cannot be read are those in their own piece; all else is as in one run."""
        self.write("0.csv", line(partials.COLUMNS) + line(self.records[0]) + "only,two\n")
        self.write("1.csv", line(partials.COLUMNS) + line(self.records[1]))
        parts = [self.scan(self.a_pack, i, 2, "--csv", f"{i}.csv", "--lenient") for i in (0, 1)]
        files = self.report("merge", self.a_pack, *parts)
        result = json.loads(files["result.json"])["datasets"][0]
        self.assertEqual((result["records"], result["rejected"], result["reading"]["place"]), (2, 1, ""))
        self.assertIn("record 2, line 3, byte", files["findings.ndjson"].decode())
        strict = self.scan(self.a_pack, "s", 2, "--csv", "1.csv")
        self.not_merged(3, "s.part: of dataset a, but read from other columns, from another kind of source or in another way (--lenient)",
                        "s.part：属于数据集 a，但读取的列、来源类型或方式（--lenient）与其他的不同", parts[0], strict)

    # ---- What scan says ----

    def test_scan_is_content_with_any_data(self):
        path = self.scan(self.a_pack, 1, 1, "--csv", "all.csv")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, "it holds values unmasked")
        self.assertEqual(self.assay("merge", self.a_pack, path, "--quiet").code, 1)

    def test_truncated_input(self):
        whole = kit.tree(self.dir)["all.csv"]
        scan = ("scan", self.a_pack, *JOB, "--chunk", "1", "--of", "1", "-o", self.path("out"))
        cut_en, cut_zh = ": the last line has no end: the input was cut off", "：最后一行没有换行：输入不完整"
        self.write("cut.csv", whole[:-1])
        self.unwritten(3, "cut.csv" + cut_en, "cut.csv" + cut_zh, *scan, "--csv", "cut.csv")
        lines = ("scan", self.a_pack, *JOB, "--chunk", "1", "--of", "1", "--lines")
        rows = whole[whole.index(b"\n") + 1:]
        self.unwritten(3, "standard input" + cut_en, "标准输入" + cut_zh, *lines, given=rows[:-1])
        rng = random.Random(5)
        for at in sorted(rng.randrange(len(rows)) for _ in range(30)):
            if rows[at - 1:at] == b"\n":
                continue
            done = self.assay(*lines, "--lenient", given=rows[:at])
            self.assertEqual((done.code, done.out), (3, ""), at)

    def test_unwritable_output(self):
        why = "No such file or directory"
        self.unwritten(3, f"no/such/out: cannot be written: {why}", f"no/such/out：无法写入：{why}", "scan", self.a_pack, *JOB,
                       "--chunk", "1", "--of", "1", "--csv", "all.csv", "-o", "no/such/out")

    def test_spill_limit_leaves_nothing(self):
        self.csv("big.csv", records("big", 6000))
        self.unwritten(3, "temporary files would take more than 65536 bytes; raise the limit or allow more memory",
                       "临时文件将超过 65536 字节；请提高该上限或增大内存上限", "scan", self.a_pack, *JOB, "--chunk", "1", "--of", "1",
                       "--csv", "big.csv", "--memory", "1MiB", "--spill-limit", "64K", "-o", self.path("out"))

    def test_memory_does_not_show(self):
        self.csv("big.csv", records("big", 6000))
        self.scan(self.a_pack, "plain", 1, "--csv", "big.csv")
        a = self.scan(self.a_pack, 1, 1, "--csv", "big.csv")
        with open(a, "rb") as f:
            plain = f.read()
        self.scan(self.a_pack, 1, 1, "--csv", "big.csv", "--memory", "1MiB")
        with open(a, "rb") as f:
            self.assertTrue(f.read() == plain)

    def test_options(self):
        csv = ("--csv", "all.csv")
        scan = ("scan", self.a_pack)
        out = ("-o", self.path("out"))
        chunk = ("--chunk", "1", "--of", "1")
        needs_en, needs_zh = "assay scan needs {}; see assay scan --help", "assay scan 需要 {}；见 assay scan --help"
        one_en, one_zh = "a chunk has one source: a server, --csv, --copy or --lines", "一个分块只有一个来源：服务器、--csv、--copy 或 --lines"
        to_en, to_zh = ("write to a file with -o FILE, or to standard output with --lines",
                        "请用 -o 文件 写入文件，或用 --lines 写到标准输出")
        for args, en, zh in (
                ((*csv, *out, *chunk), needs_en.format("--dataset"), needs_zh.format("--dataset")),
                (("--dataset", "a", *csv, *out), needs_en.format("--job"), needs_zh.format("--job")),
                (("--dataset", "a", "--job", "j", *csv, *out), needs_en.format("--as-of"), needs_zh.format("--as-of")),
                ((*JOB, "--of", "1", *csv, *out), needs_en.format("--chunk, --of"), needs_zh.format("--chunk, --of")),
                ((*JOB, "--chunk", "1", *csv, *out), needs_en.format("--chunk, --of"), needs_zh.format("--chunk, --of")),
                ((*JOB, *chunk, *csv), to_en, to_zh),
                ((*JOB, *chunk, "--lines", *out), to_en, to_zh),
                ((*JOB, *chunk, *csv, "--lines"), one_en, one_zh),
                ((*JOB, *chunk, *csv, "--range", "1/2", *out), one_en, one_zh),
                ((*JOB, *chunk, "--range", "0/2", *out), "--range 0/2: write I/N, as 1/8", "--range 0/2：请写成 I/N，如 1/8"),
                ((*JOB, *chunk, "--range", "3/2", *out), "--range 3/2: write I/N, as 1/8", "--range 3/2：请写成 I/N，如 1/8"),
                ((*JOB, *chunk, "--proof", "x", *out), "unknown option --proof; see assay scan --help", "未知选项 --proof；见 assay scan --help"),
                ((*JOB, "--chunk", "", "--of", "1", *csv, *out),
                 "the name of the chunk must have 1 to 128 bytes, UTF-8 without control characters",
                 "分块名称应为 1 至 128 字节的 UTF-8 文本，不含控制字符")):
            with self.subTest(args):
                self.unwritten(2, en, zh, *scan, *args)

    # ---- What merge says ----

    def not_merged(self, code, en, zh, *partial, args=()):
        self.unwritten(code, en, zh, "merge", self.a_pack, *[os.path.relpath(p, self.dir) for p in partial], "--report", self.path("new"),
                       *args)

    def test_missing_chunk(self):
        parts = self.scan_pieces(random.Random(1), 4)
        self.not_merged(3, "dataset a: 2 of 4 chunks are missing (1, 3)", "数据集 a：缺少 2 块（共 4 块） (1, 3)", parts[0], parts[2])
        files = self.report("merge", self.a_pack, parts[0], parts[2], "--allow-missing")
        result = json.loads(files["result.json"])
        self.assertEqual({r["outcome"] for r in result["datasets"][0]["rules"]}, {"NOT_EVALUATED"})
        self.assertEqual((result["run"]["outcome"], result["score"]["total_e4"]), ("NOT_EVALUATED", None))
        self.assertEqual(result["datasets"][0]["missing"], {"chunks": 2, "of": 4})
        self.assertIn("2 of 4 chunks are missing: nothing can be evaluated", files["summary.txt"].decode())
        self.assertEqual(result["run"]["findings"], files["findings.ndjson"].count(b"\n"))

    def test_missing_dataset(self):
        two = self.pack((partials.PACK % "table: a") + "  b: {title: {zh: 乙, en: B}, source: s, table: b, key: [id], fields: "
                        "{id: {standard: integer}}}\n", head=partials.HEAD, name="two.yaml")
        part = self.scan(two, 1, 1, "--csv", "all.csv")
        self.unwritten(3, "dataset b: no chunk of it is there; name the datasets that were scanned (--dataset)",
                       "数据集 b：没有任何分块；请指明已扫描的数据集（--dataset）", "merge", two, part)
        self.same(self.report("merge", two, part, "--dataset", "a"), self.report("run", two, *WHOLE, "--dataset", "a"))

    def test_strangers(self):
        a = self.scan(self.a_pack, "a", 2, "--csv", "all.csv")
        other = self.pack((partials.PACK % "table: a").replace("max: 20}", "max: 21}"), head=partials.HEAD, name="other.yaml")
        b = self.scan(other, "b", 2, "--csv", "all.csv")
        self.not_merged(3, "b.part: of another pack, or of other files of it: scan again with this one",
                        "b.part：属于另一规则包，或其文件已变化：请用当前规则包重新扫描", a, b)
        b = self.scan(self.a_pack, "b", 2, "--csv", "all.csv", "--label", "monday")
        self.not_merged(3, "b.part: of snapshot 'monday', and the others are of ''", "b.part：属于快照“monday”，而其他的属于“”", a, b)
        self.csv("less.csv", self.records[:9])
        os.rename(a, self.path("first"))
        a = self.scan(self.a_pack, "a", 2, "--csv", "less.csv")
        self.not_merged(3, "a.part: chunk 'a' is there already and is not the same: the two were read from different data",
                        "a.part：分块“a”已存在且内容不同：两者读自不同的数据", self.path("first"), a)
        self.not_merged(3, "a.part: looks from another moment than 2026-02-01 00:00:00+08: scan all chunks with the same --as-of",
                        "a.part：基准时间不是 2026-02-01 00:00:00+08：请用相同的 --as-of 扫描所有分块", a, args=("--as-of", "2026-02-01"))
        self.not_merged(3, "all.csv: not a partial: write one with assay scan", "all.csv：不是部分结果：请用 assay scan 生成", self.path("all.csv"))

    def test_damage(self):
        part = self.scan(self.a_pack, 1, 1, "--csv", "all.csv")
        whole = kit.tree(self.dir)["1.part"]
        rng = random.Random(2)
        for _ in range(20):
            at = rng.randrange(len(whole))
            with open(part, "wb") as f:
                f.write(whole[:at])
            done = self.assay("merge", self.a_pack, part, "--report", self.path("new"))
            self.assertEqual((done.code, done.out), (3, ""), at)
            with open(part, "wb") as f:
                f.write(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:])
            done = self.assay("merge", self.a_pack, part, "--report", self.path("new"))
            self.assertIn(done.code, (2, 3), at)
            self.assertEqual(done.out, "")
        self.assertFalse(os.path.exists(self.path("new")))

    def test_usage(self):
        for args, en, zh in (
                (("merge", self.a_pack), "name a pack and partials: assay merge PACK FILE...", "请给出规则包和部分结果：assay merge 规则包 文件..."),
                (("merge", self.a_pack, "x", "-o", "y", "--report", "z"), "-o writes a partial and no report; --line belongs to it",
                 "-o 只写部分结果，不写报告；--line 须与其同用"),
                (("merge", self.a_pack, "x", "--line"), "-o writes a partial and no report; --line belongs to it",
                 "-o 只写部分结果，不写报告；--line 须与其同用")):
            with self.subTest(args):
                self.unwritten(2, en, zh, *args)
        why = "No such file or directory"
        self.unwritten(3, f"x: cannot open: {why}", f"x：无法打开：{why}", "merge", self.a_pack, "x")


if __name__ == "__main__":
    kit.main()
