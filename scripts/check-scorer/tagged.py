"""Tagged sentences: (tokens, tags) pairs, read from CoNLL or from what ragner converts to it."""

import pathlib
import shlex
import subprocess
import sys


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
            # Some wnut17 rows state two labels; the first counts for all scorers alike.
            tags.append(fields[tag_column - 1].split(",")[0].strip())
    if tokens:
        sentences.append((tokens, tags))
    return sentences


def write_conll(path, sentences):
    blocks = ("".join(f"{token}\t{tag}\n" for token, tag in zip(*s)) for s in sentences)
    pathlib.Path(path).write_text("\n".join(blocks), encoding="utf-8")


def convert(program, source, target):
    """Converts source by ragner; what the target cannot hold is said on standard error."""
    done = subprocess.run([*shlex.split(program), "convert", str(source), str(target)], stderr=subprocess.PIPE, text=True)
    for line in done.stderr.splitlines():
        print(f"  {line}")
    if done.returncode not in (0, 3):
        sys.exit(f"convert {source}: exit {done.returncode}")


def encode(length, spans):
    tags = ["O"] * length
    for label, start, end in spans:
        tags[start:end + 1] = [f"B-{label}"] + [f"I-{label}"] * (end - start)
    return tags


def keeps_iob2(sentences):
    """Whether each I- follows a tag of its label, as IOB2 wants."""
    return all(not tag.startswith("I-") or before[2:] == tag[2:] and before[0] in "BI"
               for _, tags in sentences for before, tag in zip(["O", *tags], tags))
