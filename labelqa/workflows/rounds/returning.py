"""Send a batch that is to be labelled again back, or the items found wrong in it, as a batch of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from labelqa.batches.checks import in_force
from labelqa.batches.preconditions import why_not_declare
from labelqa.batches.rounds import why_not_return
from labelqa.errors import Refused
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.fold import fold_people
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.corrections import ProblemStatus
from labelqa.records.facts import (
    BatchDeclared,
    BatchReturned,
    BatchSettled,
    CardRecorded,
    Draft,
    PersonAdded,
    PersonLeft,
    QualificationDecided,
)
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty, Person, Standing
from labelqa.records.production import RoundScope
from labelqa.records.rounds import ReturnDone
from labelqa.rulebook.force import in_force as release_in_force
from labelqa.workflows.batches import check_batch_name
from labelqa.workflows.correcting import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.matching import ANNOTATION_FIELDS
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import kind_said, refuse, refuse_changed
from labelqa.workflows.rounds.returned import frozen_items, gone_back, voided_items
from labelqa.workflows.state import State, fold, read_state


def return_batch(
    desk: Desk,
    batch: str,
    *,
    by: str,
    reason: str,
    scope: RoundScope | None = None,
    name: str = "",
    release: str = "",
) -> ReturnDone:
    """Send a batch back: the items found wrong in it, or all that did not go back before.

    ``scope`` is the policy's as recorded when it was settled, ``release`` the one in force for new work, where nobody
    says otherwise. The round takes work that is done from now on. Refused with every reason why not.
    """
    state, who = read_state(desk), find_person(desk, by)
    parent = state.batch(batch)
    told = scope or settled_scope(state, parent)
    items, left = going_back(desk, state, parent, told) if parent.freeze else (frozenset(), 0)
    refuse(why_not_return(parent, items=len(items), by=_here(desk, state.facts, who), reason=reason))
    child = name or _free_name(state, parent)
    check_batch_name(child)
    whole = told is RoundScope.WHOLE and len(items) == len(frozen_items(desk, parent))
    declared = _declared(desk, state, parent, child, release)
    returned = BatchReturned(
        batch=parent.name, child=child, round=declared.round, scope=str(told), items=[] if whole else sorted(items),
        reason=reason.strip(), by=who,
    )  # fmt: skip
    card = _card(state, parent, child, len(items))
    before = state.facts.last

    def unless(facts: Facts) -> None:
        now = fold(facts, desk.settings.qualification_days)
        refuse(why_not_return(now.batch(parent.name), items=len(items), by=_here(desk, facts, who), reason=reason))
        refuse(why_not_declare(BatchName(child), now.batches.keys()))
        refuse_changed(facts, f"batch:{parent.name}", before, BatchReturned)

    unless(state.facts)
    desk.ledger.append(_drafts(desk, returned, declared, card), now=desk.clock(), unless=unless)
    return ReturnDone(
        batch=parent.name, child=BatchName(child), round=declared.round, scope=told, items=len(items),
        release=declared.release, card=card is not None, left=left,
    )  # fmt: skip


def _here(desk: Desk, facts: Facts, who: PersonId) -> Person | None:
    """The registered person, unless they left."""
    if Absence(facts.about(f"person:{who}", PersonAdded, PersonLeft)).gone(who, desk.clock()):
        return None
    return fold_people(facts.about(f"person:{who}", PersonAdded)).get(who)


def settled_scope(state: State, batch: Batch) -> RoundScope:
    """What a batch returns by the policy that was in force when it was settled."""
    told = in_force(state.facts.about(f"batch:{batch.name}", BatchSettled), BatchSettled)
    found = next((body.scope for _, body in told), "")
    return RoundScope(found or state.policies.relabel)


def going_back(desk: Desk, state: State, batch: Batch, scope: RoundScope) -> tuple[frozenset[ItemId], int]:
    """The items that would go back, and how many of the batch would stay behind without being accepted."""
    every = frozen_items(desk, batch)
    free = every - gone_back(desk, state, batch) - voided_items(desk, state)
    going = free if scope is RoundScope.WHOLE else free & found_items(desk, state, batch)
    return going, len(free - going)


def found_items(desk: Desk, state: State, batch: Batch) -> frozenset[ItemId]:
    """The items found wrong in a frozen batch: with a recorded problem, or with a label by somebody not qualified.

    A problem that was closed without a correction (an appeal upheld, a hit overturned, a reason given) is none.
    """
    problems = completeness_of(desk, state, batch).items
    wrong = {each.item_id for each in problems if each.status is not ProblemStatus.CLOSED}
    return frozenset(wrong) | _unqualified(desk, state, batch)


def _unqualified(desk: Desk, state: State, batch: Batch) -> frozenset[ItemId]:
    """Items with a label by somebody who was not qualified when it was made, or had left."""
    if batch.freeze is None:
        return frozenset()
    columns = ["item_id", "person", "created_at", "qualified", "origin"]
    table = desk.frozen.read(batch.freeze.annotations, columns)
    absence = Absence(state.facts.of(PersonAdded, PersonLeft))
    standing = state.standing(batch.release, Duty.EXECUTOR)
    late = {PersonId(fact.body.person) for fact in state.facts.of(QualificationDecided) if fact.seq > batch.freeze.fact}
    return frozenset(
        ItemId(item)
        for item, person, made, qualified, origin in zip(
            *(table.column(each).to_pylist() for each in columns), strict=True
        )
        if origin != Origin.MACHINE
        and (
            qualified is False
            or absence.gone(PersonId(person), made)
            or (person in late and standing(PersonId(person), made) is not Standing.QUALIFIED)
        )
    )


def _free_name(state: State, parent: Batch) -> str:
    """The first batch's name with the number of the round; with a letter more where a round of that number is there."""
    stem = parent.name.removesuffix(f"-r{parent.round}") if parent.round else parent.name
    number = parent.round + 1
    names = (f"{stem}-r{number}{letter}" for letter in ("", *"bcdefghijklmnopqrstuvwxyz"))
    free = next((each for each in names if BatchName(each) not in state.batches), None)
    if free is None:
        raise Refused("batch {batch} went back many times: name the round with --name", batch=parent.name)
    return free


