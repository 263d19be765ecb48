"""What a check of duties found, as findings: who, where, which duties, which facts and items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import reduce

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.duties import NAMES
from labelqa.records.duties import Act, AfterLeaving, DutyDouble, Unassigned, WhileOut
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.people import Duty

MOST = 12  # facts or items named in a sentence; --json has them all
_AFTER = {
    Act.ANSWER: N_("{name} left on {left}, and gave {n} {n:answer|answers} after that, from {first} to {last}"),
    Act.VERDICT: N_("{name} left on {left}, and gave {n} {n:verdict|verdicts} after that, from {first} to {last} (facts {facts})"),
    Act.RULING: N_("{name} left on {left}, and made {n} {n:ruling|rulings} after that, from {first} to {last} (facts {facts})"),
    Act.CHECK: N_("{name} left on {left}, and checked {n} {n:piece of work|pieces of work} after that, from {first} to {last} (facts {facts})"),
    Act.CORRECTION: N_("{name} left on {left}, and made {n} {n:correction|corrections} after that, from {first} to {last} (facts {facts})"),
    Act.SIGN_IN: N_("{name} left on {left}, and signed in {n} {n:time|times} after that, from {first} to {last}"),
}  # fmt: skip


def listed_duties(duties: Sequence[Duty]) -> Message:
    """Duties by name, with commas between."""
    names = [Message(NAMES[duty]) for duty in duties]
    return reduce(lambda some, name: Message("{some}, {one}", {"some": some, "one": name}), names)


def few(values: Sequence[object]) -> str:
    """The first values, and that there are more.

    >>> few([1, 2]), few(range(14))
    ('1 2', '0 1 2 3 4 5 6 7 8 9 10 11 …')
    """
    told = " ".join(str(each) for each in values[:MOST])
    return f"{told} …" if len(values) > MOST else told or "–"


def told_double(each: DutyDouble) -> Finding:
    """Somebody with several duties in one task."""
    return finding(
        "two-duties", "{name} held several duties in one labeling task, {batches}: {duties} (facts {facts}; {n} {n:item|items}: {items})",
        mend=Message(N_("have somebody else check what this person labelled or decided, and end one of the duties")),
        place=Place(subject=f"person:{each.person}"), name=each.name, duties=listed_duties(each.duties),
        batches=", ".join(each.batches), facts=few(each.facts), n=len(each.items), items=few(each.items),
    )  # fmt: skip


def told_unassigned(each: Unassigned) -> Finding:
    """Work without an assignment."""
    return finding(
        "not-assigned", "{name} worked as {duty} in batch {batch} without being assigned to it then: {n} {n:piece of work|pieces of work} (facts {facts}; items: {items})",
        mend=Message(N_("ask who gave out the work; assign people before they begin: labelqa duties assign")),
        severity=Severity.ERROR, place=Place(subject=f"batch:{each.batch}"), name=each.name, batch=each.batch,
        duty=Message(NAMES[each.duty]), n=each.acts, facts=few(each.facts), items=few(each.items),
    )  # fmt: skip


def told_out(each: WhileOut, zone: tzinfo) -> Finding:
    """Work while suspended or cancelled."""
    first, last = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (each.first, each.last))
    return finding(
        "suspended-working", "{name} worked as {duty} while suspended or cancelled in it under {line}: {n} {n:piece|pieces} of work, from {first} to {last} (facts {facts})",
        mend=Message(N_("ask who gave out the work, and have it done again by somebody else")),
        place=Place(subject=f"person:{each.person}"), name=each.name, duty=Message(NAMES[each.duty]),
        line=each.line or Message("every rulebook"), n=each.acts, first=first, last=last, facts=few(each.facts),
    )  # fmt: skip


def told_after(each: AfterLeaving, zone: tzinfo) -> Finding:
    """Work or a sign-in after leaving."""
    day = "%Y-%m-%d %H:%M"
    left, first, last = (f"{moment.astimezone(zone):{day}}" for moment in (each.left, each.first, each.last))
    return finding(
        "after-leaving", _AFTER[each.act], place=Place(subject=f"person:{each.person}"),
        mend=Message(N_("take the access away on every server, and have the work done again by somebody else")),
        name=each.name, left=left, n=each.acts, first=first, last=last, facts=few(each.facts),
    )  # fmt: skip
