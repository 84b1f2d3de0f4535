"""The figures of seqeval, conlleval, nervaluate and scikit-learn, by name; and ragner's of the same name."""

import chunks
from nervaluate import Evaluator
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as seqeval_default
from seqeval.metrics.v1 import precision_recall_fscore_support as seqeval_strict
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score

NERVALUATE = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
RATIOS = ("precision", "recall", "f1")


def reference(gold, pred, strict_mode=True):
    """All figures. seqeval's strict mode drops spans that break the scheme: leave it out where there are some."""
    y_true, y_pred = [tags for _, tags in gold], [tags for _, tags in pred]
    figures = seqeval_figures("default", seqeval_default, y_true, y_pred)
    if strict_mode:
        figures |= strict_figures(y_true, y_pred)
    return (figures | chunks.figures(y_true, y_pred) | nervaluate_figures(y_true, y_pred)
            | token_figures(y_true, y_pred))


def strict_figures(y_true, y_pred):
    return seqeval_figures("strict", seqeval_strict, y_true, y_pred, scheme=IOB2)


def seqeval_figures(mode, scorer, y_true, y_pred, **options):
    figures = {}
    for average in ("micro", "macro"):
        values = scorer(y_true, y_pred, average=average, zero_division=0, **options)
        figures |= {f"seqeval.{mode}.{average}.{name}": x for name, x in zip(RATIOS, values)}
    labels = sorted({label for row in y_true + y_pred for label, _, _ in chunks.chunks(row)})
    values = scorer(y_true, y_pred, average=None, zero_division=0, **options)
    if len(values[2]) == len(labels):  # strict mode knows only labels of spans that keep the scheme
        figures |= {f"seqeval.{mode}.label.{label}.f1": f1 for label, f1 in zip(labels, values[2])}
    return figures


def nervaluate_figures(y_true, y_pred):
    labels = sorted({tag[2:] for row in y_true + y_pred for tag in row if tag != "O"})
    results = Evaluator(y_true, y_pred, tags=labels, loader="list").evaluate()
    figures = {}
    for ours, theirs in NERVALUATE.items():
        micro = results["overall"][theirs]
        figures |= {f"nervaluate.{ours}.micro.{name}": getattr(micro, name) for name in RATIOS}
        for label in labels:
            figures[f"nervaluate.{ours}.label.{label}.f1"] = results["entities"][label][theirs].f1
    return figures


def token_figures(y_true, y_pred):
    """Over tokens, labels without B- and I-; those outside count for the accuracy only."""
    true = [tag.partition("-")[2] for row in y_true for tag in row]
    pred = [tag.partition("-")[2] for row in y_pred for tag in row]
    labels = sorted({*true, *pred} - {""})
    equal = sum(a == b for a, b in zip(true, pred))
    macro = f1_score(true, pred, labels=labels, average="macro", zero_division=0) if labels else 0
    return {"tokens.accuracy": equal / len(true), "tokens.macro_f1": macro}


def ours(report, name):
    """The figure of ragner's report that a reference figure's name stands for."""
    scorer, *path = name.split(".")
    if scorer == "tokens":
        return report["token"][path[0]]
    if scorer == "conlleval":
        path = ["strict", *path]
    score = report["criteria"]["strict" if scorer == "seqeval" else path[0]]
    if path[1] == "label":
        return score["labels"][".".join(path[2:-1])][path[-1]]
    return score[path[1]][path[2]]
