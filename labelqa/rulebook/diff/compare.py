"""Compares two versions of a rulebook part by part, by the ids of labels, rules, steps, examples, metrics and terms.

Says what changed and what the change counts for; does not say whether a version number fits
(:mod:`labelqa.rulebook.diff.check`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelqa.records.governance import Bump
from labelqa.rulebook.diff.cases import cases
from labelqa.rulebook.diff.change import Change, Diff, Parts, Reason, What, larger, spell
from labelqa.rulebook.diff.figures import same_figures
from labelqa.rulebook.diff.judge import Judge
from labelqa.rulebook.diff.scheme import EXTRA, OWN, SCHEME, WHOLE, Keyed, Nested, by_id, step_ids_clash
from labelqa.rulebook.model import Rule, Rulebook, SameMeaning, Text


def diff(old: Rulebook, new: Rulebook) -> Diff:
    """Every part that differs, in the order of the document. Empty exactly when the two are equal.

    Declarations of unchanged meaning count only where the new version speaks of the old one: its ``changes.since`` is
    the old version's number.

    Which bump each kind of change asks for, without a declaration:

    * major: a label, rule, metric or decision step appears, disappears or is another; an expected label, a severity, a
      target figure, the labels that a rule gives; an edited statement, definition, boundary, case of use, title of a
      label or glossary entry; a figure in the text of a section; a part that disappears, worked examples and their
      texts included: the case might return with another expected label, and two steps must never ask for less than
      one;
    * minor: examples, cases, terms, defect codes and first translations that are added; the basis;
    * patch: wording elsewhere, other titles, reasons, order, fields of your own;
    * none: the version and what it says about itself.

    No declaration helps where a case gets another label, where figures change, or where a label takes the title that
    another one had.
    """
    declared = _declarations(old, new)
    clash = step_ids_clash(old) or step_ids_clash(new)
    known = cases(old, new)
    found = _Comparison(declared, clash).record((), old, new, Rulebook)
    return Diff(tuple(known.settled(change, declared) for change in found))


def needed(found: Diff) -> Bump:
    """The least bump that the changes ask for.

    >>> needed(Diff())
    <Bump.NONE: 'none'>
    """
    return larger(*(change.bump for change in found.changes))


def material(found: Diff) -> bool:
    """Whether people must be retrained and labels rechecked (GB/T 45674—2025, 7.1 c): the changes ask for a major
    version."""
    return needed(found) is Bump.MAJOR


def _declarations(old: Rulebook, new: Rulebook) -> Mapping[str, SameMeaning]:
    if new.changes is None or new.changes.since != old.version or new.name != old.name:
        return {}
    return {each.part: each for each in reversed(new.changes.same_meaning) if each.by.strip() and each.reason}


@dataclass(frozen=True, slots=True)
class _Comparison:
    declared: Mapping[str, SameMeaning]
    clash: bool  # two steps share an id: then the order of the rules matters

    def record(self, at: Parts, old: Any, new: Any, kind: type[Any]) -> Iterator[Change]:
        for name, how in SCHEME[kind].items():
            yield from self.field((*at, name), getattr(old, name), getattr(new, name), how)
        yield from self.own(at, getattr(old, EXTRA, {}), getattr(new, EXTRA, {}))

    def field(self, at: Parts, old: Any, new: Any, how: Judge | Keyed | Nested) -> Iterator[Change]:
        if old == new:
            return
        if isinstance(how, Keyed):
            yield from self.entries(at, old, new, how)
        elif isinstance(how, Judge):
            yield self.value(at, old, new, how)
        elif how.whole is not None and (old is None or new is None):
            yield self.value(at, old, new, how.whole)
        else:
            yield from self.record(at, old, new, how.kind)

    def value(self, at: Parts, old: Any, new: Any, judge: Judge) -> Change:
        what = What.ADDED if _absent(old) else What.REMOVED if _absent(new) else What.CHANGED
        return self.weighed(at, what, (old, new), judge.verdict(old, new), declared=judge.declared)

    def weighed(
        self, at: Parts, what: What, values: tuple[Any, Any], verdict: tuple[Bump, Reason], *,
        declared: Bump | None = None, place: int | None = None,
    ) -> Change:  # fmt: skip
        part, (bump, reason) = spell(at), verdict
        if bump is Bump.MAJOR and declared is not None and not same_figures(*values):
            reason, declared = Reason.THRESHOLD, None
        declarable = bump is Bump.MAJOR and declared is not None
        vouched = self.declared.get(part) if declarable else None
        return Change(
            part=part, what=what, before=values[0], after=values[1], reason=reason, declared=vouched, at=place,
            bump=bump if vouched is None or declared is None else declared, declarable=declarable,
        )  # fmt: skip

    def own(self, at: Parts, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name), new.get(name)
            if before != after:
                what = What.ADDED if name not in old else What.REMOVED if name not in new else What.CHANGED
                yield self.weighed((*at, name), what, (before, after), OWN.verdict(before, after))

    def entries(self, at: Parts, old: tuple[Any, ...], new: tuple[Any, ...], how: Keyed) -> Iterator[Change]:
        before, after = by_id(old, how), by_id(new, how)
        if before is None or after is None:
            yield self.weighed(at, What.CHANGED, (old, new), WHOLE.verdict(old, new))
            return
        moved = how.moved if not (self.clash and how.kind is Rule) else (Bump.MAJOR, Reason.STEP)
        places = {key: place for place, key in enumerate(before)}
        steady = _steady([places[key] for key in after if key in before])
        yield from (
            self.weighed((*at, key), What.REMOVED, (entry, None), how.removed, declared=how.declared)
            for key, entry in before.items()
            if key not in after
        )
        for place, (key, entry) in enumerate(after.items()):
            here = (*at, key)
            if key not in before:
                yield self.weighed(here, What.ADDED, (None, entry), how.added, place=place)
                continue
            if places[key] not in steady:
                yield self.weighed(here, What.MOVED, (places[key], place), moved, place=place)
            yield from self.record(here, before[key], entry, how.kind)


def _absent(value: Any) -> bool:
    return value is None or value == () or value == "" or (isinstance(value, Text) and not value)


def _steady(places: Sequence[int]) -> frozenset[int]:
    """The longest rising run among former places: what need not be called moved."""
    tails: list[int] = []
    trail: list[tuple[int, int | None]] = []  # place, index into the trail of the one before
    ends: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        trail.append((place, ends[at - 1] if at else None))
        tails[at:], ends[at:] = [place, *tails[at + 1 :]], [len(trail) - 1, *ends[at + 1 :]]
    kept: set[int] = set()
    here = ends[-1] if ends else None
    while here is not None:
        place, here = trail[here]
        kept.add(place)
    return frozenset(kept)
