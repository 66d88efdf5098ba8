"""What a server refuses: each ends with exit code 3 (2 where the pack is at fault), says what, where and what to do in
both languages, and leaves nothing."""
import os
import subprocess
import unittest

import kit
from kit import sql

ONE = """  a: {title: {zh: 甲, en: A}, source: s, table: a, key: [id], fields: {
    id: {standard: integer}, name: {standard: word, required: true}}}
"""
SLOW_FIRST = """  first: {title: {zh: 甲, en: A}, source: s, key: [id],
    query: "select 1 as id, pg_sleep(30) is null as slept",
    fields: {id: {standard: integer}}}
  second: {title: {zh: 乙, en: B}, source: s, table: second, key: [id], fields: {id: {standard: integer}}}
"""
CHECK_EN = "check the connection string, the PG* environment and that the server runs"
CHECK_ZH = "请检查连接串、PG* 环境变量以及服务器是否在运行"
ASKS = ("  Is the server running locally and accepting connections on that socket?")


class Connecting(kit.Case):
    def refused_to_connect(self, why, en, zh, place=None, **more):
        place = place or os.environ["PGHOST"] + "/.s.PGSQL." + more.get("env", {}).get("PGPORT", os.environ["PGPORT"])
        why = f'connection to server on socket "{place}" failed: {why}'
        self.refused(3, f"cannot connect to PostgreSQL: {why}; {en}", f"无法连接 PostgreSQL：{why}；{zh}", self.pack(ONE),
                     **more)

    def test_no_server_on_this_port(self):
        self.refused_to_connect("No such file or directory" + ASKS, CHECK_EN, CHECK_ZH, env={"PGPORT": "1"})

    def test_unknown_socket_folder(self):
        self.refused_to_connect("No such file or directory" + ASKS, CHECK_EN, CHECK_ZH,
                                place="/no/such/folder/.s.PGSQL.5432", env={"PGHOST": "/no/such/folder"})

    def test_refused(self):
        # A socket that nobody listens on any more.
        with open(os.path.join(self.dir, "make.py"), "w", encoding="utf-8") as f:
            f.write("import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\n")
        subprocess.run(["python3", f.name, self.path(".s.PGSQL.5432")], check=True)
        self.refused_to_connect("Connection refused" + ASKS, CHECK_EN, CHECK_ZH, place=self.path(".s.PGSQL.5432"),
                                env={"PGHOST": self.dir})

    def test_no_such_database(self):
        self.refused_to_connect('FATAL:  database "nowhere" does not exist', CHECK_EN, CHECK_ZH,
                                env={"PGDATABASE": "nowhere"})

    def test_no_password(self):
        self.refused_to_connect("fe_sendauth: no password supplied", "put the password into ~/.pgpass or PGPASSWORD",
                                "请将密码放入 ~/.pgpass 或 PGPASSWORD", env={"PGUSER": os.environ["CLUSTER_SCRAM_USER"]})

    def test_wrong_password_is_never_shown(self):
        # refused() compares all of stdout and stderr: no byte of the password is among them.
        self.refused_to_connect('FATAL:  password authentication failed for user "assay_scram"',
                                "check the password in ~/.pgpass or PGPASSWORD",
                                "请检查 ~/.pgpass 或 PGPASSWORD 中的密码",
                                env={"PGUSER": os.environ["CLUSTER_SCRAM_USER"], "PGPASSWORD": "Wrong-Word-7"})

    def test_right_password_is_in_no_output(self):
        sql("create table if not exists a (id int, name text); insert into a values (1, 'x');"
            "grant select on a to assay_scram")
        secret = os.environ["CLUSTER_SCRAM_PASSWORD"]
        login = {"PGUSER": os.environ["CLUSTER_SCRAM_USER"], "PGPASSWORD": secret}
        for form in ("text", "json", "ndjson"):
            done = self.assay("run", self.pack(ONE), "--report", self.path("report"), "--format", form, env=login)
            self.assertEqual(done.code, 0)
            self.assertNotIn(secret, done.out + done.err)
        for name, content in kit.tree(self.path("report")).items():
            self.assertNotIn(secret.encode(), content, name)
        sql("drop table a")

    def test_password_among_the_arguments(self):
        en = ("--db holds a password, which others on this machine could read: use ~/.pgpass, PGPASSFILE, PGPASSWORD or "
              "a service file")
        zh = "--db 中含有口令，本机其他用户可能看到：请使用 ~/.pgpass、PGPASSFILE、PGPASSWORD 或服务文件"
        for uri in ("postgresql://u:hidden@/d", "postgresql:///d?password=hidden", "user=u password=hidden",
                    "user=u password = hidden", "postgres://u:hidden@h/d", "passfile=/x password=hidden",
                    "host=h sslpassword=hidden", "postgresql:///d?user=u&sslpassword=hidden",
                    r"application_name='\' ' password='hid'",
                    r"user=a\ b password=hidden", "password=postgresql://"):
            with self.subTest(uri):
                self.refused(2, en, zh, self.pack(ONE), "--db", uri)

    def test_words_that_only_look_like_a_password(self):
        for uri in ("passfile=/no/such/file", "postgresql:///postgres?passfile=/no/such/file", "user=password",
                    "application_name='a password=b'", "host=/no/password"):
            with self.subTest(uri):
                done = self.assay("run", self.pack(ONE), "--db", uri, env={"PGUSER": "postgres"})
                # It goes on to the server, which has no such user or no table a.
                self.assertEqual((done.code, done.out), (3, ""))
                self.assertNotIn("holds a password", done.err)


