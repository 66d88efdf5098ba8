#!/usr/bin/env python3
"""rules/pack.schema.json says what the loader does.

usage: schema_in_step.py PROBE ROOT

- The keys of the schema are the keys of the loader, place by place, and the checks are those of the registry.
- Every pack under tests/pack/good and lint validates and loads; every one under bad fails the loader, and fails the schema
  too unless its fault is listed below as one that a schema cannot see.
"""
import json
import pathlib
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

# Names that refer to each other, types, positions, files, and what YAML itself forbids.
UNSEEN = {
    "absent names and files": ["calendar_absent", "calendar_faults", "code_absent", "code_lists",
                               "include_device", "include_folder", "include_self", "unknown_source", "unknown_standard",
                               "segment_field", "cycle"],
    "what other files say": ["calendar_fragment", "defined_twice", "fragment_datasets"],
    "options beside a check that they do nothing for": ["no_effect"],
    "fields that other words name": ["wide_expression"],
    "types": ["history_sensitive", "mask_type", "segment_type", "type_mismatch"],
    "sameness": ["column_twice", "implied_id", "two_definitions", "duplicate_key", "field_twice"],
    "order and comparison": ["first_key", "segment_form", "score_order", "score_floor", "score_weights"],
    "YAML": ["alias_inside", "alias_unknown", "bomb", "depth", "documents", "gb18030", "merge_key", "not_utf8", "nul",
             "yaml_syntax", "yaml_tab", "key_kind", "nul_escape", "tag"],
}


class Loader(yaml.SafeLoader):
    """YAML 1.2 core: numbers, true, false, null; all else is text, as editors read it."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def faults_of(validator, path):
    try:
        document = yaml.load(path.read_bytes(), Loader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as fault:
        return [f"YAML: {fault}"]
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(document)]


def loads(probe, path):
    out = subprocess.run([probe, path], capture_output=True, text=True, errors="replace", check=True).stdout
    return out.splitlines()[-1].startswith("ok ")


def loader_keys(probe):
    keys = {}
    for line in subprocess.run([probe, "--keys"], capture_output=True, text=True, check=True).stdout.splitlines():
        place, word = line.split()
        keys.setdefault(place, []).append(word)
    return {place: sorted(words) for place, words in keys.items()}


def schema_keys(schema):
    define = schema["definitions"]
    checks = set(define["check"]["properties"])
    values = set(define["field"]["properties"]) & checks - {"unique"}

    def keys(node, without=()):
        return sorted(set(node["properties"]) - set(without))

    def map_of(node):
        return next(n for n in node["anyOf"] if n.get("type") == "object")

    return {
        "pack": keys(schema),
        "source": keys(define["source"]),
        "standard": keys(define["standard"]),
        "dataset": keys(define["dataset"]),
        "field": keys(define["field"], checks),
        "rule": keys(define["rule"], checks),
        "standard_check": keys(define["standardCheck"], checks),
        "score": keys(define["score"]),
        "grade": keys(define["grade"]),
        "weights": keys(define["score"]["properties"]["weights"]),
        "title": keys(map_of(define["title"])),
        "tolerance": keys(map_of(define["tolerance"])),
        "check-value": sorted(values),
        "check-other": sorted(checks - values),
    }


def check_places(schema, faults):
    """A check that is defined must also be offered, and be one of the alternatives, where it may stand."""
    define = schema["definitions"]
    checks = set(define["check"]["properties"])
    values = set(schema_keys(schema)["check-value"])
    for place, want in [("rule", checks), ("standardCheck", values)]:
        offered = set(define[place]["properties"]) & checks
        chosen = {option["required"][0] for option in define[place]["oneOf"]}
        if offered != want or chosen != want:
            faults.append(f"schema, {place}: {sorted(offered ^ want)} {sorted(chosen ^ want)}")


def compare_keys(probe, schema, faults):
    loader, offered = loader_keys(probe), schema_keys(schema)
    if not set(loader.pop("fragment")) <= set(loader["pack"]):
        faults.append("a fragment has keys that a pack has not")
    loader.pop("check-absent")
    loader.pop("check-implied")
    for place in sorted(set(loader) | set(offered)):
        if loader.get(place) != offered.get(place):
            faults.append(f"{place}: loader {loader.get(place)}, schema {offered.get(place)}")
    check_places(schema, faults)


def main():
    probe, root = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads((root / "rules/pack.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    unseen = {name for names in UNSEEN.values() for name in names}
    faults = []
    compare_keys(probe, schema, faults)
    for folder, good in [("good", True), ("lint", True), ("bad", False)]:
        paths = sorted((root / "tests/pack" / folder).glob("*.yaml"))
        if len(paths) < 3:
            faults.append(f"{folder}: only {len(paths)} packs")
        for path in paths:
            if loads(probe, path) != good:
                faults.append(f"{folder}/{path.name}: the loader says otherwise")
            found = faults_of(validator, path)
            if good and found:
                faults.append(f"{folder}/{path.name}: the schema refuses it: {found[0]}")
            if not good and bool(found) == (path.stem in unseen) and path.stem not in UNSEEN["YAML"]:
                faults.append(f"{folder}/{path.name}: schema {found[:1]}, listed as unseen: {path.stem in unseen}")
    for name in sorted(unseen):
        if not (root / "tests/pack/bad" / f"{name}.yaml").exists():
            faults.append(f"listed as unseen, but there is no bad/{name}.yaml")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
