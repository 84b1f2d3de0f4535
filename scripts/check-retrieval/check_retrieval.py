#!/usr/bin/env python3
"""Compare ragner's search with bm25s and with a brute-force scan, over what check-retrieval wrote into a folder.

    pip install -r requirements.txt
    check-retrieval -i INDEX -o DUMP && check_retrieval.py [--name NAME] DUMP

Words: the scores of bm25s (method "lucene", double precision) over the same tokens, for every row and several k1 and b.
Vectors: dot products of all stored vectors in double precision, and cosines of the embedder's own vectors.

A list of hits is right when it is ordered by score and then row; when every score is the reference's but for the
tolerance; when no row outside it has a better reference score than its last but for the tolerance, and none that is
equal to its last, token for token or bit for bit, stands before it; and when it has as many rows as there are.
Exit status 1 when one is not.
"""

import argparse
import collections
import json
import pathlib
import sys

import bm25s
import numpy as np

WORDS = 1e-5     # of a BM25 score against bm25s
VECTORS = 1e-12  # of a dot product against the stored vectors: two orders of summation in double precision
COSINES = 2e-6   # of a cosine against the embedder's own vectors: they are kept as float32 of a length within 1e-6 of 1


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


class Report:
    """Adds up lists, faults and the worst differences."""

    def __init__(self, name):
        self.name, self.lists, self.hits, self.faults = name, 0, 0, 0
        self.worst = collections.defaultdict(float)

    def fault(self, kind, answer, text):
        self.faults += 1
        print(f"{self.name}: {kind}, query {answer['query']}, k1 {answer['k1']}, b {answer['b']}: {text}")

    def note(self, kind, difference):
        self.worst[kind] = max(self.worst[kind], float(difference))

    def check(self, kind, answer, reference, may_hit, same, k, tolerance):
        """reference: a score for each row; same(a, b): whether two rows must tie; may_hit: which rows can be found."""
        rows, scores = answer["rows"], answer["scores"]
        self.lists, self.hits = self.lists + 1, self.hits + len(rows)
        if len(rows) != min(k, int(may_hit.sum())) or len(set(rows)) != len(rows):
            return self.fault(kind, answer, f"{len(rows)} rows, {int(may_hit.sum())} can be found")
        if not rows:
            return None
        if any((-a[0], a[1]) >= (-b[0], b[1]) for a, b in zip(zip(scores, rows), zip(scores[1:], rows[1:]))):
            return self.fault(kind, answer, "the rows are not ordered by score and then row")
        difference = np.abs(np.array(scores) - reference[rows]).max()
        self.note(kind, difference)
        if difference > tolerance or not may_hit[rows].all():
            return self.fault(kind, answer, f"a score differs by {difference:g}")
        left = may_hit.copy()
        left[rows] = False
        better = np.flatnonzero(left & (reference > scores[-1] + tolerance))
        if len(better):
            return self.fault(kind, answer, f"row {better[0]} is missing")
        for row in np.flatnonzero(left & (np.abs(reference - scores[-1]) <= tolerance)):
            if row < rows[-1] and same(row, rows[-1]):
                return self.fault(kind, answer, f"row {row} equals the last, row {rows[-1]}, and is missing")
        return None


def check_words(report, folder, k):
    tokens, queries, answers = (read(folder / name) for name in ("tokens.jsonl", "queries.jsonl", "lexical.jsonl"))
    bags = [frozenset(collections.Counter(row).items()) for row in tokens]
    known = {t for row in tokens for t in row}
    by_parameters = collections.defaultdict(list)
    for answer in answers:
        by_parameters[answer["k1"], answer["b"]].append(answer)
    holders = collections.defaultdict(list)
    for row, words in enumerate(tokens):
        for word in set(words):
            holders[word].append(row)
    for (k1, b), group in by_parameters.items():
        reference = {}
        for dtype in ("float64", "float32"):
            index = bm25s.BM25(k1=k1, b=b, method="lucene", dtype=dtype)
            index.index(tokens, show_progress=False)
            reference[dtype] = index
        for answer in group:
            query = [t for t in queries[answer["query"]] if t in known]
            found = np.zeros(len(tokens), bool)
            for word in set(query):
                found[holders[word]] = True
            scores = reference["float64"].get_scores(query) if query else np.zeros(len(tokens))
            report.check("words", answer, scores, found, lambda a, b: bags[a] == bags[b], k, WORDS)
            if query and answer["rows"]:
                single = reference["float32"].get_scores(query)[answer["rows"]]
                ours = np.array(answer["scores"])
                report.note("words, relative to bm25s in single precision", (np.abs(single - ours) / ours).max())


def check_vectors(report, folder, k):
    answers = read(folder / "dense.jsonl")
    load = lambda name, rows: np.fromfile(folder / name, "<f4").reshape(rows, -1)  # noqa: E731
    rows = sum(1 for _ in open(folder / "tokens.jsonl", encoding="utf-8"))
    stored, own = load("stored.f32", rows), load("own.f32", rows)
    queries = load("queries.f32", len(answers)).astype(np.float64)
    wide = stored.astype(np.float64)
    directed = np.abs(stored).max(axis=1) > 0
    true = own.astype(np.float64)
    true[directed] /= np.linalg.norm(true[directed], axis=1, keepdims=True)
    keys = [row.tobytes() for row in stored]
    for answer in answers:
        answer |= {"k1": "-", "b": "-"}
        query = queries[answer["query"]]
        length = np.linalg.norm(query)
        may_hit = directed if length > 0 else np.zeros(rows, bool)
        unit = query if abs(length**2 - 1) < 1e-6 or length == 0 else (query / length).astype(np.float32).astype(np.float64)
        report.check("vectors", answer, wide @ unit, may_hit, lambda a, b: keys[a] == keys[b], k, VECTORS)
        if answer["rows"]:
            difference = np.abs(true[answer["rows"]] @ (query / length) - answer["scores"]).max()
            report.note("cosines", difference)
            if difference > COSINES:
                report.fault("cosines", answer, f"a score differs by {difference:g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", type=pathlib.Path)
    parser.add_argument("--name", default="")
    parser.add_argument("-k", type=int, default=20, help="as check-retrieval was told")
    options = parser.parse_args()
    report = Report(options.name or options.dump.name)
    check_words(report, options.dump, options.k)
    if (options.dump / "dense.jsonl").exists():
        check_vectors(report, options.dump, options.k)
    rows = sum(1 for _ in open(options.dump / "tokens.jsonl", encoding="utf-8"))
    worst = "; ".join(f"{kind} {difference:.1e}" for kind, difference in sorted(report.worst.items()))
    print(f"{report.name}: {rows} rows, {report.lists} lists, {report.hits} hits, {report.faults} wrong; worst difference: {worst}", flush=True)
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    main()
