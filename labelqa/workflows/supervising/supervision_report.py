"""What a supervision found, and the proof that it drew what it had to: shares by duty and person, and the redraw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from labelqa.batches.supervision import current_checks
from labelqa.errors import InsufficientData, LabelqaError, Message
from labelqa.i18n import N_
from labelqa.records.estimate import Figure, Unknown, unknown
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Verdict
from labelqa.records.supervision import (
    DrawnWork,
    Supervision,
    SupervisionDraw,
    SupervisionLine,
    SupervisionReport,
    WorkDraw,
    WorkStratum,
)
from labelqa.sampling import seed_digest
from labelqa.sampling.supervision import proven_duties, work_standing
from labelqa.stats.proportion import hypergeometric_interval
from labelqa.stats.weighted_share import stratified
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import participants
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.supervising.supervised import checks_of, unfit_supervisor
from labelqa.workflows.supervising.supervision import drawn_of, hands, judged_facts, redrawn, supervision_of

KEEP_BOTH = Message("Keep both records, ask who changed what, and supervise anew if it cannot be explained.")
DUTIES: Mapping[Duty, str] = {
    Duty.EXECUTOR: N_("annotator"), Duty.REVIEWER: N_("reviewer"), Duty.ARBITRATOR: N_("arbitrator"),
}  # fmt: skip


def supervision_report(desk: Desk, name: str) -> SupervisionReport:
    """What a supervision drew, what was checked and what was wrong, by duty and by person.

    Undecidable counts as wrong. A share is given once every drawn piece of the person is checked; that of a duty weighs
    its people by how much work they did.
    """
    state = read_state(desk)
    found = supervision_of(state, name)
    if found.draw is None:
        return _report(found, proof=_not_drawn(found))
    again, checks = redrawn(desk, state, found), checks_of(state, found)
    current = current_checks(checks)
    said = [(each, current[each.piece.work].verdict if each.piece.work in current else None) for each in again.drawn]
    lines = tuple(_line(each, said, shown_names(desk), desk.settings.confidence) for each in found.draw.strata)
    later = sum(each.fact > found.draw.upto for each in judged_facts(state, found.batch, state.facts.last))
    return _report(
        found, proof=proof_of(found, again), people=lines, later=later, changed=len(checks) - len(current),
        duties=tuple(_duty(duty, lines, desk.settings.confidence) for duty in Duty if any(
            each.duty is duty for each in lines)),
    )  # fmt: skip


def _report(
    found: Supervision, *, proof: Message, people: tuple[SupervisionLine, ...] = (),
    duties: tuple[SupervisionLine, ...] = (), later: int = 0, changed: int = 0,
) -> SupervisionReport:  # fmt: skip
    draw = found.draw
    return SupervisionReport(
        supervision=found.supervision, batch=found.batch, each=found.each, declared_at=found.declared_at,
        drawn_at=draw.at if draw else None, standing=draw.standing if draw else None, proof=proof, duties=duties,
        people=people, open=sum(each.drawn - each.checked for each in people), later=later, changed=changed,
    )  # fmt: skip


def _not_drawn(found: Supervision) -> Message:
    text = N_("declared and not drawn yet: labelqa supervise draw {batch} draws it")
    return Message(text, {"batch": found.batch})


def proof_of(found: Supervision, again: WorkDraw) -> Message:
    """What the order of facts proves about a supervision's seed, in words."""
    if found.abandoned:
        text = N_("unproven: {n} earlier supervisions were given up undrawn, so that the seed may have been chosen")
        return Message(text, {"n": found.abandoned})
    late = [duty for duty in Duty if duty in again.since.keys() - proven_duties(found.fact, again.since)]
    if not late:
        return Message("committed: the seed's digest stood in the ledger before any of the work that it drew from")
    names = [Message(DUTIES[duty]) for duty in late]
    whole = names[0]
    for each in names[1:]:
        whole = Message("{some}, {one}", {"some": whole, "one": each})
    return Message("unproven: declared when work was there already (by: {duties})", {"duties": whole})


def _line(
    stratum: WorkStratum,
    said: Sequence[tuple[DrawnWork, Verdict | None]],
    names: Mapping[PersonId, str],
    confidence: float,
) -> SupervisionLine:
    mine = (verdict for each, verdict in said if (each.piece.duty, each.piece.person) == (stratum.duty, stratum.person))
    counts = Counter(verdict for verdict in mine if verdict is not None)
    checked, wrong = counts.total(), counts[Verdict.INCORRECT] + counts[Verdict.UNDECIDABLE]
    return SupervisionLine(
        duty=stratum.duty, person=stratum.person, name=names.get(stratum.person, stratum.person), pieces=stratum.pieces,
        drawn=stratum.drawn, checked=checked, incorrect=counts[Verdict.INCORRECT],
        undecidable=counts[Verdict.UNDECIDABLE],
        wrong=_open(checked, stratum.drawn) if checked < stratum.drawn else hypergeometric_interval(
            wrong, checked, stratum.pieces, confidence=confidence),
    )  # fmt: skip


