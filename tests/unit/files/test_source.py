"""What is found out about a file before its rows, and the sentence for every file that cannot be taken."""

from __future__ import annotations

import gzip
import hashlib
import zipfile

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from labelqa.adapters.files.source import look, open_text, open_utf8
from labelqa.errors import BadInput, Exit
from labelqa.i18n import render

ROWS = "item_id,annotator_id,label\n1,甲,正面\n2,乙,负面\n"
LIMIT = 1 << 20


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_recognised_and_read(tmp_path, encoding):
    path = written(tmp_path, "a.csv", ROWS.encode(encoding))
    facts = look(path, limit=LIMIT)
    assert (facts.format, facts.encoding, facts.size) == ("csv", encoding, path.stat().st_size)
    assert facts.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    with open_text(facts) as text:
        assert text.read() == ROWS
    with open_utf8(facts) as stream:
        assert stream.read().decode("utf-8-sig") == ROWS


def test_gb18030_is_recoded_across_piece_borders(tmp_path):
    text = "甲" * 3_000_001
    facts = look(written(tmp_path, "a.csv", ("id\n" + text).encode("gb18030")), limit=1 << 24)
    with open_utf8(facts) as stream:
        assert stream.read().decode("utf-8") == "id\n" + text


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b'[{"id": 1, "annotations": [], "data": {}}]', ("label-studio-json", "utf-8", {})),
        (
            "a.txt",
            b'\xef\xbb\xbf [{"id": 1, "annotator": 1, "annotation_id": 2}]',
            ("label-studio-json-min", "utf-8-sig", {}),
        ),
        ("a.json", b"a\tb\n1\t2\n", ("tsv", "utf-8", {"delimiter": "\t"})),
        ("a.json", b"a;b\n1;2\n", ("csv", "utf-8", {"delimiter": ";"})),
        ("a.csv", gzip.compress(ROWS.encode(), mtime=0), ("csv", "utf-8", {"delimiter": ",", "compressed": "gzip"})),
        ("a.csv", b"only", ("csv", "utf-8", {"delimiter": ","})),
    ],
)
def test_the_content_tells_the_format_not_the_name(tmp_path, name, content, expected):
    facts = look(written(tmp_path, name, content), limit=LIMIT)
    assert (facts.format, facts.encoding, facts.extra) == expected


def test_binary_formats(tmp_path):
    table = tmp_path / "a.csv"
    parquet.write_table(pa.table({"a": [1]}), table)
    assert look(table, limit=LIMIT).format == "parquet"
    book = tmp_path / "b.csv"
    Workbook().save(book)
    facts = look(book, limit=LIMIT)
    assert (facts.format, facts.encoding) == ("xlsx", "")


def zipped(folder, parts):
    path = folder / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path.read_bytes()


CASES = {
    "empty": (b"", "empty"),
    "blanks": (b" \n \n", "nothing but blanks"),
    "utf-16": ("a,b\n1,甲\n".encode("utf-16"), "UTF-16"),
    "nul": (b"abc\x00\x01\x02", "neither text nor Parquet"),
    "latin-1": ("id,name\n1,père\n2,garçon été où\n".encode("latin-1") * 20, "neither UTF-8 nor GB18030"),
    "cut character": (ROWS.encode()[:-4] + "负".encode()[:2], "middle of a character"),
    "damaged utf-8": (ROWS.encode() + b"3,\xff\xfe,x\n", "is not UTF-8 although"),
    "cut gzip": (gzip.compress(ROWS.encode() * 500, mtime=0)[:-20], "cut off or damaged"),
    "cut parquet": (b"PAR1" + b"x" * 100, "end mark is missing"),
    "cut xlsx": (b"PK\x03\x04" + b"x" * 100, "cut off or damaged"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel"),
    "object": (b'{"tasks": []}', "not a list of tasks"),
    "other list": (b'[{"a": 1}]', "not a Label Studio export"),
    "list of numbers": (b"[1, 2]", "not a Label Studio export"),
    "no task": (b"[]", "holds no task"),
    "cut json": (b'[{"id": 1, "data"', "breaks off in entry 1, at byte 17"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_files_get_one_sentence_with_the_path(tmp_path, case):
    content, words = CASES[case]
    path = written(tmp_path, "bad.bin", content)
    with pytest.raises(BadInput) as caught:
        look(path, limit=LIMIT)
    said = str(caught.value)
    assert words in said
    assert str(path) in said
    assert "\n" not in said
    assert caught.value.exit is Exit.BAD_INPUT
    assert render(caught.value.message, "zh") != said  # there is Chinese for it


def test_western_text_that_happens_to_decode_is_not_taken_for_chinese(tmp_path):
    content = "id,text\n1,régime pénal\n2,dépôt élevét a part\n".encode("latin-1")
    assert content.decode("gb18030")  # it does decode, to rare characters
    with pytest.raises(BadInput, match="neither UTF-8 nor GB18030"):
        look(written(tmp_path, "a.csv", content), limit=LIMIT)


def test_missing_folder_and_too_large(tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        look(tmp_path / "none.csv", limit=LIMIT)
    with pytest.raises(BadInput, match="not a file"):
        look(tmp_path, limit=LIMIT)
    with pytest.raises(BadInput, match="more than the limit of 10"):
        look(written(tmp_path, "a.csv", ROWS.encode()), limit=10)


def test_unpacked_size_counts_too(tmp_path):
    bomb = gzip.compress(b"a," * 5_000_000, mtime=0)
    with pytest.raises(BadInput, match="once unpacked"):
        look(written(tmp_path, "a.csv.gz", bomb), limit=LIMIT)
    book = zipped(tmp_path, {"xl/workbook.xml": "<a/>", "xl/b.xml": "x" * 2_000_000})
    with pytest.raises(BadInput, match="once unpacked"):
        look(written(tmp_path, "a.xlsx", book), limit=LIMIT)


def test_archives_and_declarations_are_not_opened(tmp_path):
    with pytest.raises(BadInput, match="without a workbook"):
        look(written(tmp_path, "a.zip", zipped(tmp_path, {"a.csv": "1"})), limit=LIMIT)
    hostile = zipped(tmp_path, {"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    with pytest.raises(BadInput, match="no spreadsheet needs"):
        look(written(tmp_path, "b.xlsx", hostile), limit=LIMIT)
