"""An operational exam: what somebody answered on gold items in everyday work, held against labelqa's own register.

Only answers bound to the release count, and of several on one item the first. Too few items prove nothing, so the
number below which it is refused is declared; gold flags of other programs never count.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, InsufficientData, Message, Refused
from labelqa.i18n import N_
from labelqa.intake import AnnotationRow
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.batch import Kind
from labelqa.records.facts import ExamRecorded, GoldRetired
from labelqa.records.names import ItemId, PersonId
from labelqa.rulebook.exam import Ability
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import answers, label_of
from labelqa.workflows.population import frozen_of
from labelqa.workflows.rulebooks.files import released_book
from labelqa.workflows.select import by_machine, moment
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.training.checks import check_person, check_share, draft_of, subjects_of
from labelqa.workflows.training.results import (
    ExamLine,
    attempts_before,
    exam_of,
    gold_counts,
    gold_digest,
    line_of,
)

FEWEST = 20  # items, where nobody declares another number


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldTerms:
    """What is declared for the exam: the mark and why, how many items at least, and which answers (made from … until)."""

    release: str
    pass_mark: float
    reason: str
    fewest: int = FEWEST
    start: datetime | None = None
    end: datetime | None = None  # exclusive
    least: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAnswer:
    """One answer on a gold item."""

    item: ItemId
    gold: str
    given: str
    ability: Ability

    @property
    def right(self) -> bool:
        """Whether the answer is the gold one."""
        return self.given == self.gold


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldExam:
    """The exam that went on record, item by item; ``left_out`` counts answers that did not count, by reason."""

    line: ExamLine
    answers: tuple[GoldAnswer, ...]
    left_out: Mapping[str, int]


def gold_exam(desk: Desk, person: PersonId, terms: GoldTerms) -> GoldExam:
    """Examine somebody on the gold items that they answered and put the result on record.

    InsufficientData where fewer items count than were declared; Refused where the same items and answers are on record.
    """
    state, now = read_state(desk), desk.clock()
    _check(desk, state, person, terms)
    book = released_book(desk, terms.release)
    counting, left_out = _counting(desk, state, person, terms, book)
    if len(counting) < terms.fewest:
        raise InsufficientData(
            "too-few-gold", "{person} answered {n} {n:gold item|gold items} under {release}, {fewest} {fewest:is|are} needed: wait for more answers",
            person=shown_names(desk).get(person, person), n=len(counting), release=terms.release, fewest=terms.fewest,
        )  # fmt: skip
    items = [[each.item, each.gold, each.given, each.ability.value] for each in counting]
    counted, paper = gold_counts(items), gold_digest((each.item, each.gold) for each in counting)
    text = salted(json.dumps({"items": items}, ensure_ascii=False, separators=(",", ":")), secrets.token_hex(16))
    body = ExamRecorded(
        person=person, release=terms.release, score=counted.right / counted.n, pass_mark=terms.pass_mark, paper=paper,
        reason=terms.reason.strip(), abilities=counted.shares, least=dict(terms.least or {}), answers=text[0],
        attempt=attempts_before(state.facts, person, terms.release) + 1, origin="gold",
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        for fact, known in in_force(facts.about(f"person:{person}", ExamRecorded), ExamRecorded):
            if known.paper == paper:
                raise Refused("these gold items are on record as an exam already (fact {fact}): wait for new answers",
                              fact=fact.seq)  # fmt: skip

    draft = draft_of(desk, body, subjects_of(person, terms.release), None)
    (fact,) = desk.ledger.append([draft], now=now, erasable=[text], unless=unless)
    line = line_of(exam_of(fact), counted, confidence=desk.settings.confidence)
    return GoldExam(line=line, answers=tuple(counting), left_out=dict(sorted(left_out.items())))


def _check(desk: Desk, state: State, person: PersonId, terms: GoldTerms) -> None:
    state.release(terms.release)
    check_person(desk, state, person)
    check_share(terms.pass_mark, Message(N_("pass mark")))
    if not terms.reason.strip():
        raise BadInput("a pass mark needs its reason: no text sets one, so the team declares why")
    if terms.fewest < 1:
        raise BadInput("an exam needs at least one item")
    for ability, share in (terms.least or {}).items():
        if ability not in {Ability.RULES, Ability.RISK}:
            raise BadInput("gold items examine rules and risk-judgement only, not {ability}", ability=ability)
        check_share(share, Message(N_("least share")))


def _counting(
    desk: Desk, state: State, person: PersonId, terms: GoldTerms, book: Rulebook
) -> tuple[list[GoldAnswer], Counter[str]]:
    """The answers that count, by item, and how many do not for which reason."""
    register = gold_register(desk, state)
    numbers = desk.intake.numbers(register)
    declared = _declared(desk, state, terms.release)
    first: dict[ItemId, tuple[float, int, str]] = {}
    left: Counter[str] = Counter()
    for row in _rows(desk, state, person, numbers):
        item, label = numbers[row.item_no], label_of(answers(row.value), book.control)
        if reason := _why_not(row, label, terms, declared.get(item)):
            left[reason] += 1
            continue
        when = inf if row.created_at is None else row.created_at
        left["repeat"] += item in first
        first[item] = min(first.get(item, (when, row.rev, label or "")), (when, row.rev, label or ""))
    found = [
        GoldAnswer(item=item, gold=register[item], given=given, ability=_ability(book, register[item]))
        for item, (_, _, given) in sorted(first.items())
    ]
    return found, +left


def gold_register(desk: Desk, state: State) -> dict[ItemId, str]:
    """The gold answers in labelqa's own register, less those that were retired as wrong."""
    retired = {body.item for _, body in in_force(state.facts.of(GoldRetired), GoldRetired)}
    return {item: label for item, label in desk.intake.gold().items() if item not in retired}


def _rows(desk: Desk, state: State, person: PersonId, numbers: Mapping[int, ItemId]) -> Iterator[AnnotationRow]:
    for row in desk.intake.annotations(item_nos=numbers, person=person):
        if row.editor in {None, person} and not row.skipped and not by_machine(state, row):
            yield row


def _why_not(row: AnnotationRow, label: str | None, terms: GoldTerms, declared: datetime | None) -> str:
    made = None if row.created_at is None else moment(row.created_at)
    bound = row.release or (terms.release if declared is not None and made is not None and made >= declared else "")
    if bound != terms.release:
        return "other-release" if bound else "no-release"
    if label is None:
        return "no-label"
    if terms.start is None and terms.end is None:
        return ""
    if made is None:
        return "no-time"
    return "" if (terms.start is None or made >= terms.start) and (terms.end is None or made < terms.end) else "outside"


def _declared(desk: Desk, state: State, release: str) -> dict[str, datetime]:
    """Item → when the first frozen batch under the release that holds it was declared."""
    found: dict[str, datetime] = {}
    for batch in state.labelled():
        if batch.release != release or not batch.freeze:
            continue
        for item in desk.frozen.read(frozen_of(batch).items, ["item_id"]).column("item_id").to_pylist():
            found[item] = min(found.get(item, batch.declared_at), batch.declared_at)
    return found


def _ability(book: Rulebook, label: str) -> Ability:
    """A label that rules of a safety rulebook give because of a risk is found by judging risks."""
    if book.kind is not Kind.SAFETY:
        return Ability.RULES
    risky = any(rule.basis.risks for rule in book.rules if label in rule.labels)
    return Ability.RISK if risky else Ability.RULES
