"""A large workspace for the drills: one batch made by labelqa itself, and batches written straight as facts after it.

First comes a real batch, ``real``: rulebook, people, labels, freeze, draw and verdicts all by labelqa's own use cases,
so that everything about it verifies. The batches after it (``ledger_filling.py``) are declared, planned, frozen with their
files, drawn, every item reviewed, what was wrong corrected, some ruled on, most settled. Their draws are not those of
their seeds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from ledger_filling import BATCH_ITEMS, ORGANIZER, REAL, RELEASE, Clock, Made, fill

from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk, FileFacts
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.governance import Meaning
from labelqa.records.people import Duty
from labelqa.records.review import Drawn
from labelqa.records.work import RawVerdict
from labelqa.sampling import frame_digest
from labelqa.wiring import create_workspace, shipped
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.cards import CardForm, record_card
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.imports import import_chunks
from labelqa.workflows.people import add_person, record_exam, record_training
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import import_verdicts
from labelqa.workflows.rulebooks import adopt_rulebook, find_source, sign_rulebook
from labelqa.workflows.state import read_state

MANIFEST, NOTE = "manifest.json", "made.json"


def workspace(folder: Path, facts: int) -> Made:
    """The workspace in a folder, made now where it is not there yet."""
    note = folder.parent / f"{folder.name}-{NOTE}"
    if note.is_file():
        return Made(**json.loads(note.read_text(encoding="utf-8")))
    made = make(folder, facts=facts, say=lambda text: print(text, file=sys.stderr, flush=True))
    note.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def make(folder: Path, *, facts: int = 1_000_000, seed: int = 1, say: Callable[[str], None] = lambda _: None) -> Made:
    """A workspace in a folder that is not there yet, with a ledger of so many facts."""
    clock = Clock()
    with create_workspace(folder, env={}, clock=clock) as desk:
        made = Made()
        made.sample, first = real_batch(desk)
        made.person, made.item = first.verifier, first.item_id
        say(f"real batch: {desk.ledger.head()[0]:,} facts")
        fill(desk, facts=facts, seed=seed, made=made, clock=clock, say=say)
        return made


def drills(made: Made, folder: Path) -> dict[str, list[str]]:
    """The drills by what they show: the words of the command line."""
    return {
        "item history": ["item", "history", made.item],
        "qualify why": [
            "qualify",
            "why",
            made.person,
            "--release",
            made.release,
            "--at",
            f"{datetime.now(UTC):%Y-%m-%d}",
        ],
        "sample verify": ["sample", "verify", made.sample],
        "rulebook log": ["rulebook", "log", made.release.partition("@")[0]],
        "duties check": ["duties", "check"],
        "items pick": ["items", "pick", "100"],
        "ledger tail": ["ledger", "tail"],
        "ledger verify --since": ["ledger", "verify", "--since", str(folder / MANIFEST)],
    }


def real_batch(desk: Desk, *, items: int = BATCH_ITEMS) -> tuple[str, Drawn]:
    """Rulebook, nine people and one batch of three answers an item, reviewed item by item; the sample, and an item of it."""
    people = {
        name: add_person(desk, name, organizer=ORGANIZER, duties=[duty], accounts={"file": name}).person
        for duty, names in {
            Duty.EXECUTOR: ("real-e1", "real-e2", "real-e3"), Duty.REVIEWER: ("real-r1", "real-r2", "real-r3"),
            Duty.ARBITRATOR: ("real-a1",), Duty.SUPERVISOR: ("real-s1", "real-s2"),
        }.items()
        for name in names
    }  # fmt: skip
    source = find_source(desk, RELEASE, start=Path.cwd(), shelf=shipped("rulebooks"))
    for name in ("real-s1", "real-s2"):
        sign_rulebook(desk, source, people[name], Meaning.APPROVAL)
    adopt_rulebook(desk, RELEASE, shelf=shipped("rulebooks"))
    for person in people.values():
        record_training(desk, person, RELEASE, at=desk.clock(), organizer=ORGANIZER)
        record_exam(desk, person, RELEASE, at=desk.clock(), score=0.9, pass_mark=0.8)
    declare_batch(desk, REAL, kind=Kind.FUNCTIONAL, release=RELEASE, organizer=ORGANIZER)
    record_card(desk, CardForm(batch=REAL, source="commercial", licence="合同 1", ip_check="cleared", personal=False,
                               modalities=("text",), languages=("zh-CN",), scale=items))  # fmt: skip
    declare_plan(desk, REAL, design=Design.CENSUS, seed="the seed of the real batch")
    labels = read_state(desk).release(RELEASE).labels
    import_chunks(desk, _file("real.csv"), _chunks(items, labels, desk.clock()))
    freeze_batch(desk, REAL)
    sample = draw_sample(desk, REAL).sample
    drawn = drawn_items(desk, sample)
    import_verdicts(
        desk,
        [
            RawVerdict(
                sample=sample, item_id=each.item_id, verifier=each.verifier,
                verdict="incorrect" if place % 40 == 0 else "correct", defect="R1" if place % 40 == 0 else "",
            )
            for place, each in enumerate(drawn)
        ],
    )  # fmt: skip
    return sample, drawn[0]


def _file(name: str) -> FileFacts:
    return FileFacts(path=f"/somewhere/{name}", format="csv", encoding="utf-8", digest=frame_digest([name]), size=1)


def _chunks(items: int, labels: Sequence[str], at: datetime) -> Iterator[Chunk]:
    """Three answers an item, all alike, as a reader would bring them."""
    kinds = {"int64": pa.int64(), "string": pa.string(), "double": pa.float64(), "bool": pa.bool_()}
    rows = [
        (3 * number + place + 1, f"real-{number:05}", "", who, json.dumps({"label": labels[number % len(labels)]}), at, at,
         12.5, False, False, "", "", None, None)
        for number in range(items)
        for place, who in enumerate(("real-e1", "real-e2", "real-e3"))
    ]  # fmt: skip
    shown = [
        (f"real-{number:05}", json.dumps({"text": f"问题 {number}"}), "{}", "7", str(number)) for number in range(items)
    ]

    def batch(columns: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> pa.RecordBatch:
        types = [kinds.get(kind, pa.timestamp("us", tz="UTC")) for _, kind in columns]
        arrays = [pa.array(list(each), kind) for each, kind in zip(zip(*values, strict=True), types, strict=True)]
        return pa.record_batch(arrays, names=[name for name, _ in columns])

    yield Chunk(annotations=batch(ANNOTATION_COLUMNS, rows), items=batch(ITEM_COLUMNS, shown))
