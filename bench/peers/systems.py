"""The three systems, each behind the same small face: tag a block of sentences, and say how long each one took.

A prediction is an offset pair in code points and a label. What a system named but could not place, placed on another
text, or gave a class nobody asked for is counted and never scored in its disfavour twice.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import warnings
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Callable, Iterable, Protocol, Sequence

from proxy import Proxy


class ServerGone(RuntimeError):
    """The model server cannot be used; measuring on would count its absence against the systems."""


@dataclass
class Sentence:
    """One sentence with its gold entities, as ragner's JSONL has them."""

    id: str
    text: str
    entities: list[dict[str, Any]]


@dataclass
class Span:
    start: int
    end: int
    label: str


@dataclass
class Answer:
    """What a system found in one sentence."""

    id: str
    seconds: float = 0.0
    spans: list[Span] = field(default_factory=list)
    error: str = ""  # the kind of failure: an exception, a timeout
    unreadable: bool = False  # the answer came, and could not be read in the system's own format
    unplaced: int = 0  # entities named that have no place in the text
    misplaced: int = 0  # entities whose offsets cover another text than the one named
    unknown: int = 0  # entities of a class that was not asked for, left out

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_dict(d: dict[str, Any]) -> Answer:
        return Answer(**{**d, "spans": [Span(**s) for s in d["spans"]]})


@dataclass
class Block:
    """What a system made of one block of sentences. seconds is the wall clock, start-up included where it has one."""

    seconds: float
    answers: list[Answer]
    calls: list[dict[str, Any]] = field(default_factory=list)  # what the proxy counted
    alone: list[Answer] = field(default_factory=list)  # of ragner: the same answers of the model, read with --trust 1
    unplaced: int = 0  # of ragner, which tells it for a whole run only


@dataclass
class Settings:
    """What all systems share."""

    model: str
    labels: list[str]
    descriptions: dict[str, str]
    examples: list[Sentence]
    context: int  # tokens of prompt and answer: one value for all, since a change makes Ollama load the model anew
    max_tokens: int  # longest answer of the peers
    timeout: float  # seconds for one answer
    options: dict[str, Any]  # further options of Ollama for the peers
    out: Path


class System(Protocol):
    name: str
    title: str

    def tag(self, number: int, sentences: Sequence[Sentence]) -> Block: ...


def timed(tag: Callable[[Sentence, Answer], None], sentences: Iterable[Sentence], proxy: Proxy) -> Block:
    """Tags sentence by sentence; an exception fails its sentence alone."""
    answers = []
    begun = time.perf_counter()
    for sentence in sentences:
        answer = Answer(sentence.id)
        started = time.perf_counter()
        try:
            tag(sentence, answer)
        except Exception as error:  # whatever a library raises is a failure of that sentence
            answer.error, answer.spans = type(error).__name__, []
        answer.seconds = time.perf_counter() - started
        answers.append(answer)
        if proxy.unreachable:
            raise ServerGone("the model server cannot be reached: " + proxy.unreachable)
    seconds = time.perf_counter() - begun
    return Block(seconds, answers, counted(proxy))


def counted(proxy: Proxy) -> list[dict[str, Any]]:
    return [call.as_dict() for call in proxy.take()]


def same_text(covered: str, named: str) -> bool:
    """Case and spaces aside: both peers match without regard to case, by documented design."""
    return " ".join(covered.split()).casefold() == " ".join(named.split()).casefold()


# ---------------------------------------------------------------------------------------------------------- ragner


