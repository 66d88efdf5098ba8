"""What is shown of an archive with the real programs: one record, the absence of one, changed fields, other keys."""
import json
import os
import random
import subprocess
import sys

import kit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pg"))
import proof_kit  # noqa: E402  pylint: disable=wrong-import-position

PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: text}, name: {standard: text}, n: {standard: integer}}}
"""
RECORDS = 300


class Prove(kit.Case):
    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(PACK)
        self.archive = proof_kit.Archive(os.environ["ASSAY"], self.path("archive"))
        self.signers = {proof_kit.SIGNER: self.archive.verifier}
        self.records = {f"K{i:03}": [f"名{i % 7}", str(i * 3)] for i in range(RECORDS)}
        self.fill()

    def fill(self):
        self.write("a.csv", "id,name,n\n" + "".join(f"{key},{','.join(rest)}\n" for key, rest in self.records.items()))

    def archived(self, *more):
        self.archive.call("run", self.file_pack, *self.archive.arguments(), "--quiet", *more)

    def looking_back(self, verifier=None):
        return "--proof", self.archive.proofs, "--proof-key", self.archive.secret, "--signer", verifier or self.archive.verifier

    def look_back(self, *command, verifier=None, code=0):
        done = self.assay(*command, self.file_pack, *self.looking_back(verifier))
        self.assertEqual(done.code, code, done.err)
        return done

    def prove(self, key, *more, code=0):
        done = self.assay("prove", self.file_pack, *self.looking_back(), "--key", key, *more)
        self.assertEqual(done.code, code, done.err)
        self.assertTrue(done.out if code == 0 else not done.out)
        return done.out if code == 0 else done.err

    def auditor(self, proof, code=0, policy=None):
        """What assay-verify says of a proof."""
        self.write("policy", policy or f"{self.archive.verifier} 0\n")
        with open(self.path("one.proof"), "wb") as file:
            file.write(proof if isinstance(proof, bytes) else proof.encode())
        done = subprocess.run([os.environ["ASSAY_VERIFY"], self.path("policy"), self.path("one.proof")], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    # ---- One record ----

    def test_one_record(self):
        for more in ([], ["--proof-alg", "sha256"]):
            self.archive.fresh()
            self.archived(*more)
            said = self.auditor(self.prove("K017"))
            for shown in ("K017", "名3", "51", proof_kit.SIGNER):
                self.assertIn(shown, said)
            self.assertNotIn("K018", said)

    def test_read_from_copy(self):
        """The same records in COPY text: the same leaves. One that differs is named."""
        self.archived()
        rows = [[key, *rest] for key, rest in self.records.items()]
        copy = self.write("a.copy", "id\tname\tn\n" + "".join("\t".join(row) + "\n" for row in rows))
        self.assertIn("K017", self.auditor(self.prove("K017", "--copy", copy)))
        data = *proof_kit.VERIFY_DATA, self.file_pack, *self.looking_back()
        self.assertEqual(self.assay(*data, "--copy", copy).code, 0)
        rows[17][2] = "\\N"
        self.write("a.copy", "id\tname\tn\n" + "".join("\t".join(row) + "\n" for row in rows))
        done = self.assay(*data, "--copy", copy)
        self.assertEqual((done.code, [line["op"] for line in map(json.loads, done.out.splitlines())]), (1, ["changed"]), done.err)
        self.assertIn("K017", done.out)
        for more, text in ((["--copy", copy, "--csv", self.path("a.csv")], "a dataset has one source: --db, --csv or --copy"),
                           (["--db", "dbname=x"], "the pack reads dataset a from a file: --db does not belong here")):
            done = self.assay(*data, *more)
            self.assertEqual((done.code, done.out, done.err), (2, "", f"assay: {text}\n"))

    def test_later_runs_do_not_disturb(self):
        self.archived()
        first = proof_kit.manifests(self.archive.proofs)[0]["run"]
        self.records["K017"][0] = "改"
        self.fill()
        self.archived()
        self.assertIn("改", self.auditor(self.prove("K017")))
        self.assertIn("名4", self.auditor(self.prove("K018", "--run", first)))

    def test_changed_proofs(self):
        self.archived()
        rng, whole = random.Random(5), self.prove("K100").encode()
        for _ in range(60):
            at, changed = rng.randrange(len(whole)), bytearray(whole)
            changed[at] ^= 1 << rng.randrange(7)
            self.auditor(bytes(changed), code=1)

    def test_changed_record(self):
        self.archived()
        self.records["K017"][0] = "改"
        self.fill()
        self.assertIn("is not what it was", self.prove("K017", code=3))

    def test_another_auditor(self):
        self.archived()
        other = proof_kit.verifier(proof_kit.make_key(self.path("other.pem")))
        self.auditor(self.prove("K001"), code=1, policy=f"{other} 0\n")

    # ---- No record ----

    def test_absence(self):
        self.archived()
        for key in ("K999", "", "k001", "K0010"):
            said = self.auditor(self.prove(key, "--absent"))
            self.assertNotIn("名", said, "neighbours are other people's records")
        self.prove("K017", "--absent", code=2)
        self.prove("K999", code=2)

    # ---- Fields ----

    def test_changed_fields(self):
        self.archived("--keep-fields")
        self.records["K017"] = ["改", "51"]
        self.records["K018"] = ["改", ""]
        self.fill()
        lines = [json.loads(line) for line in self.look_back("verify", "data", code=1).out.splitlines()]
        self.assertEqual(sorted((line["key"]["id"], line["fields"]) for line in lines), [("K017", ["name"]), ("K018", ["name", "n"])])

    def test_fields_that_were_not_kept(self):
        self.archived()
        self.records["K017"][1] = "52"
        self.fill()
        line, = (json.loads(line) for line in self.look_back("verify", "data", code=1).out.splitlines())
        self.assertEqual((line["op"], line["key"], "fields" in line), ("changed", {"id": "K017"}, False))

    # ---- Other keys ----

    def test_rotation(self):
        self.archived()
        new = self.path("new.pem")
        verifier = self.assay("key", "new", "--sm2", new, "--name", proof_kit.SIGNER).out.strip()
        old = f"{proof_kit.SIGNER}={self.archive.pem}"
        done = self.assay("key", "rotate", self.archive.proofs, "--sign", old, "--sign", f"{proof_kit.SIGNER}={new}", "--reason", "yearly")
        self.assertEqual(done.code, 0, done.err)
        key = proof_kit.manifests(self.archive.proofs)[1]
        self.assertEqual((key["type"], key["reason"], key["old_signer"], key["new_signer"]), ("key", "yearly", self.archive.verifier, verifier))
        for signer in (self.archive.verifier, verifier):  # both signed this checkpoint
            self.assertEqual(self.assay("verify", "log", self.archive.proofs, "--signer", signer).code, 0)
        arguments = self.archive.arguments()
        arguments[-1] = f"{proof_kit.SIGNER}={new}"
        self.archive.call("run", self.file_pack, *arguments, "--quiet")
        self.assertEqual(self.assay("verify", "log", self.archive.proofs, "--signer", verifier).code, 0)
        self.assertEqual(self.assay("verify", "log", self.archive.proofs, "--signer", self.archive.verifier).code, 1)
        self.look_back("verify", "data", verifier=verifier)

    def test_rotation_needs_both_keys(self):
        self.archived()
        before = kit.tree(self.archive.proofs)
        new = proof_kit.make_key(self.path("new.pem"))
        for signers in ([], [f"{proof_kit.SIGNER}={self.path('absent.pem')}", f"{proof_kit.SIGNER}={new}"]):
            done = self.assay("key", "rotate", self.archive.proofs, *(word for s in signers for word in ("--sign", s)))
            self.assertIn(done.code, (2, 3), done.err)
        self.assertEqual(kit.tree(self.archive.proofs), before)


if __name__ == "__main__":
    proof_kit.need_openssl()
    kit.main()
