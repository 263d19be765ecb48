"""Labels as a labeling form shows them: titles that tell every label from every other, hints, and the tree of a taxonomy.

Stored values are never changed here; only what is shown is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from labelqa.adapters.files.whole import storable
from labelqa.i18n import N_, Lang, Speaker
from labelqa.rulebook.model import Label, Rulebook, Text

Kind = TypeVar("Kind")
LONGEST_HINT: Final = 400  # characters
_FILLED_IN: Final = re.compile(r"^\$|\$(?=[\w\[\].{}])", re.ASCII)  # Label Studio would put the item's data there


@dataclass(frozen=True, slots=True)
class Shown:
    """A label: what is stored, what is shown, and what hovering tells."""

    value: str
    title: str
    hint: str


def shown_text(text: Text, lang: Lang) -> str:
    """A sentence on one line in a language, else in the other; nothing in it is taken for a field of the data.

    >>> shown_text(Text("价格为 $price", ""), "en")
    '价格为 ＄price'
    """
    told = (text.zh, text.en) if lang == "zh" else (text.en, text.zh)
    return plain(next((each for each in told if each.strip()), ""))


def plain(text: str) -> str:
    """Text on one line that a form can hold and that nothing is filled into."""
    return _FILLED_IN.sub("＄", " ".join(storable(text).split()))


def first_of(many: Iterable[Kind], *, by: Callable[[Kind], str]) -> dict[str, Kind]:
    """The first of each name, in their order.

    >>> first_of(["ab", "c", "ax"], by=lambda word: word[0])
    {'a': 'ab', 'c': 'c'}
    """
    found: dict[str, Kind] = {}
    for each in many:
        found.setdefault(by(each), each)
    return found


def shown_labels(book: Rulebook, lang: Lang) -> tuple[Shown, ...]:
    """The labels in their order, each value once, with titles of which none can be taken for another label."""
    labels = list(first_of(book.labels, by=lambda label: label.value).values())
    titles = [shown_text(label.title, lang) or plain(label.value) for label in labels]
    values = {label.value for label in labels}
    often = Counter(titles)
    told = [
        title
        if often[title] == 1 and (title == label.value or title not in values)
        else f"{title} ({plain(label.value)})"
        for label, title in zip(labels, titles, strict=True)
    ]
    return tuple(
        Shown(label.value, title, _hint(book, label, lang))
        for label, title in zip(labels, _apart(told, values), strict=True)
    )


def _apart(titles: Sequence[str], values: set[str]) -> Iterator[str]:
    """The same titles; a number goes behind what would still stand twice, or is another label's value."""
    taken: set[str] = set()
    often = Counter(titles)
    for title in titles:
        new, at = title, 2
        while new in taken or (new != title and (new in values or new in often)):
            new, at = f"{title} ({at})", at + 1
        taken.add(new)
        yield new


def _hint(book: Rulebook, label: Label, lang: Lang) -> str:
    """The label's definition, else its rules' statements, and the ids of the rules that give it."""
    say = Speaker(lang)
    rules = [rule for rule in book.rules if label.value in rule.labels]
    told = shown_text(label.definition, lang) or " ".join(shown_text(rule.statement, lang) for rule in rules)
    if len(told) > LONGEST_HINT:
        told = told[: LONGEST_HINT - 1] + "…"
    if not rules:
        return told
    between = "、" if lang == "zh" else ", "
    ids = say(N_("[rules {rules}]"), rules=between.join(dict.fromkeys(rule.id for rule in rules)))
    return f"{told} {ids}".strip()


def tree(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Every value once with the value above it, parents first; "" above those at the top.

    A parent that is no label, or that stands below its own child, is not followed.
    """
    labels = first_of(book.labels, by=lambda label: label.value)
    children: defaultdict[str, list[str]] = defaultdict(list)
    for value in labels:
        parent = labels[value].parent
        children[parent if parent in labels and not _circular(value, labels) else ""].append(value)
    waiting = [(value, "") for value in reversed(children[""])]
    while waiting:
        value, parent = waiting.pop()
        yield value, parent
        waiting += [(child, value) for child in reversed(children[value])]


def _circular(value: str, labels: dict[str, Label]) -> bool:
    """Whether the values above this one lead back to it."""
    seen, here = set[str](), labels[value].parent
    while here in labels and here not in seen:
        if here == value:
            return True
        seen.add(here)
        here = labels[here].parent
    return False
