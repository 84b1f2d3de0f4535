#!/usr/bin/env python3
"""Compares ragner with LangExtract and spaCy-LLM on the same Ollama, model and sentences.

Draws sentences from GOLD and a few fixed examples from TRAIN for the peers, lets the three systems tag the sentences in
blocks, in turns, and prints a table: F1, seconds and tokens a sentence, failures, wrong offsets. What is finished stays
in OUT: the same command goes on where it was stopped, and Ctrl-C prints the table of what there is.

See README.md beside this file for what each system is given, and why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any, Sequence

import report
from proxy import Proxy
from systems import (Answer, Block, LangExtract, Ragner, Sentence, ServerGone, Settings, SpacyLLM, System,
                     clean_environment)

SYSTEMS = ("ragner", "langextract", "spacy-llm")
SHORTEST, LONGEST = 8, 45  # words of an example


def main() -> int:
    args = parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"  # the clients obey these
    try:
        return run(args)
    except (ServerGone, OSError, ValueError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 1


def parse_args() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    need, data, draw, limits = (p.add_argument_group(t) for t in ("needed", "data", "drawing", "limits and options"))
    need.add_argument("--ragner", type=Path, required=True, metavar="BIN", help="the ragner binary")
    need.add_argument("--url", required=True, help="address of the Ollama server, such as http://127.0.0.1:11434")
    need.add_argument("--model", required=True, metavar="NAME", help="model on that server, for all systems")
    need.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of results and of finished work")
    data.add_argument("--train", nargs="+", required=True, metavar="FILE",
                      help="annotated sentences: the peers' examples come from them, and ragner's index is built from "
                           "them unless --index is given")
    data.add_argument("--gold", required=True, metavar="FILE", help="annotated sentences to tag, one a document")
    data.add_argument("--format", default="conll", help="format of both, as ragner names it (default %(default)s)")
    data.add_argument("--index", type=Path, metavar="DIR",
                      help="an index that ragner built from TRAIN; without it one is built in OUT")
    data.add_argument("--ontology", nargs="*", default=[], metavar="PATH",
                      help="ontologies for the index that is built, with ragner's options after commas")
    data.add_argument("--label", action="append", default=[], metavar="LABEL=TEXT",
                      help="description of a label, given to all systems; may be repeated")
    draw.add_argument("--sample", type=int, default=100, metavar="N", help="sentences to tag (default %(default)s)")
    draw.add_argument("--shots", type=int, default=5, metavar="K", help="examples for the peers (default %(default)s)")
    draw.add_argument("--seed", type=int, default=1, help="seed of sample and examples (default %(default)s)")
    draw.add_argument("--block", type=int, default=10, metavar="N",
                      help="sentences that a system tags in a row, so that the server keeps the peers' fixed prompt in "
                           "its cache as it would in their use (default %(default)s)")
    draw.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS, metavar="NAME",
                      help="which to run and to report: " + ", ".join(SYSTEMS) + " (default: all)")
    limits.add_argument("--context", type=int, default=4096, metavar="N",
                        help="tokens of prompt and answer together, for all systems (default %(default)s)")
    limits.add_argument("--peer-max-tokens", type=int, default=1024, metavar="N",
                        help="longest answer of the peers in tokens; without one, a loop lasts for minutes "
                             "(default %(default)s)")
    limits.add_argument("--timeout", type=float, default=600, metavar="SECONDS",
                        help="time for one answer, for all systems (default %(default)s)")
    limits.add_argument("--peer-option", action="append", default=[], metavar="NAME=VALUE",
                        help="a further option of Ollama for the peers, such as repeat_penalty=1.0; may be repeated")
    limits.add_argument("--ragner-flag", action="append", default=[], metavar="FLAG",
                        help="a further flag for ragner tag, such as --ragner-flag=--k=3; may be repeated")
    args = p.parse_args()
    args.ragner, args.out = args.ragner.resolve(), args.out.resolve()
    if min(args.sample, args.shots, args.block) < 1:
        p.error("--sample, --shots and --block must be at least 1")
    return args


def run(args: argparse.Namespace) -> int:
    train = [s for path in args.train for s in read(args, path)]
    gold = read(args, args.gold)
    sample, seen = draw(gold, {s.text for s in train}, args.sample, args.seed)
    settings = make_settings(args, train, gold, {s.text for s in sample})
    facts = describe_run(args, sample, settings, seen)
    claim(args.out / "run.json", facts)
    report.write_gold(args.out / "gold.jsonl", sample)
    proxies = {name: Proxy(args.url, args.timeout + 30) for name in args.systems}
    blocks = [sample[i:i + args.block] for i in range(0, len(sample), args.block)]
    code = 0
    try:
        measure(args, start(args, settings, proxies), proxies, blocks)
    except KeyboardInterrupt:
        code = 130
        print("\ncompare: stopped; the same command goes on", file=sys.stderr)
    except (ServerGone, OSError) as error:
        code = 1
        print(f"compare: {error}; the same command goes on", file=sys.stderr)
    if done := finished(args, blocks):
        print(report.table(report.summarise(args.ragner, args.out, args.systems, sample, done, facts)))
    return code


# -------------------------------------------------------------------------------------------------------------- data


def read(args: argparse.Namespace, path: str) -> list[Sentence]:
    """Reads any format by way of ragner convert, so that all systems get the very texts and offsets it scores."""
    name = hashlib.sha256(f"{path}\0{args.format}".encode()).hexdigest()[:12]
    target = args.out / "data" / f"{Path(path.split(',')[0]).stem}-{name}.jsonl"
    target.parent.mkdir(exist_ok=True)
    subprocess.run([args.ragner, "convert", path, target, "--from", args.format, "--to", "jsonl"], check=True,
                   env=clean_environment(args.out), stdout=subprocess.DEVNULL)
    with target.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [Sentence(r["id"], r["text"], r["entities"]) for r in records if r["text"].strip() and not r["error"]]


def draw(gold: Sequence[Sentence], known: set[str], n: int, seed: int) -> tuple[list[Sentence], int]:
    """n sentences in the order of the file, and how many were left out because they stand in the training data: ragner
    would find them there with their entities."""
    new = [s for s in gold if s.text not in known]
    if len(new) < n:
        raise ValueError(f"only {len(new)} of {len(gold)} gold sentences can be used, fewer than --sample {n}")
    rows = sorted(random.Random(seed).sample(range(len(new)), n))
    return [new[i] for i in rows], len(gold) - len(new)


def choose_examples(train: Sequence[Sentence], k: int, seed: int) -> list[Sentence]:
    """k sentences of middling length with entities that together show as many labels as possible: each next one is
    that with the most labels not shown yet; of equals, the first in an order that the seed draws."""
    fit = [s for s in train if s.entities and SHORTEST <= len(s.text.split()) <= LONGEST and not overlapping(s)]
    if len(fit) < k:
        raise ValueError(f"only {len(fit)} sentences of the training data can be examples, fewer than --shots {k}")
    random.Random(seed).shuffle(fit)
    chosen: list[Sentence] = []
    shown: set[str] = set()
    for _ in range(k):
        best = max(fit, key=lambda s: len({e["label"] for e in s.entities} - shown))
        fit.remove(best)
        chosen.append(best)
        shown |= {e["label"] for e in best.entities}
    return chosen


def overlapping(s: Sentence) -> bool:
    """Neither peer's format can show nested entities, or such in several parts."""
    if any(len(e["fragments"]) > 1 for e in s.entities):
        return True
    return any(a["end"] > b["start"] for a, b in zip(s.entities, s.entities[1:]))


