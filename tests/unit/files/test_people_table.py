"""Lists of people in both languages and both formats, and what is wrong in a row."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from labelqa.adapters.files.people_table import read_people
from labelqa.errors import BadInput

CHINESE = [
    ["姓名", "组织方", "职责", "账号:ls", "账号：平台 2", "备注"],
    ["王芳", "甲公司", "标注执行、标注审核", "3", "wang@example.com", "x"],
    ["李雷", "甲公司", "仲裁；监督", 4, None, None],
]
ENGLISH = [["name", "organizer", "duties", "account:ls"], ["Ada", "ACME", "reviewer, executor", "7"]]


def as_csv(folder, rows, encoding="utf-8"):
    path = folder / "people.csv"
    path.write_bytes(
        "\n".join(",".join(f'"{"" if cell is None else cell}"' for cell in row) for row in rows).encode(encoding)
    )
    return path


def as_xlsx(folder, rows):
    path, book = folder / "people.xlsx", Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("write", [as_csv, as_xlsx, lambda folder, rows: as_csv(folder, rows, "gb18030")])
def test_chinese_lists(tmp_path, write):
    people, found = read_people(write(tmp_path, CHINESE))
    assert [(each.name, each.organizer, each.duties, dict(each.accounts), each.place.row) for each in people] == [
        ("王芳", "甲公司", ("executor", "reviewer"), {"ls": "3", "平台 2": "wang@example.com"}, 2),
        ("李雷", "甲公司", ("arbitrator", "supervisor"), {"ls": "4"}, 3),
    ]
    assert [(each.code, str(each.message)) for each in found] == [("PT005", "columns not known: 备注")]


def test_english_lists(tmp_path):
    people, found = read_people(as_csv(tmp_path, ENGLISH))
    assert [(each.name, each.duties, dict(each.accounts)) for each in people] == [
        ("Ada", ("executor", "reviewer"), {"ls": "7"})
    ]
    assert found == []


def test_bad_rows_are_left_out_and_told(tmp_path):
    rows = [
        *ENGLISH,
        ["", "ACME", "executor", "8"],
        ["Bo", "ACME", "", ""],
        ["Cy", "ACME", "boss", ""],
        ["Di", "", "executor", "7"],
        ["", "", "", ""],
    ]
    people, found = read_people(as_csv(tmp_path, rows))
    assert [each.name for each in people] == ["Ada"]
    assert [(each.place.row, each.code) for each in found] == [(3, "PT001"), (4, "PT002"), (5, "PT003"), (6, "PT004")]
    assert str(found[3].message) == "the account 7 on ls already belongs to the person of row 2"


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    rows = [ENGLISH[0], [], ["Bo", "ACME", "boss", ""]]
    for write in (as_csv, as_xlsx):
        _, found = read_people(write(tmp_path, rows))
        assert [each.place.row for each in found] == [3]


def test_lists_without_their_columns(tmp_path):
    with pytest.raises(BadInput, match="no column person, duties; the file has a, b"):
        read_people(as_csv(tmp_path, [["a", "b"], ["1", "2"]]))
    other = tmp_path / "a.json"
    other.write_text('[{"id": 1, "annotations": [], "data": {}}]')
    with pytest.raises(BadInput, match="CSV or XLSX"):
        read_people(other)


@pytest.mark.parametrize("name", ["A\nda", "A\u200bda", "A" * 201, "A\u2028da", "A\x07da"])
def test_names_that_cannot_be_read_on_a_page_are_refused(tmp_path, name):
    people, found = read_people(as_csv(tmp_path, [*ENGLISH, [name, "ACME", "reviewer", "8"]]))
    assert [each.name for each in people] == ["Ada"]
    assert [(each.code, each.place.row) for each in found] == [("PT006", 3)]
