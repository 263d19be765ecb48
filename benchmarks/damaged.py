"""Files that want to be rulebooks and are not: shipped ones damaged in many ways, fragments, bombs, anchors, deep nesting.

Everything is drawn from one seeded generator, so that any input can be made again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

DEEP = (40, 300, 2000)  # levels
PIECES = (
    "&a ", "*a", "!!set ", "!!python/object:os.system ", "- ", "{", "}", "[", "]", ": ", "\n", "\t", "'", '"', "|\n", ">-\n", "\x00",
    "no", "~", "? ", "---\n", "...\n", "%YAML 1.2\n", "\u2028", "\x85", "\ufeff", " ", "x: 1\n", "<<: *a\n", "#", "@", "`", "0x", "1e999",
    "\U0010ffff", "雨" * 50, "「", "」", "等", "不得不", "S-99", "A" * 300,
)  # fmt: skip
NEEDED = ("format", "name", "version", "kind", "task_type", "title", "control", "labels", "rules")
VARIANTS, EXAMPLES = 12, 2  # cuttings of each shipped rulebook, and examples of the one rule that they keep


def shipped(folder: Path) -> list[str]:
    """Cuttings of the rulebooks that ship with labelqa, each small enough that many can be tried; and one in its whole."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/*.yaml"))]
    chance = random.Random(1)
    return [cutting(chance, text) for text in texts for _ in range(VARIANTS)] + texts[:1]


def cutting(chance: random.Random, text: str) -> str:
    """A rulebook with what it must have, some of its other sections, and one rule."""
    sections = re.split(r"^(?=[a-z_]+:)", text, flags=re.MULTILINE)
    kept = [each for each in sections if each.partition(":")[0] in NEEDED or chance.random() < 0.25]
    return "".join(_one_rule(chance, each) if each.startswith("rules:") else each for each in kept)


def _one_rule(chance: random.Random, rules: str) -> str:
    head, *entries = re.split(r"^(?=  - id: )", rules, flags=re.MULTILINE)
    start, *examples = re.split(
        r"^(?=      - id: .*\n        kind: |      - \{id: .*kind: )", chance.choice(entries), flags=re.MULTILINE
    )
    return head + start + "".join(examples[:EXAMPLES])


def _lines(chance: random.Random, whole: list[str]) -> list[str]:
    return chance.choice(whole).splitlines(keepends=True)


def pieces(chance: random.Random, whole: list[str]) -> bytes:
    """Characters replaced, taken out or put in at a few places."""
    text = chance.choice(whole)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("", *PIECES)) + text[at + chance.randrange(4) :]
    return text.encode("utf-8", errors="surrogatepass")


def lines_moved(chance: random.Random, whole: list[str]) -> bytes:
    """Lines taken out, doubled, swapped or indented."""
    lines = _lines(chance, whole)
    for _ in range(chance.randint(1, 3)):
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        what = chance.randrange(4)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(to, lines[at])
        elif what == 2:
            lines[at], lines[to] = lines[to], lines[at]
        else:
            lines[at] = chance.choice((" ", "  ", "\t")) + lines[at]
    return "".join(lines).encode()


def values_swapped(chance: random.Random, whole: list[str]) -> bytes:
    """What stands behind a key stands behind another: every line is good YAML, the whole says something else."""
    lines = _lines(chance, whole)
    keyed = [at for at, line in enumerate(lines) if ": " in line and not line.lstrip().startswith("#")]
    for _ in range(chance.randint(1, 6)):
        one, two = chance.sample(keyed, 2)
        first, second = lines[one].partition(": "), lines[two].partition(": ")
        lines[one], lines[two] = first[0] + ": " + second[2], second[0] + ": " + first[2]
    return "".join(lines).encode()


def words_swapped(chance: random.Random, whole: list[str]) -> bytes:
    """Words replaced by words of the same book: ids, labels and steps that name each other wrongly."""
    text = chance.choice(whole)
    words = text.split()
    for _ in range(chance.randint(1, 8)):
        text = text.replace(chance.choice(words), chance.choice(words), chance.choice((1, 1, 1, -1)))
    return text.encode()


