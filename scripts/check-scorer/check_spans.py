#!/usr/bin/env python3
"""Compare `ragner score --json` with counts over sets of spans, on files whose mentions nest, cross, have gaps or
share a span. No reference scorer takes those, so the counts are made here, by other means than ragner's: strict and
exact by intersecting sets of code points, partial and overlap by scipy's maximum bipartite matching.

    check_spans.py [--ragner PROGRAM] [--copies 3] PATH...   files of any format

Exit status 1 when a figure differs by more than 0.00005.
"""

import argparse
import collections
import json
import pathlib
import random
import sys
import tempfile

from check_scorer import TOLERANCE, ragner
from chunks import ratios
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching
from tagged import convert

Mention = collections.namedtuple("Mention", "label points")  # points: the code points it covers


def mention(text, label, fragments):
    """White space between two fragments is no gap and counts as covered."""
    points = {i for start, end in fragments for i in range(start, end)}
    borders = sorted(fragments)
    for (_, end), (start, _) in zip(borders, borders[1:]):
        if not text[end:start].strip():
            points.update(range(end, start))
    return Mention(label, frozenset(points))


def mentions(document):
    found = {mention(document["text"], e["label"], e.get("fragments") or [[e["start"], e["end"]]])
             for e in document["entities"]}
    return {m for m in found if m.points}


# --- wrong copies -----------------------------------------------------------------------------------------

def perturb(document, labels, rng):
    """Moved borders, swapped labels, dropped, doubled, torn and invented mentions; they may overlap in any way."""
    text, out = document["text"], []
    for e in document["entities"]:
        roll, fragments, label = rng.random(), [list(f) for f in e.get("fragments") or [[e["start"], e["end"]]]], e["label"]
        if roll < 0.12:
            continue
        if roll < 0.30:
            fragments[-1][1] = min(len(text), fragments[-1][1] + rng.randint(1, 9))
        if 0.25 < roll < 0.42:
            label = rng.choice(labels)
        if 0.42 < roll < 0.50 and fragments[0][1] - fragments[0][0] > 4:  # a gap in the middle
            start, end = fragments[0]
            fragments[:1] = [[start, start + 1], [end - 2, end]]
        if 0.50 < roll < 0.58:
            out.append(entity(text, rng.choice(labels), fragments))  # a second label on the span
        if 0.58 < roll < 0.64:
            out.append(entity(text, label, [[fragments[0][0], fragments[0][0] + 1]]))  # one nested in it
        out.append(entity(text, label, fragments))
    for _ in range(len(document["entities"]) // 8):
        start = rng.randrange(len(text))
        out.append(entity(text, rng.choice(labels), [[start, min(len(text), start + rng.randint(1, 20))]]))
    out.sort(key=lambda e: (e["start"], e["end"], e["label"]))
    return document | {"entities": out}


def entity(text, label, fragments):
    return {"start": fragments[0][0], "end": fragments[-1][1], "label": label, "fragments": fragments,
            "text": " ".join(text[start:end] for start, end in fragments)}


# --- counts -----------------------------------------------------------------------------------------------

def most(gold, pred, fits):
    """The greatest number of pairs that fit, one to one."""
    edges = [(g, p) for g, x in enumerate(gold) for p, y in enumerate(pred) if x.points & y.points and fits(x, y)]
    if not edges:
        return 0
    rows, columns = zip(*edges)
    graph = csr_matrix(([1] * len(edges), (rows, columns)), shape=(len(gold), len(pred)))
    return int((maximum_bipartite_matching(graph) >= 0).sum())


def credits(gold, pred):
    """What one document adds to tp, by criterion."""
    places = lambda ms: collections.Counter(m.points for m in ms)  # noqa: E731
    both = places(gold) & places(pred)
    rest = [without(ms, both) for ms in (gold, pred)]
    exact = both.total()
    return {"strict": len(gold & pred), "exact": exact, "partial": exact + most(*rest, lambda x, y: True) / 2,
            "overlap": most(list(gold), list(pred), lambda x, y: x.label == y.label)}


def without(ms, paired):
    left, free = [], paired.copy()
    for m in ms:
        if free[m.points] > 0:
            free[m.points] -= 1
        else:
            left.append(m)
    return left


def reference(gold, pred):
    """Figures by name over lists of sets of mentions."""
    sums, counts, figures = collections.Counter(), [sum(map(len, pred)), sum(map(len, gold))], {}
    for g, p in zip(gold, pred):
        sums.update(credits(g, p))
    for criterion, tp in sums.items():
        figures |= {f"{criterion}.micro.{name}": x for name, x in ratios(tp, *counts).items()}
    table = collections.defaultdict(lambda: [0, 0, 0])
    for g, p in zip(gold, pred):
        for column, some in enumerate((g & p, p, g)):
            for m in some:
                table[m.label][column] += 1
    for label, row in table.items():
        figures |= {f"strict.label.{label}.{name}": x for name, x in ratios(*row).items()}
    return figures


def ours(report, name):
    criterion, part, *path = name.split(".")
    score = report["criteria"][criterion]
    return score["labels"][".".join(path[:-1])][path[-1]] if part == "label" else score[part][path[0]]


# --- command line -----------------------------------------------------------------------------------------

def structures(sets):
    """How many mentions share a span with another, lie within or cross another."""
    doubled = overlapping = 0
    for ms in sets:
        places = collections.Counter(m.points for m in ms)
        doubled += sum(n for n in places.values() if n > 1)
        at = collections.defaultdict(set)
        for m in ms:
            for point in m.points:
                at[point].add(m)
        overlapping += sum(any(len({x.points for x in at[point]}) > 1 for point in m.points) for m in ms)
    return f"{sum(map(len, sets))} mentions, {overlapping} overlap another span, {doubled} share theirs"


def check(name, program, gold, pred, folder):
    for file, documents in (("gold.jsonl", gold), ("pred.jsonl", pred)):
        lines = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents)
        (folder / file).write_text(lines, encoding="utf-8")
    report = ragner(program, folder / "gold.jsonl", folder / "pred.jsonl")
    gold, pred = ([mentions(d) for d in documents] for documents in (gold, pred))
    figures = reference(gold, pred)
    wrong = {key: want for key, want in figures.items() if abs(ours(report, key) - want) > TOLERANCE}
    for key, want in wrong.items():
        print(f"{name}: {key}: reference {want:.4f}, ragner {ours(report, key):.4f}")
    print(f"{name}: {len(figures)} figures, {len(wrong)} differ; gold {structures(gold)}; predicted {structures(pred)}", flush=True)
    return len(figures), len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--ragner", default="ragner", help="the program to check")
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for path in options.files:
            convert(options.ragner, path, folder / "converted.jsonl")
            lines = (folder / "converted.jsonl").read_text(encoding="utf-8").split("\n")
            gold = [json.loads(line) for line in lines if line]
            labels = sorted({e["label"] for d in gold for e in d["entities"]})
            for copy in range(options.copies):
                rng = random.Random(options.seed + copy)
                pred = [perturb(d, labels, rng) for d in gold]
                results.append(check(f"{path} mentions copy {copy}", options.ragner, gold, pred, folder))
    different = sum(wrong for _, wrong in results)
    print(f"total: {len(results)} copies, {sum(n for n, _ in results)} figures, {different} differ")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
