"""A manifest kept elsewhere says whether anything was altered since, and names it; on both databases."""

# ruff: noqa: S608 - the knife is SQL

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from labelqa.errors import Altered, BadInput, NoWorkspace, Refused
from labelqa.ledger import Ledger, chain, manifest, ranges, rehash
from labelqa.ledger.source import postgres_source, sqlite_source
from labelqa.ledger.store import writing
from labelqa.ledger.tables import facts
from labelqa.records.facts import Draft, GoldRegistered, WorkspaceCreated
from labelqa.records.manifest import Manifest
from labelqa.workflows.manifest import make_manifest, read_manifest, verify_since, write_manifest

Knife = Callable[..., None]
NOW = datetime(2026, 11, 17, tzinfo=UTC)
N = 12


def source_of(place: Any) -> ranges.Source:
    return sqlite_source(place.where) if isinstance(place.where, Path) else postgres_source(place.where)


@pytest.fixture
def ledger(place: Any) -> Any:
    """Twelve facts of a workspace called w."""
    made: Ledger = place.open(create=True)
    created = Draft(
        body=WorkspaceCreated(name="w", timezone="UTC", origin="user"), subjects=("workspace",), actor="lead"
    )
    more = [Draft(body=GoldRegistered(added=n, digest="题"), subjects=("gold",), actor="a") for n in range(2, N + 1)]
    made.append([created, *more], now=NOW)
    yield made
    made.close()


@pytest.fixture
def source(place: Any, ledger: Ledger) -> ranges.Source:
    return source_of(place)


