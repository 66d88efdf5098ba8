"""Ctrl-C, SIGTERM and SIGHUP: exit code 4 within two seconds, no file, and no server process at work for us any more."""
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time

import kit
from kit import sql

FIELDS = "key: [id], fields: {id: {standard: integer, unique: true}, name: {standard: word}}"
SLOW = "select id, name, pg_sleep(0.01) is null as slept from slow"
EN = "cancelled while waiting for the server ({})"


def pack_of(place):
    return "  a: {title: {zh: 甲, en: A}, source: s, " + place + ", " + FIELDS + "}\n"


class Server(kit.Case):
    def setUp(self):
        super().setUp()
        sql("create or replace view slow as select i as id, 'x'::text as name from generate_series(1, 100000) i")

    def interrupted(self, process, number, text):
        process.send_signal(number)
        self.assertEqual(self.ends(process), (4, "", "assay: " + text + "\n"))
        kit.wait_for(lambda: not kit.backends(), 2)

    def test_slow_query(self):
        pack = self.pack(pack_of(f'query: "{SLOW}"'))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number), self.old_report() as report:
                process = self.start("run", pack, "--report", report)
                kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
                self.interrupted(process, number, EN.format(SLOW))

    def test_in_chinese(self):
        process = self.start("run", self.pack(pack_of(f'query: "{SLOW}"')), "--lang", "zh", "--report", self.path("new"))
        kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
        self.interrupted(process, signal.SIGINT, f"等待服务器时被取消（{SLOW}）")
        self.assertFalse(os.path.exists(self.path("new")))

    def test_waiting_for_a_lock(self):
        sql("drop table if exists locked; create table locked (id int, name text)")
        other = subprocess.Popen([os.environ["CLUSTER_BIN"] + "/psql", "-Xq"], stdin=subprocess.PIPE)
        other.stdin.write(b"begin; lock table locked;\n")
        other.stdin.flush()
        process = self.start("run", self.pack(pack_of("table: locked")), "--report", self.path("new"))
        kit.wait_for(lambda: kit.backends("wait_event_type = 'Lock'"))
        self.interrupted(process, signal.SIGINT, EN.format("locked"))
        self.assertFalse(os.path.exists(self.path("new")))
        other.communicate()

    def test_two_jobs(self):
        """Both server processes stand still in the middle of their COPY."""
        sql("drop table if exists big; create table big as select i as id, repeat('x', 900) as name "
            "from generate_series(1, 60000) i; analyze big")
        process = self.start("run", self.pack(pack_of("table: big").replace("standard: word", "standard: word, unique: true")),
                             "--jobs", "2", "--report", self.path("new"))

        def copying():
            pids = kit.backends("query ilike 'copy%' and state = 'active'")
            return pids if len(pids) == 2 else None

        pids = kit.wait_for(copying)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(0.3) # what was under way is read; now the command waits
            self.assertIsNone(process.poll(), "the table is too small for this test")
            process.send_signal(signal.SIGINT)
            code, out, err = self.ends(process)
            self.assertEqual((code, out), (4, ""))
            self.assertIn(err, ["assay: " + text + "\n" for text in
                                (EN.format("big"), "cancelled while reading a")])
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        kit.wait_for(lambda: not kit.backends(), 2)
        self.assertFalse(os.path.exists(self.path("new")))

    def test_explain(self):
        process = self.start("explain", "a.id.unique", "--pack", self.pack(pack_of(f'query: "{SLOW}"')), "--key", "1")
        kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
        self.interrupted(process, signal.SIGINT, EN.format(SLOW))


