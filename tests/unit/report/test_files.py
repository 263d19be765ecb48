"""Markdown, workbook and JSON: complete, equal to the summary, and the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from io import BytesIO
from math import nan
from zipfile import ZipFile

import msgspec
import pytest
from openpyxl import load_workbook

from labelqa.adapters.report.data import plain, render_json
from labelqa.adapters.report.files import FORMATS, formats_of, write_report
from labelqa.adapters.report.markdown import code, render_markdown
from labelqa.adapters.report.workbook import render_workbook
from labelqa.errors import BadInput, WrongUsage
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import Summary

LANGS = ("zh", "en")


class Known(msgspec.Struct, forbid_unknown_fields=True):
    point: float
    low: float
    high: float
    confidence: float
    method: str
    n: int


def tables(words: str) -> list[list[str]]:
    """The tables of a Markdown text, each a list of lines."""
    return [block.splitlines() for block in words.split("\n\n") if block.startswith("|")]


@pytest.mark.parametrize("lang", LANGS)
def test_markdown_tables_have_equal_columns(rich, large, lang):
    for summary in (rich, large):
        found = tables(render_markdown(summary, lang))
        assert len(found) == 10
        for table in found:
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_markdown_holds_everything_and_nothing_odd(rich, empty, lang):
    words = render_markdown(rich, lang)
    plain_words = re.sub(r"\\(.)", r"\1", words)
    for line in rich.batches:
        assert line.name in plain_words
    for alert in rich.alerts:
        assert str(alert.message) in plain_words
    assert f"`labelqa ledger verify --head {rich.head}`" in words
    assert "<script>" not in words.replace("\\<", "")
    for text in (words, render_markdown(empty, lang)):
        assert text.endswith("\n")
        assert not re.search(r"\b(nan|None|inf)\b", text)


def test_code_spans_hold_any_backquotes():
    assert code("a`b|c") == "``a`b\\|c``"
    assert code("`") == "`` ` ``"


@pytest.mark.parametrize("lang", LANGS)
def test_json_reads_back_as_it_was(rich, lang):
    text = render_json(rich, lang)
    read = msgspec.json.decode(text)
    assert text.endswith("}\n")
    assert list(read)[:4] == ["workspace", "period", "before", "now"]
    assert msgspec.json.decode(text, type=dict) == plain(rich, lang)
    assert msgspec.convert(read["now"]["accuracy"], Known) == Known(**plain(rich.now.accuracy, lang))
    assert read["accuracy_trend"][1]["figure"] == {"reason": "no-verdicts", "message": "no verdict / 尚无", "n": 0}
    assert read["made_at"] == "2026-11-23T01:30:00Z"
    assert read["period"]["first_day"] == "2026-11-16"
    assert read["alerts"][1]["message"] == "7 disputes wait for a ruling"
    assert [line["name"] for line in read["batches"]] == [line.name for line in rich.batches]


def test_json_refuses_what_is_not_finite(rich):
    assert isinstance(rich.now.accuracy, Estimate)
    wrong = replace(rich, now=replace(rich.now, accuracy=replace(rich.now.accuracy, high=nan)))
    with pytest.raises(ValueError, match="not finite"):
        render_json(wrong, "en")


def book_of(summary: Summary, lang: str):
    return load_workbook(BytesIO(render_workbook(summary, lang)))


def figure_at(row: tuple, column: int) -> tuple:
    return tuple(cell.value for cell in row[column : column + 7])


def same(figure: Figure, values: tuple) -> bool:
    """Whether a workbook's seven cells hold the figure."""
    if isinstance(figure, Estimate):
        return values[:5] == (figure.point, figure.low, figure.high, figure.n, figure.confidence) and values[6] is None
    return values[:3] == (None, None, None) and values[3] == figure.n and bool(values[6])


