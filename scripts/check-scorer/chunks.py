"""The rules of conlleval.pl (Tjong Kim Sang and Buchholz 2000), written anew: which tags begin and end a chunk,
and the figures that follow. Checked against the package conlleval on every call."""

import collections

import conlleval as package


def split(tag):
    """Prefix and label: "B-X-Y" is B and X-Y; "O" has no label."""
    prefix, _, label = tag.partition("-")
    return prefix, label


def begins(before, tag):
    """Whether a chunk begins at tag. Tags are (prefix, label)."""
    if tag[0] in ("O", "."):
        return False
    return tag[0] in "BS[" or before[0] in ("O", ".", "E", "S", "]") or before[1] != tag[1]


def ends(before, tag):
    """Whether a chunk that was open at the tag before ends there."""
    if before[0] in ("O", "."):
        return False
    return before[0] in "ES]" or tag[0] in ("O", ".", "B", "S", "[") or before[1] != tag[1]


def chunks(tags):
    """Chunks (label, first, last) of one sentence."""
    found, start, before = [], None, ("O", "")
    for i, tag in enumerate([split(t) for t in tags] + [("O", "")]):
        if start is not None and ends(before, tag):
            found.append((before[1], start, i - 1))
            start = None
        if begins(before, tag):
            start = i
        before = tag
    return found


def counts(y_true, y_pred):
    """(right, predicted, gold) by label."""
    table = collections.defaultdict(lambda: [0, 0, 0])
    for true, pred in zip(y_true, y_pred):
        gold, guessed = set(chunks(true)), set(chunks(pred))
        for column, some in enumerate((gold & guessed, guessed, gold)):
            for label, _, _ in some:
                table[label][column] += 1
    return table


def ratios(right, predicted, gold):
    precision, recall = right / predicted if predicted else 0, right / gold if gold else 0
    return {"precision": precision, "recall": recall, "f1": 2 * right / (predicted + gold) if predicted + gold else 0}


def figures(y_true, y_pred):
    """Overall and by label."""
    table = counts(y_true, y_pred)
    check_with_package(table, y_true, y_pred)
    out = {f"conlleval.micro.{name}": x for name, x in ratios(*map(sum, zip(*table.values()))).items()} if table else {}
    for label, row in table.items():
        out |= {f"conlleval.label.{label}.{name}": x for name, x in ratios(*row).items()}
    return out


def check_with_package(table, y_true, y_pred):
    rows = ([*(f"token {a} {b}" for a, b in zip(true, pred)), ""] for true, pred in zip(y_true, y_pred))
    slots = package.evaluate(row for sentence in rows for row in sentence)["slots"]["chunks"]
    for label, (right, predicted, gold) in table.items():
        stats = slots[label]["stats"]
        if (stats["correct"], stats["pred"], stats["gold"]) != (right, predicted, gold):
            raise AssertionError(f"{label}: {(right, predicted, gold)}, conlleval has {stats}")
