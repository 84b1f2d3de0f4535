#!/usr/bin/env python3
"""Compare `ragner score --json` with seqeval and nervaluate. Run by hand; see docs/scoring.md.

    pip install -r requirements.txt
    check_scorer.py GOLD PRED                      two CoNLL files, as they are
    check_scorer.py --perturb --copies 3 FILE...   seeded wrong copies of annotated files
    check_scorer.py --golden DIR --take 120 FILE   one copy, kept with the reference figures for the Go tests

Exit status 1 when a figure differs by more than 0.00005.
"""

import argparse
import json
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile
import warnings

from nervaluate import Evaluator
from seqeval import metrics
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score

TOLERANCE = 0.00005
NERVALUATE = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}


# --- CoNLL ------------------------------------------------------------------------------------------------

def read_conll(path, columns):
    """Sentences as (tokens, tags). Comment lines have one field less than the tag's column."""
    token_column, tag_column = columns
    sentences, tokens, tags = [], [], []
    for line in pathlib.Path(path).read_text(encoding="utf-8-sig").split("\n"):
        fields = line.rstrip("\r").split("\t")
        if not line.strip():
            if tokens:
                sentences.append((tokens, tags))
            tokens, tags = [], []
        elif len(fields) >= max(token_column, tag_column) and not line.startswith("# "):
            tokens.append(fields[token_column - 1])
            # Some wnut17 rows state two labels; the first counts for both scorers alike.
            tags.append(fields[tag_column - 1].split(",")[0].strip())
    if tokens:
        sentences.append((tokens, tags))
    return sentences


def write_conll(path, sentences):
    blocks = ("".join(f"{token}\t{tag}\n" for token, tag in zip(*s)) for s in sentences)
    pathlib.Path(path).write_text("\n".join(blocks), encoding="utf-8")


def encode(length, spans):
    tags = ["O"] * length
    for label, start, end in spans:
        tags[start:end + 1] = [f"B-{label}"] + [f"I-{label}"] * (end - start)
    return tags


# --- wrong copies -----------------------------------------------------------------------------------------

def perturb(sentences, rng):
    """Moved borders, swapped labels, dropped, split and invented spans; never overlapping."""
    labels = sorted({label for _, tags in sentences for label, _, _ in get_entities(tags)})
    wrong = [(tokens, encode(len(tokens), perturb_one(len(tokens), get_entities(tags), labels, rng)))
             for tokens, tags in sentences]
    return wrong


def perturb_one(length, spans, labels, rng):
    out = []
    for label, start, end in spans:
        roll = rng.random()
        if roll < 0.12:
            continue
        if roll < 0.32:
            start, end = max(0, start + rng.randint(-2, 1)), min(length - 1, end + rng.randint(-1, 2))
        if 0.25 < roll < 0.42:
            label = rng.choice(labels)
        if 0.42 < roll < 0.50 and end > start:
            cut = rng.randint(start, end - 1)
            out.append((rng.choice(labels), start, cut))
            start = cut + 1
        out.append((label, start, end))
    if length > 1 and rng.random() < 0.15:
        start = rng.randrange(length)
        out.append((rng.choice(labels), start, min(length - 1, start + rng.randint(0, 3))))
    return without_overlaps(out)


def without_overlaps(spans):
    kept, free = [], 0
    for label, start, end in sorted(spans, key=lambda s: (s[1], s[2])):
        start = max(start, free)
        if start <= end:
            kept.append((label, start, end))
            free = end + 1
    return kept


def noise(sentences, rng):
    """Tags changed one by one, so that some I- stand after O or after another label."""
    tags = sorted({tag for _, tags in sentences for tag in tags})
    return [(tokens, [rng.choice(tags) if rng.random() < 0.03 else tag for tag in row]) for tokens, row in sentences]


# --- the three scorers ------------------------------------------------------------------------------------

def reference(gold, pred):
    """Figures by name, from seqeval and nervaluate."""
    y_true, y_pred = [tags for _, tags in gold], [tags for _, tags in pred]
    figures = {}
    for mode, options in (("default", {}), ("strict", {"mode": "strict", "scheme": IOB2})):
        for average in ("micro", "macro"):
            for name in ("precision", "recall", "f1"):
                score = getattr(metrics, name + "_score")
                figures[f"seqeval.{mode}.{average}.{name}"] = score(
                    y_true, y_pred, average=average, zero_division=0, **options)
    report = metrics.classification_report(y_true, y_pred, output_dict=True, zero_division=0)
    for label, row in report.items():
        if not label.endswith(" avg"):
            figures[f"seqeval.default.label.{label}.f1"] = row["f1-score"]
    return figures | nervaluate_figures(y_true, y_pred) | token_figures(y_true, y_pred)