def _open(checked: int, drawn: int) -> Unknown:
    text = N_("{open} of {drawn} drawn pieces of work are still open")
    return Unknown(
        reason="supervision-open", message=Message(text, {"open": drawn - checked, "drawn": drawn}), n=checked
    )


def _duty(duty: Duty, lines: Sequence[SupervisionLine], confidence: float) -> SupervisionLine:
    mine = [each for each in lines if each.duty is duty]
    drawn, checked = sum(each.drawn for each in mine), sum(each.checked for each in mine)
    return SupervisionLine(
        duty=duty, person=None, name="", pieces=sum(each.pieces for each in mine), drawn=drawn, checked=checked,
        incorrect=sum(each.incorrect for each in mine), undecidable=sum(each.undecidable for each in mine),
        wrong=_open(checked, drawn) if checked < drawn else _weighed(mine, confidence),
    )  # fmt: skip


def _weighed(lines: Sequence[SupervisionLine], confidence: float) -> Figure:
    """The share wrong of a duty's work: one person's own share, else people weighed by their work."""
    if len(lines) == 1:
        return lines[0].wrong
    table = {str(each.person): (each.incorrect + each.undecidable, each.checked, each.pieces) for each in lines}
    try:
        return stratified(table, confidence=confidence).figure
    except InsufficientData as error:
        return unknown(error)


def verify_supervision(desk: Desk, name: str) -> list[Finding]:
    """Everything in which a recorded supervision differs from its redraw, and who checked and should not have."""
    state = read_state(desk)
    found = supervision_of(state, name)
    draw = drawn_of(found)
    try:
        again = redrawn(desk, state, found)
    except LabelqaError as error:
        return [_finding(found, "supervision-redraw", Message("{supervision} cannot be drawn again: {why}",
                         {"supervision": found.supervision, "why": error.message}))]  # fmt: skip
    checks = _check_findings(desk, state, found, {each.piece.work for each in again.drawn})
    return [*_draw_findings(found, draw, again), *checks]


def _draw_findings(found: Supervision, draw: SupervisionDraw, again: WorkDraw) -> Iterator[Finding]:
    who = {"supervision": found.supervision}
    if seed_digest(draw.seed) != found.seed_digest:
        text = Message("the seed of {supervision} is not the one that it committed itself to", who)
        yield _finding(found, "supervision-seed", text)
    if work_standing(found.fact, again.since, abandoned=found.abandoned) is not draw.standing:
        text = Message("{supervision} says more or less of its seed than the order of facts proves", who)
        yield _finding(found, "supervision-standing", text)
    if draw.upto >= draw.fact or draw.upto < found.fact:
        text = Message("{supervision} looked at facts up to {upto}, which is not between declaration and draw",
                       {**who, "upto": draw.upto})  # fmt: skip
        yield _finding(found, "supervision-upto", text)
    if again.frame != draw.frame:
        text = Message("the work in the batch is not the work that {supervision} was drawn from", who)
        yield _finding(found, "supervision-frame", text)
    if again.digest != draw.digest:
        text = Message("the seed of {supervision} draws other pieces of work than those recorded", who)
        yield _finding(found, "supervision-drawn", text)
    if again.strata != draw.strata:
        text = Message("{supervision} counts the work of somebody otherwise than it is", who)
        yield _finding(found, "supervision-counts", text)


def _finding(found: Supervision, code: str, message: Message) -> Finding:
    place = Place(subject=f"supervision:{found.supervision}")
    return Finding(code=code, severity=Severity.ERROR, message=message, mend=KEEP_BOTH, place=place)


def _check_findings(desk: Desk, state: State, found: Supervision, drawn: Collection[str]) -> Iterator[Finding]:
    """Verdicts on work that was not drawn, and by people who may not supervise the batch."""
    batch, who = state.batch(found.batch), {"supervision": found.supervision}
    held = hands(state, batch, participants(desk, batch))
    for each in current_checks(checks_of(state, found)).values():
        if each.work not in drawn:
            text = Message("a verdict speaks of {work}, which {supervision} did not draw", {**who, "work": each.work})
            yield _finding(found, "supervision-stray", text)
        for reason in unfit_supervisor(state, batch, held, each.supervisor, each.at):
            yield finding(
                "supervision-supervisor", "{work} was checked by somebody who may not supervise: {why}",
                mend=Message("Have another supervisor check that piece of work."), severity=Severity.ERROR,
                place=Place(subject=f"supervision:{found.supervision}"), work=each.work, why=reason,
            )  # fmt: skip
