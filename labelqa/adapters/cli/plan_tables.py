"""The tables of ``labelqa plan``: designs side by side, what they do with better and worse batches, and when they finish.

Nothing is wider than a terminal; what a table has no room for is in ``--json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from labelqa.adapters.cli.accuracy_tables import said
from labelqa.adapters.cli.session import Session
from labelqa.errors import Message
from labelqa.i18n import N_, Speaker
from labelqa.records.designs import Design, DesignComparison, DesignOption, PlanningRow

CHOSEN: Final = "→"
NOTHING: Final = "–"
THOUSAND: Final = 1000
BRIEFLY: Final = {
    Design.SEQUENTIAL: N_("until proven"),
    Design.TWO_POINT: N_("both risks held"),
    Design.ZERO_ACCEPTANCE: N_("none wrong"),
    Design.DISCOVERY: N_("one of k seen"),
    Design.ESTIMATE: N_("share only"),
    Design.CONTRACT: N_("as agreed"),
    Design.STRATIFIED: N_("by strata"),
    Design.AQL: N_("batch streams"),
    Design.CENSUS: N_("every item"),
}


def print_comparison(session: Session, found: DesignComparison, *, chosen: Design) -> None:
    """The designs side by side, the chosen one marked, with what a lead should know before choosing."""
    screen, say = session.screen, session.say
    said(
        screen,
        N_("{population:,} items; to be proven: {accuracy} right, at a risk of {risk}; expected: {expected}."),
        population=found.population, accuracy=share(found.accuracy), risk=share(found.risk), expected=share(found.expected),
    )  # fmt: skip
    heads = (
        "", N_("design"), "", N_("draws"), N_("allows"), N_("proves"), N_("risk"), N_("power"), N_("reviews"), N_("hours"),
    )  # fmt: skip
    screen.table(heads, [_row(say, each, chosen) for each in found.options])
    said(
        screen,
        N_(
            "risk: chance to accept a batch that just misses {accuracy}; power: one with {expected} right; reviews and hours "
            "on average for the latter, at {minutes:g} minutes each."
        ),
        accuracy=share(found.accuracy), expected=share(found.expected), minutes=found.minutes,
    )  # fmt: skip
    if chosen is not found.recommended:
        said(screen, N_("Recommended: {design}."), design=str(found.recommended))
    for each in found.options:
        if each.unfit is not None and each.design is chosen:
            said(screen, N_("{design}: {why}"), design=str(each.design), why=each.unfit)
    for note in found.notes:
        said(screen, note)


def _row(say: Speaker, each: DesignOption, chosen: Design) -> tuple[object, ...]:
    return (
        CHOSEN if each.design is chosen else "",
        str(each.design),
        say(BRIEFLY[each.design]),
        f"{each.n:,}",
        NOTHING if each.c is None else f"{each.c:,}",
        say(N_("yes")) if each.certifies else say(N_("no")),
        chance(each.risk),
        chance(each.power),
        f"{each.reviews:,.0f}",
        f"{each.hours:,.1f}" if each.hours < THOUSAND else f"{each.hours:,.0f}",
    )


def share(value: float) -> str:
    """A declared share as somebody would write it.

    >>> share(0.95), share(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * value:.8g}%"


def chance(value: float | None) -> str:
    """A worked-out chance, never rounded to impossible or certain; a dash where the design decides nothing.

    >>> chance(0.0478), chance(0.99999), chance(0.0), chance(None)
    ('4.8%', '>99.9%', '0%', '–')
    """
    if value is None:
        return NOTHING
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    if value < 0.0005:
        return "<0.1%"
    return ">99.9%" if value > 0.9995 else f"{100 * value:.1f}%"


def print_explained(session: Session, found: DesignComparison, designs: Sequence[Design]) -> None:
    """The designs in plain words; for a single one also what it does with better and worse batches."""
    for each in found.options:
        if each.design in designs:
            session.screen.title(N_("{design}: {why}"), design=str(each.design), why=Message(BRIEFLY[each.design]))
            for sentence in _sentences(each):
                said(session.screen, sentence)
            if len(designs) == 1:
                _curve(session, each)
    if Design.SEQUENTIAL in designs:
        _planning(session, found.planning)


def _sentences(each: DesignOption) -> Iterator[Message]:
    yield from each.explained
    if each.unfit is not None:
        yield each.unfit


def _curve(session: Session, each: DesignOption) -> None:
    screen = session.screen
    screen.title(N_("What it does with better and worse batches"))
    heads = (N_("accuracy"), N_("wrong items"), N_("accepted"), N_("reviews"), N_("wrong afterwards"))
    rows = (
        (share(round(point.accuracy, 5)), f"{point.defects:,}", chance(point.accept), f"{point.reviews:,.0f}", chance(point.outgoing))
        for point in each.curve
    )  # fmt: skip
    screen.table(heads, rows)
    said(screen, N_("wrong afterwards: share of wrong labels left on average when rejected batches are mended whole."))


def _planning(session: Session, rows: Sequence[PlanningRow]) -> None:
    """Reviews by which the sequential check has finished, by true accuracy."""
    if not rows:
        return
    screen = session.screen
    screen.title(N_("Reviews by which it is proven, if the true accuracy is"))
    heads = (N_("accuracy"), *(share(each) for each, _ in rows[0].reviews), N_("on average"))
    screen.table(heads, ((share(row.accuracy), *_finished(row), f"{row.mean:,.0f}") for row in rows))
    said(screen, N_("Columns: with which chance. A dash: not with that chance, however many are reviewed."))


def _finished(row: PlanningRow) -> Iterator[str]:
    return (NOTHING if reviews is None else f"{reviews:,}" for _, reviews in row.reviews)
