"""The server dies, or we do: clear message, exit code 3, nothing half-written, nothing left."""
import os
import signal
import subprocess

import kit
from kit import sql

PACK = """  a: {title: {zh: 甲, en: A}, source: s, query: "select id, name from slow", key: [id], fields: {
    id: {standard: integer, unique: true}, name: {standard: word}}}
"""
LOST_EN = ("cannot read query select id, name from slow: the server closed the connection while it was being read: {}; see "
           "the server's log and run again")
LOST_ZH = "无法读取查询 select id, name from slow：读取过程中服务器关闭了连接：{}；请查看服务器日志后重新运行"


class Server(kit.Case):
    def setUp(self):
        super().setUp()
        kit.wait_for(self.is_up)
        # Ten thousand records come at once, then one every ten milliseconds: the death is in the middle of the COPY.
        sql("create or replace view slow as select i as id, 'x'::text as name from generate_series(1, 100000) i "
            "where i < 10000 or pg_sleep(0.01) is not null")

    def is_up(self):
        return subprocess.run([os.environ["CLUSTER_BIN"] + "/pg_isready", "-q"], check=False).returncode == 0

    def dies(self, kill, en, zh):
        pack = self.pack(PACK)
        for lang, text in (("en", en), ("zh", zh)):
            with self.old_report() as report:
                process = self.start("run", pack, "--lang", lang, "--report", report)
                pid, = kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
                kill(pid)
                self.assertEqual(self.ends(process, 5), (3, "", "assay: " + text + "\n"))
            self.assertEqual(os.listdir(self.spill), [])
            kit.wait_for(self.is_up)

    def test_backend_killed(self):
        why = "server closed the connection unexpectedly"
        self.dies(lambda pid: os.kill(pid, signal.SIGKILL), LOST_EN.format(why), LOST_ZH.format(why))

    def test_backend_terminated(self):
        why = "terminating connection due to administrator command"
        self.dies(lambda pid: sql(f"select pg_terminate_backend({pid})"),
                  f"cannot read query select id, name from slow: {why} (SQLSTATE 57P01); the server was stopped or restarted; "
                  "run again", f"无法读取查询 select id, name from slow：{why}（SQLSTATE 57P01）；服务器被停止或重启，请重新运行")

    def test_query_cancelled_by_another(self):
        why = "canceling statement due to user request"
        with self.old_report() as report:
            process = self.start("run", self.pack(PACK), "--report", report)
            pid, = kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
            sql(f"select pg_cancel_backend({pid})")
            self.assertEqual(self.ends(process, 5),
                             (3, "", f"assay: cannot read query select id, name from slow: {why} (SQLSTATE 57014); raise "
                              "statement_timeout for this user, or read when the server is less busy\n"))

    def test_whole_server_killed(self):
        """A cluster of our own, whose postmaster and backend are killed with signal 9."""
        begin = ('set -e; . "$1"; cluster_start; echo "$PGHOST"; cluster_pid; read -r _ || true')
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../pg/cluster.sh")
        cluster = subprocess.Popen(["bash", "-c", begin, "-", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            host, postmaster = cluster.stdout.readline().decode().strip(), int(cluster.stdout.readline())
            psql = [os.environ["CLUSTER_BIN"] + "/psql", "-XAtq", "-h", host]
            view = "create view slow as select i as id, 'x'::text as name from generate_series(1, 9) i where pg_sleep(9) is not null"
            subprocess.run(psql + ["-c", view], check=True)
            with self.old_report() as report:
                process = self.start("run", self.pack(PACK), "--report", report, env={"PGHOST": host})
                ask = psql + ["-c", "select pid from pg_stat_activity where application_name = 'assay' and wait_event = 'PgSleep'"]
                pid = kit.wait_for(lambda: subprocess.run(ask, stdout=subprocess.PIPE, check=True).stdout.strip())
                os.kill(postmaster, signal.SIGKILL)
                os.kill(int(pid), signal.SIGKILL)
                self.assertEqual(self.ends(process, 5),
                                 (3, "", "assay: " + LOST_EN.format("server closed the connection unexpectedly") + "\n"))
        finally:
            cluster.communicate()


class Ourselves(kit.Case):
    def test_killed_while_reading(self):
        """No report, no spill file, and the server notices that nobody listens any more."""
        sql("drop view if exists slow; create view slow as select i as id, 'x'::text as name from generate_series(1, 300000) i "
            "where i < 290000 or pg_sleep(0.01) is not null")
        pack = self.pack(PACK)
        process = self.start("run", pack, "--report", self.path("new"), "--memory", "1MiB")
        kit.wait_for(lambda: kit.backends("wait_event = 'PgSleep'"))
        # What it holds is on the disk by now, in a file without a name.
        held = kit.wait_for(lambda: [link for link in self.links(process.pid) if link.startswith(self.spill)])
        self.assertTrue(all(link.endswith(" (deleted)") for link in held), held)
        self.assertEqual(os.listdir(self.spill), [])
        process.kill()
        process.wait()
        self.assertEqual(os.listdir(self.spill), [])
        self.assertEqual(os.listdir(self.path("new")), [])  # the folder itself is made before reading

    def links(self, pid):
        folder = f"/proc/{pid}/fd/"
        found = []
        for fd in os.listdir(folder):
            try:
                found.append(os.readlink(folder + fd))
            except FileNotFoundError:
                pass
        return found


if __name__ == "__main__":
    kit.main()
