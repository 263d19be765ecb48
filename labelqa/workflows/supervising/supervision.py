"""Supervision: pick at random from the work of everybody in a batch, and pick again to prove it.

The supervisor sample-checks the work of people in every duty (GB/T 45674—2025, 7.3 d): answers of annotators, verdicts
of reviewers, rulings of arbitrators. The seed is always drawn at random; its digest stands in the ledger before anybody
draws with it. Supervision judges people's work and decides nothing about the batch.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

from labelqa.batches.supervision import fold_supervisions, judged_work, why_not_supervise
from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import (
    AppealRuled,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Draft,
    ReviewRecorded,
)
from labelqa.records.hands import hands_of
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.supervision import (
    Supervision,
    SupervisionDeclared,
    SupervisionDraw,
    SupervisionDrawn,
    Work,
    WorkDraw,
)
from labelqa.sampling import seed_digest
from labelqa.sampling.supervision import draw_work, work_standing
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import State, read_state


def declare_supervision(desk: Desk, batch: str, *, each: int) -> Supervision:
    """Declare that ``each`` pieces of everybody's work in every duty will be looked at, and commit a seed by digest.

    The seed is drawn at random and kept where only its owner can read it. Refused while an earlier supervision of the
    batch is declared and not drawn, unless its seed is lost; that one then counts as abandoned.
    """
    if each < 1:
        raise WrongUsage("each is how many pieces of everybody's work are looked at, 1 or more; got {each}", each=each)
    found = read_state(desk).batch(batch)
    seed = secrets.token_hex(16)

    def waiting(facts: Facts) -> Supervision | None:
        earlier = supervisions_of(facts, found.name)
        last = earlier[-1] if earlier and earlier[-1].draw is None else None
        lost = last is not None and not _seed_path(desk, last.supervision).is_file()
        refuse(why_not_supervise(found.name, earlier, seed_lost=lost))
        return last

    facts = desk.ledger.view()
    before, number = waiting(facts), _declared(facts, found.name) + 1
    body = SupervisionDeclared(
        supervision=f"{found.name}/s{number}", batch=found.name, each=each, seed_digest=seed_digest(seed)
    )

    def unless(facts: Facts) -> None:
        if waiting(facts) != before or _declared(facts, found.name) + 1 != number:
            raise Refused("batch {batch} changed meanwhile: look at it again and repeat", batch=found.name)
        _keep(_seed_path(desk, body.supervision), seed)  # under the lock, so that no kept seed is written over

    draft = Draft(
        body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity,
        supersedes=before.fact if before else None,
    )  # fmt: skip
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return supervisions_of(desk.ledger.view(), found.name)[-1]


def supervisions_of(facts: Facts, batch: str) -> tuple[Supervision, ...]:
    """The supervisions of a batch in the order of declaration; abandoned ones are only counted."""
    told = facts.about(f"batch:{batch}", SupervisionDeclared, SupervisionDrawn)
    return fold_supervisions(told).get(BatchName(batch), ())


def _declared(facts: Facts, batch: BatchName) -> int:
    return len(facts.about(f"batch:{batch}", SupervisionDeclared))


def draw_supervision(desk: Desk, name: str, *, seed: str = "") -> Supervision:
    """Draw the pieces of work of a declared supervision from all that stands in the ledger now; reveals the seed.

    ``name`` is the supervision or its batch. The batch must be frozen. ``seed`` is needed where it was kept elsewhere.
    """
    state = read_state(desk)
    found = supervision_of(state, name)
    batch = state.batch(found.batch)
    frozen_of(batch)
    if found.draw is not None:
        raise Refused(
            "{supervision} is drawn already: labelqa supervise declare {batch} declares another one",
            supervision=found.supervision, batch=found.batch,
        )  # fmt: skip
    seed = seed or _kept(desk, found)
    if seed_digest(seed) != found.seed_digest:
        raise Refused("this is not the seed that {supervision} committed itself to", supervision=found.supervision)
    upto = state.facts.last
    made = draw_work(seed, frame_of(desk, state, batch, upto), found.each)
    body = SupervisionDrawn(
        supervision=found.supervision, batch=found.batch, seed=seed,
        standing=str(work_standing(found.fact, made.since, abandoned=found.abandoned)), upto=upto, frame=made.frame,
        digest=made.digest, drawn=[[str(one.duty), one.person, one.pieces, one.drawn] for one in made.strata],
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        if found not in supervisions_of(facts, found.batch):
            raise Refused("{supervision} was drawn meanwhile", supervision=found.supervision)

    draft = Draft(body=body, subjects=(f"batch:{found.batch}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return supervision_of(read_state(desk), found.supervision)


def supervision_of(state: State, name: str) -> Supervision:
    """The supervision of that name, or the latest one of the batch of that name; BadInput when there is none."""
    known = fold_supervisions(state.facts.of(SupervisionDeclared, SupervisionDrawn))
    for each in (each for group in known.values() for each in group):
        if each.supervision == name:
            return each
    if latest := known.get(BatchName(name)):
        return latest[-1]
    if BatchName(name) in state.batches:
        raise BadInput("batch {batch} has no supervision: labelqa supervise declare {batch} declares one", batch=name)
    raise BadInput("no supervision or batch is called {name}: labelqa batch list shows the batches", name=name)


def drawn_of(supervision: Supervision) -> SupervisionDraw:
    """The draw of a supervision; Refused while there is none."""
    if supervision.draw is None:
        raise Refused(
            "{supervision} is not drawn yet: labelqa supervise draw {batch} draws it",
            supervision=supervision.supervision, batch=supervision.batch,
        )  # fmt: skip
    return supervision.draw


def frame_of(desk: Desk, state: State, batch: Batch, upto: int) -> Iterator[Work]:
    """All work in a frozen batch as it stood after fact ``upto``: answers in the order of the file, then the judged.

    An answer is the work of who wrote it last. What a model answered, and nobody changed, is nobody's work.
    """
    yield from _answers(desk, state, batch)
    yield from judged_facts(state, batch.name, upto)


def judged_facts(state: State, batch: str, upto: int) -> Iterator[Work]:
    """The verdicts and rulings in a batch that are somebody's work, as they stood after fact ``upto``."""
    return judged_work(state.facts.about(f"batch:{batch}", ReviewRecorded, DisputeRuled), batch, upto)