@pytest.fixture
def kept(source: ranges.Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest of these facts in blocks of five."""
    monkeypatch.setattr("labelqa.ledger.manifest.BLOCK", 5)
    write_manifest(make_manifest(source, now=NOW), tmp_path / "m.json")
    return tmp_path / "m.json"


def named(source: ranges.Source, path: Path) -> list[tuple[str, str]]:
    return [(each.code, each.place.subject.split(" ")[0]) for each in verify_since(source, path).findings]


def test_an_untouched_ledger_is_as_the_manifest_says_and_so_are_later_facts(
    ledger: Ledger, source: ranges.Source, kept: Path
) -> None:
    told = read_manifest(kept)
    assert (told.workspace, told.facts, told.head, len(told.blocks)) == ("w", N, ledger.head()[1], 3)
    ledger.append([Draft(body=GoldRegistered(added=1, digest="d"), subjects=(), actor="a")], now=NOW)
    state = verify_since(source, kept)
    assert (state.facts, state.head, state.known, state.later, state.findings) == (N + 1, ledger.head()[1], N, 1, [])


@pytest.mark.parametrize("seq", [1, 5, 6, N])
def test_an_altered_text_is_named_with_its_block(source: ranges.Source, kept: Path, knife: Knife, seq: int) -> None:
    knife(f"UPDATE facts SET text = replace(text, '\"actor\"', '\"actos\"') WHERE seq = {seq}")
    first = (seq - 1) // 5 * 5 + 1
    assert named(source, kept) == [("LG001", f"fact:{seq}"), ("LG009", f"fact:{first}")]


def test_a_rewritten_chain_is_found_and_the_altered_blocks_named(
    ledger: Ledger, source: ranges.Source, kept: Path, knife: Knife
) -> None:
    knife()
    with writing(ledger._engine) as connection:
        before = chain.GENESIS
        for row in list(ledger.rows()):
            text = row[6].replace('"added":7', '"added":8')
            before = chain.link(before, text)
            connection.execute(update(facts).where(facts.c.seq == row[0]).values(text=text, hash=before))
    assert named(source, kept) == [("LG008", f"fact:{N}"), ("LG009", "fact:6")]


def test_a_cut_off_end_is_found(source: ranges.Source, kept: Path, knife: Knife) -> None:
    knife("DELETE FROM facts WHERE seq > 9")
    assert named(source, kept) == [("LG010", "fact:9")]


def test_missing_facts_are_named_where_they_stood(source: ranges.Source, kept: Path, knife: Knife) -> None:
    knife("DELETE FROM facts WHERE seq BETWEEN 3 AND 6")
    state = verify_since(source, kept)
    assert state.findings[0].code == "LG002"
    assert "fact 3 should stand there" in str(state.findings[0].message)
    assert "before fact 7" in str(state.findings[0].message)


def test_a_wrecked_ledger_is_told_in_as_many_lines_as_one_can_read(
    source: ranges.Source, kept: Path, knife: Knife, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("found", "manifest"):
        monkeypatch.setattr(f"labelqa.ledger.{module}.MOST", 2)
    knife("UPDATE facts SET text = '{}' WHERE seq > 1")
    state = verify_since(source, kept)
    assert named(source, kept) == [
        ("LG001", "fact:2"), ("LG001", "fact:3"), ("LG009", "fact:1"), ("LG009", "fact:6"), ("LG012", "LG001"), ("LG012", "LG009"),
    ]  # fmt: skip
    assert state.found == N - 1 + 3
    assert str(state.findings[-2].message) == f"{N - 3} more findings LG001 are not listed"
    knife("DELETE FROM facts WHERE seq IN (2, 4, 6, 8)")
    assert [each for each in named(source, kept) if each[1] == "LG002"] == [("LG012", "LG002")]


@pytest.mark.parametrize("processes", [2, 3, 5, 12])
@pytest.mark.parametrize("seqs", [[], [1], [4], [6, 7], [12], [1, 12], [2, 3, 4, 8]])
def test_ranges_find_what_one_pass_finds(source: ranges.Source, knife: Knife, processes: int, seqs: list[int]) -> None:
    for seq in seqs:
        knife(f"UPDATE facts SET hash = '{seq:064}' WHERE seq = {seq}")
    alone = rehash.rehash(source, N, processes=1)
    assert alone[0] == ranges.slowly(source, N)[0]
    assert set(seqs) <= set(alone[0])
    found = set[int]()
    for first, last in rehash._parts(N, processes):
        found |= set(ranges.check(source, first, last)["wrong"])
    assert set(seqs) <= found
    assert len(seqs) > 1 or sorted(found) == seqs


def test_other_processes_find_the_same(source: ranges.Source, knife: Knife) -> None:
    blocks = rehash.block_digests(source, N, 2, processes=1)
    assert rehash.block_digests(source, N, 2, processes=3) == blocks
    knife("UPDATE facts SET actor = 'x', text = replace(text, 'gold', 'Gold') WHERE seq IN (3, 11)")
    assert rehash.rehash(source, N, processes=3) == ([3, 11], {})
    assert [a == b for a, b in zip(blocks, rehash.block_digests(source, N, 2), strict=True)] == [
        True, False, True, True, True, False,
    ]  # fmt: skip


def test_another_process_does_its_job_itself(source: ranges.Source, knife: Knife) -> None:
    def never(_job: object) -> None:
        raise AssertionError("it was done here")

    knife("UPDATE facts SET hash = actor WHERE seq = 3")
    job = {"check": {"source": source, "first": 2, "last": 4}}
    assert rehash._answer(rehash._started(job), job, never) == {"wrong": [3], "all": True}
    lost = {"check": {"source": {"sqlite": "file:/nowhere/x?mode=ro"}, "first": 2, "last": 4}}
    with pytest.raises(AssertionError):
        rehash._answer(rehash._started(lost), lost, never)


def test_a_text_with_a_line_break_is_wrong_and_nothing_else(source: ranges.Source, knife: Knife) -> None:
    knife("UPDATE facts SET text = '{' || '\n' || '}' WHERE seq = 5")
    assert rehash.rehash(source, N, processes=1) == ([5], {})


def test_no_manifest_is_made_of_a_broken_chain_or_of_nothing(
    source: ranges.Source, knife: Knife, place: Any, tmp_path: Path
) -> None:
    empty = place.another()
    empty.open(create=True).close()
    with pytest.raises(Refused, match="no facts yet"):
        make_manifest(source_of(empty), now=NOW)
    knife("UPDATE facts SET text = '{}' WHERE seq = 4")
    with pytest.raises(Altered, match="no manifest is written"):
        make_manifest(source, now=NOW)
    with pytest.raises(NoWorkspace, match="missing"):
        sqlite_source(tmp_path / "none.sqlite3")


def test_a_manifest_of_another_workspace_is_told(source: ranges.Source, kept: Path, place: Any) -> None:
    there = place.another()
    other = there.open(create=True)
    created = Draft(
        body=WorkspaceCreated(name="v", timezone="UTC", origin="user"), subjects=("workspace",), actor="lead"
    )
    other.append([created], now=NOW)
    other.close()
    with pytest.raises(BadInput, match="workspace w, and this is v"):
        verify_since(source_of(there), kept)


TOLD = Manifest(format=1, workspace="w", facts=3, head="a" * 64, made_at="2026", block=2, blocks=["b" * 64, "c" * 64])


def signed(told: Manifest) -> bytes:
    return manifest.written(replace(told, digest=manifest._digest(msgspec.to_builtins(told))))


def test_a_manifest_comes_back_as_it_was_written() -> None:
    told = manifest.read(signed(TOLD), name="m")
    assert replace(told, digest="") == TOLD


@pytest.mark.parametrize("change", [{"facts": 2}, {"head": "b" * 64}, {"blocks": ["b" * 64] * 2}, {"workspace": "v"}])
def test_an_altered_manifest_is_refused(change: dict[str, Any]) -> None:
    values = json.loads(signed(TOLD)) | change
    with pytest.raises(BadInput, match="m was altered"):
        manifest.read(json.dumps(values).encode(), name="m")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000, signed(replace(TOLD, blocks=[])), signed(replace(TOLD, block=0)),
     signed(replace(TOLD, facts=0, blocks=[])), signed(TOLD)[:-9]],
)  # fmt: skip
def test_what_is_no_manifest_is_one_sentence(content: bytes) -> None:
    with pytest.raises(BadInput, match="no manifest"):
        manifest.read(content, name="m")


def test_a_newer_format_is_told() -> None:
    with pytest.raises(BadInput, match="newer labelqa"):
        manifest.read(signed(replace(TOLD, format=2)), name="m")


def test_an_old_manifest_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("old")
    with pytest.raises(Refused, match="there already"):
        write_manifest(TOLD, tmp_path / "m.json")
    assert (tmp_path / "m.json").read_text() == "old"
    with pytest.raises(BadInput, match="cannot be read"):
        read_manifest(tmp_path / "none.json")


@given(st.integers(0, 400_000), st.integers(1, 8) | st.none(), st.sampled_from([1, 7, 1000]))
@settings(max_examples=200)
def test_parts_are_all_facts_once_and_cut_between_blocks(last: int, processes: int | None, size: int) -> None:
    parts = rehash._parts(last, processes, size)
    assert [first for first, _ in parts] == [1, *(end + 1 for _, end in parts)][: len(parts)]
    assert (parts[-1][1] if parts else 0) == last
    assert all((first - 1) % size == 0 for first, _ in parts)


def test_made_at_is_the_clock_s(source: ranges.Source) -> None:
    assert make_manifest(source, now=NOW + timedelta(days=1)).made_at.startswith("2026-11-18")
