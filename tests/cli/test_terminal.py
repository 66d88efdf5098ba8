"""What a person at a terminal sees: a line of progress on stderr, only there; nothing with --quiet; no colour anywhere."""
import os
import pty
import re
import subprocess
import time

import kit

PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {id: {standard: integer}}}
"""
LINE_EN = re.compile(r"\r\x1b\[Ka: (\d+) records, (\d+)/s")
LINE_ZH = re.compile(r"\r\x1b\[Ka: (\d+) 条记录，(\d+) 条/秒")


class Terminal(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(PACK)
        os.mkfifo(self.path("pipe"))

    def slow(self, *args, env=None, out=None):
        """A run over a fifo that takes half a second: (exit code, what the terminal showed, stdout)."""
        ours, theirs = pty.openpty()
        process = self.start("run", self.file_pack, "--csv", "a=" + self.path("pipe"), *args, env=env, stderr=theirs,
                             stdout=theirs if out == "tty" else subprocess.PIPE)
        os.close(theirs)
        with open(self.path("pipe"), "wb", buffering=0) as pipe:
            pipe.write(b"id\n")
            for i in range(5):
                for row in range(1000):
                    pipe.write(b"".join(b"%d\n" % (i * 10000 + row * 10 + n) for n in range(10)))
                time.sleep(0.12)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError: # the other end is closed
            pass
        os.close(ours)
        stdout = process.stdout.read() if process.stdout else b""
        return process.wait(10), shown.decode(), stdout.decode()

    def test_progress(self):
        for lang, line in (("en", LINE_EN), ("zh", LINE_ZH)):
            code, shown, stdout = self.slow("--lang", lang, "--as-of", "2026-01-01")
            self.assertEqual(code, 0)
            counts = [int(m.group(1)) for m in line.finditer(shown)]
            self.assertGreaterEqual(len(counts), 3, shown)
            self.assertEqual(counts, sorted(counts))
            self.assertEqual(counts[-1], 50000)
            # The line is gone when the run is over, and what follows begins at its place.
            self.assertRegex(shown, r"\r\x1b\[K(50000 records in|50000 条记录，用时)[^\r\n]*\r\n$")
            self.assertNotIn("\x1b", stdout)
            self.assertNotIn("/s", stdout)
            self.assertTrue(stdout.startswith("t 1.0.0"))

    def test_no_color(self):
        """The line is moved about in, not coloured, with and without NO_COLOR."""
        for env in ({}, {"NO_COLOR": "1"}):
            _, shown, _ = self.slow(env=env)
            self.assertEqual(set(re.findall(r"\x1b\[[0-9;]*[A-Za-z]", shown)), {"\x1b[K"})

    def test_quiet(self):
        self.assertEqual(self.slow("--quiet"), (0, "", ""))

    def test_no_terminal(self):
        path = self.write("a.csv", "id\n" + "".join(f"{i}\n" for i in range(50000)))
        done = self.assay("run", self.file_pack, "--csv", "a=" + path)
        self.assertEqual(done.code, 0)
        self.assertRegex(done.err, r"^50000 records in \d+\.\d\d s, 0 findings, peak 0\.0 MiB for sets and findings, 0\.0 MiB spilled\n$")
        done = self.assay("run", self.file_pack, "--csv", "a=" + path, "--quiet")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))


if __name__ == "__main__":
    kit.main()