@pytest.mark.parametrize("lang", LANGS)
def test_workbook_holds_the_numbers_themselves(rich, lang):
    sheet = book_of(rich, lang)[{"zh": "批次", "en": "Batches"}[lang]]
    heads = [cell.value for cell in sheet[1]]
    at = heads.index({"zh": "一致性（α）", "en": "Agreement (alpha)"}[lang])
    for line, row in zip(rich.batches, sheet.iter_rows(min_row=2), strict=True):
        assert row[0].value == line.name
        assert row[6].value == line.items
        assert same(line.alpha, figure_at(row, at))
        assert same(line.accuracy, figure_at(row, at + 7))
        assert row[at + 14].value == line.target
    assert sheet.cell(2, at + 8).number_format == "0.00%"
    assert sheet.freeze_panes == "B2"


def test_workbook_knows_no_clock_but_the_summarys(rich):
    with ZipFile(BytesIO(render_workbook(rich, "zh"))) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = book_of(rich, "zh").properties
    assert properties.modified == properties.created == rich.made_at.replace(tzinfo=None)


def test_workbook_times_are_local(rich):
    sheet = book_of(rich, "en")["Batches"]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, heads.index("Declared at") + 1).value.isoformat() == "2026-11-09T10:30:00"


def test_workbook_runs_no_formula(rich):
    hostile = '=HYPERLINK("http")'
    cells = [cell for sheet in book_of(rich, "zh") for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    found = [cell for cell in cells if cell.value == hostile]
    assert found
    assert all(cell.quotePrefix for cell in found)
    assert [cell.quotePrefix for cell in cells if cell.value == "@钱监督"] == [True]


def test_workbook_takes_any_letters(rich):
    odd = replace(rich, workspace="a\x00\ufffeb", batches=(replace(rich.batches[0], name="x\x07\uffff" * 20_000),))
    sheet = book_of(odd, "en")["Batches"]
    assert len(sheet.cell(2, 1).value) == 32_767
    assert not {"\x07", "\uffff"} & set(sheet.cell(2, 1).value)


@pytest.mark.parametrize("lang", LANGS)
def test_workbook_has_every_sheet_even_when_there_is_nothing(empty, rich, lang):
    assert book_of(empty, lang).sheetnames == book_of(rich, lang).sheetnames
    assert len(book_of(empty, lang).sheetnames) == 12
    assert book_of(empty, "en")["Batches"]["A2"].value == "No batch was declared or worked on."


def test_files_are_whole_named_and_digested(rich, tmp_path):
    folder = tmp_path / "reports"
    written = write_report(folder, rich, formats=("md", "json", "xlsx"), langs=("zh", "en"))
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)
    assert (folder / "weekly-2026-W47.zh.xlsx") in written
    for path, digest in written.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert write_report(folder, rich, formats=("md", "json", "xlsx"), langs=("zh", "en")) == written


def test_the_page_is_written_too(rich, tmp_path):
    (path,) = write_report(tmp_path, rich, formats=("html",), langs=("zh",))
    assert path.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="zh-CN">')


def test_other_periods_are_not_called_weekly(rich, tmp_path):
    month = replace(rich, period=replace(rich.period, name="2026-11-01..2026-11-30"))
    (path,) = write_report(tmp_path, month, formats=("md",), langs=("en",))
    assert path.name == "report-2026-11-01__2026-11-30.en.md"
    assert path.read_text(encoding="utf-8").startswith("# Quality report")


def test_a_report_that_cannot_be_rendered_leaves_the_old_one(rich, tmp_path):
    (path,) = write_report(tmp_path, rich, formats=("json",), langs=("en",))
    before = path.read_bytes()
    assert isinstance(rich.now.accuracy, Estimate)
    wrong = replace(rich, now=replace(rich.now, accuracy=replace(rich.now.accuracy, low=nan)))
    with pytest.raises(ValueError, match="not finite"):
        write_report(tmp_path, wrong, formats=("json",), langs=("en",))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_said(rich, tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be written"):
        write_report(tmp_path / "taken", rich, formats=("json",), langs=("en",))


def test_who_may_read_a_report_is_for_the_umask_to_say(rich, tmp_path):
    before = os.umask(0o077)
    try:
        (path,) = write_report(tmp_path, rich, formats=("json",), langs=("en",))
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_formats_are_checked():
    assert formats_of("xlsx,html") == ("html", "xlsx")
    assert formats_of(",".join(FORMATS)) == FORMATS
    for wrong in ("pdf", "", " , "):
        with pytest.raises(WrongUsage):
            formats_of(wrong)