def make_settings(args: argparse.Namespace, train: list[Sentence], gold: list[Sentence], drawn: set[str]) -> Settings:
    labels = sorted({e["label"] for s in train + gold for e in s.entities})
    descriptions = dict(pair(text) for text in args.label)
    if unknown := sorted(set(descriptions) - set(labels)):
        raise ValueError(f"--label: no such label in the data: {', '.join(unknown)}")
    options = {name: number(value) for name, value in map(pair, args.peer_option)}
    return Settings(args.model, labels, descriptions, choose_examples(train, args.shots, args.seed), args.context,
                    args.peer_max_tokens, args.timeout, options, args.out)


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"not NAME=VALUE: {text}")
    return name, value


def number(text: str) -> Any:
    """The value as JSON has it, so that 1.0 is a number; else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


# --------------------------------------------------------------------------------------------------------------- run


def describe_run(args: argparse.Namespace, sample: list[Sentence], settings: Settings, seen: int) -> dict[str, Any]:
    """Everything the figures depend on. Finished blocks are taken up only by a run that says the same."""
    return {
        "sample": [s.id for s in sample], "seed": args.seed, "block": args.block, "seen_in_training": seen,
        "examples": [asdict(s) for s in settings.examples], "labels": settings.labels,
        "descriptions": settings.descriptions, "model": args.model, "context": args.context,
        "peer_max_tokens": args.peer_max_tokens, "peer_options": settings.options, "ragner_flags": args.ragner_flag,
        "index": str(args.index.name) if args.index else "", "ontology": [Path(o).name for o in args.ontology],
        "files": {Path(p).name: digest(Path(p.split(",")[0])) for p in [*args.train, args.gold]},
        "versions": {**report.versions(args.ragner), "ragner_sha256": digest(args.ragner)},
        "server": server_facts(args.url, args.model),
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def server_facts(url: str, model: str) -> dict[str, Any]:
    """Version of the server and digest of the model; an error when it has no such model."""
    version = ask(url, "/api/version")["version"]
    for m in ask(url, "/api/tags")["models"]:
        if m["name"].removesuffix(":latest") == model.removesuffix(":latest"):
            details = m.get("details") or {}
            return {"ollama": version, "digest": m["digest"], "parameters": details.get("parameter_size"),
                    "quantization": details.get("quantization_level")}
    raise ServerGone(f"{url} has no model {model}")


def ask(url: str, path: str, body: dict[str, Any] | None = None, timeout: float = 60) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url.rstrip("/") + path, data, {"Content-Type": "application/json"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=timeout) as response:
            return json.load(response)
    except OSError as error:
        raise ServerGone(f"{url}{path}: {error}") from error


def claim(path: Path, facts: dict[str, Any]) -> None:
    """Keeps what this folder was measured with, and refuses to mix in anything else."""
    if not path.exists():
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    if changed := sorted(k for k in facts if before.get(k) != json.loads(json.dumps(facts[k]))):
        raise ValueError(f"{path.parent} was measured with other settings ({', '.join(changed)}); give another --out")


def start(args: argparse.Namespace, settings: Settings, proxies: dict[str, Proxy]) -> list[System]:
    """The systems, ready to tag: imports and pipelines of the peers are not timed."""
    make = {"ragner": lambda p: Ragner(args.ragner, index(args), args.ragner_flag, p, settings),
            "langextract": lambda p: LangExtract(p, settings), "spacy-llm": lambda p: SpacyLLM(p, settings)}
    return [make[name](proxies[name]) for name in args.systems]


def index(args: argparse.Namespace) -> Path:
    if args.index:
        return args.index.resolve()
    folder = args.out / "index"
    if not folder.exists():
        corpora = [f"{path},format={args.format}" for path in args.train]
        command = [args.ragner, "index", "-o", folder, *(w for c in corpora for w in ("--corpus", c)),
                   *(w for o in args.ontology for w in ("--ontology", o))]
        subprocess.run(command, check=True, env=clean_environment(args.out), stdout=subprocess.DEVNULL)
    return folder


def measure(args: argparse.Namespace, systems: list[System], proxies: dict[str, Proxy],
            blocks: Sequence[Sequence[Sentence]]) -> None:
    """Every system tags every block; who begins moves on from block to block, since the machine may be shared."""
    warm = False
    for number, block in enumerate(blocks):
        turn = number % len(systems)
        for system in systems[turn:] + systems[:turn]:
            path = block_path(args.out, system.name, number)
            if path.exists():
                continue
            if not warm:
                load_model(args)
                warm = True
            proxies[system.name].take()  # of a block that was broken off
            save(path, system.tag(number, block))
            keep_example(args.out, system.name, proxies[system.name])
            print(f"block {number + 1} of {len(blocks)}: {system.name}", file=sys.stderr)


def load_model(args: argparse.Namespace) -> None:
    """Nobody's first sentence pays for reading the model from disk."""
    body = {"model": args.model, "stream": False, "keep_alive": "10m", "options": {"num_ctx": args.context}}
    ask(args.url, "/api/generate", body, args.timeout)


def block_path(out: Path, system: str, number: int) -> Path:
    return out / "blocks" / f"{number:03}-{system}.json"


def save(path: Path, block: Block) -> None:
    """In one step, so that a block is there whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(block), ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def keep_example(out: Path, system: str, proxy: Proxy) -> None:
    """The first request and answer of each system, to be looked at."""
    path = out / f"request-{system}.json"
    if proxy.example and not path.exists():
        path.write_text(json.dumps(proxy.example, ensure_ascii=False, indent=1), encoding="utf-8")


def finished(args: argparse.Namespace, blocks: Sequence[Sequence[Sentence]]) -> dict[str, list[Block]]:
    """The blocks that all systems have finished, by system; empty when there are none."""
    whole = [n for n in range(len(blocks)) if all(block_path(args.out, s, n).exists() for s in args.systems)]
    return {s: [load(block_path(args.out, s, n)) for n in whole] for s in args.systems} if whole else {}


def load(path: Path) -> Block:
    d = json.loads(path.read_text(encoding="utf-8"))
    return Block(d["seconds"], [Answer.from_dict(a) for a in d["answers"]], d["calls"],
                 [Answer.from_dict(a) for a in d["alone"]], d["unplaced"])


if __name__ == "__main__":
    sys.exit(main())