class Ragner:
    """ragner tag, one process a block: loading the program and its index counts. No answer comes from a cache; one is
    written, from which the same answers are read again with --trust 1, untimed."""

    name, title = "ragner", "ragner"

    def __init__(self, binary: Path, index: Path, flags: Sequence[str], proxy: Proxy, settings: Settings) -> None:
        self.binary, self.proxy, self.settings = binary, proxy, settings
        self.args = ["tag", "-i", str(index), "--tagger", "llm", "--backend", "ollama", "--url", proxy.url,
                     "--model", settings.model, "--concurrency", "1", "--context", str(settings.context),
                     "--timeout", f"{settings.timeout:.0f}s", "-f", "jsonl", "--from", "jsonl",
                     *describe(settings.descriptions), *flags]

    def tag(self, number: int, sentences: Sequence[Sentence]) -> Block:
        work = self.settings.out / "ragner"
        work.mkdir(exist_ok=True)
        block, cache, again = (work / f"{number:03}.{kind}" for kind in ("jsonl", "cache", "alone.jsonl"))
        cache.unlink(missing_ok=True)
        block.write_text("".join(plain(s) for s in sentences), encoding="utf-8")
        lines, times, seconds, _ = self.run([*self.args, "--cache", str(cache), str(block)], work)
        calls = counted(self.proxy)
        *_, said = self.run([*self.args, "--trust", "1", "--cache", str(cache), "-o", str(again), str(block)], work)
        cache.unlink(missing_ok=True)
        tagged = read_tagged(lines, times, sentences)
        if self.proxy.take() and not any(a.error for a in tagged):  # what failed is asked again, and only that
            raise RuntimeError(f"block {number}: answers of the model were not in the cache")
        alone = read_tagged(again.read_text(encoding="utf-8").splitlines(), [0.0] * len(sentences), sentences)
        return Block(seconds, tagged, calls, alone, unplaced(said))

    def run(self, args: Sequence[str], folder: Path) -> tuple[list[str], list[float], float, str]:
        """The lines of the output, the seconds each took from the one before it, those of the whole process, and what
        it said on standard error."""
        lines, times = [], []
        log = folder / "stderr.log"
        started = last = time.perf_counter()
        with log.open("wb") as file, subprocess.Popen(
                [str(self.binary), *args], stdout=subprocess.PIPE, stderr=file, text=True, encoding="utf-8", cwd=folder,
                env=clean_environment(folder)) as process:
            for line in process.stdout or ():
                now = time.perf_counter()
                lines.append(line)
                times.append(now - last)
                last = now
        if process.returncode not in (0, 3):
            raise ServerGone(f"ragner ended with code {process.returncode}; see {log}")
        return lines, times, time.perf_counter() - started, log.read_text(encoding="utf-8")


def unplaced(said: str) -> int:
    """From the sum that ragner tells at the end of a run into a file; without any answer of the model it tells none."""
    found = re.search(r"(\d+) mentions? not found in their sentence", said)
    if not found and "from the cache" not in said:
        return 0
    if not found:
        raise RuntimeError("ragner did not say how many mentions it could not place")
    return int(found[1])


def describe(descriptions: dict[str, str]) -> list[str]:
    return [word for label, text in descriptions.items() for word in ("--label", f"{label}={text}")]