def _answers(desk: Desk, state: State, batch: Batch) -> Iterator[Work]:
    freeze = frozen_of(batch)
    models = {each.person for each in state.people.values() if each.model}
    table = desk.frozen.read(freeze.annotations, ["item_id", "person", "editor", "origin"])
    before, repeat = ("", ""), 1
    for rows in table.to_batches(1 << 16):
        for item, person, editor, origin in zip(*(rows.column(at).to_pylist() for at in range(4)), strict=True):
            repeat = repeat + 1 if (item, person) == before else 1  # where all answers of somebody are kept
            before = item, person
            author = PersonId(editor or person)
            if author in models or (origin == "machine" and not editor):
                continue
            yield Work(
                work=f"annotation:{item}:{person}" + (f":{repeat}" if repeat > 1 else ""), duty=Duty.EXECUTOR,
                person=author, item_id=ItemId(item), fact=freeze.fact,
            )  # fmt: skip


def redrawn(desk: Desk, state: State, supervision: Supervision) -> WorkDraw:
    """The draw of a supervision made again, from the ledger and the frozen batch alone."""
    draw, batch = drawn_of(supervision), state.batch(supervision.batch)
    return draw_work(draw.seed, frame_of(desk, state, batch, draw.upto), supervision.each)


def hands(state: State, batch: Batch, participants: Collection[PersonId]) -> dict[Duty, frozenset[PersonId]]:
    """Who held which duty in a batch other than supervising it; ``participants`` are those who had a hand in answers."""
    held = {
        Duty.EXECUTOR: set(participants),
        Duty.REVIEWER: {person for sample in state.samples.get(batch.name, ()) for person in sample.verifiers},
        Duty.ARBITRATOR: set[PersonId](),
    }
    work = (ReviewRecorded, CorrectionReviewed, DisputeRuled, AppealRuled, CorrectionRecorded)
    for fact in state.facts.about(f"batch:{batch.name}", *work):
        for hand in hands_of(fact.body, fact.subjects):
            held[hand.duty].add(hand.person)
    return {duty: frozenset(people) for duty, people in held.items()}


def _seed_path(desk: Desk, supervision: str) -> Path:
    batch, _, number = supervision.rpartition("/")
    return desk.settings.workspace / "seeds" / "supervision" / f"{batch}-{number}.txt"


def _keep(path: Path, seed: str) -> None:
    """Keep a seed where only its owner can read it."""
    path.parent.parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(seed)


def _kept(desk: Desk, supervision: Supervision) -> str:
    path = _seed_path(desk, supervision.supervision)
    if not path.is_file():
        raise BadInput(
            "the seed of {supervision} is not in {path}: give it with --seed", supervision=supervision.supervision,
            path=str(path),
        )  # fmt: skip
    return path.read_text(encoding="utf-8").strip()