def _declared(desk: Desk, state: State, parent: Batch, child: str, release: str) -> BatchDeclared:
    known = release_in_force(state.releases_of(parent.release), desk.clock())
    named = release or (known.release if known else parent.release)
    body = state.release(named)
    if body.kind != parent.kind:
        raise Refused(
            "{release} is a rulebook of {have}, and the batch is to be {want}: the two kinds have separate rulebooks",
            release=named, have=kind_said(body.kind), want=kind_said(parent.kind),
        )  # fmt: skip
    labels: Sequence[str] = parent.labels if named == parent.release else body.labels
    where = [each for each in parent.where if each.field not in ANNOTATION_FIELDS]
    return BatchDeclared(
        batch=child, kind=str(parent.kind), release=named, control=parent.control, labels=list(labels),
        organizer=parent.organizer, requester=parent.requester,
        where=[[each.field, str(each.operator), each.value] for each in where], record_rule=str(parent.record_rule),
        late=False, answers=parent.answers, parent=parent.name, round=parent.round + 1,
    )  # fmt: skip


def _card(state: State, parent: Batch, child: str, items: int) -> CardRecorded | None:
    """The card of the batch for the round: items come from where they came from."""
    told = list(in_force(state.facts.about(f"batch:{parent.name}", CardRecorded), CardRecorded))
    return replace(told[-1][1], batch=child, scale=items, copied=parent.name) if told else None


def _drafts(
    desk: Desk, returned: BatchReturned, declared: BatchDeclared, card: CardRecorded | None
) -> list[Draft]:  # fmt: skip
    batches = (f"batch:{returned.batch}", f"batch:{returned.child}")
    told = [
        (returned, (*batches, f"person:{returned.by}", *(f"item:{each}" for each in returned.items))),
        (declared, (f"batch:{declared.batch}", f"release:{declared.release}")),
        *([(card, (f"batch:{declared.batch}",))] if card else []),
    ]
    return [Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity) for body, subjects in told]
