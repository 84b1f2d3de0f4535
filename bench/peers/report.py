"""Scores what the systems found and puts it beside what it cost."""

from __future__ import annotations

import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Sequence

from systems import Answer, Block, Sentence, Span

CRITERIA = ("strict", "exact", "overlap")
TITLES = {"ragner": "ragner", "ragner-alone": "ragner, the model's answer alone (--trust 1)",
          "langextract": "LangExtract {langextract}", "spacy-llm": "spaCy-LLM {spacy-llm}, NER.v3"}
PEERS = ("langextract", "spacy-llm")


def versions(ragner: Path) -> dict[str, str]:
    said = subprocess.run([ragner, "version"], check=True, capture_output=True, text=True).stdout.strip()
    return {"ragner": said, "python": platform.python_version(), "langextract": version("langextract"),
            "spacy-llm": version("spacy-llm"), "spacy": version("spacy")}


def write_gold(path: Path, sample: Sequence[Sentence]) -> None:
    write(path, ({"id": s.id, "text": s.text, "entities": s.entities, "meta": {}, "error": None} for s in sample))


def write_found(path: Path, sample: dict[str, Sentence], answers: Sequence[Answer]) -> None:
    """In ragner's shape. A sentence that failed has no entities, and so misses all of its gold."""
    write(path, ({"id": a.id, "text": sample[a.id].text, "entities": entities(sample[a.id].text, a.spans), "meta": {},
                  "error": None} for a in answers))


def entities(text: str, spans: Sequence[Span]) -> list[dict[str, Any]]:
    unique = sorted({(s.start, s.end, s.label) for s in spans})
    return [{"start": a, "end": b, "label": label, "text": text[a:b], "fragments": [[a, b]], "status": "exact"}
            for a, b, label in unique]


