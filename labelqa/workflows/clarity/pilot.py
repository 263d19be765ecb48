"""The table of a trial as what clarity is measured from: who gave which label to which item, no workspace needed.

Of several answers of one annotator for an item the first counts. An item on which no label has more than half of the
answers is a dispute. Right is what the column ``gold`` says of the item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.records.clarity import PilotRow, RulebookClarity
from labelqa.records.finding import Finding
from labelqa.records.reductions import Answers, Patterns
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.clarity.answered import patterns_of
from labelqa.workflows.clarity.book import book_in
from labelqa.workflows.clarity.material import Checked, Mask, Material, Noted, Role, named, role_named, role_of
from labelqa.workflows.clarity.measured import Source, clarity_of


def pilot_clarity(
    book: Rulebook, rows: Sequence[PilotRow], *, file: str, confidence: float = 0.95, findings: Sequence[Finding] = ()
) -> RulebookClarity:
    """The figures of a rulebook from the labels of a trial; raises BadInput where there is no label at all."""
    if not rows:
        raise BadInput("{path}: no row of it can be taken, so there is nothing to measure", path=file)
    kept, repeats = _once(rows)
    table = _Table(kept)
    strange = sum(bool(each.rule) and each.rule not in {rule.id for rule in book.rules} for each in kept)
    notes = [
        Message(text, {"n": n})
        for text, n in (
            (N_("{n} rows repeat an annotator's answer to an item; the first one counts"), repeats),
            (N_("{n} answers cite a rule that is not in the rulebook; they count by their label"), strange),
            (N_("{n} items have two different right answers; they are not compared with any"), table.torn),
        )
        if n
    ]
    material = table.material(findings)
    return clarity_of(book, material, Source(file=Path(file).name, notes=tuple(notes)), confidence=confidence)


def pilot_clarity_of_file(
    file: Path, rows: Sequence[PilotRow], *, labels: str, findings: Sequence[Finding] = ()
) -> RulebookClarity:
    """The same, the rulebook in a file; raises BadInput where there is none in it."""
    return pilot_clarity(book_in(file), rows, file=labels, findings=findings)


def _once(rows: Iterable[PilotRow]) -> tuple[list[PilotRow], int]:
    seen: set[tuple[str, str]] = set()
    kept = []
    repeats = 0
    for row in rows:
        key = (row.item, row.annotator)
        if key in seen:
            repeats += 1
        else:
            kept.append(row)
            seen.add(key)
    return kept, repeats


class _Table:
    """The rows by item, items in the order of their ids, so that the order of rows changes nothing."""

    def __init__(self, rows: Sequence[PilotRow]) -> None:
        names = sorted({named(row.label, row.rule) for row in rows})
        place = {name: at for at, name in enumerate(names)}
        self.names, self.roles = tuple(names), [role_named(name) for name in names]
        self.items: dict[str, list[int]] = {item: [] for item in sorted({row.item for row in rows})}
        self.gold: dict[str, set[str]] = {}
        for row in rows:
            self.items[row.item].append(place[named(row.label, row.rule)])
            if row.gold:
                self.gold.setdefault(row.item, set()).add(row.gold)
        self.torn = sum(len(said) > 1 for said in self.gold.values())
        self.noted = (
            [Noted(row.item, role_named(named(row.label, row.rule)), row.doubt or "") for row in rows]
            if any(row.doubt is not None for row in rows)
            else None
        )
        timed = [(place[named(row.label, row.rule)], row.seconds) for row in rows if row.seconds is not None]
        self.timed = np.array([at for at, _ in timed], dtype=np.int64)
        self.times = np.array([seconds for _, seconds in timed], dtype=np.float64)

    def material(self, findings: Sequence[Finding]) -> Material:
        """All that can be measured of it."""
        return Material(
            patterns=self._patterns(), checked=tuple(self._checked()), disputes=tuple(self._disputes()),
            times=self.times, timed=self.timed, find=self._find, findings=findings,
            noted=self.noted,
        )  # fmt: skip

    def _patterns(self) -> Patterns:
        lengths = [len(each) for each in self.items.values()]
        item = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        label = np.fromiter((at for each in self.items.values() for at in each), dtype=np.int32)
        return patterns_of(Answers(labels=self.names, item=item, annotator=np.zeros_like(item), label=label))

    def _checked(self) -> Iterable[Checked]:
        for item, said in sorted(self.gold.items()):
            if len(said) > 1:
                continue
            right = role_of(next(iter(said)))
            given = sorted(Counter(self.items[item]).items())
            roles = [self.roles[at] for at, _ in given]
            alike = len({role.labels for role in roles}) == 1
            yield Checked(
                judged=tuple((self.roles[at], count) for at, count in given), right=right,
                wrong=alike and roles[0].labels != right.labels, differing=not alike, alone=len(self.items[item]) == 1,
            )  # fmt: skip

    def _disputes(self) -> Iterable[tuple[Role, ...]]:
        for given in self.items.values():
            votes = Counter(self.roles[at].labels for at in given)
            if 2 * max(votes.values()) <= len(given):
                yield tuple(self.roles[at] for at in sorted(set(given)))

    def _find(self, one: Mask, other: Mask, most: int) -> tuple[str, ...]:
        found = []
        for item, given in self.items.items():
            if len(given) > 1 and any(one[at] for at in given) and any(other[at] for at in given):
                found.append(item)
                if len(found) == most:
                    break
        return tuple(found)