def fragment(chance: random.Random, whole: list[str]) -> bytes:
    """A stretch of a book, from anywhere to anywhere, perhaps twice."""
    data = chance.choice(whole).encode()
    one, two = sorted(chance.choices(range(len(data)), k=2))
    return data[one:two] * chance.choice((1, 1, 1, 2))


def crossed(chance: random.Random, whole: list[str]) -> bytes:
    """The beginning of one book and the end of another."""
    one, two = chance.choice(whole), chance.choice(whole)
    return (one[: chance.randrange(len(one))] + two[chance.randrange(len(two)) :]).encode()


def bytes_flipped(chance: random.Random, whole: list[str]) -> bytes:
    """Bytes that are another after a bad transfer."""
    data = bytearray(chance.choice(whole).encode())
    for _ in range(chance.randint(1, 5)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def noise(chance: random.Random, _: list[str]) -> bytes:
    """Bytes that never were a book."""
    return chance.randbytes(chance.randrange(400))


def marks(chance: random.Random, _: list[str]) -> bytes:
    """The marks of YAML in any order."""
    return "".join(chance.choices(PIECES, k=chance.randrange(1, 80))).encode("utf-8", errors="surrogatepass")


def bomb(chance: random.Random, whole: list[str]) -> bytes:
    """Anchors and aliases that would grow without bound, in front of a book or alone."""
    wide, high = chance.randint(2, 9), chance.randint(2, 12)
    rows = [f"a0: &a0 [{', '.join(['x'] * wide)}]"]
    rows += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * wide)}]" for at in range(1, high)]
    return ("\n".join(rows) + "\n" + chance.choice(("", chance.choice(whole)))).encode()


def anchored(chance: random.Random, whole: list[str]) -> bytes:
    """A book in which a value has an anchor and another is its alias or merges it."""
    text = chance.choice(whole)
    spots = [at for at in range(len(text)) if text.startswith(": {", at)]
    one = chance.choice(spots) + 2
    text = text[:one] + "&it " + text[one:]
    return (text + chance.choice(("\nx_more: *it\n", "\nx_more: {<<: *it}\n", "\nx_more: [*it, *it]\n"))).encode()


def deep(chance: random.Random, whole: list[str]) -> bytes:
    """Lists in mappings in lists, closed or not, at the end of a book or alone."""
    level = chance.choice(DEEP)
    opened = chance.choice(("[", "{a: ", "[{a: ", "- ", "? "))
    closed = {"[": "]", "{a: ": "}", "[{a: ": "}]"}.get(opened, "") * chance.choice((0, 1))
    head = chance.choice(("", chance.choice(whole) + "\nx_deep: "))
    return (head + opened * level + closed * level).encode()


def long(chance: random.Random, whole: list[str]) -> bytes:
    """A sentence of thousands of characters in a good book."""
    text = chance.choice(whole)
    filler = chance.choice(
        ("雨", "不", "没有不", "、雨等", "rain ", "not ", "AB ", "「", "「雨」", "S-01 ", "A1a", "9", "“", "，", "较长")
    )
    spots = [at for at in range(len(text)) if text.startswith('{zh: "', at)]
    at = chance.choice(spots) + len('{zh: "')
    return (text[:at] + filler * chance.choice((10, 500, 3000)) + text[at:]).encode()


WAYS: tuple[Callable[[random.Random, list[str]], bytes], ...] = (
    pieces, lines_moved, values_swapped, words_swapped, fragment, crossed, bytes_flipped, noise, marks, bomb, anchored, deep, long,
)  # fmt: skip


def damaged(chance: random.Random, whole: list[str]) -> bytes:
    """One damaged file."""
    return chance.choice(WAYS)(chance, whole)


def huge() -> Iterator[tuple[str, bytes]]:
    """Files of fifty million bytes."""
    size = 50_000_000
    yield "one line", b"x" * size
    yield "lists", b"[" * size
    yield "rules", b"- a\n" * (size // 4)
    yield "zeros", bytes(size)
