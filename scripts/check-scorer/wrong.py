"""Seeded wrong copies of tagged sentences."""

from chunks import chunks
from tagged import encode


def perturb(sentences, rng):
    """Moved borders, swapped labels, dropped, split and invented spans; never overlapping. IOB2 is kept."""
    labels = labels_of(sentences)
    return [(tokens, encode(len(tokens), perturb_one(len(tokens), chunks(tags), labels, rng)))
            for tokens, tags in sentences]


def labels_of(sentences):
    return sorted({label for _, tags in sentences for label, _, _ in chunks(tags)})


def perturb_one(length, spans, labels, rng):
    out = []
    for label, start, end in spans:
        roll = rng.random()
        if roll < 0.12:
            continue
        if roll < 0.32:
            start, end = max(0, start + rng.randint(-2, 1)), min(length - 1, end + rng.randint(-1, 2))
        if 0.25 < roll < 0.42:
            label = rng.choice(labels)
        if 0.42 < roll < 0.50 and end > start:
            cut = rng.randint(start, end - 1)
            out.append((rng.choice(labels), start, cut))
            start = cut + 1
        out.append((label, start, end))
    if labels and length > 1 and rng.random() < 0.15:
        start = rng.randrange(length)
        out.append((rng.choice(labels), start, min(length - 1, start + rng.randint(0, 3))))
    return without_overlaps(out)


def without_overlaps(spans):
    kept, free = [], 0
    for label, start, end in sorted(spans, key=lambda s: (s[1], s[2])):
        start = max(start, free)
        if start <= end:
            kept.append((label, start, end))
            free = end + 1
    return kept


def stray(sentences, rng):
    """The same, then tags that break the scheme: I- at the beginning of a span, I- of another label within one,
    I- outside."""
    labels = labels_of(sentences)
    return [(tokens, [stray_one(tag, labels, rng) for tag in tags]) for tokens, tags in perturb(sentences, rng)]


def stray_one(tag, labels, rng):
    roll = rng.random()
    if tag.startswith("B-") and roll < 0.20:
        return "I-" + tag[2:]
    if tag.startswith("I-") and roll < 0.08 or labels and tag == "O" and roll < 0.02:
        return "I-" + rng.choice(labels)
    return tag


def noise(sentences, rng):
    """Tags changed one by one, any into any."""
    tags = sorted({tag for _, tags in sentences for tag in tags})
    return [(tokens, [rng.choice(tags) if rng.random() < 0.03 else tag for tag in row]) for tokens, row in sentences]


KINDS = {"spans": perturb, "stray": stray, "noise": noise}
