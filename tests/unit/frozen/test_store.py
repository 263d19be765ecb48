"""Frozen files: whole or not at all, named by their bytes, and never the same after a change."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import Altered
from labelqa.frozen import ANNOTATIONS, ITEMS, FrozenStore
from labelqa.frozen.store import schema

ITEM = (0, "q-1", "7", "1", '{"text":"天气"}', "{}", "a", 0, 2, False, None)


def columns(*rows: tuple[Any, ...]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, (name, _) in enumerate(ITEMS)}


def test_a_file_is_named_by_its_bytes_and_reads_back(tmp_path: Path) -> None:
    store = FrozenStore(tmp_path / "batches")
    digest = store.write(ITEMS, columns(ITEM, (1, "q-2", "7", "2", "{}", "{}", None, -1, 2, True, "b")))
    assert hashlib.sha256(store.path(digest).read_bytes()).hexdigest() == digest
    table = store.read(digest)
    assert table.schema.equals(schema(ITEMS))
    assert table.column("label").to_pylist() == ["a", None]
    assert store.read(digest, ["item_id"]).column_names == ["item_id"]
    assert [path.name for path in (tmp_path / "batches").iterdir()] == [f"{digest}.parquet"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=20)
def test_the_same_content_gives_the_same_digest_and_another_one_another(
    tmp_path_factory: pytest.TempPathFactory, labels: list[tuple[str, bool]]
) -> None:
    store = FrozenStore(tmp_path_factory.mktemp("frozen"))
    rows = [(*ITEM[:6], label, 0, 1, disputed, None) for label, disputed in labels]
    digest = store.write(ITEMS, columns(*rows))
    assert store.write(ITEMS, columns(*rows)) == digest
    rows[-1] = (*rows[-1][:6], "c", *rows[-1][7:])
    assert store.write(ITEMS, columns(*rows)) != digest


def test_times_and_missing_values_of_annotations_are_kept(tmp_path: Path) -> None:
    made = datetime(2026, 11, 16, 1, 2, 3, 4, UTC)
    row = (0, "q", 0, "p-1", 0, "a", "{}", None, made, None, None, None, "r@1", "s", "p-2", 1, 1, "human", False)
    store = FrozenStore(tmp_path)
    digest = store.write(ANNOTATIONS, {name: [row[at]] for at, (name, _) in enumerate(ANNOTATIONS)})
    assert tuple(store.read(digest).to_pylist()[0].values()) == row


@pytest.mark.parametrize("place", [0, 100, -1])
def test_an_altered_byte_is_found(tmp_path: Path, place: int) -> None:
    store = FrozenStore(tmp_path)
    digest = store.write(ITEMS, columns(ITEM))
    content = bytearray(store.path(digest).read_bytes())
    content[place] ^= 1
    store.path(digest).write_bytes(content)
    with pytest.raises(Altered, match=f"{digest}.parquet was altered"):
        store.read(digest)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Altered, match=r"ab\.parquet is missing"):
        FrozenStore(tmp_path).checked("ab")


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    store = FrozenStore(tmp_path)
    digest = store.write(ITEMS, columns(ITEM))
    (tmp_path / ".staged-123.parquet").write_bytes(b"half")
    assert [path.name for path in store.sweep()] == [".staged-123.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == [f"{digest}.parquet"]
