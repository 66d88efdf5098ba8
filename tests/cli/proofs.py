"""Folders of proofs for the tests of verifying: made by log_maker ($LOG_MAKER), then changed in every way we can think of."""
import json
import os
import random
import shutil
import struct
import subprocess

import kit

NAME, OTHER, ORIGIN = "ex.gov.cn/a", "ex.gov.cn/b", "ex.gov.cn/log"
HEAD = 8            # bytes before the first entry
FRAME = 4 + 2 * 32  # bytes around an entry


def make(*args, stdout=None):
    """log_maker; what it prints, if wanted."""
    done = subprocess.run([os.environ["LOG_MAKER"], *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise AssertionError(f"log_maker {args}: {done.stderr.decode()}")
    return done.stdout


def frames(data):
    """The entries of a log, each with its frame."""
    found, at = [], HEAD
    while at < len(data):
        size = FRAME + struct.unpack(">I", data[at:at + 4])[0]
        found.append(data[at:at + size])
        at += size
    return found


def manifest_of(frame):
    return json.loads(frame[4:-64])


def canonical(manifest):
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def changes(data, n, seed):
    """n times the bytes with one of them another, at places spread over all of them: (place, bytes)."""
    chance = random.Random(seed)
    for i in range(n):
        at = min(len(data) - 1, int((i + chance.random()) * len(data) / n))
        yield at, data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1:]


class Case(kit.Case):
    """Two keys, a report and an empty log."""

    def setUp(self):
        super().setUp()
        self.log = self.path("log")
        self.keys = {name: self.path(name[-1] + ".pem") for name in (NAME, OTHER)}
        self.signers = {name: self.assay("key", "new", kind, self.keys[name], "--name", name).out.strip()
                        for name, kind in ((NAME, "--sm2"), (OTHER, "--ed25519"))}
        self.result = self.write("result.json", '{"run":1}\n')
        self.findings = self.write("findings.ndjson", '{"finding":1}\n')

    def run_into(self, dataset, rows=40, seed=1, log=None):
        make("run", log or self.log, dataset, rows, seed, self.result, self.findings)

    def sign(self, *names, log=None, origin=ORIGIN):
        make("sign", log or self.log, origin, *(f"{name}={self.keys[name]}" for name in names or (NAME,)))

    def sample(self):
        """Four runs on two datasets, signed by one key; a copy of the checkpoints after the second is kept as old.*"""
        self.run_into("t", seed=1)
        self.run_into("u", seed=2)
        self.sign()
        for alg in ("sm3", "sha256"):
            shutil.copy(f"{self.log}/checkpoint.{alg}", self.path("old." + alg))
        self.run_into("t", rows=60, seed=3)
        self.run_into("u", rows=0, seed=4)
        self.sign()

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def verify(self, *args, signer=NAME, what="log", of=None):
        return self.assay("verify", what, of or self.log, "--signer", self.signers[signer], *args)

    def holds(self, *args, **more):
        done = self.verify(*args, **more)
        self.assertEqual((done.code, done.err), (0, ""), done.out)
        return done.out

    def fails(self, fault, *args, **more):
        """Exit code 1, and the first fault found has these words."""
        done = self.verify(*args, **more)
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertIn(fault, done.err)
        self.assertIn("result: does NOT hold: " + done.err.removeprefix("assay: "), done.out)
