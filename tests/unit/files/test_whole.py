"""Files for people: whole or not at all, readable by whom the umask lets, and letters that a workbook can hold."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.files.whole import storable, write_whole
from labelqa.errors import LabelqaError


def test_nothing_is_left_behind_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    write_whole(path, b"before")

    def full(_self, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(LabelqaError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]
    with pytest.raises(LabelqaError, match="cannot be written"):
        write_whole(tmp_path / "none" / "a.csv", b"")


@pytest.mark.parametrize("mask", [0o077, 0o022])
def test_the_umask_says_who_may_read(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask


@given(st.text(st.characters(), max_size=20))
def test_whatever_is_stored_is_xml(text):
    kept = storable(text)
    assert len(kept) == len(text)
    escaped = kept.replace("&", "&amp;").replace("<", "&lt;")
    ET.fromstring(f"<a>{escaped}</a>".encode())  # noqa: S314 - our own text


def test_what_xml_has_no_place_for_is_marked():
    assert storable("a\x00\x1f\ufffe\uffff\ud800b\n") == "a␀␟���b\n"
