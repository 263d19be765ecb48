"""Risks found in labeling or in the transfer of data, and how each was handled (GB/T 45674—2025, 7.3 d).

A risk that comes back is found again. How grave a risk is nobody says here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, Fact, RiskNoted
from labelqa.records.names import PersonId
from labelqa.records.registers import RiskStep
from labelqa.records.review import Identity
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.registers.noting import aside, checked_id, subjects, told_facts
from labelqa.workflows.state import read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLine:
    """What was noted of a risk at one time."""

    step: RiskStep
    title: str
    text: str
    batch: str
    about: tuple[int, ...]  # facts that show it
    by: PersonId
    by_name: str
    identity: Identity
    at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A risk with everything noted of it; open until it is handled or accepted."""

    risk: str
    title: str
    state: RiskStep
    found_at: datetime
    batches: tuple[str, ...]
    lines: tuple[RiskLine, ...]

    @property
    def open(self) -> bool:
        """Whether nobody handled or accepted it."""
        return self.state is RiskStep.FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskNoting:
    """One note as it is handed in; ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    risk: str
    step: RiskStep
    by: str
    title: str = ""
    text: str = ""
    batch: str = ""
    about: Sequence[int] = ()


def note_risk(desk: Desk, told: RiskNoting) -> Risk:
    """Record that a risk was found, handled or accepted; handling and accepting say how, or why.

    Raises BadInput for what is missing, Refused for a step that cannot follow.
    """
    state = read_state(desk)
    before = _lines(state.facts, checked_id(told.risk))
    _check(told, before)
    if told.batch:
        state.batch(told.batch)
    by, text = find_person(desk, told.by), aside(told.text)
    body = RiskNoted(
        risk=told.risk, step=str(told.step), title=told.title.strip() or before[0].title, batch=told.batch,
        text=text[0] if text else "", by=by, about=told_facts(state.facts, told.about),
    )  # fmt: skip
    draft = Draft(
        body=body, subjects=subjects("risk", told.risk, batch=told.batch, people=[by]), actor=desk.actor,
        identity=desk.identity,
    )  # fmt: skip
    desk.ledger.append(
        [draft], now=desk.clock(), erasable=[text] if text else [],
        unless=lambda facts: _check(told, _lines(facts, told.risk)),
    )  # fmt: skip
    return next(each for each in risks(desk) if each.risk == told.risk)


def risks(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[Risk, ...]:
    """Every risk, open ones first, each group in the order of finding; as of a time."""
    facts, names = read_state(desk, at=at, known=known).facts.of(RiskNoted), shown_names(desk)
    found = fold_risks(facts, names, desk.ledger.text_of)
    return tuple(sorted(found, key=lambda each: (not each.open, each.found_at)))


def fold_risks(facts: Iterable[Fact], names: Mapping[PersonId, str], text_of: Callable[[str], str]) -> tuple[Risk, ...]:
    """The risks that facts tell of, in the order of finding."""
    grouped: dict[str, list[RiskLine]] = {}
    for fact in facts:
        grouped.setdefault(fact.body.risk, []).append(_line(fact, names, text_of))
    return tuple(
        Risk(
            risk=name, title=lines[0].title, state=lines[-1].step, found_at=lines[0].at, lines=tuple(lines),
            batches=tuple(dict.fromkeys(each.batch for each in lines if each.batch)),
        )
        for name, lines in grouped.items()
    )  # fmt: skip


def _line(fact: Fact, names: Mapping[PersonId, str], text_of: Callable[[str], str]) -> RiskLine:
    body: RiskNoted = fact.body
    by = PersonId(body.by)
    return RiskLine(
        step=RiskStep(body.step), title=body.title, text=text_of(body.text) if body.text else "", batch=body.batch,
        about=tuple(body.about), by=by, by_name=names.get(by, by), identity=fact.identity, at=fact.effective_at,
        fact=fact.seq,
    )  # fmt: skip


def _lines(facts: Facts, name: str) -> list[RiskNoted]:
    return [fact.body for fact in facts.about(f"risk:{name}", RiskNoted)]


def _check(told: RiskNoting, before: Sequence[RiskNoted]) -> None:
    last = before[-1].step if before else ""
    if not before and told.step is not RiskStep.FOUND:
        raise Refused("{risk} was not found yet: its first step is found", risk=told.risk)
    if last == told.step:
        raise Refused("{risk} is {state} already", risk=told.risk, state=str(told.step))
    if not before and not told.title.strip():
        raise BadInput("a risk that is found needs a title")
    if told.step is not RiskStep.FOUND and not told.text.strip():
        raise BadInput("say with --text how the risk was handled, or why it is accepted")
