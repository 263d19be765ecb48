"""What became of labels from version to version, so that a trend goes on where a label was renamed, split or merged.

Only what a version says counts: a label that keeps its name is taken for itself, any other successor has to be named
in the version's ``changes``. A label that vanishes without a word is reported, never dropped and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from labelqa.records.governance import RulebookReleased
from labelqa.rulebook.model import Rulebook

At: TypeAlias = tuple[int, str]  # which version of the chain, and a label of it


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSet:
    """The labels of one version, and what it says became of those of version ``since``: pairs (before, after)."""

    version: str
    labels: tuple[str, ...]
    since: str = ""
    changes: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A label that no later version has and of whose successor nothing is said; ``last`` is the last to have it."""

    label: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a label of the first version may be in the last; ``vanished``: what was lost on the way without a word."""

    labels: tuple[str, ...]
    vanished: tuple[Vanished, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Labels that only together mean the same in every version: version → its labels, () where it has none."""

    labels: Mapping[str, tuple[str, ...]]

    @property
    def everywhere(self) -> bool:
        """Whether each version has some of it, so that its share can be followed through all of them."""
        return all(self.labels.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The finest groups of labels that can be compared across versions, and labels that vanished without a word."""

    groups: tuple[Group, ...]
    vanished: tuple[Vanished, ...]

    def group_of(self, version: str, label: str) -> Group | None:
        """The group to which a label of a version belongs; None where it is no label of that version."""
        return next((group for group in self.groups if label in group.labels.get(version, ())), None)


def of_book(book: Rulebook) -> LabelSet:
    """The labels of a rulebook and what it says became of the ones before."""
    changes = book.changes
    return LabelSet(
        version=book.version,
        labels=tuple(dict.fromkeys(label.value for label in book.labels)),
        since=changes.since if changes else "",
        changes=tuple((each.before, each.after) for each in changes.labels) if changes else (),
    )


def of_release(body: RulebookReleased) -> LabelSet:
    """The same from the ledger's fact, without opening the file."""
    changes = tuple((tuple(before), tuple(after)) for before, after in body.label_changes)
    return LabelSet(version=body.version, labels=tuple(body.labels), since=body.previous, changes=changes)


def mapped(label: str, chain: Sequence[LabelSet]) -> Mapped:
    """What a label of the chain's first version may be called in its last; versions are given in their order.

    >>> one = LabelSet(version="1.0.0", labels=("rude", "calm"))
    >>> two = LabelSet(version="2.0.0", labels=("angry", "curt", "calm"), since="1.0.0",
    ...                changes=((("rude",), ("angry", "curt")),))
    >>> mapped("rude", [one, two]).labels
    ('angry', 'curt')
    """
    if not chain or label not in chain[0].labels:
        raise ValueError(f"expected a label of the first version, got {label!r}")
    here: dict[str, None] = {label: None}
    lost: list[Vanished] = []
    for before, after in pairwise(chain):
        there: dict[str, None] = {}
        for each in here:
            later = _successors(each, before, after)
            if later is None:
                lost.append(Vanished(label=each, last=before.version))
            there.update(dict.fromkeys(later or ()))
        here = there
    return Mapped(labels=tuple(here), vanished=tuple(lost))


def comparable(chain: Sequence[LabelSet]) -> Comparable:
    """The finest groups of labels that mean the same in every version: those that renames, splits and merges connect.

    Groups are in the order in which their labels first appear. A group is not ``everywhere`` when its labels were new
    or were dropped on the way.
    """
    root: dict[At, At] = {(at, label): (at, label) for at, each in enumerate(chain) for label in each.labels}
    lost: list[Vanished] = []
    for at, (before, after) in enumerate(pairwise(chain)):
        for label in before.labels:
            later = _successors(label, before, after)
            if later is None:
                lost.append(Vanished(label=label, last=before.version))
            for each in later or ():
                _join(root, (at, label), (at + 1, each))
    return Comparable(groups=tuple(_groups(chain, root)), vanished=tuple(lost))


def _successors(label: str, before: LabelSet, after: LabelSet) -> tuple[str, ...] | None:
    """The labels that one becomes in the next version: () where it was given up in so many words, None where
    nothing is said. What a version says of another one than the one before cannot be used."""
    told = after.changes if after.since == before.version else ()
    named = [later for earlier, later in told if label in earlier]
    if named:
        return tuple(dict.fromkeys(each for later in named for each in later if each in after.labels))
    return (label,) if label in after.labels else None


def _find(root: dict[At, At], here: At) -> At:
    while root[here] != here:
        root[here] = root[root[here]]
        here = root[here]
    return here


def _join(root: dict[At, At], one: At, other: At) -> None:
    first, second = sorted((_find(root, one), _find(root, other)))
    root[second] = first


def _groups(chain: Sequence[LabelSet], root: dict[At, At]) -> Iterator[Group]:
    members: dict[At, list[At]] = {}
    for here in root:
        members.setdefault(_find(root, here), []).append(here)
    for each in members.values():
        yield Group(labels={one.version: tuple(_of(each, at)) for at, one in enumerate(chain)})


def _of(members: Iterable[At], at: int) -> Iterator[str]:
    return (label for place, label in members if place == at)
