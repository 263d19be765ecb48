"""People and batches written straight as facts, with their frozen files, until a ledger holds as many as are wanted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from labelqa.batches.settled import Outcome
from labelqa.errors import Message
from labelqa.frozen import ANNOTATIONS, ITEMS
from labelqa.ledger import Ledger
from labelqa.records.batch import Conclusion
from labelqa.records.facts import (
    BatchDeclared,
    BatchFrozen,
    BatchSettled,
    CardRecorded,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Draft,
    DutyAssigned,
    ExamRecorded,
    PersonAdded,
    PlanDeclared,
    QualificationDecided,
    ReviewRecorded,
    SampleDrawn,
    TrainingRecorded,
)
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.sampling import frame_digest
from labelqa.workflows.certifying.evidence import evidence_of
from labelqa.workflows.certifying.settle import settlement
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state

RELEASE, REAL, ORGANIZER = "genai-sft@1.0.0", "real", "标注中心"
BATCH_ITEMS = 5_000
BEGUN = datetime(2025, 12, 1, 1, tzinfo=UTC)
RULED, CHANGED, WRONG = 50, 0.01, 0.03
STAFF = {Duty.EXECUTOR: 300, Duty.REVIEWER: 150, Duty.ARBITRATOR: 50}
OPEN_EVERY = 20  # one batch in so many is left in review
AT_A_TIME = 5_000  # facts in one transaction, as a filled work sheet brings them


class Clock:
    """Stands where it is put, and ticks a second each time it is asked."""

    def __init__(self, now: datetime = BEGUN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(kw_only=True)
class Made:
    """What a drill may ask for."""

    facts: int = 0
    batch: str = REAL
    sample: str = ""
    person: str = ""  # a reviewer of the real batch
    item: str = ""  # an item of it
    release: str = RELEASE
    batches: list[str] = field(default_factory=list)


def fill(
    desk: Desk,
    *,
    facts: int = 1_000_000,
    seed: int = 1,
    made: Made | None = None,
    clock: Clock | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Made:
    """Add people and batches until the ledger holds so many facts; the release must be there."""
    made, clock, rng = made or Made(), clock or Clock(), random.Random(seed)
    filling = _Filling(desk, made, clock, rng)
    filling.append(filling.staff(), beside=filling.names)
    number = 0
    while desk.ledger.head()[0] < facts:
        number += 1
        filling.batch(f"b{number:04}", most=facts)
        if number % 10 == 0:
            say(f"{desk.ledger.head()[0]:,} facts")
    made.facts = desk.ledger.head()[0]
    return made


class _Filling:
    """People and batches written straight as facts."""

    def __init__(self, desk: Desk, made: Made, clock: Clock, rng: random.Random) -> None:
        self.desk, self.made, self.clock, self.rng = desk, made, clock, rng
        self.labels = read_state(desk).release(RELEASE).labels
        kinds = [duty for duty, number in STAFF.items() for _ in range(number)]
        self.people = {f"p-{number:08x}": duty for number, duty in enumerate(kinds, start=1)}

    def append(self, drafts: Sequence[Draft], **more: Any) -> list[int]:
        """Append in transactions; the numbers of the facts."""
        seqs: list[int] = []
        for start in range(0, len(drafts), AT_A_TIME):
            written = self.desk.ledger.append(drafts[start : start + AT_A_TIME], now=self.clock(), **more)
            seqs += [fact.seq for fact in written]
        return seqs

    def names(self, connection: Any) -> None:
        """Their names, beside the facts."""
        ledger: Ledger = self.desk.ledger
        for number, person in enumerate(self.people, start=1):
            ledger.identities.register(PersonId(person), f"标注员 {number:03}", {"file": person})(connection)

    def staff(self) -> list[Draft]:
        """Everybody registered, trained twice and examined twice; of some a qualification was suspended and given back."""
        found: list[Draft] = []
        for person, duty in self.people.items():
            about = (f"person:{person}", f"release:{RELEASE}")
            found.append(
                _draft(PersonAdded(person=person, organizer=ORGANIZER, duties=[str(duty)], servers=["file"]), about[:1])
            )
            for times in range(2):
                taught = TrainingRecorded(
                    person=person, release=RELEASE, organizer=ORGANIZER, topics=["安全"], material=""
                )
                exam = ExamRecorded(person=person, release=RELEASE, score=0.9, pass_mark=0.8, paper=f"{person}-{times}")
                found += [_draft(taught, about), _draft(exam, about)]
        for person in list(self.people)[::25]:
            for action in ("suspend", "lift"):
                decided = QualificationDecided(
                    person=person, line=RELEASE.partition(".")[0], duty="", action=action, reason="other", grounds=[], by="lead"
                )  # fmt: skip
                found.append(_draft(decided, (f"person:{person}",)))
        return found

    def batch(self, name: str, *, most: int) -> None:
        """One batch from its declaration to its settlement; one in twenty is left in review."""
        self.clock.now += timedelta(hours=1)
        self.made.batches.append(name)
        who = {duty: [person for person, held in self.people.items() if held is duty] for duty in Duty}
        executors, reviewers = self.rng.sample(who[Duty.EXECUTOR], 3), self.rng.sample(who[Duty.REVIEWER], 2)
        items = [f"{name}-{number:05}" for number in range(BATCH_ITEMS)]
        about = (f"batch:{name}", f"sample:{name}/1")
        self.append(self._assigned(name, (executors, reviewers, who[Duty.ARBITRATOR][:1])))
        self.append([_draft(body, about if isinstance(body, SampleDrawn) else about[:1])
                     for body in self._opening(name, items, executors, reviewers)])  # fmt: skip
        left = most - self.desk.ledger.head()[0] - 1
        judged = [self._review(name, item, reviewers[place % 2]) for place, item in enumerate(items[: max(0, left)])]
        seqs = self.append(judged)
        again = self.rng.sample(range(len(judged)), min(int(BATCH_ITEMS * CHANGED), max(0, left - len(judged))))
        self.append([self._review(name, items[place], reviewers[place % 2], before=seqs[place]) for place in again])
        if len(self.made.batches) % OPEN_EVERY:
            self._corrected(name, [item for item in judged if item.body.verdict != "correct"], executors, reviewers[0])
            ruled = self.rng.sample(items, RULED)
            self.append([self._ruling(name, item, who[Duty.ARBITRATOR][0]) for item in ruled])
            self.append([_draft(self._settled(name), about[:1])])

    def _assigned(self, name: str, hands: tuple[list[str], ...]) -> list[Draft]:
        """Who does what in a batch."""
        return [
            _draft(
                DutyAssigned(person=person, duty=self.people[person], batch=name, by="lead"), (f"batch:{name}", f"person:{person}")
            )
            for some in hands
            for person in some
        ]  # fmt: skip

    def _corrected(self, name: str, wrong: list[Draft], executors: list[str], reviewer: str) -> None:
        """What the review found wrong, corrected and looked at again."""
        at = self.clock.now.isoformat()
        fixed = [
            Draft(
                body=CorrectionRecorded(
                    batch=name, item=each.body.item, annotator=executors[0], corrector=executors[1], before=self.labels[0],
                    after=self.labels[-1], made_at=at, corrected_at=at, problems=[],
                ),
                subjects=(f"batch:{name}", f"item:{each.body.item}", f"person:{executors[1]}"), actor="lead",
            )
            for each in wrong
        ]  # fmt: skip
        again = [
            Draft(
                body=CorrectionReviewed(
                    batch=name, item=each.body.item, correction=seq, verdict="correct", reviewer=reviewer
                ),
                subjects=(f"batch:{name}", f"item:{each.body.item}", f"person:{reviewer}"), actor="lead",
            )
            for seq, each in zip(self.append(fixed), wrong, strict=True)
        ]  # fmt: skip
        self.append(again)

    def _opening(self, name: str, items: list[str], executors: list[str], reviewers: list[str]) -> Iterator[Any]:
        where = {"batch": name}
        yield BatchDeclared(
            **where, kind="safety" if len(self.made.batches) % 5 < 3 else "functional", release=RELEASE, control="label", labels=list(self.labels), organizer=ORGANIZER,
            requester="甲方", where=[["project", "=", name]], record_rule="majority", late=False,
        )  # fmt: skip
        yield PlanDeclared(
            **where, number=1, design="census", accuracy=0.95, risk=0.05, expected=0.99, power=0.9, seed_digest="5" * 64,
            before_freeze=True, after_results=False, before_labels=True,
        )  # fmt: skip
        yield CardRecorded(
            **where, source="commercial", licence="合同 1", ip_check="cleared", personal=False, basis="",
            modalities=["text"], languages=["zh-CN"], scale=len(items),
        )  # fmt: skip
        yield CardRecorded(
            **where, source="open-licence", licence="CC BY 4.0", ip_check="cleared", personal=False, basis="",
            modalities=["text"], languages=["zh-CN"], scale=len(items),
        )  # fmt: skip
        answers, shown = self._files(items, executors)
        frame = frame_digest(items)
        yield BatchFrozen(
            **where, annotations=answers, items=shown, frame=frame, n_annotations=3 * len(items), n_items=len(items),
            n_disputed=0, exclusions=[], repeats="last", participants=executors, origins={"human": 3 * len(items)},
        )  # fmt: skip
        yield SampleDrawn(
            **where, sample=f"{name}/1", plan=1, kind="review", population=len(items), n=len(items), c=None, risk=0.05,
            power=0.9, seed="a seed", standing="committed", frame=frame, digest="6" * 64, verifiers=reviewers, pool=reviewers,
        )  # fmt: skip

    def _files(self, items: list[str], executors: list[str]) -> tuple[str, str]:
        """The frozen tables of a batch: every answer, every item."""
        n, at, label = len(items), self.clock.now, self.labels[0]
        value = json.dumps({"label": label}, ensure_ascii=False)
        week = f"{at.isocalendar()[0]}-W{at.isocalendar()[1]:02d}"
        answers = {
            "item_no": [number for number in range(n) for _ in executors],
            "item_id": [item for item in items for _ in executors],
            "annotator_no": list(range(len(executors))) * n, "person": sorted(executors) * n,
            "annotation": list(range(3 * n)), "rev": list(range(3 * n)),
        } | {name: [told] * (3 * n) for name, told in {
            "label_no": 0, "label": label, "value": value, "week": week, "created_at": at, "seconds": 12.5,
            "qualified": True, "standing": "qualified", "release": RELEASE, "server": "file", "editor": None,
            "origin": "human", "prelabelled": False}.items()}  # fmt: skip
        shown = {
            "item_no": list(range(n)), "item_id": items, "task": list(map(str, range(n))),
            "data": [f'{{"text":"问题 {item}"}}' for item in items],
        } | {name: [told] * n for name, told in {
            "project": items[0][:5], "meta": "{}", "label": label, "label_no": 0, "annotations": 3, "disputed": False,
            "gold": None}.items()}  # fmt: skip
        return self.desk.frozen.write(ANNOTATIONS, answers), self.desk.frozen.write(ITEMS, shown)

    def _review(self, name: str, item: str, reviewer: str, *, before: int | None = None) -> Draft:
        wrong = self.rng.random() < WRONG
        body = ReviewRecorded(
            sample=f"{name}/1", batch=name, item=item, verdict="incorrect" if wrong else "correct", kind="review",
            reviewer=reviewer, rule="R1" if wrong else "", defect="R1" if wrong else "", severity="major" if wrong else "",
            correct_label=self.labels[-1] if wrong else "", unsafe="", comment="7" * 64 if wrong else "",
            label=self.labels[0], source="8" * 64,
        )  # fmt: skip
        about = (f"batch:{name}", f"sample:{name}/1", f"item:{item}", f"person:{reviewer}")
        return Draft(body=body, subjects=about, actor="lead", supersedes=before)

    def _ruling(self, name: str, item: str, person: str) -> Draft:
        body = DisputeRuled(batch=name, item=item, label=self.labels[0], arbitrator=person, reason="9" * 64)
        return Draft(body=body, subjects=(f"batch:{name}", f"item:{item}", f"person:{person}"), actor="lead")

    def _settled(self, name: str) -> BatchSettled:
        """The conclusion with what labelqa records beside it, by its own rules: only the conclusion is made up."""
        state = read_state(self.desk)
        batch = state.batch(name)
        outcome = Outcome(Conclusion.ACCEPT, "proven", Message(""))
        return settlement(self.desk, state, batch, evidence_of(self.desk, state, batch), outcome)


def _draft(body: Any, subjects: tuple[str, ...]) -> Draft:
    return Draft(body=body, subjects=subjects, actor="lead")
