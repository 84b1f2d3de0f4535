#!/usr/bin/env python3
"""Make the files of corpora/sample/data: python3 scripts/make-sample.py NCBI_DIR DOID_DIR

NCBI_DIR is a checkout of github.com/spyysalo/ncbi-disease (original-data/ is read), DOID_DIR holds
DO_rare_slim.obo and HumanDO.tsv of github.com/DiseaseOntology/HumanDiseaseOntology. The same input gives the
same bytes: the order is the input's, and the archives carry no time.
"""
import gzip
import re
import sys
from pathlib import Path

HELD_OUT = 40  # abstracts of the test part
UNSEEN = 8  # sentences of the development part

OUT = Path(__file__).resolve().parent.parent / "corpora" / "sample" / "data"


def write(name, text):
    with open(OUT / name, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as f:
        f.write(text.encode("utf-8"))


def abstracts(path):
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    return [b.strip("\n") for b in re.split(r"\n[ \t]*\n", text) if b.strip()]


def join(blocks):
    return "\n\n".join(blocks) + "\n"


def unseen(blocks):
    """One sentence of the abstract, with one to three mentions, from abstracts spread over the part."""
    step = max(1, len(blocks) // (UNSEEN + 2))
    found = []
    for block in blocks[::step]:
        lines = block.split("\n")
        title = lines[0].split("|", 2)[2]
        abstract = lines[1].split("|", 2)[2]
        spans = [tuple(map(int, line.split("\t")[1:3])) for line in lines[2:] if line.count("\t") >= 4]
        for m in re.finditer(r"[A-Z][^.]{60,220}\.(?= [A-Z]|$)", abstract):
            at = len(title) + 1
            inside = [s for s in spans if s[0] >= m.start() + at and s[1] <= m.end() + at]
            if 1 <= len(inside) <= 3 and (m.start() == 0 or abstract[m.start() - 2 : m.start()] == ". "):
                found.append(m.group())
                break
        if len(found) == UNSEEN:
            break
    return "\n".join(found) + "\n"


def obo_terms(path):
    """Id → the lines that are kept of each term that is not obsolete."""
    terms = {}
    for stanza in path.read_text(encoding="utf-8").split("\n\n"):
        lines = stanza.strip().split("\n")
        if lines[0] != "[Term]" or "is_obsolete: true" in lines:
            continue
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        keep = []
        for line in lines[1:]:
            if line.startswith("synonym: "):
                keep.append(re.sub(r'" (EXACT|NARROW|BROAD|RELATED) .*', r'" \1 []', line))
            elif line.startswith(("is_a: ", "xref: MESH:", "xref: OMIM:")):
                keep.append(re.sub(r" [!{].*", "", line))
        terms[fields["id"]] = (fields["name"], keep)
    return terms


def table_terms(path):
    rows = [[c.strip('"') for c in line.split("\t")] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    ids = {label: id_ for id_, label, _ in rows}
    for id_, label, parents in rows:
        yield id_, label, [ids[p] for p in parents.split("|") if p in ids]


def ontology(folder):
    rich = obo_terms(folder / "DO_rare_slim.obo")
    merged = {}
    for id_, label, parents in table_terms(next(folder.glob("HumanDO*.tsv"))):
        merged.setdefault(id_, (label, []))[1].extend(f"is_a: {p}" for p in parents)
    for id_, (name, lines) in rich.items():
        merged.setdefault(id_, (name, []))[1].extend(lines)
    version = re.search(r"^data-version: \S*?releases/(\S+?)/", (folder / "DO_rare_slim.obo").read_text(encoding="utf-8"), re.M)
    out = ["format-version: 1.2", f"data-version: doid/releases/{version.group(1)}, reduced",
           "remark: Human Disease Ontology, CC0 1.0; names, synonyms, parents and MeSH and OMIM references only", "ontology: doid"]
    for id_ in sorted(merged):
        name, lines = merged[id_]
        name = name.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
        out += ["", "[Term]", f"id: {id_}", f"name: {name}", *dict.fromkeys(lines)]
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ncbi, doid = Path(sys.argv[1]) / "original-data", Path(sys.argv[2])
    OUT.mkdir(parents=True, exist_ok=True)
    write("train.pubtator.gz", join(abstracts(ncbi / "train" / "NCBItrainset_corpus.txt")))
    write("heldout.pubtator.gz", join(abstracts(ncbi / "test" / "NCBItestset_corpus.txt")[:HELD_OUT]))
    write("unseen.txt.gz", unseen(abstracts(ncbi / "devel" / "NCBIdevelopset_corpus.txt")))
    write("disease-ontology.obo.gz", ontology(doid))


main()
