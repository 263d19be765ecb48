"""What two whole versions say of one case: the label of a worked example, by its text and by its id, and the titles.

An example can change its label without any field "expected" being edited: texts are swapped, or it is moved to another
rule. "Every former case is there, with the labels that it had" holds along a chain of versions; so losing a case counts
as much as giving it another label, and only the loss can be declared to mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from labelqa.records.governance import Bump
from labelqa.rulebook.diff.change import Change, Reason, What, spelled_out
from labelqa.rulebook.diff.figures import same_figures
from labelqa.rulebook.model import Example, Label, Rulebook, SameMeaning, Text

Key: TypeAlias = tuple[str, str]  # zh, en or id; and the normalised text or the id
_CONTENT: Final = "content"


def _texts(text: Text) -> Iterator[Key]:
    for language, words in (("zh", text.zh), ("en", text.en)):
        plain = " ".join(words.split()).casefold()
        if plain:
            yield language, plain


def _keys(example: Example) -> Iterator[Key]:
    yield "id", example.id
    yield from _texts(example.content)


def _expected(book: Rulebook) -> dict[Key, set[str]]:
    known: dict[Key, set[str]] = {}
    for rule in book.rules:
        for example in rule.examples:
            for key in _keys(example):
                known.setdefault(key, set()).add(example.expected)
    return known


def _titles(labels: Iterable[Label]) -> dict[Key, set[str]]:
    known: dict[Key, set[str]] = {}
    for label in labels:
        for key in _texts(label.title):
            known.setdefault(key, set()).add(label.value)
    return known


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases whose label is another one (with all labels of both versions), those that are gone, former titles."""

    other: Mapping[Key, frozenset[str]]
    gone: frozenset[Key]
    titles: Mapping[Key, set[str]]

    def labels(self) -> frozenset[str]:
        """All labels that some case has or had and that it did not keep."""
        return frozenset().union(*self.other.values())

    def takes_from(self, change: Change) -> frozenset[str]:
        """The labels to which the new title of a label belonged before."""
        parts = spelled_out(change.part)
        if len(parts) != 3 or (parts[0], parts[2]) != ("labels", "title"):
            return frozenset()
        new = set(_texts(change.after)) - set(_texts(change.before))
        return frozenset(label for key in new for label in self.titles.get(key, ())) - {parts[1]}

    def settled(self, change: Change, declared: Mapping[str, SameMeaning]) -> Change:
        """The change as it counts in view of the whole book."""
        if self.takes_from(change):
            return _hard(change, Reason.TITLE_TAKEN)
        parts = spelled_out(change.part)
        if parts[0] != "rules" or parts[2:3] != ("examples",):
            return change
        keys = set(_keys_of(change, parts))
        if keys & self.other.keys():
            return _hard(change, Reason.EXPECTED)
        if parts[4:] == (_CONTENT,) and keys & self.gone:
            return _lost(change, declared.get(change.part))
        return change


def _keys_of(change: Change, parts: tuple[str, ...]) -> Iterator[Key]:
    if parts[4:] == (_CONTENT,):
        yield from _texts(change.before)
        yield from _texts(change.after)
    elif len(parts) == 4 and change.what in (What.ADDED, What.REMOVED):
        yield from _keys(change.after if change.before is None else change.before)


def _hard(change: Change, reason: Reason) -> Change:
    return replace(change, bump=Bump.MAJOR, reason=reason, declared=None, declarable=False)


def _lost(change: Change, vouched: SameMeaning | None) -> Change:
    """A case whose text was edited may return with another label: major, unless somebody vouches for its meaning."""
    if not same_figures(change.before, change.after):
        return _hard(change, Reason.THRESHOLD)
    bump = Bump.MAJOR if vouched is None else Bump.MINOR
    return replace(change, bump=bump, reason=Reason.EXAMPLE_EDITED, declared=vouched, declarable=True)


def cases(old: Rulebook, new: Rulebook) -> Cases:
    """What became of the cases of a version."""
    before, after = _expected(old), _expected(new)
    other = {
        key: frozenset(labels | after[key]) for key, labels in before.items() if key in after and labels != after[key]
    }
    return Cases(other, frozenset(before.keys() - after.keys()), _titles(old.labels))
