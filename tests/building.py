"""Small workspaces made by hand: answers as chunks, people with records, a clock that the test sets.

Nothing here reads a file format; rows go in as the readers would bring them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from labelqa.intake import Intake, open_intake
from labelqa.ledger.store import sqlite_engine, writing
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk, FileFacts
from labelqa.records.batch import Batch, Condition, Kind
from labelqa.records.designs import Design, Terms
from labelqa.records.governance import Meaning
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.results import ImportResult
from labelqa.records.review import Sample, Verdict, VerdictKind
from labelqa.records.summary import RulebookLine
from labelqa.wiring import create_workspace, open_desk, shipped
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.cards import CardForm, record_card
from labelqa.workflows.correcting import completeness_of, re_review, record_correction
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.imports import import_chunks
from labelqa.workflows.people import add_person, record_exam, record_training
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.population import population
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.rulebooks import adopt_rulebook, find_source, release_rulebook, sign_rulebook
from labelqa.workflows.state import read_state

RELEASE, SAFETY = "genai-sft@1.0.0", "genai-safety@1.0.0"
MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
EXECUTORS, REVIEWERS, ARBITRATOR = ("Ann Lee", "Bob Wu", "Cai Yun"), ("Rex One", "Rex Two", "Rex Three"), "Art Biter"


class Clock:
    """Stands where it is put, and ticks a second each time it is asked."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Answer:
    """One row on its way in."""

    item: str
    account: str
    label: str
    source: str = ""
    at: datetime | None = MONDAY
    seconds: float | None = None
    skipped: bool = False
    release: str = ""
    edited: str = ""
    origin: str = ""
    task: str = ""
    touched: datetime | None = None  # ``at``, where nobody says


def _type(name: str) -> pa.DataType:
    if name.startswith("timestamp"):
        return pa.timestamp("us", tz="UTC")
    return {"int64": pa.int64(), "string": pa.string(), "double": pa.float64(), "bool": pa.bool_()}[name]


def _batch(columns: Sequence[tuple[str, str]], rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(column), _type(kind)) for column, (_, kind) in zip(values, columns, strict=True)]
    return pa.record_batch(arrays, names=[name for name, _ in columns])


def chunk(answers: Sequence[Answer], *, data: dict[str, dict[str, Any]] | None = None, start: int = 1) -> Chunk:
    """Some rows as a reader would bring them; ``data`` is what the items showed."""
    rows = [
        (
            start + place, each.item, each.source, each.account, json.dumps({"label": each.label}), each.at,
            each.touched or each.at, each.seconds, each.skipped, False, each.release, each.edited, each.origin or None,
            each.task or None,
        )
        for place, each in enumerate(answers)
    ]  # fmt: skip
    shown = [(item, json.dumps(content, ensure_ascii=False), "{}", "7", item) for item, content in (data or {}).items()]
    return Chunk(annotations=_batch(ANNOTATION_COLUMNS, rows), items=_batch(ITEM_COLUMNS, shown))


def chunks(
    answers: Sequence[Answer], size: int = 100, *, data: dict[str, dict[str, Any]] | None = None
) -> Iterator[Chunk]:
    """The rows in chunks of ``size``; what the items showed comes with the first one."""
    yield chunk(answers[:size], data=data)
    for start in range(size, len(answers), size):
        yield chunk(answers[start : start + size], start=start + 1)


