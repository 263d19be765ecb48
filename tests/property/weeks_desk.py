"""The workspace that random weeks are played in: made once in memory, copied for every run, and a clock that stands still."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pyarrow as pa
from sqlalchemy import select

from labelqa.ledger.chain import read
from labelqa.ledger.tables import facts as table
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk
from labelqa.records.facts import Fact
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.wiring import open_desk
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import import_chunks
from labelqa.workflows.moving import move_ledger
from labelqa.workflows.people import add_person, record_exam, record_training
from tests.building import MONDAY, file_facts, new_desk, release
from tests.property.weeks_people import Told

RELEASES = {"functional": "genai-sft@1.0.0", "safety": "genai-safety@1.0.0"}
LABELS = {"functional": ("accept", "inaccurate", "off_topic"), "safety": ("safe", "A1", "A2")}
CAST = {  # who is registered for what: many for several duties, of which they may hold one in a batch
    "Ann": "executor reviewer", "Bob": "executor reviewer arbitrator", "Cai": "executor reviewer arbitrator supervisor",
    "Dan": "reviewer", "Eve": "reviewer arbitrator", "Fay": "reviewer executor", "Gus": "arbitrator",
    "Hua": "supervisor", "Ivo": "supervisor reviewer", "Max": "executor arbitrator", "Noa": "reviewer",
    "Oda": "arbitrator executor", "Pia": "reviewer arbitrator", "Jin": "reviewer", "Kai": "executor", "Lia": "arbitrator",
}  # fmt: skip
ADDRESSES: list[Callable[[], str]] = []  # where each week's ledger goes on PostgreSQL; none: it stays in a file
ENVIRONMENT: dict[str, str] = {}  # with the password of these addresses
FRESH = ("Jin", "Kai", "Lia")  # they have to be trained and examined first


class Standing:
    """A clock that is moved by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def numbered() -> Callable[[str], str]:
    """Ids in order, so that a run can be repeated."""
    numbers = count(1)
    return lambda prefix: f"{prefix}-{next(numbers):08x}"


def place() -> Path:
    """Where workspaces are kept: in memory where the system has such a folder."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return Path(tempfile.mkdtemp(prefix="weeks-", dir=memory if memory.is_dir() else None))


@cache
def _made() -> tuple[Path, list[Told]]:
    """A workspace with two rulebooks and a staff, and what the model knows of it."""
    folder, clock = place() / "w", Standing(MONDAY - timedelta(days=10))
    facts: list[Told] = []
    with replace(new_desk(folder, clock=clock), new_id=numbered()) as desk:
        for name, duties in CAST.items():
            account = {"file": f"{name.lower()}@example.com"}
            clock.now += timedelta(seconds=1)
            add_person(desk, name, organizer="Org", duties=[Duty(each) for each in duties.split()], accounts=account)
            _tell(facts, desk, "person", who=name, duties=duties.split())
        for name in RELEASES.values():
            clock.now += timedelta(seconds=1)
            release(desk, name)
            for who in (each for each in CAST if each not in FRESH):
                clock.now += timedelta(seconds=1)
                line, person = name.removesuffix(".0.0"), people(desk)[who]
                record_training(desk, person, name, at=clock.now, organizer="Org")
                _tell(facts, desk, "trained", who=who, line=line)
                record_exam(desk, person, name, at=clock.now, score=0.9, pass_mark=0.8)
                _tell(facts, desk, "examined", who=who, line=line, passed=True)
    return folder, facts


def _tell(facts: list[Told], desk: Desk, kind: str, **told: object) -> None:
    now = desk.clock()
    facts.append({"kind": kind, "seq": desk.ledger.head()[0], "at": now, "rec": now, **told})


def people(desk: Desk) -> dict[str, PersonId]:
    """Pseudonyms by name."""
    return {name: person for person, name in desk.ledger.identities.names().items()}


def reached(folder: Path, clock: Callable[[], datetime]) -> Desk:
    """A workspace that is there, its ledger in a file or on PostgreSQL."""
    return open_desk(start=folder, workspace=folder, env=ENVIRONMENT, clock=clock)


@contextmanager
def played() -> Iterator[tuple[Desk, Standing, list[Told], Path]]:
    """A copy of the workspace, opened; gone afterwards."""
    made, facts = _made()
    folder = place()
    shutil.copytree(made, folder / "w")
    clock = Standing(MONDAY)
    try:
        for address in ADDRESSES[:1]:
            with reached(folder / "w", clock) as desk:
                move_ledger(desk, address(), env=ENVIRONMENT)
        with replace(reached(folder / "w", clock), new_id=numbered_on()) as desk:
            yield desk, clock, deepcopy(facts), folder / "w"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def numbered_on() -> Callable[[str], str]:
    """Ids that go on where those of the prepared workspace end."""
    numbers = count(0x10000)
    return lambda prefix: f"{prefix}-{next(numbers):08x}"


def forget() -> None:
    """Remove the prepared workspace."""
    if _made.cache_info().currsize:
        shutil.rmtree(_made()[0].parent, ignore_errors=True)
        _made.cache_clear()


def take_labels(desk: Desk, project: str, rows: list[Told], number: int) -> None:
    """Import answers to the items of one project; each row has item, who, label, made."""
    given = [
        (
            place, each["item"], str(each["number"]), f"{each['who'].lower()}@example.com", f'{{"label": "{each["label"]}"}}',
            each["made"], each["made"], 10.0, False, False, "", "", None, None,
        )
        for place, each in enumerate(rows, 1)
    ]  # fmt: skip
    items = sorted({str(each["item"]) for each in rows})
    shown = [(item, f'{{"text": "{item}"}}', "{}", project, item) for item in items]
    chunk = Chunk(annotations=_table(ANNOTATION_COLUMNS, given), items=_table(ITEM_COLUMNS, shown))
    import_chunks(desk, file_facts(f"{project}-{number}.csv"), iter([chunk]))


_TYPES = {"int64": pa.int64(), "string": pa.string(), "double": pa.float64(), "bool": pa.bool_()}


def _table(columns: tuple[tuple[str, str], ...], rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    turned = list(zip(*rows, strict=True))
    arrays = [
        pa.array(list(values), _TYPES.get(kind, pa.timestamp("us", tz="UTC")))
        for values, (_, kind) in zip(turned, columns, strict=True)
    ]
    return pa.record_batch(arrays, names=[name for name, _ in columns])


def read_anew(desk: Desk, last: int, before: str) -> tuple[list[Fact], list[int]]:
    """The facts after ``last`` decoded from their stored text, and those whose hash does not follow from the one before."""
    facts, wrong = list[Fact](), list[int]()
    columns = (table.c.seq, table.c.hash, table.c.text)
    with desk.ledger.reading() as connection:
        told = connection.execute(select(*columns).where(table.c.seq > last).order_by(table.c.seq))
        for place, (seq, stored, said) in enumerate(told, last + 1):
            link = hashlib.sha256(f"{before}\n{said}".encode()).hexdigest()
            if (seq, stored) != (place, link):
                wrong.append(int(seq))
            facts.append(read(said, stored))
            before = stored
    return facts, wrong
