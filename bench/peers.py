"""The Python peers of the benchmark: bm25s (numba) and faiss (flat, one thread), a query at a time.

Started by the benchmark with the folder of texts.txt, queries.txt, vectors.f32 and queries.f32. Reads a task a line
from standard input and answers each with a line of JSON: the milliseconds of every query.
"""

import json
import sys
import time
from pathlib import Path

import bm25s
import faiss
import numpy

TOP = 20


def main(folder):
    texts = (folder / "texts.txt").read_text(encoding="utf-8").split("\n")
    queries = (folder / "queries.txt").read_text(encoding="utf-8").split("\n")
    searches = {
        "bm25s, numba": ("lexical search", lexical(texts, queries)),
        "faiss flat, one thread": ("dense search", dense(folder, len(texts), len(queries))),
    }
    for line in sys.stdin:
        task = line.strip()
        if task == "tasks":
            answer = [[what, name] for name, (what, _) in searches.items()]
        else:
            answer = timed(searches[task][1], len(queries))
        print(json.dumps(answer), flush=True)


def lexical(texts, queries):
    """Tokenising the query counts, as it does for ragner; so does naming the rows."""
    retriever = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend="numba")
    retriever.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)

    def search(i):
        words = bm25s.tokenize([queries[i]], stopwords=None, return_ids=False, show_progress=False)
        retriever.retrieve(words, k=TOP, show_progress=False, n_threads=0)

    return search


def dense(folder, rows, queries):
    vectors = numpy.fromfile(folder / "vectors.f32", dtype="<f4").reshape(rows, -1)
    asked = numpy.fromfile(folder / "queries.f32", dtype="<f4").reshape(queries, -1)
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda i: index.search(asked[i : i + 1], TOP)


def timed(search, n):
    times = []
    for i in range(n):
        start = time.perf_counter()
        search(i)
        times.append((time.perf_counter() - start) * 1e3)
    return times


main(Path(sys.argv[1]))
