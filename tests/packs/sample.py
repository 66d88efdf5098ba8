"""A small sample of a pack: records that are right, faults planted into them, and the list of what has to be found."""
import csv
import os


class Sample:
    """Tables of one pack. A fault names every rule that finds it, so that the list is complete and exact."""

    def __init__(self, pack, keys, seed):
        self.pack, self.keys = pack, keys
        self.tables = {dataset: [] for dataset in keys}
        self.planted = []  # (dataset, record or None, rule, what)
        self.state = seed

    def below(self, n):
        """A number from 0 to n - 1; the same on every machine and in every version of Python."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % n

    def pick(self, items):
        return items[self.below(len(items))]

    def add(self, dataset, record):
        self.tables[dataset].append(record)
        return record

    def plant(self, dataset, record, what, rules, **values):
        """Change a record (None: the fault is of the whole table). The rules are named without their dataset."""
        if record is not None:
            record.update(values)
        self.planted += [(dataset, record, rule, what) for rule in rules.split()]

    def faults(self):
        """(dataset, key, rule, what), sorted."""
        def key(dataset, record):
            return "" if record is None else "|".join(record[name] for name in self.keys[dataset])

        return sorted((dataset, key(dataset, record), f"{dataset}.{rule}", what) for dataset, record, rule, what in self.planted)

    def write(self, folder):
        """The files by name: one for each table, and the list of faults."""
        for dataset, records in self.tables.items():
            write_rows(os.path.join(folder, f"{self.pack}_{dataset}.csv"), list(records[0]), (r.values() for r in records))
        write_rows(os.path.join(folder, f"{self.pack}.faults.csv"), ("dataset", "key", "rule", "what"), self.faults())


def write_rows(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
