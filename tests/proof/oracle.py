"""Leaves, Merkle trees and the snapshot tree, written a second time from lib/proof/SPEC.md alone, without regard to speed."""
import hashlib
import hmac


def sm3_offered():
    try:
        return hashlib.new("sm3", b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    except ValueError:
        return False


class Oracle:
    def __init__(self, alg):
        self.alg = alg

    def hash(self, data):
        return hashlib.new(self.alg, data).digest()

    def mac(self, key, data):
        return hmac.new(key, data, self.alg).digest()

    # ---- Leaves ----

    def kh(self, index_key, dataset, key_record):
        return self.mac(index_key, b"CRK\x01" + len(dataset).to_bytes(2, "big") + dataset + key_record)[:16]

    def salt(self, salt_key, epoch, dataset, kh):
        return self.mac(salt_key, b"CRS\x01" + epoch.to_bytes(4, "big") + len(dataset).to_bytes(2, "big") + dataset + kh)[:16]

    def leaf(self, kh, salt, record):
        return self.hash(b"\x00CRL\x01" + kh + salt + record)

    # ---- Trees ----

    def node(self, left, right):
        return self.hash(b"\x01" + left + right)

    def root(self, hashes):
        if not hashes:
            return self.hash(b"")
        if len(hashes) == 1:
            return hashes[0]
        cut = 1
        while cut * 2 < len(hashes):
            cut *= 2
        return self.node(self.root(hashes[:cut]), self.root(hashes[cut:]))

    def buckets(self, leaves, b):
        """Rows of the bucket table: (index, number, root)."""
        groups = [[] for _ in range(2 ** b)]
        for row in sorted(leaves):
            groups[int.from_bytes(row[:16], "big") >> (128 - b)].append(row[16:])
        return [i.to_bytes(4, "big") + len(group).to_bytes(8, "big") + self.root(group) for i, group in enumerate(groups)]

    def snapshot(self, leaves, b):
        return self.root([self.hash(b"\x00CRB\x01" + row) for row in self.buckets(leaves, b)])


def b_of(rows):
    """floor(log2(rows / 1024)), from 0 to 24."""
    b = 0
    while b < 24 and rows >= 1024 * 2 ** (b + 1):
        b += 1
    return b