class Tables(kit.Case):
    def setUp(self):
        super().setUp()
        sql("drop schema public cascade; create schema public; grant usage on schema public to public;"
            "create table a (id int, name text); insert into a values (1, 'x');")

    def refused_table(self, what, en, zh, **more):
        self.refused(3, f"cannot read table a: {what[0]} (SQLSTATE {what[1]}); {en}",
                     f"无法读取表 a：{what[0]}（SQLSTATE {what[1]}）；{zh}", self.pack(ONE), **more)

    def role(self, grants):
        sql("create role guest login;" + grants)
        self.addCleanup(sql, "drop owned by guest; drop role guest")

    def test_permission_on_the_table(self):
        self.role("")
        self.refused_table(("permission denied for table a", "42501"),
                           "grant SELECT on it to this user (where row security is on: read as its owner or a role with "
                           "BYPASSRLS)", "请授予该用户 SELECT 权限（若启用了行级安全：请用属主或具有 BYPASSRLS 的角色读取）",
                           env={"PGUSER": "guest"})

    def test_permission_on_one_column(self):
        self.role("grant select (id) on a to guest")
        self.refused_table(("permission denied for table a", "42501"),
                           "grant SELECT on it to this user (where row security is on: read as its owner or a role with "
                           "BYPASSRLS)", "请授予该用户 SELECT 权限（若启用了行级安全：请用属主或具有 BYPASSRLS 的角色读取）",
                           env={"PGUSER": "guest"})

    def test_permission_on_a_column_that_no_field_names(self):
        self.role("alter table a add other int; grant select (id, name) on a to guest")
        result, findings = self.run_pack(self.pack(ONE), env={"PGUSER": "guest"})
        self.assertEqual((result["datasets"][0]["records"], findings), (1, []))

    def test_row_security_does_not_hide_records(self):
        self.role("grant select on a to guest; alter table a enable row level security")
        self.refused_table(('query would be affected by row-level security policy for table "a"', "42501"),
                           "grant SELECT on it to this user (where row security is on: read as its owner or a role with "
                           "BYPASSRLS)", "请授予该用户 SELECT 权限（若启用了行级安全：请用属主或具有 BYPASSRLS 的角色读取）",
                           env={"PGUSER": "guest"})

    def test_no_such_table(self):
        self.refused(3, 'database "postgres" has no table or view missing; check the name, its schema and the search_path',
                     '数据库 "postgres" 中没有表或视图 missing；请检查名称、模式与 search_path',
                     self.pack(ONE.replace("table: a", "table: missing")))

    def test_nearest_table(self):
        sql("create table enterprise (id int)")
        self.refused(3, 'database "postgres" has no table or view public.enterprize; did you mean public.enterprise?',
                     '数据库 "postgres" 中没有表或视图 public.enterprize；是否为 public.enterprise？',
                     self.pack(ONE.replace("table: a", "table: public.enterprize")))

    def test_columns_that_are_missing_or_do_not_fit(self):
        sql("create table wide (id int, address text, born jsonb, amount bytea, open text)")
        self.refused(2, "dataset a: 4 fields cannot be read: field 'adress' has no column 'adress', did you mean 'address'?; "
                     "field 'xyzzy' has no column 'xyzzy'; field 'born' is date, but column 'born' is jsonb (jsonb); "
                     "field 'amount' is decimal, but column 'amount' is bytes (bytea)",
                     "数据集 a：4 个字段无法读取：字段“adress”没有对应的列“adress”，是否应为“address”？；字段“xyzzy”没有对应的列“xyzzy”；"
                     "字段“born”为 date，而列“born”为 jsonb（jsonb）；字段“amount”为 decimal，而列“amount”为 bytes（bytea）",
                     self.pack("""  a: {title: {zh: 甲, en: A}, source: s, table: wide, key: [id], fields: {
    id: {standard: integer}, adress: {standard: word}, xyzzy: {standard: word}, born: {standard: date},
    amount: {standard: decimal}, open: {standard: boolean}}}
"""))

    def test_statement_timeout(self):
        query = "select 1 as id, pg_sleep(30) is null as slept"
        why = "canceling statement due to statement timeout"
        self.refused(3, f"cannot read query {query}: {why} (SQLSTATE 57014); raise statement_timeout for this user, or read "
                     "when the server is less busy",
                     f"无法读取查询 {query}：{why}（SQLSTATE 57014）；请为该用户调大 statement_timeout，或在服务器空闲时读取",
                     self.pack(SLOW_FIRST), env={"PGOPTIONS": "-c statement_timeout=300"})

    def test_lock_timeout(self):
        with Session() as other:
            other.say("begin; lock table a;")
            self.refused(3, "cannot read table a: canceling statement due to lock timeout (SQLSTATE 55P03); another session "
                         "waits to change the table; run again later",
                         "无法读取表 a：canceling statement due to lock timeout（SQLSTATE 55P03）；有会话正等待修改该表，请稍后重试",
                         self.pack(ONE), env={"PGOPTIONS": "-c lock_timeout=100"})

    def test_query_that_is_wrong(self):
        self.refused(3, 'cannot read query select nothing from a: column "nothing" does not exist (SQLSTATE 42703); check '
                     "the column names",
                     '无法读取查询 select nothing from a：column "nothing" does not exist（SQLSTATE 42703）；请检查列名',
                     self.pack(ONE.replace("table: a", 'query: "select nothing from a"')))

    def test_what_a_function_raises_is_not_quoted(self):
        """A user's function may put a value into its message."""
        sql("create or replace function refuse(v text) returns text language plpgsql as "
            "$$ begin raise exception 'no such number: %', v using hint = 'look at ' || v; end $$")
        pack = self.pack(ONE.replace("table: a", 'query: "select refuse(secret) as id, secret as name from held"'))
        sql("create table held (secret text); insert into held values ('11010519491231002X')")
        self.refused(3, "cannot read query select refuse(secret) as id, secret as name from held: the server refused a value "
                     "(SQLSTATE P0001); see the server's log",
                     "无法读取查询 select refuse(secret) as id, secret as name from held：服务器拒绝了一个取值（SQLSTATE P0001）；请查看服务器日志", pack)
        sql("drop table held")

    def test_encoding_that_is_none(self):
        sql("create database loose encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'")
        self.refused(3, 'database "loose" has the encoding SQL_ASCII: what its bytes mean is not known and they cannot be '
                     "turned into UTF-8; move the data to a database with a real encoding (pg_dump --encoding=...), or "
                     "export it to CSV and name the encoding",
                     '数据库 "loose" 的编码为 SQL_ASCII：字节的含义未知，无法转换为 UTF-8；请迁移到具有明确编码的数据库（pg_dump '
                     "--encoding=...），或导出为 CSV 并指明编码", self.pack(ONE), env={"PGDATABASE": "loose"})
        sql("drop database loose")

    def test_a_fault_in_the_second_dataset_leaves_nothing_of_the_first(self):
        sql("create table second (id text)")
        self.refused(2, "dataset second: 1 fields cannot be read: field 'nr' has no column 'nr'",
                     "数据集 second：1 个字段无法读取：字段“nr”没有对应的列“nr”",
                     self.pack(ONE + """  second: {title: {zh: 乙, en: B}, source: s, table: second, key: [id], fields: {
    id: {standard: word}, nr: {standard: word}}}
"""))