def write(path: Path, records: Any) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def summarise(ragner: Path, out: Path, systems: Sequence[str], sample: Sequence[Sentence],
              done: dict[str, list[Block]], facts: dict[str, Any]) -> dict[str, Any]:
    """All figures over the blocks that every system has finished; also written to results.json."""
    by_id = {s.id: s for s in sample}
    tagged = [a.id for block in done[systems[0]] for a in block.answers]
    write_gold(out / "gold.jsonl", [by_id[i] for i in tagged])
    rows = {}
    for name in systems:
        answers = [a for block in done[name] for a in block.answers]
        lost = sum(block.unplaced for block in done[name])
        rows[name] = {**cost(done[name]), **score(ragner, out, name, by_id, answers), **counts(answers, lost)}
        if name == "ragner":
            alone = [a for block in done[name] for a in block.alone]
            rows["ragner-alone"] = {**score(ragner, out, "ragner-alone", by_id, alone), **counts(alone, lost)}
    results = {"command": shlex.join(sys.argv), "sentences": len(tagged), "of": len(sample),
               "mentions": sum(len(by_id[i].entities) for i in tagged), "machine": machine(), "rows": rows,
               "ratios": ratios(done), "run": facts}
    (out / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    (out / "table.md").write_text(table(results) + "\n", encoding="utf-8")
    return results


def score(ragner: Path, out: Path, name: str, by_id: dict[str, Sentence], answers: Sequence[Answer]) -> dict[str, Any]:
    path = out / f"{name}.jsonl"
    write_found(path, by_id, answers)
    command = [ragner, "score", out / "gold.jsonl", path, "--json"]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    criteria = json.loads(said.stdout)["criteria"]
    return {"criteria": {c: criteria[c]["micro"] for c in CRITERIA}, "labels": criteria["strict"]["labels"]}


def counts(answers: Sequence[Answer], unplaced: int) -> dict[str, Any]:
    kinds = [a.error for a in answers if a.error]
    return {"failed": len(kinds), "failures": {k: kinds.count(k) for k in sorted(set(kinds))},
            "unreadable": sum(a.unreadable for a in answers), "unplaced": unplaced + sum(a.unplaced for a in answers),
            "misplaced": sum(a.misplaced for a in answers), "unknown_labels": sum(a.unknown for a in answers)}


def cost(blocks: Sequence[Block]) -> dict[str, Any]:
    """Seconds are wall clock. Those of the server are what it says itself, and hold neither waiting nor start-up."""
    seconds = [a.seconds for b in blocks for a in b.answers]
    calls = [c for b in blocks for c in b.calls]
    n = len(seconds)
    return {"seconds": {"median": statistics.median(seconds), "mean": sum(b.seconds for b in blocks) / n,
                        "steady": statistics.fmean(steady(blocks)), "max": max(seconds),
                        "total": sum(b.seconds for b in blocks)},
            "server_seconds": {what: total(calls, f"{what}_seconds") / n for what in ("prompt", "output", "load")},
            "calls": len(calls), "prompt_tokens": total(calls, "prompt_tokens") / n,
            "output_tokens": total(calls, "output_tokens") / n,
            "cut_off": sum(c["done_reason"] == "length" for c in calls)}


def steady(blocks: Sequence[Block]) -> list[float]:
    """Seconds without the first sentence of each block, which pays for reading the fixed prompt, or for starting up; of
    blocks of one sentence, all."""
    return [a.seconds for b in blocks for a in (b.answers[1:] or b.answers)]


def total(calls: Sequence[dict[str, Any]], name: str) -> float:
    return sum(c[name] for c in calls)


def ratios(done: dict[str, list[Block]]) -> dict[str, dict[str, dict[str, float]]]:
    """How many times as long each peer took as ragner, block by block: both met the same machine at nearly one time.
    steady leaves out the first sentence of each block, on both sides."""
    if "ragner" not in done:
        return {}
    found = {}
    for peer in (p for p in PEERS if p in done):
        pairs = list(zip(done[peer], done["ragner"], strict=True))
        found[peer] = {"block": extremes([p.seconds / r.seconds for p, r in pairs]),
                       "steady": extremes([sum(steady([p])) / sum(steady([r])) for p, r in pairs])}
    return found


def extremes(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def machine() -> dict[str, Any]:
    return {"system": platform.platform(), "processors": os.cpu_count()}


# -------------------------------------------------------------------------------------------------------------- table


def table(results: dict[str, Any]) -> str:
    """Two Markdown tables, what was found and what it cost, and below them what it was measured on."""
    rows = {TITLES[name].format(**results["run"]["versions"]): (name, r) for name, r in results["rows"].items()}
    found = [[title, *quality(r)] for title, (_, r) in rows.items()]
    paid = [[title, *costs(r, results["ratios"].get(name, {}))] for title, (name, r) in rows.items() if "seconds" in r]
    return "\n".join([*markdown(FOUND, found), "", *markdown(PAID, paid), "", *notes(results)])


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


FOUND = ("system", "strict F1 (95 %)", "P", "R", "exact F1", "overlap F1", "failed", "unreadable", "unknown label",
         "unplaced", "misplaced")


def quality(r: dict[str, Any]) -> list[str]:
    strict, exact, overlap = (r["criteria"][c] for c in CRITERIA)
    return [f"{f1(strict['f1'])} ({f1(strict['f1_low'])} to {f1(strict['f1_high'])})", f1(strict["precision"]),
            f1(strict["recall"]), f1(exact["f1"]), f1(overlap["f1"]),
            *(str(r[k]) for k in ("failed", "unreadable", "unknown_labels", "unplaced", "misplaced"))]


PAID = ("system", "s/sentence: median", "mean", "without firsts", "in the server: prompt + answer", "time : ragner's",
        "without firsts", "prompt tokens", "output tokens", "calls", "cut off")


def costs(r: dict[str, Any], beside: dict[str, dict[str, float]]) -> list[str]:
    seconds, server = r["seconds"], r["server_seconds"]
    return [f"{seconds['median']:.2f}", f"{seconds['mean']:.2f}", f"{seconds['steady']:.2f}",
            f"{server['prompt']:.2f} + {server['output']:.2f}", ratio(beside.get("block")), ratio(beside.get("steady")),
            f"{r['prompt_tokens']:.0f}", f"{r['output_tokens']:.0f}", str(r["calls"]), str(r["cut_off"])]


def ratio(r: dict[str, float] | None) -> str:
    return f"{r['median']:.2f} ({r['min']:.2f} to {r['max']:.2f})" if r else ""


def f1(value: float) -> str:
    return f"{value:.3f}"


def notes(results: dict[str, Any]) -> list[str]:
    run, server = results["run"], results["run"]["server"]
    partly = "" if results["sentences"] == results["of"] else f" (of {results['of']}: not finished)"
    return [f"{results['sentences']} sentences{partly} with {results['mentions']} mentions, seed {run['seed']}; "
            f"{len(run['examples'])} fixed examples for the peers showing {shown(run)} of {len(run['labels'])} labels; "
            f"{run['seen_in_training']} gold sentences that stand in the training data were left out before drawing.",
            f"Model {run['model']} ({server['parameters']}, {server['quantization']}, sha256 {server['digest'][:12]}) "
            f"on Ollama {server['ollama']}; {run['versions']['ragner']}; Python {run['versions']['python']}.",
            "Times are wall clock; a peer's beside ragner's is the median over blocks, with the extremes. Firsts are "
            f"the first sentences of the blocks of {run['block']}, which pay for the fixed prompt or for starting up.",
            f"Command: `{results['command']}`"]


def shown(run: dict[str, Any]) -> int:
    return len({e["label"] for s in run["examples"] for e in s["entities"]})