def clean_environment(folder: Path) -> dict[str, str]:
    """Without the settings of whoever runs this: what is measured are the defaults."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAGNER_")}
    return {**kept, "XDG_CONFIG_HOME": str(folder)}


def plain(s: Sentence) -> str:
    """Text and the border of the one sentence; neither entities nor tokens, which the peers do not get either."""
    record = {"id": s.id, "text": s.text, "sentences": [{"start": 0, "end": len(s.text)}]}
    return json.dumps(record, ensure_ascii=False) + "\n"


def read_tagged(lines: Sequence[str], times: Sequence[float], sentences: Sequence[Sentence]) -> list[Answer]:
    answers = []
    for line, seconds, sentence in zip(lines, times, sentences, strict=True):
        record = json.loads(line)
        if record["id"] != sentence.id:
            raise RuntimeError(f"ragner answered {record['id']} where {sentence.id} was due")
        answer = Answer(sentence.id, seconds, error=(record.get("error") or {}).get("code", ""))
        for e in record["entities"]:
            answer.spans.append(Span(e["start"], e["end"], e["label"]))
            answer.misplaced += sentence.text[e["start"]:e["end"]] != e["text"]
        answers.append(answer)
    return answers


# ------------------------------------------------------------------------------------------------------ LangExtract


class LangExtract:
    """lx.extract with the Ollama provider as its README shows it: model_url, few-shot examples, and fence_output and
    use_schema_constraints left to the library, which turns on Ollama's JSON mode."""

    name = "langextract"

    def __init__(self, proxy: Proxy, settings: Settings) -> None:
        import langextract as lx
        from absl import logging
        from langextract.resolver import ResolverParsingError

        logging.set_verbosity(logging.ERROR)
        warnings.filterwarnings("ignore", message="With 'config', schema constraints")
        self.lx, self.unreadable, self.proxy = lx, ResolverParsingError, proxy
        self.title = "LangExtract " + version("langextract")
        self.known = {plain_label(label): label for label in settings.labels}
        self.examples = [self.example(s) for s in settings.examples]
        self.prompt = extraction_prompt(settings)
        self.config = lx.factory.ModelConfig(model_id=settings.model, provider="ollama", provider_kwargs={
            "model_url": proxy.url, "timeout": int(settings.timeout), "temperature": 0.0,
            "num_ctx": settings.context, "max_output_tokens": settings.max_tokens, **settings.options})
        lx.factory.create_model(self.config, examples=self.examples, use_schema_constraints=True)  # loads the providers

    def example(self, s: Sentence) -> Any:
        data = self.lx.data
        found = [data.Extraction(extraction_class=e["label"], extraction_text=e["text"]) for e in s.entities]
        return data.ExampleData(text=s.text, extractions=found)

    def tag(self, number: int, sentences: Sequence[Sentence]) -> Block:
        return timed(self.extract, sentences, self.proxy)

    def extract(self, sentence: Sentence, answer: Answer) -> None:
        try:
            result = self.lx.extract(
                text_or_documents=sentence.text, prompt_description=self.prompt, examples=self.examples,
                config=self.config, extraction_passes=1, max_workers=1, batch_length=1, show_progress=False,
                # The default leaves out what cannot be read and logs it; so does this, and it can be counted.
                resolver_params={"suppress_parse_errors": False})
        except self.unreadable:
            answer.unreadable = True
            return
        for e in result.extractions or []:
            self.place(e, sentence.text, answer)

    def place(self, e: Any, text: str, answer: Answer) -> None:
        label = self.known.get(plain_label(e.extraction_class))
        where = e.char_interval
        if label is None:
            answer.unknown += 1
        elif where is None or where.start_pos is None or where.end_pos is None:
            answer.unplaced += 1
        else:
            answer.misplaced += not same_text(text[where.start_pos:where.end_pos], e.extraction_text)
            answer.spans.append(Span(where.start_pos, where.end_pos, label))


def plain_label(label: str) -> str:
    """Small differences in how the model writes a class are forgiven, as spaCy-LLM does by itself."""
    return re.sub(r"[\s_-]", "", str(label)).casefold()


def extraction_prompt(settings: Settings) -> str:
    """The task in the words of LangExtract's own examples, then the classes."""
    lines = ["Extract named entities in order of appearance. The classes are: " + ", ".join(settings.labels) + ".",
             "Use exact text for extractions. Do not paraphrase or overlap entities."]
    lines += [f"{label}: {text}" for label, text in settings.descriptions.items()]
    return "\n".join(lines)


# -------------------------------------------------------------------------------------------------------- spaCy-LLM


