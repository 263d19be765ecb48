"""The change notice (变更通知): what a new version means for the people who work under the old one, in sentences.

Made from a comparison and nothing else; who must be retrained by name is told by the retraining list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from labelqa.adapters.report.rulebook_diff_names import WHATS, joined
from labelqa.adapters.report.rulebook_diff_view import Group, Line
from labelqa.adapters.report.text import moment
from labelqa.i18n import N_, Speaker
from labelqa.records.governance import Bump
from labelqa.rulebook.diff import What
from labelqa.workflows.compared import Compared

_MOST: Final = 24  # rules that a notice names; the list below it has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that is different now, and the group of changes in which it is shown."""

    text: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is to be read by everybody: the author's summary, when it counts, what to do, the material points, what
    became of labels."""

    title: str
    summary: str
    when: tuple[str, ...]
    duties: tuple[str, ...]
    points: tuple[Point, ...]
    more: int
    labels: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def notice(found: Compared, grouped: Sequence[Group], say: Speaker) -> Notice:
    """The notice for a comparison."""
    book, changes = found.new.book, found.new.book.changes
    title = book.title.zh if say.lang == "zh" else book.title.en
    summary = (
        (changes.summary.zh or changes.summary.en, changes.summary.en or changes.summary.zh) if changes else ("", "")
    )
    points = list(_points(grouped, say))
    return Notice(
        title=title or book.title.zh or book.title.en,
        summary=summary[0] if say.lang == "zh" else summary[1],
        when=tuple(_when(found, say)),
        duties=tuple(_duties(found, say)),
        points=tuple(points[:_MOST]),
        more=max(0, len(points) - _MOST),
        labels=tuple(_labels(found, say)),
        remarks=tuple(_remarks(found, grouped, say)),
    )


def _points(grouped: Sequence[Group], say: Speaker) -> Iterator[Point]:
    """One point a rule: which of its parts have a material change."""
    for group in grouped:
        parts = dict.fromkeys(_briefly(line, say) for line in group.lines if line.bump is Bump.MAJOR)
        if parts:
            yield Point(
                text=say(N_("{group}: {parts}"), group=group.title, parts=joined(list(parts), say)), group=group.key
            )


def _briefly(line: Line, say: Speaker) -> str:
    """The part without what lies within it; what appears, disappears or moves says so."""
    part = line.where.partition(" › ")[0]
    if line.what is What.CHANGED or " › " in line.where:
        return part
    return say(N_("{part} ({what})"), part=part, what=say(WHATS[line.what]))


def _when(found: Compared, say: Speaker) -> Iterator[str]:
    dated, zone = found.new.release, found.new.zone
    if not found.found:
        return
    if dated is None:
        yield say(N_("Not released yet: until it is, {old} holds."), old=found.old.name)
        return
    yield say(N_("It counts for new work from {time} ({zone})."), time=moment(dated.effective_from, zone), zone=zone)
    if dated.previous_until is not None:
        yield say(
            N_("Work begun under {old} may go on until {time}."), old=found.old.name,
            time=moment(dated.previous_until, zone),
        )  # fmt: skip
    elif dated.previous == found.old.book.version:
        yield say(N_("Work begun under {old} may go on without an end."), old=found.old.name)


def _duties(found: Compared, say: Speaker) -> Iterator[str]:
    if not found.found:
        yield say(N_("Nothing changed: nothing is to be done."))
    elif found.material:
        yield say(N_("The change is material: before you work under the new version you need its training and exam."))
        if found.touched:
            yield say(
                N_("Labels given so far that may have to change, so that a sample of them is rechecked: {labels}."),
                labels=joined(list(found.touched), say),
            )  # fmt: skip
        else:
            yield say(N_("No label given so far is touched."))
    else:
        yield say(N_("The change is not material: no new training is needed, and labels given so far hold."))


def _labels(found: Compared, say: Speaker) -> Iterator[tuple[str, str]]:
    """What labels were and are, where that is not the same."""
    for group in found.labels.groups:
        before, after = group.labels[found.old.book.version], group.labels[found.new.book.version]
        if before != after:
            yield joined(list(before), say) or say(N_("(new)")), joined(list(after), say) or say(N_("(none)"))


def _remarks(found: Compared, grouped: Sequence[Group], say: Speaker) -> Iterator[str]:
    changes = found.new.book.changes
    for vanished in found.labels.vanished:
        yield say(
            N_("{label} is gone, and nothing says what its items carry now: its trend ends here."), label=vanished.label
        )
    if changes is not None and changes.clarifications and changes.since == found.old.book.version:
        yield say(
            N_("Clarifications taken in: {numbers}."),
            numbers=joined([f"#{each}" for each in changes.clarifications], say),
        )
    vouched = [line for group in grouped for line in group.lines if line.by]
    if vouched:
        yield say(
            N_("{n} edited parts are declared to mean what they meant, by {people}."), n=len(vouched),
            people=joined(sorted({line.by for line in vouched}), say),
        )  # fmt: skip
