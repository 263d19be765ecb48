"""CSV for people: the mark that Excel wants, no formulas, whole or not at all."""

from __future__ import annotations

import csv

import pytest

from labelqa.adapters.files.tables import write_csv
from labelqa.errors import LabelqaError


def test_opens_in_excel_and_runs_nothing(tmp_path):
    path = tmp_path / "findings.csv"
    assert (
        write_csv(
            path, ["行", "=x"], [[1, "=cmd|'/c calc'!A1"], [-2.5, "+1"], [True, "@a"], [None, "正面\n第二行"], [2, "-"]]
        )
        == 5
    )
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf\xe8\xa1\x8c,'=x\r\n")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[1:] == [
        ["1", "'=cmd|'/c calc'!A1"],
        ["-2.5", "'+1"],
        ["True", "'@a"],
        ["", "正面\n第二行"],
        ["2", "'-"],
    ]


def test_nothing_is_left_behind_when_a_row_fails(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, ["a"], [[1]])
    before = path.read_bytes()

    def rows():
        yield [2]
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_csv(path, ["a"], rows())
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(LabelqaError, match="cannot be written"):
        write_csv(tmp_path / "none" / "a.csv", ["a"], [])