def file_facts(name: str, *, kind: str = "csv") -> FileFacts:
    """A file that has this name and a digest of its own."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return FileFacts(path=f"/somewhere/{name}", format=kind, encoding="utf-8", digest=digest, size=1)


def take_in(
    desk: Desk,
    answers: Sequence[Answer],
    *,
    name: str = "labels.csv",
    size: int = 100,
    kind: str = "csv",
    data: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> ImportResult:
    """Import rows as a file called ``name``; another file needs another name."""
    return import_chunks(desk, file_facts(name, kind=kind), chunks(answers, size, data=data), **options)


def new_desk(folder: Path, *, clock: Callable[[], datetime] | None = None, **options: Any) -> Desk:
    """An empty workspace, made ten days before the week that the tests play in."""
    return create_workspace(folder, env={}, clock=clock or Clock(MONDAY - timedelta(days=10)), **options)


def opened(folder: Path, *, clock: Callable[[], datetime] | None = None) -> Desk:
    """A workspace that is there."""
    return open_desk(start=folder, workspace=folder, env={}, clock=clock or Clock())


def bare_intake(folder: Path) -> Intake:
    """An intake without a workspace around it."""
    path = folder / "intake.sqlite3"
    engine = sqlite_engine(path, busy_seconds=1, durable=False)
    return open_intake(path, engine, writing, busy_seconds=1)


def approvers(desk: Desk) -> tuple[PersonId, PersonId]:
    """Two registered people who may sign: the first two there are, else two supervisors registered now."""
    people = [each.person for each in read_state(desk).people.values() if not each.model]
    while len(people) < 2:
        name = ("Sue Pervise", "Lea Der")[len(people)]
        people.append(add_person(desk, name, organizer="Org", duties=[Duty.SUPERVISOR], accounts={}).person)
    return people[0], people[1]


def signed(desk: Desk, book: Path | str) -> None:
    """Two people approve a draft (a path) or a release that ships with labelqa (NAME@VERSION)."""
    source = find_source(desk, str(book), start=Path.cwd(), shelf=shipped("rulebooks"))
    for person in approvers(desk):
        sign_rulebook(desk, source, person, Meaning.APPROVAL)


def release(
    desk: Desk,
    book: Path | str,
    *,
    effective_from: datetime | None = None,
    previous_until: datetime | None = None,
) -> RulebookLine:
    """Sign twice and release a draft (a path), or adopt what ships with labelqa (NAME@VERSION).

    A material change needs ``previous_until``, which is not before ``effective_from`` (else now).
    """
    signed(desk, book)
    if isinstance(book, Path):
        return release_rulebook(desk, book, effective_from=effective_from, previous_until=previous_until)
    return adopt_rulebook(
        desk, book, shelf=shipped("rulebooks"), effective_from=effective_from, previous_until=previous_until
    )


def staffed(desk: Desk, *, release: str = RELEASE) -> dict[str, PersonId]:
    """Register executors, reviewers and an arbitrator; two of them approve a rulebook; train and examine them."""
    people: dict[str, PersonId] = {}
    duties = [(EXECUTORS, Duty.EXECUTOR), (REVIEWERS, Duty.REVIEWER), ((ARBITRATOR,), Duty.ARBITRATOR)]
    for names, duty in duties:
        for each in names:
            account = {"file": f"{each.split()[0].lower()}.{each.split()[1].lower()}@example.com"}
            people[each] = add_person(desk, each, organizer="Org", duties=[duty], accounts=account).person
    _release(desk, release)
    qualified(desk, people.values(), release=release)
    return people


_release = release  # ``release`` names a rulebook in the functions around


def qualified(desk: Desk, people: Iterable[PersonId], *, release: str = RELEASE) -> None:
    """Train and examine people now."""
    for person in people:
        record_training(desk, person, release, at=desk.clock(), organizer="Org")
        record_exam(desk, person, release, at=desk.clock(), score=0.9, pass_mark=0.8)


def account(name: str) -> str:
    """The account that :func:`staffed` gave somebody."""
    return f"{name.split(maxsplit=1)[0].lower()}.{name.split()[1].lower()}@example.com"


def agreeing(n: int, *, label: str = "accept", prefix: str = "q", at: datetime | None = None) -> list[Answer]:
    """So many items on which the three executors agree."""
    return [
        Answer(f"{prefix}-{number:03}", account(who), label, at=at or MONDAY)
        for number in range(n)
        for who in EXECUTORS
    ]


def usual(kind: Kind) -> Design:
    """The design with a number of items that tests can count on."""
    return Design.CENSUS if kind is Kind.SAFETY else Design.TWO_POINT


def carded(desk: Desk, name: str = "b1", **said: Any) -> None:
    """Record a complete card; ``said`` is what differs."""
    told: dict[str, Any] = {
        "source": "commercial", "licence": "contract 1", "ip_check": "cleared", "personal": False,
        "modalities": ("text",), "languages": ("zh-CN",), "scale": 100,
    }  # fmt: skip
    record_card(desk, CardForm(batch=name, **(told | said)))


def frozen_batch(
    desk: Desk,
    name: str = "b1",
    *,
    answers: Sequence[Answer],
    where: Sequence[Condition] = (),
    kind: Kind = Kind.FUNCTIONAL,
    release: str = RELEASE,
    plan: bool = True,
    design: Design | None = None,
    card: bool = True,
) -> Batch:
    """Declare, plan (seed "the seed of NAME"; two-point where nothing else is said), import and freeze."""
    declare_batch(desk, name, kind=kind, release=release, organizer="Org", where=where)
    if card:
        carded(desk, name)
    if plan:
        declare_plan(desk, name, design=design or usual(kind), seed=f"the seed of {name}")
    take_in(desk, answers, name=f"{name}.csv")
    return freeze_batch(desk, name)


def drawn_batch(desk: Desk, name: str = "b1", *, answers: Sequence[Answer], **options: Any) -> Sample:
    """The same, and draw."""
    frozen_batch(desk, name, answers=answers, **options)
    return draw_sample(desk, name, verifiers=2)


def corrected(desk: Desk, name: str = "b1", *, by: str = EXECUTORS[0], again: str = REVIEWERS[0]) -> int:
    """Correct what was found wrong, to another label, and have it found correct; comes back with how many items."""
    state = read_state(desk)
    batch = state.batch(name)
    found = completeness_of(desk, state, batch).open_items
    labels = population(desk, state, batch).labels
    for item in found:
        record_correction(desk, name, item, label=next(each for each in batch.labels if each != labels[item]), by=by)
        re_review(desk, name, item, by=again, verdict=Verdict.CORRECT)
    return len(found)


def verified(desk: Desk, name: str = "b1", *, wrong: int = 0) -> Sample:
    """A verification of a safety batch by the one reviewer outside it: planned, drawn and judged."""
    terms = Terms(kind=str(VerdictKind.VERIFICATION))
    declare_plan(desk, name, design=Design.ZERO_ACCEPTANCE, terms=terms, seed=f"outside {name}")
    sample = draw_sample(desk, name, verifiers=1)
    for place, each in enumerate(drawn_items(desk, sample.sample)):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1"} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample.sample, each.item_id, by=each.verifier, **said)
    return sample
