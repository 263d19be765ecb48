"""Files that facts name by digest: kept once and whole, never through a link, missed when they are gone."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from labelqa.errors import Altered, BadInput, WrongUsage
from labelqa.records.facts import Draft, RegisterEntered
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.registers.attachments import attached, keep, pair


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"assessed")
    return path


def named(desk: Desk, digest: str) -> None:
    body = RegisterEntered(register="platform", entry="p", title="p", data={}, attachments=[["report", digest]])
    desk.ledger.append([Draft(body=body, subjects=("register:p",), actor="t")], now=desk.clock())


def codes(desk: Desk) -> list[str]:
    return [each.code for each in verify_ledger(desk).findings]


def test_a_kept_file_is_found_under_its_digest_and_only_its_owner_reads_it(bare: Desk, report: Path) -> None:
    digest = keep(bare, report)
    path = attached(bare, digest)
    assert digest == hashlib.sha256(b"assessed").hexdigest()
    assert path.read_bytes() == b"assessed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keep(bare, report) == digest
    assert [each.name for each in path.parent.iterdir()] == [digest]


def test_what_is_no_file_of_its_own_is_refused_and_nothing_is_left(bare: Desk, report: Path, tmp_path: Path) -> None:
    link, pipe, empty = tmp_path / "link", tmp_path / "pipe", tmp_path / "empty"
    link.symlink_to(report)
    os.mkfifo(pipe)
    empty.touch()
    for path in (link, pipe, empty, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match=path.name):
            keep(bare, path)
    folder = bare.settings.workspace / "attachments"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_file_over_the_limit_is_refused_whole(bare: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"x" * ((1 << 20) + 1))
    small = replace(bare, settings=replace(bare.settings, max_file_mb=1))
    with pytest.raises(BadInput, match="larger than 1 MB"):
        keep(small, large)
    assert list((bare.settings.workspace / "attachments").iterdir()) == []


def test_a_link_in_place_of_the_folder_is_not_followed(bare: Desk, report: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (bare.settings.workspace / "attachments").symlink_to(elsewhere)
    with pytest.raises(BadInput, match="is a link"):
        keep(bare, report)
    assert list(elsewhere.iterdir()) == []


def test_the_verification_misses_a_file_and_sees_one_that_was_changed(bare: Desk, report: Path) -> None:
    digest = keep(bare, report)
    named(bare, digest)
    assert codes(bare) == []
    path = attached(bare, digest)
    path.write_bytes(b"changed!")
    assert codes(bare) == ["LG111"]
    with pytest.raises(Altered, match="altered"):
        attached(bare, digest)
    path.unlink()
    assert codes(bare) == ["LG110"]
    path.symlink_to(report)  # a link to the very content is still no file of ours
    assert codes(bare) == ["LG110"]
    with pytest.raises(Altered, match="missing"):
        attached(bare, digest)


def test_a_digest_never_leads_out_of_the_folder(bare: Desk) -> None:
    with pytest.raises(BadInput, match="no sha256"):
        attached(bare, "../ledger.sqlite3")


def test_a_pair_has_a_title_and_a_file() -> None:
    assert pair("a report = x/y=z.pdf") == ("a report", Path("x/y=z.pdf"))
    for text in ("report.pdf", "=report.pdf", "report="):
        with pytest.raises(WrongUsage, match="TITLE=FILE"):
            pair(text)
