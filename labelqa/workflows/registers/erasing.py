"""Erasing an attachment whose time of keeping is over; its digest stays where facts name it.

The time runs from the last fact that names the file, as long as the team declared, never below three years
(GB/T 45674—2025 names none for these records; the floor is this project's). Facts are never erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, LabelqaError, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import AttachmentErased, Draft, Fact, PolicyDeclared
from labelqa.records.policy import Policy
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.registers.attachments import FOLDER, NAMING, attached, named

FLOOR_YEARS: Final = 3
_DECLARED: Final = frozenset({Policy.RETENTION_QA_YEARS, Policy.RETENTION_EU_YEARS})


def kept_until(facts: Facts, digest: str) -> datetime | None:
    """Until when an attachment is kept: so many years after the last fact that names it; None where none does."""
    naming = [fact for fact in facts.of(*NAMING) if any(each == digest for _, each in named(fact.body))]
    return _years_later(max(_last(fact) for fact in naming), _years(facts)) if naming else None


def erase_attachment(desk: Desk, digest: str, *, reason: str, by: str) -> datetime:
    """Erase a kept file and record that; until when it had to be kept comes back.

    Refused while its time runs or where no fact names it, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput("erasing needs its reason")
    path, person, now = attached(desk, digest), find_person(desk, by), desk.clock()

    def still_kept(facts: Facts) -> datetime:
        until = kept_until(facts, digest)
        if until is None:
            raise Refused("no fact names {digest}: nothing says how long it is kept", digest=digest)
        if until > now:
            raise Refused("{digest} is kept until {day}", digest=digest, day=until.date().isoformat())
        return until

    until = still_kept(desk.ledger.view())
    body = AttachmentErased(attachment=digest, reason=reason.strip(), by=person)
    draft = Draft(
        body=body, subjects=(f"attachment:{digest}", f"person:{person}"), actor=desk.actor, identity=desk.identity
    )

    def unless(facts: Facts) -> None:
        still_kept(facts)

    desk.ledger.append([draft], now=now, unless=unless)
    try:
        path.unlink()
    except OSError as error:
        raise LabelqaError(
            "{path}: the file could not be removed ({why}); remove it by hand", path=f"{FOLDER}/{digest}",
            why=str(error),
        ) from error  # fmt: skip
    return until


def _last(fact: Fact) -> datetime:
    return max(fact.recorded_at, fact.effective_at)


def _years(facts: Facts) -> int:
    return max([FLOOR_YEARS, *_declared(facts.of(PolicyDeclared))])


def _declared(facts: Iterable[Fact]) -> list[int]:
    """Every number of years that was declared, so that none is shortened silently."""
    return [
        int(body.value)
        for _, body in in_force(facts, PolicyDeclared)
        if body.name in _DECLARED and body.value.strip().isdigit()
    ]


def _years_later(moment: datetime, years: int) -> datetime:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)
