#!/usr/bin/env python3
"""Compare `ragner score --json` with seqeval, conlleval's rules and nervaluate. Run by hand; see docs/scoring.md.

    pip install -r requirements.txt
    check_scorer.py GOLD PRED                      two CoNLL files, as they are
    check_scorer.py --perturb --copies 3 FILE...   seeded wrong copies of annotated CoNLL files
    check_scorer.py --perturb --wrong stray FILE   copies with tags that break the scheme, too
    check_scorer.py --perturb --convert PATH...    of files of any format, which ragner flattens to CoNLL first
    check_scorer.py --golden DIR --take 120 FILE   one copy, kept with the reference figures for the Go tests

Exit status 1 when a figure differs by more than 0.00005. seqeval's strict mode is compared only where the tags
keep IOB2; elsewhere its F1 is printed. corpora.sh runs all of it on a folder of corpora.
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

from reference import ours, reference, strict_figures
from tagged import convert, keeps_iob2, read_conll, write_conll
from wrong import KINDS

TOLERANCE = 0.00005


def ragner(program, gold, pred):
    done = subprocess.run([*shlex.split(program), "score", "--json", str(gold), str(pred)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{program}: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


class Check:
    """Compares copies and adds up how many figures were compared and how many differ."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.copies = self.figures = self.different = 0

    def compare(self, name, gold, pred):
        write_conll(self.folder / "gold.conll", gold)
        write_conll(self.folder / "pred.conll", pred)
        report = ragner(self.program, self.folder / "gold.conll", self.folder / "pred.conll")
        kept = keeps_iob2(gold) and keeps_iob2(pred)
        figures = reference(gold, pred, strict_mode=kept)
        wrong = {key: want for key, want in figures.items() if abs(ours(report, key) - want) > TOLERANCE}
        for key, want in wrong.items():
            print(f"{name}: {key}: reference {want:.4f}, ragner {ours(report, key):.4f}")
        self.copies, self.figures = self.copies + 1, self.figures + len(figures)
        self.different += len(wrong)
        print(f"{name}: {len(figures)} figures, {len(wrong)} differ; {self.summary(report, gold, pred, kept)}", flush=True)

    def summary(self, report, gold, pred, kept):
        line = f"strict micro F1 {report['criteria']['strict']['micro']['f1']:.4f}"
        if not kept:
            y_true, y_pred = [tags for _, tags in gold], [tags for _, tags in pred]
            line += f", seqeval strict mode {strict_figures(y_true, y_pred)['seqeval.strict.micro.f1']:.4f}"
        return line


def sentences_of(options, path, folder):
    if not options.convert:
        return read_conll(path, options.columns)
    convert(options.ragner, path, folder / "converted.conll")
    return read_conll(folder / "converted.conll", (1, 2))


def keep_golden(options, path, folder):
    gold = sentences_of(options, path, folder)[:options.take]
    pred = KINDS[options.wrong](gold, random.Random(options.seed))
    stem = options.name or pathlib.Path(path).stem
    target = pathlib.Path(options.golden)
    target.mkdir(parents=True, exist_ok=True)
    write_conll(target / f"{stem}.gold.conll", gold)
    write_conll(target / f"{stem}.pred.conll", pred)
    figures = reference(gold, pred, strict_mode=keeps_iob2(gold) and keeps_iob2(pred))
    lines = [f"{key} {value:.6f}\n" for key, value in sorted(figures.items())]
    (target / f"{stem}.reference.txt").write_text("".join(lines), encoding="utf-8")


def run(options, folder):
    check = Check(options.ragner, folder)
    if not options.perturb:
        check.compare(options.files[1], *(sentences_of(options, path, folder) for path in options.files))
    for path in options.files if options.perturb else []:
        gold = sentences_of(options, path, folder)
        for copy in range(options.copies):
            wrong = KINDS[options.wrong](gold, random.Random(options.seed + copy))
            check.compare(f"{path} {options.wrong} copy {copy}", gold, wrong)
    print(f"total: {check.copies} copies, {check.figures} figures, {check.different} differ")
    return check.different


def columns_of(text):
    token, tag = text.split(":")
    return int(token), int(tag)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--ragner", default="ragner", help="the program to check")
    parser.add_argument("--columns", type=columns_of, default=(1, 2), help="token and tag column, from 1")
    parser.add_argument("--convert", action="store_true", help="files are of any format that ragner reads")
    parser.add_argument("--perturb", action="store_true", help="score wrong copies of each file")
    parser.add_argument("--wrong", choices=KINDS, default="spans", help="what is wrong in a copy")
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--golden", metavar="DIR", help="write a test case instead")
    parser.add_argument("--take", type=int, default=120, help="sentences of a test case")
    parser.add_argument("--name", help="of the test case")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    if not (options.golden or options.perturb) and len(options.files) != 2:
        parser.error("two files, or --perturb")
    with tempfile.TemporaryDirectory() as temporary:
        if options.golden:
            return keep_golden(options, options.files[0], pathlib.Path(temporary))
        sys.exit(1 if run(options, pathlib.Path(temporary)) else 0)


if __name__ == "__main__":
    main()
