"""Supervisions as the facts tell them: declared, drawn, checked; and the verdicts and rulings that are somebody's work.

A fact that another one supersedes is not heard. A supervision that was superseded before it was drawn is counted as
abandoned by those after it. What stands against the next step is listed, never raised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from labelqa.batches.checks import grouped, in_force
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.facts import DisputeRuled, Fact, ReviewRecorded
from labelqa.records.names import BatchName, Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity, SeedStanding, Verdict
from labelqa.records.supervision import (
    Supervision,
    SupervisionCheck,
    SupervisionChecked,
    SupervisionDeclared,
    SupervisionDraw,
    SupervisionDrawn,
    Work,
    WorkStratum,
)

_ANNOTATION: Final = re.compile(r"annotation:(.*):(p-[^:]*)(?::\d+)?")


def annotation_of(work: str) -> tuple[ItemId, PersonId] | None:
    """Item and annotator of a piece of work that is an annotation, else None; an item id may hold colons.

    >>> annotation_of("annotation:doc:7:p-1a:2"), annotation_of("review:12")
    (('doc:7', 'p-1a'), None)
    """
    found = _ANNOTATION.fullmatch(work)
    return (ItemId(found[1]), PersonId(found[2])) if found else None


def fold_supervisions(facts: Iterable[Fact]) -> dict[BatchName, tuple[Supervision, ...]]:
    """The supervisions of each batch in the order of declaration; abandoned ones are only counted."""
    known = sorted(facts, key=lambda fact: fact.seq)
    draws = {body.supervision: _draw(fact, body) for fact, body in in_force(known, SupervisionDrawn)}
    standing = {fact.seq for fact, _ in in_force(known, SupervisionDeclared)}
    abandoned: Counter[str] = Counter()
    found: list[tuple[BatchName, Supervision]] = []
    for fact in known:
        if not isinstance(fact.body, SupervisionDeclared):
            continue
        body = fact.body
        if fact.seq not in standing:
            abandoned[body.batch] += 1
            continue
        declared = Supervision(
            supervision=body.supervision, batch=BatchName(body.batch), each=body.each,
            seed_digest=Digest(body.seed_digest), declared_at=fact.effective_at, fact=fact.seq,
            abandoned=abandoned[body.batch], draw=draws.get(body.supervision),
        )  # fmt: skip
        found.append((declared.batch, declared))
    return grouped(found)


def _draw(fact: Fact, body: SupervisionDrawn) -> SupervisionDraw:
    strata = tuple(
        WorkStratum(duty=Duty(duty), person=PersonId(person), pieces=pieces, drawn=drawn)
        for duty, person, pieces, drawn in body.drawn
    )
    return SupervisionDraw(
        seed=body.seed, standing=SeedStanding(body.standing), upto=body.upto, frame=Digest(body.frame),
        digest=Digest(body.digest), strata=strata, at=fact.effective_at, fact=fact.seq,
    )  # fmt: skip


def fold_supervision_checks(facts: Iterable[Fact], supervision: str) -> tuple[SupervisionCheck, ...]:
    """Every word of a supervisor on the pieces of a supervision, changed ones too, in the order of the ledger."""
    return tuple(
        SupervisionCheck(
            supervision=fact.body.supervision, work=fact.body.work, verdict=Verdict(fact.body.verdict),
            supervisor=PersonId(fact.body.supervisor), identity=Identity(fact.identity), at=fact.effective_at,
            fact=fact.seq, note=Digest(fact.body.note) if fact.body.note else None,
        )
        for fact in sorted(facts, key=lambda fact: fact.seq)
        if isinstance(fact.body, SupervisionChecked) and fact.body.supervision == supervision
    )  # fmt: skip


def current_checks(checks: Iterable[SupervisionCheck]) -> dict[str, SupervisionCheck]:
    """The word that holds on each piece of work: the last one."""
    return {each.work: each for each in sorted(checks, key=lambda check: check.fact)}


def judged_work(facts: Sequence[Fact], batch: str, upto: int) -> Iterator[Work]:
    """The verdicts on a batch's samples, then the rulings on its disputes, in force after fact ``upto``.

    Second opinions are work as well. A verdict that its author changed counts as it then stood.
    """
    known = [fact for fact in facts if fact.seq <= upto]
    for fact, review in in_force(known, ReviewRecorded):
        if review.batch == batch:
            yield Work(
                work=f"review:{fact.seq}", duty=Duty.REVIEWER, person=PersonId(review.reviewer),
                item_id=ItemId(review.item), fact=fact.seq,
            )  # fmt: skip
    for fact, ruling in in_force(known, DisputeRuled):
        if ruling.batch == batch:
            yield Work(
                work=f"ruling:{fact.seq}", duty=Duty.ARBITRATOR, person=PersonId(ruling.arbitrator),
                item_id=ItemId(ruling.item), fact=fact.seq,
            )  # fmt: skip


def why_not_supervise(batch: BatchName, earlier: Sequence[Supervision], *, seed_lost: bool) -> list[Message]:
    """One supervision at a time: who could declare several and draw one would choose what is looked at.

    ``seed_lost``: the kept seed of the undrawn one is gone, so that it can never be drawn.
    """
    waiting = [each for each in earlier if each.draw is None]
    if not waiting or seed_lost:
        return []
    values = {"supervision": waiting[-1].supervision, "batch": batch}
    return [Message("{supervision} is declared and not drawn yet: labelqa supervise draw {batch} draws it", values)]


def why_not_check(check: SupervisionChecked, drawn: Collection[str], *, noted: bool) -> list[Message]:
    """A supervisor's word is about a drawn piece of work, and says what is wrong where something is."""
    who = {"work": check.work, "supervision": check.supervision}
    reasons: list[Message] = []
    if check.work not in drawn:
        text = N_("{work} was not drawn in {supervision}: labelqa supervise list {supervision} shows what was")
        reasons.append(Message(text, who))
    if check.verdict == Verdict.INCORRECT and not noted:
        text = N_("a piece of work that is incorrect needs a note: say what is wrong and what was done about it")
        reasons.append(Message(text))
    return reasons
