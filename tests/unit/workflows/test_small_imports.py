"""A small import costs what its own rows cost: no question asked on its way goes through a whole table or a whole kind."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from labelqa.ledger.view import Stored
from labelqa.records.annotation import Chunk
from labelqa.records.facts import ImportCounted
from labelqa.records.results import ImportResult
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import take_in
from labelqa.workflows.watching import watch
from tests.building import MONDAY, Answer, chunk, file_facts, new_desk, opened

LARGE = ("revisions", "item_revisions", "items", "imports", "synced_tasks", "gold", "facts", "fact_subjects")
SERVER = "label-studio"


def given(number: int, label: str = "accept") -> Answer:
    return Answer(f"i{number}", "ann", label, source=str(number), task=str(number), touched=MONDAY)


def taken(desk: Desk, answers: Sequence[Answer], *, gone: Sequence[str] = ()) -> ImportResult:
    present = {each.task: frozenset({each.source}) for each in answers} | dict.fromkeys(gone, frozenset[str]())
    made: Chunk = dataclasses.replace(
        chunk(answers, data={each.item: {"text": each.label} for each in answers}), present=present
    )
    return take_in(desk, file_facts("t"), [made], server=SERVER, options={"why": "changed"}, listed=False)


@contextmanager
def asked(*engines: Engine) -> Iterator[set[tuple[Engine, str, Any]]]:
    """Every statement that is run meanwhile, with its parameters."""
    found: set[tuple[Engine, str, Any]] = set()

    def before(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not many and re.match(r"\s*(SELECT|DELETE|UPDATE|INSERT)", statement):
            found.add((connection.engine, statement, tuple(parameters)))

    for each in engines:
        event.listen(each, "before_cursor_execute", before)
    try:
        yield found
    finally:
        for each in engines:
            event.remove(each, "before_cursor_execute", before)


def scanned(statements: set[tuple[Engine, str, Any]]) -> list[str]:
    """Where a large table is gone through; the index of what is staged holds next to nothing, the head is one row."""
    found = []
    for engine, statement, parameters in statements:
        if "WHERE" not in statement and statement.endswith("LIMIT ? OFFSET ?"):
            continue
        with engine.connect() as connection:
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
        for step in (row[3] for row in plan):
            scan = re.match(r"SCAN (\w+)", step)
            if scan and "ix_imports_staged" not in step and _large(scan[1], statement):
                found.append(f"{step}: {statement}")
    return found


def _large(name: str, statement: str) -> bool:
    """Whether a table, or what a name in the statement stands for, is a large one."""
    meant = re.search(rf"\b(\w+) AS {name}\b", statement)
    return (meant[1] if meant else name) in LARGE


def test_nothing_is_gone_through_for_a_small_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_desk(tmp_path / "ws") as desk:
        taken(desk, [given(each) for each in range(1, 40)])
        taken(desk, [given(1, "reject")])
    real = Stored.of

    def of(view: Stored, *bodies: type) -> Any:
        assert ImportCounted not in bodies, "every import is read"
        return real(view, *bodies)

    monkeypatch.setattr(Stored, "of", of)
    with opened(tmp_path / "ws") as desk, asked(desk.intake._engine, desk.ledger._engine) as statements:
        made = taken(desk, [given(each, "reject") for each in range(3, 8)], gone=["9"])
        assert (made.revised, made.gone) == (5, 1)
        watch(desk, made.import_no)
        assert taken(desk, [given(3, "reject")]).import_no == 0
        with desk.intake.staging(
            server=SERVER, file_digest="d", options="", counted=lambda _: (), last=lambda: 0
        ) as staging:
            staging.add(chunk([given(60)]), {"ann": desk.ledger.identities.accounts(SERVER)[SERVER, "ann"]})
        desk.intake.reconcile(lambda _: ())  # what a process left that was killed
        assert desk.intake.synced.people_of(SERVER, [60]) == {}
    assert len(statements) > 20
    assert scanned(statements) == []


def test_an_index_that_an_older_intake_lacks_is_made(tmp_path: Path) -> None:
    with new_desk(tmp_path / "ws") as desk:
        taken(desk, [given(1)])
        with desk.intake._writing(desk.intake._engine) as connection:
            connection.exec_driver_sql("DROP INDEX ix_revisions_import")
            connection.exec_driver_sql("DROP INDEX ix_imports_staged")
    with opened(tmp_path / "ws") as desk, asked(desk.intake._engine) as statements:
        desk.intake.reconcile(lambda _: ())
        desk.intake.digest(1)
    assert scanned(statements) == []
