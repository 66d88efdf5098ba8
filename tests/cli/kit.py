"""What the tests of the command share: a folder for each test, packs, running the command, the server.

The command is $ASSAY. Where a server is needed the script runs under tests/pg/cluster.sh, which sets PG* and CLUSTER_*.
"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HEAD = """assay: 1
pack: t
version: 1.0.0
timezone: Asia/Shanghai
sources:
  s: {title: {zh: 源, en: Source}, owner: 科}
  q: {title: {zh: 警, en: Police}, owner: 队}
standards:
  word: {title: {zh: 词, en: Word}, missing: ["", 无]}
  half: {title: {zh: 半, en: Half}, level: sensitive}
  secret: {title: {zh: 密, en: Secret}, level: personal}
datasets:
"""
LANGUAGES = ("en", "zh")


class Done:
    """A command that has ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out.decode(), err.decode()


def wait_for(what, seconds=20.0):
    """The first true value of what(); polled, because nothing tells us."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def sql(text, database=None):
    """Rows of a query as lines of |-separated text."""
    command = [os.environ["CLUSTER_BIN"] + "/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    if database:
        command += ["-d", database]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode().split("\n")[:-1]


def backends(condition="true"):
    """Pids of the server's processes that work for the command."""
    return [int(pid) for pid in sql("select pid from pg_stat_activity where application_name = 'assay' and " + condition)]


def tree(folder):
    """All files below a folder with their bytes."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb") as f:
                found[os.path.relpath(os.path.join(at, name), folder)] = f.read()
    return found


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="assay-cli.")
        self.addCleanup(shutil.rmtree, self.dir)
        self.spill = self.path("spill")
        os.mkdir(self.spill)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def pack(self, datasets, head=HEAD, name="pack.yaml"):
        return self.write(name, head + datasets)

    # ---- Running ----

    def environment(self, changes=None):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "NO_COLOR"))}
        env.update(TMPDIR=self.spill, LC_ALL="C", TERM="xterm")
        env.update(changes or {})
        return env

    def start(self, *args, env=None, **more):
        """The command in the background; killed when the test ends with it still running."""
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen([os.environ["ASSAY"], *args], env=self.environment(env), cwd=self.dir, **more)

        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()

        self.addCleanup(end)
        return process

    def assay(self, *args, given=None, env=None, **more):
        process = self.start(*args, env=env, stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL, **more)
        out, err = process.communicate(given, timeout=100)
        self.assertEqual(os.listdir(self.spill), [], "temporary files are left")
        return Done(process.returncode, out or b"", err or b"")

    def run_pack(self, *args, code=0, **more):
        """A run whose report is wanted: (result, findings); anything on stderr beside what a sanitizer says fails."""
        report = self.path("report")
        shutil.rmtree(report, ignore_errors=True)
        done = self.assay("run", *args, "--report", report, "--quiet", **more)
        self.assertEqual((done.code, done.out, done.err), (code, "", ""))
        return self.read_report(report)

    def read_report(self, report):
        self.assertEqual(sorted(os.listdir(report)), ["findings.ndjson", "result.json", "summary.txt"])
        with open(report + "/result.json", encoding="utf-8") as f:
            result = json.load(f)
        with open(report + "/findings.ndjson", encoding="utf-8") as f:
            findings = [json.loads(line) for line in f]
        self.assertEqual(result["run"]["findings"], len(findings))
        return result, findings

    def rules(self, result, dataset=0):
        return {r["id"]: r for r in result["datasets"][dataset]["rules"]}

    # ---- Failing ----

    @contextlib.contextmanager
    def old_report(self):
        """A report of an earlier run, which must be as it was afterwards."""
        report = self.path("report")
        os.makedirs(report, exist_ok=True)
        for name in ("result.json", "findings.ndjson", "summary.txt"):
            self.write("report/" + name, "old " + name)
        before = tree(report)
        yield report
        self.assertTrue(tree(report) == before, "the older report was touched: " + " ".join(os.listdir(report)))

    def refused(self, code, en, zh, *args, **more):
        """The run ends with this code and exactly this message in each language, and leaves no trace: an older report
        stays as it was, a folder that was not there is not made."""
        new = self.path("new")
        done = self.assay("run", *args, "--lang", "en", "--report", new, **more)
        self.assertEqual((done.code, done.out, done.err), (code, "", "assay: " + en + "\n"))
        self.assertFalse(os.path.exists(new))
        with self.old_report() as report:
            done = self.assay("run", *args, "--lang", "zh", "--report", report, **more)
            self.assertEqual((done.code, done.out, done.err), (code, "", "assay: " + zh + "\n"))

    def ends(self, process, seconds=2.0):
        """Wait for a process that was told to end: (exit code, stdout, stderr), in time."""
        begun = time.monotonic()
        out, err = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - begun, seconds, "it took too long to end")
        return process.returncode, (out or b"").decode(), (err or b"").decode()


def main():
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
