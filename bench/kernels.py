"""What checks and hashes cost by themselves: the figures that bench_kernels and assay_leaves tell."""
import re

import measure


def checks(ground, rules, part):
    """[(name, ns a value, least, most)]"""
    out = measure.run([ground.kernels, rules, part] if part else [ground.kernels, rules]).out
    return [(name.strip(), float(mid), float(low), float(high)) for name, mid, low, high in
            re.findall(r"^(.+?) +([\d.]+) ns/value +\(([\d.]+) to ([\d.]+)\)$", out, re.M)]


def hashes(ground):
    """(the lengths of the messages, [(name, [ns a message])], [(name, ns a record)])"""
    head, *lines = measure.run([ground.leaves, "hash"]).out.splitlines()
    makers = re.findall(r"^(.+?) +(\d+) ns/record$", measure.run([ground.leaves, "make"]).out, re.M)
    cells = [re.split(r" {2,}", line.strip()) for line in lines]
    return re.findall(r"\d+ B", head), [(name, figures) for name, *figures in cells], makers
