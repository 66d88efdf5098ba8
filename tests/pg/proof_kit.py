"""What the tests of proofs share: keys, archives, the commands that look back, and a server that has no binary COPY."""
import base64
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading

SIGNER = "city.example/assay"
HEAD, AROUND = b"ASSAYLG\x01", 2 * 32  # of the run log; hashes behind an entry
# What differs between runs over the same data; the result says when and of which snapshot it is.
MOMENTS = ("run", "started", "ended", "snapshot", "lsn", "previous", "result")
VERIFY_DATA = ("verify", "data")  # how the command is called


def need_openssl():
    """Skip where the program that makes keys is not here."""
    if not shutil.which("openssl"):
        print("no program openssl here, which makes the keys that sign", file=sys.stderr)
        sys.exit(77)


def make_key(path, algorithm="ED25519"):
    subprocess.run(["openssl", "genpkey", "-algorithm", algorithm, "-out", path], check=True, capture_output=True)
    os.chmod(path, 0o600)
    return path


def verifier(path, name=SIGNER):
    """The public key of an Ed25519 key file, as auditors write it."""
    raw = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True,
                         capture_output=True).stdout[-32:]
    number = hashlib.sha256(name.encode() + b"\n\x01" + raw).hexdigest()[:8]
    return f"{name}+{number}+{base64.b64encode(bytes([1]) + raw).decode()}"


def sha256(path):
    with open(path, "rb") as file:
        return sha256_of(file.read())


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


def tree(path):
    """Number and RFC 6962 root (SHA-256) of the lines of a file, each with its line feed."""
    with open(path, "rb") as file:
        level = [hashlib.sha256(b"\0" + line).digest() for line in file]
    count = len(level)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs):]
    return count, level[0].hex() if level else sha256_of(b"")


def entries(folder):
    """The bytes of all manifests in the run log, oldest first."""
    with open(os.path.join(folder, "entries"), "rb") as file:
        data = file.read()
    assert data[:len(HEAD)] == HEAD, data[:len(HEAD)]
    found, at = [], len(HEAD)
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        found.append(data[at + 4:at + 4 + size])
        at += 4 + size + AROUND
    assert at == len(data), "the log ends in half an entry"
    return found


def manifests(folder):
    return [json.loads(entry) for entry in entries(folder)]


def timeless(manifest):
    return {k: v for k, v in manifest.items() if k not in MOMENTS}


def snapshot(folder, manifest, suffix):
    with open(os.path.join(folder, "snapshots", f"{manifest['run']}.{manifest['dataset']}.{suffix}"), "rb") as file:
        return file.read()


class Archive:
    """A folder of proofs with its keys, and the commands that use it."""

    def __init__(self, assay, folder):
        self.assay, self.folder = assay, folder
        os.makedirs(folder, exist_ok=True)
        self.secret, self.pem = os.path.join(folder, "secret"), os.path.join(folder, "sign.pem")
        self.proofs = os.path.join(folder, "proofs")
        self.fresh()
        subprocess.run([assay, "key", "new", self.secret], check=True, capture_output=True)
        make_key(self.pem)
        self.verifier = verifier(self.pem)

    def fresh(self):
        shutil.rmtree(self.proofs, ignore_errors=True)

    def arguments(self):
        return ["--proof", self.proofs, "--proof-key", self.secret, "--origin", SIGNER, "--sign", f"{SIGNER}={self.pem}"]

    def run(self, pack, *more, env=None):
        """Run with a proof; the last manifest."""
        done = self.call("run", pack, *self.arguments(), *more, env=env, codes=(0, 1))
        return manifests(self.proofs)[-1], done

    def verify(self, pack, *more, env=None):
        """(exit code, lines of differences)"""
        done = self.call(*VERIFY_DATA, pack, "--proof", self.proofs, "--proof-key", self.secret, "--signer", self.verifier,
                         *more, env=env, codes=(0, 1))
        return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]

    def call(self, *arguments, env=None, codes=(0,)):
        done = subprocess.run([self.assay, *arguments], capture_output=True, check=False, env={**os.environ, **(env or {})})
        if done.returncode not in codes:
            sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')[:8000]}")
        return done


# ---- A server without COPY (FORMAT binary) ----

PROBE, NO_PROBE = b"(format binary)\0", b"(format absent)\0"


def pump(source, target, refused):
    """`refused` counts the probes; None: the way back."""
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            if refused is not None:
                refused.extend([PROBE] * data.count(PROBE))
                data = data.replace(PROBE, NO_PROBE)
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def serve(listener, upstream, refused):
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(upstream)
            for ends in ((client, server, refused), (server, client, None)):
                threading.Thread(target=pump, args=ends, daemon=True).start()


@contextlib.contextmanager
def without_binary(folder):
    """The environment of a server that refuses binary COPY, as some derived ones do: between it and the command stands
    somebody who asks for a format that there is not."""
    name = f".s.PGSQL.{os.environ['PGPORT']}"
    refused = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(folder, name))
        listener.listen(8)
        threading.Thread(target=serve, args=(listener, os.path.join(os.environ["PGHOST"], name), refused),
                         daemon=True).start()
        yield {"PGHOST": folder}
        os.unlink(os.path.join(folder, name))
    assert refused, "nobody asked for binary COPY"