class SpacyLLM:
    """spacy.NER.v3 with spacy.FewShotReader.v1 and a registered model. spaCy-LLM has none for Ollama: its OpenAI models
    first ask api.openai.com for the list of models, whatever the endpoint, and its maintainers' advice for Ollama is
    to register a model of one's own (explosion/spacy-llm, issue 413)."""

    name = "spacy-llm"

    def __init__(self, proxy: Proxy, settings: Settings) -> None:
        from confection import Config
        from spacy_llm.registry import registry
        from spacy_llm.tasks.span import SpanReason
        from spacy_llm.util import assemble_from_config

        warnings.filterwarnings("ignore", message="Task supports sharding")
        registry.llm_models("ragner_bench.Ollama.v1", func=ollama_chat)
        self.reason, self.proxy, self.title = SpanReason, proxy, "spaCy-LLM " + version("spacy-llm") + ", NER.v3"
        examples = settings.out / "examples.json"
        examples.write_text(json.dumps([cot_example(s) for s in settings.examples], ensure_ascii=False, indent=1),
                            encoding="utf-8")
        self.nlp = assemble_from_config(Config(spacy_config(proxy.url, settings, examples)))
        self.labels = {label.lower() for label in settings.labels}

    def tag(self, number: int, sentences: Sequence[Sentence]) -> Block:
        return timed(self.extract, sentences, self.proxy)

    def extract(self, sentence: Sentence, answer: Answer) -> None:
        doc = self.nlp(sentence.text)
        named = self.named("\n".join(doc.user_data["llm_io"]["llm"]["response"]), answer)
        for e in doc.ents:
            answer.spans.append(Span(e.start_char, e.end_char, e.label_))
            answer.misplaced += not any(same_text(e.text, text) for text in named)
        answer.unplaced = sum(1 for text in named if text.lower() not in sentence.text.lower())

    def named(self, response: str, answer: Answer) -> list[str]:
        """The entities that the answer names, by spaCy-LLM's own reader of a line."""
        reasons = []
        for line in response.strip().split("\n"):
            try:
                reasons.append(self.reason.from_str(line))
            except ValueError:
                continue
        answer.unreadable = bool(response.strip()) and not reasons
        meant = [r for r in reasons if r.is_entity]
        answer.unknown = sum(1 for r in meant if r.label.strip().lower() not in self.labels)
        return [r.text for r in meant if r.label.strip().lower() in self.labels]


def cot_example(s: Sentence) -> dict[str, Any]:
    """An example with the reasons that spaCy-LLM writes itself when it makes examples from annotated text."""
    spans = [{"text": e["text"], "is_entity": True, "label": e["label"], "reason": f"is a {e['label']}"}
             for e in s.entities]
    return {"text": s.text, "spans": spans}


def spacy_config(url: str, settings: Settings, examples: Path) -> dict[str, Any]:
    options = {"temperature": 0.0, "num_ctx": settings.context, "num_predict": settings.max_tokens, **settings.options}
    task: dict[str, Any] = {"@llm_tasks": "spacy.NER.v3", "labels": settings.labels,
                            "examples": {"@misc": "spacy.FewShotReader.v1", "path": str(examples)}}
    if settings.descriptions:
        task["label_definitions"] = settings.descriptions
    model = {"@llm_models": "ragner_bench.Ollama.v1", "name": settings.model, "url": url,
             "timeout": settings.timeout, "options": options}
    component = {"factory": "llm", "save_io": True, "task": task, "model": model}
    return {"nlp": {"lang": "en", "pipeline": ["llm"]}, "components": {"llm": component}}


def ollama_chat(name: str, url: str, timeout: float, options: dict[str, Any]
                ) -> Callable[[Iterable[Iterable[str]]], Iterable[Iterable[str]]]:
    """A model for spaCy-LLM: the prompt as the user's message to Ollama's /api/chat."""
    import requests

    session = requests.Session()

    def ask(prompt: str) -> str:
        body = {"model": name, "messages": [{"role": "user", "content": prompt}], "stream": False, "think": False,
                "keep_alive": "10m", "options": options}
        response = session.post(url + "/api/chat", json=body, timeout=timeout)
        response.raise_for_status()
        return response.json()["message"]["content"]

    def answer(prompts: Iterable[Iterable[str]]) -> Iterable[Iterable[str]]:
        return [[ask(prompt) for prompt in of_document] for of_document in prompts]

    return answer
