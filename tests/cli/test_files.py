"""Files: what cannot be read is named with line and byte; in lenient mode it is a finding of DATASET.record."""
import os
import subprocess
import unittest

import kit

PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: integer, required: true, unique: true}, name: {standard: word, required: true}}}
"""
EXACT = PACK.replace("required: true}}}", "required: true}},\n    rules: [{id: columns, schema: {columns: {id: text, name: text}, exact: true}}]}")


class Files(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(PACK)

    def reads(self, content, *args, code=0, name="a.csv"):
        """(records, rejected, [(rule, key, value, reason)])"""
        result, findings = self.run_pack(self.file_pack, "--csv", "a=" + self.write(name, content), *args, code=code)
        dataset, = result["datasets"]
        told = [(f["rule"], f["key"], f.get("value"), f["reason"]) for f in findings]
        return dataset["records"], dataset["rejected"], told

    def rejects(self, content, en, zh, *args, code=3):
        path = self.write("a.csv", content)
        self.refused(code, en.replace("FILE", path), zh.replace("FILE", path), self.file_pack, "--csv", "a=" + path, *args)

    # ---- Whole files ----

    def test_forms_of_a_good_file(self):
        good = (2, 0, [])
        for label, content, args in (
                ("plain", "id,name\n1,甲\n2,乙\n", ()),
                ("no line end at the end", "id,name\n1,甲\n2,乙", ()),
                ("CRLF", "id,name\r\n1,甲\r\n2,乙\r\n", ()),
                ("byte order mark", "\ufeffid,name\n1,甲\n2,乙\n", ()),
                ("quoted byte order mark", '\ufeff"id",name\n1,甲\n2,乙\n', ()),
                ("other order and more columns", "x,name,id\n0,甲,1\n0,乙,2\n", ()),
                ("quotes", '"id","name"\n"1","甲"\n"2","乙,"\n', ()),
                ("no header", "1,甲\n2,乙\n", ("--no-header",)),
                ("semicolon", "id;name\n1;甲\n2;乙\n", ("--delimiter", "semicolon")),
                ("tab", "id\tname\n1\t甲\n2\t乙\n", ("--delimiter", "tab")),
                ("GB18030", "id,name\n1,甲\n2,𠮷\n".encode("gb18030"), ("--encoding", "GB18030"))):
            with self.subTest(label):
                self.assertEqual(self.reads(content, *args), good)

    def test_null_is_unquoted(self):
        self.assertEqual(self.reads('id,name\n1,\n2,""\n3,NULL\n', code=1),
                         (3, 0, [("a.name.required", {"id": 1}, None, "the value is NULL"),
                                 ("a.name.required", {"id": 2}, "", "the text is a word that means no value")]))
        self.assertEqual(self.reads('id,name\n1,x\n2,""\n3,NULL\n', "--null", "NULL", code=1)[2],
                         [("a.name.required", {"id": 2}, "", "the text is a word that means no value"), ("a.name.required", {"id": 3}, None, "the value is NULL")])

    def test_copy_text(self):
        path = self.write("a.copy", "1\t甲\n2\t\\N\n\\.\n")
        result, findings = self.run_pack(self.file_pack, "--copy", "a=" + path, "--no-header", code=1)
        self.assertEqual((result["datasets"][0]["records"], [(f["rule"], f["key"], f["value"]) for f in findings]),
                         (2, [("a.name.required", {"id": 2}, None)]))

    def test_empty_file(self):
        self.rejects("", "FILE: the file is empty, but a header line is expected", "FILE：文件为空，应有表头行")

    def test_header_alone(self):
        self.assertEqual(self.reads("id,name\n"), (0, 0, []))

    def test_wrong_header(self):
        self.rejects("nr,nam\n1,x\n",
                     "dataset a: 2 fields cannot be read: field 'id' has no column 'id'; field 'name' has no column 'name', "
                     "did you mean 'nam'?",
                     "数据集 a：2 个字段无法读取：字段“id”没有对应的列“id”；字段“name”没有对应的列“name”，是否应为“nam”？", code=2)

    def test_columns_that_the_pack_does_not_expect(self):
        pack = self.pack(EXACT, name="exact.yaml")
        result, findings = self.run_pack(pack, "--csv", "a=" + self.write("a.csv", "more,id,name\nx,1,y\n"), code=1)
        rule = self.rules(result)["a.columns"]
        self.assertEqual((rule["outcome"], rule["evaluated"], rule["failed"]), ("FAIL", 3, 1))
        self.assertEqual([(f["rule"], f["key"], f["reason"]) for f in findings], [("a.columns", None, "column 'more' is not one of those named")])

    def test_column_twice(self):
        self.rejects("id,name,id\n1,x,2\n", "FILE: the header names the column 'id' twice", "FILE：表头中列“id”出现两次",
                     code=2)

    def test_file_missing(self):
        path = self.path("none.csv")
        self.refused(3, f"{path}: cannot open: No such file or directory", f"{path}：无法打开：No such file or directory",
                     self.file_pack, "--csv", "a=" + path)

    def test_folder(self):
        self.refused(3, f"{self.dir}: cannot read: Is a directory", f"{self.dir}：无法读取：Is a directory",
                     self.file_pack, "--csv", "a=" + self.dir)

    def test_unknown_encoding(self):
        self.rejects("id,name\n", "unknown encoding 'UTF-9'; 'iconv -l' lists those that this system knows",
                     "未知编码“UTF-9”；“iconv -l”列出本系统支持的编码", "--encoding", "UTF-9", code=2)

    # ---- Lines that cannot be read ----

    def faulty(self, content, line, record, byte, en, zh, *args):
        """Strict: refused with the place. Lenient: a finding, and the other records are judged."""
        self.rejects(content, f"FILE: line {line}, record {record}, byte offset {byte}: {en}",
                     f"FILE：第 {line} 行，第 {record} 条记录，字节偏移 {byte}：{zh}", *args)
        self.assertEqual(self.reads(content, "--lenient", *args, code=1),
                         (2, 1, [("a.record", None, None, f"record {record}, line {line}, byte {byte}: {en}")]))

    def test_faults(self):
        no_text = ("a byte that is not of the encoding", "含有不属于该编码的字节")
        for label, content, place, words, args in (
                ("not UTF-8", b"id,name\n1,x\n2,y\xff\n3,z\n", (3, 2, 15), no_text, ()),
                ("not GB18030", b"id,name\n1,\xbc\xd7\n2,\xff\n3,z\n", (3, 2, 15), no_text, ("--encoding", "GB18030")),
                ("NUL", b"id,name\n1,x\n2,\0\n3,z\n", (3, 2, 14),
                 ("a NUL byte (is the file UTF-16?)", "含 NUL 字节（文件是否为 UTF-16？）"), ()),
                ("too few", b"id,name\n1\n2,y\n3,z\n", (2, 1, 8), ("1 fields, expected 2", "有 1 个字段，应为 2 个"), ()),
                ("too many", b"id,name\n1,x\n2,y,z\n3,z\n", (3, 2, 12), ("3 fields, expected 2", "有 3 个字段，应为 2 个"), ()),
                ("blank line", b"id,name\n1,x\n\n3,z\n", (3, 2, 12), ("1 fields, expected 2", "有 1 个字段，应为 2 个"), ())):
            with self.subTest(label):
                self.faulty(content, *place, *words, *args)

    def test_lenient_counts(self):
        """Of 1,000 lines every tenth is broken; the rule DATASET.record says so in the result."""
        lines = "".join(f"{i},x{',' if i % 10 == 0 else ''}\n" for i in range(1000))
        path = self.write("a.csv", "id,name\n" + lines)
        result, findings = self.run_pack(self.file_pack, "--csv", "a=" + path, "--lenient", code=1)
        dataset, = result["datasets"]
        self.assertEqual((dataset["records"], dataset["rejected"], dataset["findings"]), (900, 100, 100))
        rule = self.rules(result)["a.record"]
        self.assertEqual([rule[k] for k in ("check", "field", "severity", "indicator", "outcome", "evaluated", "failed",
                                            "skipped", "unreadable", "excluded")],
                         ["record", None, "error", "0302", "FAIL", 1000, 100, 0, 0, 0])
        self.assertEqual(self.rules(result)["a.id.required"]["evaluated"], 900)
        at, want = len("id,name\n"), []
        for i, line in enumerate(lines.splitlines(True)):
            if i % 10 == 0:
                want.append({"dataset": "a", "rule": "a.record", "key": None, "field": None, "values": {}, "verdict": "fail",
                             "reason": f"record {i + 1}, line {i + 2}, byte {at}: 3 fields, expected 2"})
            at += len(line)
        self.assertEqual(findings, want)

    def test_lenient_without_faults(self):
        path = self.write("a.csv", "id,name\n1,x\n")
        result, _ = self.run_pack(self.file_pack, "--csv", "a=" + path, "--lenient")
        rule = self.rules(result)["a.record"]
        self.assertEqual((rule["outcome"], rule["evaluated"], rule["failed"]), ("PASS", 1, 0))

    def test_unclosed_quote(self):
        self.rejects('id,name\n1,"x\n2,y\n', "FILE: line 2, record 1, byte offset 10: the quote that opens field 2 is never closed",
                     "FILE：第 2 行，第 1 条记录，字节偏移 10：第 2 个字段的左引号没有对应的右引号")

    def test_huge_field(self):
        """100 MiB where 64 MiB are allowed: refused before it is all in memory."""
        path = self.path("a.csv")
        with open(path, "wb") as f:
            f.write(b"id,name\n1,x\n2,")
            for _ in range(100):
                f.write(b"y" * 1048576)
            f.write(b"\n3,z\n")
        en = "line 3, record 2, byte offset 67108878: field 2 is longer than 67108864 bytes"
        done = self.assay("run", self.file_pack, "--csv", "a=" + path)
        self.assertEqual((done.code, done.out, done.err), (3, "", f"assay: {path}: {en}\n"))
        result, findings = self.run_pack(self.file_pack, "--csv", "a=" + path, "--lenient", code=1)
        self.assertEqual((result["datasets"][0]["records"], result["datasets"][0]["rejected"]), (2, 1))
        self.assertEqual([f["reason"] for f in findings],
                         ["record 2, line 3, byte 67108878: field 2 is longer than 67108864 bytes"])

    # ---- Standard input ----

    def test_standard_input(self):
        done = self.assay("run", self.file_pack, "--csv", "a=-", "--format", "ndjson", "--quiet", given=b"id,name\n1,\n")
        self.assertEqual((done.code, done.out, done.err),
                         (1, '{"dataset":"a","rule":"a.name.required","key":{"id":1},"field":"name","value":null,'
                          '"verdict":"fail","reason":"the value is NULL"}\n', ""))

    def test_standard_input_empty(self):
        for lang, text in (("en", "standard input: the file is empty, but a header line is expected"),
                           ("zh", "标准输入：文件为空，应有表头行")):
            done = self.assay("run", self.file_pack, "--csv", "a=-", "--lang", lang, "--report", self.path("new"), given=b"")
            self.assertEqual((done.code, done.out, done.err), (3, "", f"assay: {text}\n"))
            self.assertFalse(os.path.exists(self.path("new")))

    def test_standard_input_closed(self):
        done = self.assay("run", self.file_pack, "--csv", "a=-", "--report", self.path("new"), preexec_fn=lambda: os.close(0))
        self.assertEqual((done.code, done.out, done.err), (3, "", "assay: standard input: cannot read: Bad file descriptor\n"))
        self.assertFalse(os.path.exists(self.path("new")))

    def test_two_million_lines_in_small_pieces(self):
        """Written to a pipe in pieces of 997 bytes, so that lines are cut everywhere."""
        body = b"id,name\n" + b"".join(b"%d,n\n" % i for i in range(2000000)) + b"7,n\n"
        process = self.start("run", self.file_pack, "--csv", "a=-", "--report", self.path("report"), "--quiet",
                             stdin=subprocess.PIPE, bufsize=0)
        for at in range(0, len(body), 997):
            process.stdin.write(body[at:at + 997])
        self.assertEqual(self.ends(process, 60), (1, "", ""))
        result, findings = self.read_report(self.path("report"))
        self.assertEqual((result["datasets"][0]["records"], [(f["rule"], f["key"]) for f in findings]),
                         (2000001, [("a.id.unique", {"id": 7})] * 2))

    # ---- Usage ----

    def test_usage(self):
        self.write("a.csv", "id,name\n1,x\n")
        for args, en, zh in (
                (("--csv", "a.csv"), "'a.csv': write DATASET=FILE", "“a.csv”：请写成 数据集=文件"),
                (("--csv", "=a.csv"), "'=a.csv': write DATASET=FILE", "“=a.csv”：请写成 数据集=文件"),
                (("--csv", "b=a.csv"), "the pack has no dataset 'b'", "规则包中没有数据集“b”"),
                (("--csv", "a=a.csv", "--csv", "a=a.csv"), "dataset a was already read in this run",
                 "数据集 a 在本次运行中已经读过"),
                (("--csv", "a=a.csv", "--jobs", "0"), "--jobs 0: not a number in range", "--jobs 0：不是有效的数"),
                (("--csv", "a=a.csv", "--jobs", "65"), "--jobs 65: not a number in range", "--jobs 65：不是有效的数"),
                (("--csv", "a=a.csv", "--memory", "1023K"), "memory is less than 1 MiB", "memory 小于 1 MiB"),
                (("--csv", "a=a.csv", "--memory", "much"), "--memory much: not a number in range", "--memory much：不是有效的数"),
                (("--csv", "a=a.csv", "--as-of", "2026-02-30"),
                 "as-of '2026-02-30' is not a date or a time: write 2026-01-31 or 2026-01-31T08:00:00+08:00",
                 "基准时间“2026-02-30”不是日期或时间：请写成 2026-01-31 或 2026-01-31T08:00:00+08:00"),
                (("--csv", "a=a.csv", "--dataset", "x"), "the pack has no dataset 'x'", "规则包中没有数据集“x”"),
                (("--csv", "a=a.csv", "--reveal", "a.x"), "reveal 'a.x': the pack has no such field; write dataset.field",
                 "reveal“a.x”：规则包中没有这个字段；请写成 数据集.字段"),
                (("--csv", "a=a.csv", "--delimiter", "ab"), "--delimiter ab: tab, comma, semicolon or one ASCII character",
                 "--delimiter ab：tab、comma、semicolon 或一个 ASCII 字符")):
            with self.subTest(args):
                self.refused(2, en, zh, self.file_pack, *args)


if __name__ == "__main__":
    kit.main()
