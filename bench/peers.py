"""The Python peers of the benchmark: bm25s (numba), tantivy and faiss (flat, one thread), a query at a time.

Started by the benchmark with the folder of texts.txt, queries.txt, vectors.f32 and queries.f32. Reads a task a line
from standard input and answers each with a line of JSON: the milliseconds of every query, by the clock and, as a mean,
of the processor.
"""

import json
import sys
import time
from pathlib import Path

import bm25s
import faiss
import numpy
import tantivy

TOP = 20


def main(folder):
    texts = (folder / "texts.txt").read_text(encoding="utf-8").split("\n")
    queries = (folder / "queries.txt").read_text(encoding="utf-8").split("\n")
    words, vectors = bm25s_search(texts, queries), faiss_search(folder, len(texts), len(queries))
    searches = {
        "bm25s, numba": ("lexical search", words),
        "tantivy": ("lexical search", tantivy_search(texts, queries)),
        "faiss flat, one thread": ("dense search", vectors),
        "bm25s + faiss, nothing else": ("hybrid search", lambda i: (words(i), vectors(i))),
    }
    for line in sys.stdin:
        task = line.strip()
        if task == "tasks":
            answer = [[what, name] for name, (what, _) in searches.items()]
        else:
            answer = timed(searches[task][1], len(queries))
        print(json.dumps(answer), flush=True)


def bm25s_search(texts, queries):
    """Tokenising the query counts, as it does for ragner; so does naming the rows."""
    retriever = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend="numba")
    retriever.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)

    def search(i):
        words = bm25s.tokenize([queries[i]], stopwords=None, return_ids=False, show_progress=False)
        retriever.retrieve(words, k=TOP, show_progress=False, n_threads=0)

    return search


def tantivy_search(texts, queries):
    """An index in memory of one segment, asked for a union of the query's words, which its own analyzer makes."""
    schema = tantivy.SchemaBuilder().add_text_field("text", stored=False).build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=512 << 20, num_threads=1)
    for text in texts:
        writer.add_document(tantivy.Document(text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(i):
        # The query's words without what the query language takes for operators.
        words = "".join(c if c.isalnum() else " " for c in queries[i]).lower()
        searcher.search(index.parse_query(words, ["text"]), TOP, count=False)

    return search


def faiss_search(folder, rows, queries):
    vectors = numpy.memmap(folder / "vectors.f32", dtype="<f4", mode="r").reshape(rows, -1)
    asked = numpy.fromfile(folder / "queries.f32", dtype="<f4").reshape(queries, -1)
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda i: index.search(asked[i : i + 1], TOP)


def timed(search, n):
    times = []
    before = time.process_time()
    for i in range(n):
        start = time.perf_counter()
        search(i)
        times.append((time.perf_counter() - start) * 1e3)
    return {"wall": times, "processor": (time.process_time() - before) * 1e3 / n}


main(Path(sys.argv[1]))
