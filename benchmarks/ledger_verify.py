"""How long a verification takes at a million facts: since a manifest, and in full; on SQLite, and on PostgreSQL if given.

    python benchmarks/ledger_verify.py [--facts 1000000] [--url postgresql://USER:PASSWORD@HOST/DATABASE?schema=NEW]

The facts are made here (training records with four subjects each, about 520 bytes of text); the figures are of whole
processes of the command line, which find nothing wrong. With --url a schema that is not there yet is made and filled.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from measured import measure

from labelqa.ledger import Ledger, chain
from labelqa.records.facts import Draft, TrainingRecorded
from labelqa.wiring import create_workspace

START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("seq", "kind", "actor", "recorded_at", "effective_at", "supersedes", "text", "hash")
CHUNK = 20_000


def made(last: int, head: str, facts: int) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """The rows of facts that follow a head, each with its subjects."""
    for seq in range(last + 1, facts + 1):
        person = f"p-{seq % 997:08x}"
        body = TrainingRecorded(
            person=person, release="genai-sft@1.0.0", organizer="标注中心", material=f"{seq:064x}",
            topics=["安全", "法律法规", "判断", f"单元 {seq % 50}"],
        )  # fmt: skip
        subjects = (
            f"person:{person}",
            "release:genai-sft@1.0.0",
            f"batch:b{seq % 211}",
            f"item:item-{seq % 50_000:07}",
        )
        draft = Draft(body=body, subjects=subjects, actor="lead")
        values = chain.envelope(draft, seq=seq, now=START + timedelta(seconds=seq))
        text = chain.canonical(values)
        head = chain.link(head, text)
        yield values | {"text": text, "hash": head}, values["subjects"]


def fill(ledger: Ledger, facts: int) -> None:
    """Write facts past the ledger's own way, which is measured elsewhere."""
    last, head = ledger.head()
    rows: list[tuple[Any, ...]] = []
    about: list[tuple[Any, ...]] = []
    for values, subjects in made(last, head, facts):
        rows.append(tuple(values[name] for name in COLUMNS))
        about += [(values["seq"], subject, values["kind"]) for subject in subjects]
        if len(rows) == CHUNK or values["seq"] == facts:
            put(ledger, "facts", COLUMNS, rows)
            put(ledger, "fact_subjects", ("seq", "subject", "kind"), about)
            rows.clear()
            about.clear()


def put(ledger: Ledger, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Some rows in one transaction."""
    raw = ledger._engine.raw_connection()
    cursor = raw.cursor()
    if ledger._engine.dialect.name == "sqlite":
        cursor.execute("BEGIN")
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
    else:
        told = io.StringIO()
        csv.writer(told).writerows(rows)
        stream = io.BytesIO(told.getvalue().encode())
        cursor.execute(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)", stream=stream)
    raw.commit()
    raw.close()


def figures(name: str, folder: Path, env: dict[str, str], facts: int) -> None:
    """Make, fill, measure, print."""
    with create_workspace(folder / "ws", env=env, clock=lambda: START) as desk:
        fill(desk.ledger, facts)
    os.environ.update(env)
    command = [sys.executable, "-m", "labelqa.adapters.cli.main", "ledger"]
    at, kept = ["--workspace", str(folder / "ws")], str(folder / "manifest.json")
    steps = {
        "manifest": ["manifest", "--out", kept],
        "verify --since, first": ["verify", "--since", kept],
        "verify --since": ["verify", "--since", kept],
        "tail --last 10": ["tail"],
        "verify": ["verify"],
    }
    for step, words in steps.items():
        told = measure([*command, *words, *at])
        print(
            f"{name:10}  {step:22}  {told.seconds:6.2f} s  {told.cpu:6.2f} s cpu  {told.megabytes:6.0f} MB", flush=True
        )


def main() -> None:
    """Print the figures of one machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    told = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {told.facts:,} facts"
    )
    with tempfile.TemporaryDirectory() as folder:
        figures("SQLite", Path(folder), {}, told.facts)
    if told.url:
        with tempfile.TemporaryDirectory() as folder:
            figures("PostgreSQL", Path(folder), {"LABELQA_LEDGER": told.url}, told.facts)


if __name__ == "__main__":
    main()