class Files(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(pack_of("file: a.csv"))

    def waits(self, process):
        """The command answers signals, has read what there is and waits for more."""
        with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
            status = dict(line.split(":", 1) for line in f.read().splitlines())
        return int(status["SigCgt"], 16) >> (signal.SIGTERM - 1) & 1 and status["State"].split()[0] == "S"

    def interrupted(self, process, text):
        """stdin or the fifo stays open: what ends the command is the signal."""
        kit.wait_for(lambda: self.waits(process))
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(2), 4)
        self.assertEqual((process.stdout.read(), process.stderr.read().decode()), (b"", "assay: " + text + "\n"))
        self.assertFalse(os.path.exists(self.path("new")))
        self.assertEqual(os.listdir(self.spill), [])

    def blocked(self, first, *args, lang="en", text="cancelled while reading standard input"):
        process = self.start(*args, "--lang", lang, stdin=subprocess.PIPE)
        process.stdin.write(first)
        process.stdin.flush()
        self.interrupted(process, text)

    def test_standard_input_that_blocks(self):
        for first in (b"", b"id,na", b"id,name\n1,x\n"):
            with self.subTest(first):
                self.blocked(first, "run", self.file_pack, "--csv", "a=-", "--report", self.path("new"))

    def test_in_chinese(self):
        self.blocked(b"id,name\n", "run", self.file_pack, "--csv", "a=-", lang="zh", text="读取标准输入时被取消")

    def test_explain(self):
        self.blocked(b"id,name\n", "explain", "a.id.unique", "--pack", self.file_pack, "--key", "1", "--csv", "-")

    def test_fifo_that_nobody_writes(self):
        os.mkfifo(self.path("pipe"))
        process = self.start("run", self.file_pack, "--csv", "a=" + self.path("pipe"), "--report", self.path("new"))
        self.interrupted(process, "cancelled while reading " + self.path("pipe"))

    def test_fifo_that_is_written_late(self):
        os.mkfifo(self.path("pipe"))
        process = self.start("run", self.file_pack, "--csv", "a=" + self.path("pipe"), "--report", self.path("new"), "--quiet")
        kit.wait_for(lambda: self.waits(process))
        with open(self.path("pipe"), "wb") as pipe:
            pipe.write(b"id,name\n1,x\n")
            pipe.flush()
            time.sleep(0.1)
            pipe.write(b"1,y\n")
        self.assertEqual(self.ends(process, 5), (1, "", ""))
        self.assertEqual([(f["rule"], f["key"]) for f in self.read_report(self.path("new"))[1]],
                         [("a.id.unique", {"id": 1})] * 2)

    def test_output_that_nobody_reads(self):
        """All is read and judged; the findings fill the pipe behind standard output."""
        path = self.write("a.csv", "id,name\n" + "1,x\n" * 5000)
        for lang, text in (("en", "interrupted while writing standard output"), ("zh", "写入标准输出时被中断")):
            process = self.start("run", self.file_pack, "--csv", "a=" + path, "--format", "ndjson", "--lang", lang)
            kit.wait_for(lambda p=process: self.pipe_is_full(p.stdout.fileno()))
            kit.wait_for(lambda p=process: self.waits(p))
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(2), 4)
            self.assertEqual(process.stderr.read().decode(), f"assay: {text}\n")

    def pipe_is_full(self, fd):
        count = fcntl.ioctl(fd, termios.FIONREAD, bytes(4))
        return int.from_bytes(count, sys.byteorder) >= 60000

    def write_all(self, fd, data):
        while data:
            data = data[os.write(fd, data):]

    def test_many_records(self):
        """In the middle of work that never waits: a fifo filled as fast as it is read."""
        os.mkfifo(self.path("pipe"))
        process = self.start("run", self.file_pack, "--csv", "a=" + self.path("pipe"), "--report", self.path("new"),
                             "--memory", "1MiB")
        pipe = os.open(self.path("pipe"), os.O_WRONLY)
        rows = b"".join(b"%d,some name\n" % n for n in range(10000))
        os.write(pipe, b"id,name\n")
        for _ in range(10):
            self.write_all(pipe, rows)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        with self.assertRaises(BrokenPipeError):
            while time.monotonic() < begun + 2:
                self.write_all(pipe, rows)
        os.close(pipe)
        code, out, err = self.ends(process)
        self.assertEqual((code, out), (4, ""))
        self.assertIn(err, ("assay: cancelled\n", "assay: cancelled while reading a\n", f"assay: cancelled while reading {self.path('pipe')}\n"))
        self.assertEqual(os.listdir(self.spill), [])
        self.assertFalse(os.path.exists(self.path("new")))


if __name__ == "__main__":
    kit.main()