def nervaluate_figures(y_true, y_pred):
    labels = sorted({tag[2:] for row in y_true + y_pred for tag in row if tag != "O"})
    results = Evaluator(y_true, y_pred, tags=labels, loader="list").evaluate()
    figures = {}
    for ours, theirs in NERVALUATE.items():
        micro = results["overall"][theirs]
        figures |= {f"nervaluate.{ours}.micro.precision": micro.precision,
                    f"nervaluate.{ours}.micro.recall": micro.recall, f"nervaluate.{ours}.micro.f1": micro.f1}
        for label in labels:
            figures[f"nervaluate.{ours}.label.{label}.f1"] = results["entities"][label][theirs].f1
    return figures


def token_figures(y_true, y_pred):
    """Over tokens, labels without B- and I-; those outside count for the accuracy only."""
    true = [tag.partition("-")[2] for row in y_true for tag in row]
    pred = [tag.partition("-")[2] for row in y_pred for tag in row]
    labels = sorted({*true, *pred} - {""})
    equal = sum(a == b for a, b in zip(true, pred))
    return {"tokens.accuracy": equal / len(true),
            "tokens.macro_f1": f1_score(true, pred, labels=labels, average="macro", zero_division=0)}


def ragner(command, gold, pred):
    done = subprocess.run(shlex.split(command) + [str(gold), str(pred)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def ours(report, name):
    """The figure of ragner's report that a reference figure's name stands for."""
    scorer, *path = name.split(".")
    if scorer == "tokens":
        return report["token"][path[0]]
    score = report["criteria"]["strict" if scorer == "seqeval" else path[0]]
    if path[1] == "label":
        return score["labels"][".".join(path[2:-1])][path[-1]]
    return score[path[1]][path[2]]


def compare(name, report, figures):
    """The names of the figures that differ, each printed."""
    different = []
    for key, want in figures.items():
        got = ours(report, key)
        if abs(got - want) > TOLERANCE:
            different.append(key)
            print(f"{name}: {key}: reference {want:.4f}, ragner {got:.4f}")
    print(f"{name}: {len(figures)} figures, {len(different)} differ; "
          f"strict micro F1 {figures['seqeval.default.micro.f1']:.4f}")
    return different


# --- command line -----------------------------------------------------------------------------------------

def columns_of(text):
    token, tag = text.split(":")
    return int(token), int(tag)


def check(options, name, gold, pred, folder):
    write_conll(folder / "gold.conll", gold)
    write_conll(folder / "pred.conll", pred)
    return compare(name, ragner(options.ragner, folder / "gold.conll", folder / "pred.conll"), reference(gold, pred))


def keep_golden(options, path):
    gold = read_conll(path, options.columns)[:options.take]
    pred = perturb(gold, random.Random(options.seed))
    stem = options.name or pathlib.Path(path).stem
    folder = pathlib.Path(options.golden)
    folder.mkdir(parents=True, exist_ok=True)
    write_conll(folder / f"{stem}.gold.conll", gold)
    write_conll(folder / f"{stem}.pred.conll", pred)
    lines = [f"{key} {value:.6f}\n" for key, value in sorted(reference(gold, pred).items())]
    (folder / f"{stem}.reference.txt").write_text("".join(lines), encoding="utf-8")


def run(options):
    different = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        if not options.perturb:
            gold, pred = (read_conll(path, options.columns) for path in options.files)
            return check(options, options.files[1], gold, pred, folder)
        for path in options.files:
            gold = read_conll(path, options.columns)
            for copy in range(options.copies):
                rng = random.Random(options.seed + copy)
                wrong = noise(gold, rng) if options.noise else perturb(gold, rng)
                different += check(options, f"{path} copy {copy}", gold, wrong, folder)
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--ragner", default="ragner score --json", help="the command to check")
    parser.add_argument("--columns", type=columns_of, default=(1, 2), help="token and tag column, from 1")
    parser.add_argument("--perturb", action="store_true", help="score wrong copies of each file")
    parser.add_argument("--noise", action="store_true", help="with --perturb: change single tags")
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--golden", metavar="DIR", help="write a test case instead")
    parser.add_argument("--take", type=int, default=120, help="sentences of a test case")
    parser.add_argument("--name", help="of the test case")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    if options.golden:
        return keep_golden(options, options.files[0])
    if not options.perturb and len(options.files) != 2:
        parser.error("two files, or --perturb")
    sys.exit(1 if run(options) else 0)


if __name__ == "__main__":
    main()
