"""Work sheets: out, filled by people in either language, sorted, damaged, and back."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image

from labelqa.adapters.files import words
from labelqa.adapters.files.sheet_reading import read_sheet
from labelqa.adapters.files.sheets import SheetFrame, header, write_sheet
from labelqa.errors import BadInput
from labelqa.records.finding import Severity
from labelqa.records.work import ScoreLine, SheetRow

LABELS = {"pos": "正面", "neg": "负面", "中性": ""}
RULES = {"R1": "看语气", "R2": ""}
DEFECTS = {"R3": "信息过时", "XX": ""}
LINES = (ScoreLine(name="accuracy", title="准确性", line=4.0), ScoreLine(name="tone", title="tone", line=2.5))


def picture():
    out = io.BytesIO()
    Image.new("RGB", (800, 400), "red").save(out, "PNG")
    return out.getvalue()


def rows():
    return [
        SheetRow(order=1, item_id="007", content={"prompt": "问题一", "response": "=1+1"}, label="pos", shown="正面"),
        SheetRow(order=2, item_id="=2", content={"prompt": "a\x01b", "response": "x" * 40_000}, label="neg"),
        SheetRow(
            order=3, item_id="图 3", content={"image": "/data/a.png"}, label="中性", pictures={"image": picture()}
        ),
        SheetRow(
            order=4, item_id="bad", content={"image": "/data/b.png"}, label="中性", pictures={"image": b"no picture"}
        ),
    ]


def sheet(path, lang="zh", **more):
    write_sheet(
        path,
        rows(),
        frame=SheetFrame(
            sample="b1/1", verifier="p-12ab34cd", lang=lang, labels=LABELS, rules=RULES, defects=DEFECTS, **more
        ),
    )
    return path


def column(page, key):
    titles = [header(key, lang, LINES) for lang in ("zh", "en")]
    return next(cell.column for row in page.iter_rows() for cell in row if cell.value in titles)


def fill(path, filled, *, change=None):
    """Fill cells by item id and column key, as a person would."""
    book = load_workbook(path)
    page = book.worksheets[0]
    at = {page.cell(row, 2).value: row for row in range(6, page.max_row + 1)}
    for item, cells in filled.items():
        for key, value in cells.items():
            page.cell(at[item], column(page, key)).value = value
    if change:
        change(book, page, at)
    book.save(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_round_trip_in_both_languages(tmp_path, lang):
    path = sheet(tmp_path / "a.xlsx", lang)
    said = {key: {word: words.shown(group, word, lang) for word in group} for key, group in
            {"verdict": words.VERDICTS, "severity": words.SEVERITIES, "unsafe": words.UNSAFE}.items()}  # fmt: skip
    fill(
        path,
        {
            "007": {"verdict": said["verdict"]["incorrect"], "correct_label": "neg 负面", "rule": "R1 看语气",
                    "severity": said["severity"]["major"], "unsafe": said["unsafe"]["A.3"], "comment": " 看错了 "},
            "=2": {"verdict": said["verdict"]["correct"], "unsafe": said["unsafe"][""]},
            "图 3": {"verdict": said["verdict"]["undecidable"]},
        },
    )  # fmt: skip
    verdicts, found = read_sheet(path)
    first = verdicts[0]
    assert (first.sample, first.item_id, first.verdict, first.verifier) == ("b1/1", "007", "incorrect", "p-12ab34cd")
    assert (first.correct_label, first.rule, first.severity, first.unsafe, first.comment) == (
        "neg",
        "R1",
        "major",
        "A.3",
        "看错了",
    )
    assert [(each.item_id, each.verdict, each.unsafe) for each in verdicts[1:]] == [
        ("=2", "correct", ""),
        ("图 3", "undecidable", ""),
        ("bad", "", ""),
    ]
    assert [(each.code, each.message.values) for each in found] == [("RV007", {"count": 1})]


def test_texts_stay_texts_and_pictures_are_shown(tmp_path):
    path = sheet(tmp_path / "a.xlsx", name="王芳")
    page = load_workbook(path).worksheets[0]
    cells = {cell.value: cell for row in page.iter_rows() for cell in row if cell.value is not None}
    assert cells["=1+1"].data_type == "s"
    assert cells["=2"].data_type == "s"
    assert cells["a␁b"].data_type == "s"
    assert any(
        str(value).startswith("xxx") and str(value).endswith("请在标注工具中查看该条目）") and len(value) < 32_767
        for value in cells
    )
    assert "（图片无法显示）/data/b.png" in cells
    assert "/data/a.png" not in cells
    assert len(page._images) == 1
    assert page._images[0].anchor.ext.width == 300 * 9525
    assert page.freeze_panes == "C6"
    assert {"pos 正面", "neg 负面", "中性", "核验人：王芳 · 条数：4"} <= set(cells)
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in everything


def test_drop_downs_offer_the_words(tmp_path):
    page = load_workbook(sheet(tmp_path / "a.xlsx")).worksheets[0]
    kept = load_workbook(tmp_path / "a.xlsx")["labelqa"]
    assert kept.sheet_state == "hidden"
    offered = {}
    for rule in page.data_validations.dataValidation:
        start, end = rule.formula1.split("!")[1].replace("$", "").split(":")
        offered[str(rule.sqref)[0]] = [row[0].value for row in kept[start:end]]
    assert list(offered.values()) == [
        ["正确", "错误", "无法判断", "无法判断：条目已跳过", "无法判断：条目已删除", "无法判断：媒体无法打开"],
        ["pos 正面", "neg 负面", "中性"], ["R1 看语气", "R2"], ["R3 信息过时", "XX"], ["致命", "严重", "轻微"],
        ["安全", "不安全", "无法确定"], ["无", "A1", "A2", "A3", "A4", "A5"], *[["通过", "不通过", "不适用"]] * 3,
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_checks_defects_obstacles_and_scores_come_back(tmp_path, lang):
    path = sheet(tmp_path / "a.xlsx", lang, lines=LINES)

    def said(group, word):
        return words.shown(group, word, lang)

    fill(
        path,
        {
            "007": {"verdict": said(words.VERDICTS, "incorrect"), "defect": "R3 信息过时", "unsafe": "a4B",
                    "safety": said(words.SAFETY, "unsafe"),
                    "check understanding": said(words.CHECK_RESULTS, "passed"),
                    "check quality": said(words.CHECK_RESULTS, "failed"), "score accuracy": 3.5},
            "=2": {"score accuracy": 4, "score tone": " 2.5 "},
            "图 3": {"verdict": said(words.VERDICT_CHOICES, "undecidable:broken-media"), "defect": "XX"},
            "bad": {"verdict": said(words.VERDICTS, "correct"), "check consistency": "maybe"},
        },
    )  # fmt: skip
    verdicts, found = read_sheet(path)
    first, second, third = verdicts
    assert (first.verdict, first.defect, first.unsafe, first.safety) == ("incorrect", "R3", "A4b", "unsafe")
    assert (first.checks, first.scores) == ({"understanding": "passed", "quality": "failed"}, {"accuracy": "3.5"})
    assert (second.verdict, second.scores, second.said) == ("", {"accuracy": "4", "tone": "2.5"}, True)
    assert (third.verdict, third.obstacle, third.defect) == ("undecidable", "broken-media", "XX")
    assert [(each.code, each.message.values["word"]) for each in found] == [("RV004", "maybe")]


def test_titles_name_the_pass_lines(tmp_path):
    for lang, title in (("zh", "评分：准确性（4 分及以上合格）"), ("en", "Score: 准确性 (4 or more passes)")):
        page = load_workbook(sheet(tmp_path / f"{lang}.xlsx", lang, lines=LINES)).worksheets[0]
        assert title in [cell.value for cell in page[5]]
        numbers = [rule for rule in page.data_validations.dataValidation if rule.type == "decimal"]
        assert [(rule.formula1, rule.formula2) for rule in numbers] == [("0", "100")] * 2
        assert (page.page_setup.orientation, page.page_setup.fitToWidth, page.print_title_rows) == (
            "landscape", 1, "$5:$5",
        )  # fmt: skip


def everything(path):
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")


def test_a_blind_sheet_holds_no_label_of_record_anywhere(tmp_path):
    """Neither on the page, nor on the hidden one, nor in what the file says of itself."""
    records = {"1": "the first record", "2": "the second record"}
    filled = [SheetRow(order=int(n), item_id=n, content={"text": "?"}, label=said, shown=said.upper())
              for n, said in records.items()]  # fmt: skip
    frame = SheetFrame(sample="b1/1", verifier="p-1", lang="en", labels=LABELS, rules=RULES)
    write_sheet(tmp_path / "open.xlsx", filled, frame=frame)
    assert all(said in everything(tmp_path / "open.xlsx") for said in records.values())
    hidden = SheetFrame(sample="b1/1", verifier="p-1", lang="en", labels=LABELS, rules=RULES, lines=LINES, blind=True)
    write_sheet(tmp_path / "blind.xlsx", filled, frame=hidden)
    told = everything(tmp_path / "blind.xlsx").lower()
    assert not any(said in told for said in records.values())
    page = load_workbook(tmp_path / "blind.xlsx").worksheets[0]
    assert [cell.value for cell in page[5]] == [
        "No.", "Item", "Content: text", "Your own label", "Verdict", "Safety", "Suspected unsafe content", "Comment",
    ]  # fmt: skip


def test_a_blind_sheet_asks_for_the_own_label(tmp_path):
    path = sheet(tmp_path / "a.xlsx", "zh", blind=True)
    fill(path, {"007": {"answer": "neg 负面"}, "=2": {"verdict": "无法判断：条目已删除"}, "图 3": {"verdict": "正确"}})
    verdicts, found = read_sheet(path)
    assert [(each.item_id, each.verdict, each.answer, each.obstacle) for each in verdicts] == [
        ("007", "", "neg", ""), ("=2", "undecidable", "", "deleted"), ("bad", "", "", ""),
    ]  # fmt: skip
    assert [each.code for each in found] == ["RV009", "RV007"]


def test_a_sheet_of_the_first_format_is_still_read(tmp_path):
    """Sheets that went out before there were checks: fewer columns, fewer lists, format 1."""
    path = sheet(tmp_path / "a.xlsx", "zh")

    def older(book, page, _at):
        kept = ("order", "item", "label", "verdict", "correct_label", "rule", "severity", "unsafe", "comment")
        titles = {header(key, "zh") for key in kept}
        for at in range(page.max_column, 0, -1):
            if page.cell(5, at).value not in titles and not str(page.cell(5, at).value).startswith("内容"):
                page.delete_cols(at)
        hidden = book["labelqa"]
        hidden["B1"].value = "1"
        hidden.delete_rows(5)  # blind
        hidden.delete_cols(16, 20)  # defects, safety, checks, columns

    fill(path, {"007": {"verdict": "错误", "rule": "R1 看语气", "unsafe": "A2"}}, change=older)
    first = read_sheet(path)[0][0]
    assert (first.verdict, first.rule, first.unsafe, first.checks, first.scores) == ("incorrect", "R1", "A.2", {}, {})


def test_sorted_rows_and_the_other_language_come_back(tmp_path):
    path = sheet(tmp_path / "a.xlsx", "zh")

    def swap(_book, page, at):
        first, last = at["007"], at["图 3"]
        for col in range(1, page.max_column + 1):
            one, two = page.cell(first, col), page.cell(last, col)
            one.value, two.value = two.value, one.value

    fill(path, {"007": {"verdict": "Correct"}, "图 3": {"verdict": "major", "severity": ""}}, change=swap)
    verdicts, _ = read_sheet(path)
    assert [(each.item_id, each.verdict, each.severity, each.place.row) for each in verdicts] == [
        ("图 3", "incorrect", "major", 6), ("=2", "", "", 7), ("007", "correct", "", 8), ("bad", "", "", 9),
    ]  # fmt: skip


def test_hostile_and_careless_cells(tmp_path):
    path = sheet(tmp_path / "a.xlsx")

    def harm(_book, page, at):
        page.cell(at["bad"], 2).value = "other"
        page.append([9, "007", None])
        page.cell(page.max_row, column(page, "verdict")).value = "正确"
        page.insert_cols(4)

    fill(
        path,
        {
            "007": {"verdict": "=1+1"},
            "=2": {"comment": "no verdict"},
            "图 3": {"verdict": "错误", "severity": "awful", "unsafe": "A9"},
        },
        change=harm,
    )
    verdicts, found = read_sheet(path)
    assert [(each.item_id, each.verdict) for each in verdicts] == [("bad", "")]  # a risk class is never dropped
    assert all(str(each.message).endswith("the row was not taken") for each in found[2:4])
    assert {each.severity for each in found[2:4]} == {Severity.ERROR}
    assert [each.code for each in found] == ["RV001", "RV002", "RV004", "RV004", "RV003", "RV006", "RV005"]
    assert str(found[0].message) == 'H6: "=1+1" is not a verdict; the row was not taken'
    assert found[0].place.row == 6
    assert found[-1].message.values == {"count": 1, "items": "bad"}


def test_files_that_are_no_work_sheets(tmp_path):
    book = Workbook()
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadInput, match="not a work sheet"):
        read_sheet(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="XLSX file; this is csv"):
        read_sheet(tmp_path / "b.xlsx")
    path = sheet(tmp_path / "c.xlsx")
    fill(path, {}, change=lambda book, _page, _at: setattr(book["labelqa"]["B1"], "value", "99"))
    with pytest.raises(BadInput, match="format 99"):
        read_sheet(path)
    path = sheet(tmp_path / "d.xlsx")
    fill(path, {}, change=lambda _book, page, _at: page.delete_rows(5))
    with pytest.raises(BadInput, match="column titles"):
        read_sheet(path)
    path = sheet(tmp_path / "e.xlsx")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInput, match="cut off or damaged"):
        read_sheet(path)


def test_a_workbook_with_broken_parts_is_one_sentence(tmp_path):
    source = sheet(tmp_path / "a.xlsx")
    for part in (
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    ):
        broken = tmp_path / "b.xlsx"
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(broken, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name)[:600] if name == part else old.read(name))
        with pytest.raises(BadInput, match="cannot be opened"):
            read_sheet(broken)


def test_letters_that_xml_does_not_have_leave_a_sheet_that_opens(tmp_path):
    odd = SheetRow(order=1, item_id="q\uffff", content={"prompt": "a\ufffeb\uffff\x00"}, label="pos")
    frame = SheetFrame(sample="b1/1", verifier="p-12ab34cd", lang="zh", name="\ufffe", labels=LABELS, rules=RULES)
    write_sheet(tmp_path / "a.xlsx", [odd], frame=frame)
    assert load_workbook(tmp_path / "a.xlsx").worksheets[0].cell(6, 3).value == "a\ufffdb\ufffd␀"