class Session:
    """Another session of the server, which does what it is told and then waits."""

    def __enter__(self):
        self.psql = subprocess.Popen([os.environ["CLUSTER_BIN"] + "/psql", "-XAtq"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)
        return self

    def say(self, text):
        self.psql.stdin.write((text + "\n\\echo done\n").encode())
        self.psql.stdin.flush()
        if self.psql.stdout.readline() != b"done\n":
            raise AssertionError("psql said something else")

    def __exit__(self, *_):
        self.psql.communicate()


class BetweenDatasets(kit.Case):
    """The first dataset is slow; what happens to the second one meanwhile."""

    def setUp(self):
        super().setUp()
        sql("drop table if exists second; create table second (id int)")

    def both(self, meanwhile, en, zh):
        pack = self.pack(SLOW_FIRST.replace("pg_sleep(30)", "pg_sleep(0.4)"))
        for lang, text in (("en", en), ("zh", zh)):
            sql("create table if not exists second (id int)")
            with self.old_report() as report:
                process = self.start("run", pack, "--lang", lang, "--report", report)
                meanwhile()
                self.assertEqual(self.ends(process, 10), (3, "", "assay: " + text + "\n"))

    def test_table_dropped(self):
        def drop():
            kit.wait_for(lambda: kit.backends("query ilike 'copy%' and wait_event = 'PgSleep'"))
            sql("drop table second")

        self.both(drop, 'database "postgres" has no table or view second; check the name, its schema and the search_path',
                  '数据库 "postgres" 中没有表或视图 second；请检查名称、模式与 search_path')

    def test_connection_lost(self):
        def lose():
            with Session() as other:
                other.say("begin; lock table second;")
                pid, = kit.wait_for(lambda: kit.backends("wait_event_type = 'Lock'"))
                sql(f"select pg_terminate_backend({pid})")

        why = "FATAL:  terminating connection due to administrator command"
        self.both(lose, f"cannot read table second: the server closed the connection while it was being read: {why}; see "
                  "the server's log and run again",
                  f"无法读取表 second：读取过程中服务器关闭了连接：{why}；请查看服务器日志后重新运行")


class Full(kit.Case):
    """Fewer connections than jobs."""

    def setUp(self):
        super().setUp()
        sql("drop table if exists big; drop role if exists few;"
            "create table big as select i as id, repeat('x', 900) as name from generate_series(1, 40000) i; analyze big;"
            "create role few login; grant select on big to few")
        self.addCleanup(sql, "drop table big; drop role few")

    def test_one_connection_reads_all(self):
        sql("alter role few connection limit 1")
        result, findings = self.run_pack(self.pack(ONE.replace("table: a", "table: big")), "--jobs", "4", env={"PGUSER": "few"})
        self.assertEqual((result["datasets"][0]["records"], findings), (40000, []))

    def test_some_but_not_enough(self):
        sql("alter role few connection limit 2")
        why = 'connection to server on socket "' + os.environ["PGHOST"] + '/.s.PGSQL.5432" failed: FATAL:  too many connections for role "few"'
        self.refused(3, f"cannot connect to PostgreSQL: {why}; {CHECK_EN}; or read with fewer jobs",
                     f"无法连接 PostgreSQL：{why}；{CHECK_ZH}；或减少并行数", self.pack(ONE.replace("table: a", "table: big")), "--jobs", "4", env={"PGUSER": "few"})


if __name__ == "__main__":
    kit.main()
