"""Long tables: values, refusals with their rows, encodings, line breaks, and what is never taken for missing."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from labelqa.adapters.files.columns import schema
from labelqa.adapters.files.long_table import read_long
from labelqa.adapters.files.source import look
from labelqa.errors import BadInput, WrongUsage
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS

LIMIT = 1 << 28


def facts_of(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return look(path, limit=LIMIT)


def read(folder, content, *, columns=None, **options):
    chunks = list(read_long(facts_of(folder, content), columns=columns or {}, **options))
    rows = [row for chunk in chunks for row in chunk.annotations.to_pylist()]
    refused = [(each.place.row, each.code) for chunk in chunks for each in chunk.refused]
    return rows, refused, chunks


def test_columns_have_the_declared_shape(tmp_path):
    rows, refused, chunks = read(tmp_path, "item_id,annotator_id,label\ni1,a,正面\n")
    assert chunks[0].annotations.schema == schema(ANNOTATION_COLUMNS)
    assert chunks[0].items.schema == schema(ITEM_COLUMNS)
    assert rows == [
        {
            "row": 1,
            "item_id": "i1",
            "source_id": "",
            "account": "a",
            "value": '{"label":"正面"}',
            "created_at": None,
            "updated_at": None,
            "seconds": None,
            "skipped": False,
            "ground_truth": False,
            "release": "",
            "edited_by": "",
            "origin": None,
            "task": None,
        }
    ]
    assert chunks[0].items.to_pylist() == [{"item_id": "i1", "data": "{}", "meta": "{}", "project": "", "task": ""}]
    assert refused == []


def test_words_that_look_missing_are_labels(tmp_path):
    rows, refused, _ = read(tmp_path, 'item_id,annotator_id,label\n1,a,nan\nNA,b,NA\nnull,NULL,null\n4,a,""\n5,a,  \n')
    assert [json.loads(row["value"])["label"] for row in rows] == ["nan", "NA", "null"]
    assert [row["item_id"] for row in rows] == ["1", "NA", "null"]
    assert refused == [(4, "IM004"), (5, "IM004")]


def test_where_an_answer_came_from_is_read_or_refused(tmp_path):
    content = "item_id,annotator_id,label,origin\n1,a,x,Prelabelled-Edited\n2,a,x,\n3,a,x,machine\n4,a,x,robot\n"
    rows, refused, chunks = read(tmp_path, content)
    assert [row["origin"] for row in rows] == ["prelabelled-edited", None, "machine"]
    assert refused == [(4, "IM011")]
    assert "robot" in str(chunks[0].refused[0].message)


def test_every_refusal_names_its_row(tmp_path):
    content = (
        "item_id,annotator_id,label,created_at,seconds,skipped\n"
        "1,a,x,2026-11-21T08:00:00Z,1.5,\n"
        ",a,x,,,\n"
        "2,,x,,,\n"
        "3,a,,,,\n"
        '"4\t",a,x,,,\n'
        "5,a,x,soon,,\n"
        "6,a,x,,fast,\n"
        "7,a,x,,-1,\n"
        "8,a,x,,nan,\n"
        "9,a,x,,,maybe\n"
        "10,a,x\n"
        "11,a,,,,yes\n"
        "12,a,x,2026-02-30T00:00:00Z,,\n"
    )
    rows, refused, chunks = read(tmp_path, content)
    assert refused == [
        (2, "IM001"),
        (3, "IM003"),
        (4, "IM004"),
        (5, "IM002"),
        (6, "IM005"),
        (7, "IM006"),
        (8, "IM006"),
        (9, "IM006"),
        (10, "IM007"),
        (11, "IM009"),
        (13, "IM005"),
    ]
    assert [row["row"] for row in rows] == [1, 12]
    assert rows[1]["value"] == "{}"
    assert rows[1]["skipped"]
    assert {each.place.file for chunk in chunks for each in chunk.refused} == {str(tmp_path / "a.csv")}
    messages = [str(each.message) for chunk in chunks for each in chunk.refused]
    assert messages[1] == "annotation without annotator"


def test_times_are_utc_and_missing_offsets_are_told(tmp_path):
    content = (
        "item_id,annotator_id,label,created_at,updated_at\n"
        "1,a,x,2026-11-21T09:30:00+08:00,2026-11-21T01:30:00.123456Z\n"
        "2,a,x,2026-11-21 09:30,2026-11-21\n"
    )
    rows, refused, chunks = read(tmp_path, content, timezone="Asia/Shanghai")
    at = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    assert refused == []
    assert [row["created_at"] for row in rows] == [at, at]
    assert rows[0]["updated_at"] == at.replace(microsecond=123456)
    assert rows[1]["updated_at"] == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert [(note.code, note.message.values["timezone"]) for note in chunks[0].notes] == [("IM010", "Asia/Shanghai")]


def test_content_columns_make_items_and_others_are_named_once(tmp_path):
    content = "id,who,label,text,source,x\n" + "".join(f"{n // 2},a{n % 2},l,文{n // 2},web,9\n" for n in range(10))
    columns = {"item_id": "id", "annotator_id": "who", "data.text": "text", "data.source": "source"}
    _, _, chunks = read(tmp_path, content, columns=columns, chunk_rows=4)
    assert [chunk.annotations.num_rows for chunk in chunks] == [4, 4, 2]
    assert chunks[0].items.to_pylist()[1]["data"] == '{"source":"web","text":"文1"}'
    assert [[(note.code, str(note.message)) for note in chunk.notes] for chunk in chunks] == [
        [("IM008", "columns not taken: x")],
        [],
        [],
    ]


def test_differing_content_of_one_item_is_kept(tmp_path):
    _, _, chunks = read(tmp_path, "item_id,annotator_id,label,data.t\n1,a,x,one\n1,b,x,two\n1,c,x,one\n")
    assert [row["data"] for row in chunks[0].items.to_pylist()] == ['{"t":"one"}', '{"t":"two"}']


def test_several_labels_a_cell(tmp_path):
    rows, refused, _ = read(tmp_path, "item_id,annotator_id,label\n1,a,b|a|b\n2,a, c \n3,a,|\n", multiple="|")
    assert [row["value"] for row in rows] == ['{"label":["a","b"]}', '{"label":["c"]}']
    assert refused == [(3, "IM004")]


def test_line_breaks_quotes_and_delimiters_in_cells(tmp_path):
    rows, _, _ = read(tmp_path, 'item_id,annotator_id,label\r\n1,a,"x, ""y""\r\nz"\r\n2,b,w\r\n')
    assert [json.loads(row["value"])["label"] for row in rows] == ['x, "y"\r\nz', "w"]
    rows, _, _ = read(tmp_path, "item_id\tannotator_id\tlabel\n1\ta\tx,y\n")
    assert rows[0]["value"] == '{"label":"x,y"}'


def test_line_breaks_in_cells_across_the_blocks_of_a_long_file(tmp_path):
    content = "item_id,annotator_id,label\n" + "".join(
        f'item-{n},a,"x\nyyyyyyyyyyyyyyyyyyyyyyyyyyy"\n' for n in range(100_000)
    )
    rows, refused, _ = read(tmp_path, content)
    assert (len(rows), refused) == (100_000, [])
    assert {row["value"] for row in rows} == {'{"label":"x\\nyyyyyyyyyyyyyyyyyyyyyyyyyyy"}'}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings_give_the_same_rows(tmp_path, encoding):
    content = 'item_id,annotator_id,label\n条1,甲,正面\n条2,乙,"负\n面"\n' * 1
    rows, _, _ = read(tmp_path, content.encode(encoding))
    assert [(row["item_id"], row["account"], row["value"]) for row in rows] == [
        ("条1", "甲", '{"label":"正面"}'),
        ("条2", "乙", '{"label":"负\\n面"}'),
    ]


def test_gzip_and_bad_rows_keep_the_row_numbers_in_long_files(tmp_path):
    lines = [f"item-{n},a,x" if n % 1000 else f"item-{n},a" for n in range(1, 200_001)]
    content = gzip.compress(("item_id,annotator_id,label\n" + "\n".join(lines) + "\n").encode(), 1)
    rows, refused, _ = read(tmp_path, content)
    assert [row["row"] for row in rows] == [n for n in range(1, 200_001) if n % 1000]
    assert all(row["item_id"] == f"item-{row['row']}" for row in rows)
    assert refused == [(n, "IM009") for n in range(1000, 200_001, 1000)]


def test_an_open_quotation_mark_never_swallows_rows(tmp_path):
    with pytest.raises(BadInput, match=r"quotation mark .* never closed"):
        read(tmp_path, 'item_id,annotator_id,label\n1,a,x\n2,a,"y\n3,a,z\n4,a,z\n')
    with pytest.raises(BadInput, match=r"quotation mark .* never closed"):
        read(tmp_path, 'item_id,annotator_id,label\n1,a,x\n2,"a,y\n3,a,z\n4,a,z\n')
    rows, _, _ = read(tmp_path, 'item_id,annotator_id,label\n1,a,5" disk\n2,a,z\n')
    assert json.loads(rows[0]["value"])["label"] == '5" disk'


def test_a_file_cut_off_in_a_row_tells_that_row(tmp_path):
    rows, refused, _ = read(tmp_path, "item_id,annotator_id,label\n1,a,x\n2,a")
    assert len(rows) == 1
    assert refused == [(2, "IM009")]


def test_what_cannot_be_mapped(tmp_path):
    with pytest.raises(BadInput, match=r"no column label; the file has id, who, l; .*--columns label=COLUMN"):
        read(tmp_path, "id,who,l\n1,a,x\n", columns={"item_id": "id", "annotator_id": "who"})
    with pytest.raises(BadInput, match="no column nope"):
        read(tmp_path, "item_id,annotator_id,label\n1,a,x\n", columns={"release": "nope"})
    with pytest.raises(BadInput, match="stands there twice"):
        read(tmp_path, "item_id,annotator_id,label,label\n1,a,x,y\n")
    with pytest.raises(WrongUsage, match="colour"):
        read(tmp_path, "item_id,annotator_id,label\n1,a,x\n", columns={"colour": "label"})
    with pytest.raises(BadInput, match="no row below it"):
        read(tmp_path, "item_id,annotator_id,label\n")
    with pytest.raises(BadInput, match="not a table of labels"):
        read(tmp_path, '[{"id": 1, "annotations": [], "data": {}}]')


def test_parquet_numbers_times_and_nan(tmp_path):
    path = tmp_path / "a.parquet"
    at = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    table = pa.table(
        {
            "item_id": [1, 2, 3],
            "annotator_id": pa.array(["a", "b", "c"]).dictionary_encode(),
            "label": [1.0, float("nan"), 2.5],
            "created_at": pa.array([at, None, at], pa.timestamp("ms", tz="Asia/Shanghai")),
            "seconds": [1.5, 2.0, None],
            "ground_truth": [True, False, None],
        }
    )
    parquet.write_table(table, path)
    chunks = list(read_long(look(path, limit=LIMIT), columns={}))
    rows = chunks[0].annotations.to_pylist()
    assert [
        (row["item_id"], row["account"], row["created_at"], row["seconds"], row["ground_truth"]) for row in rows
    ] == [
        ("1", "a", at, 1.5, True),
        ("3", "c", at, None, False),
    ]
    assert json.loads(rows[1]["value"]) == {"label": "2.5"}
    assert [(each.place.row, each.code) for each in chunks[0].refused] == [(2, "IM004")]


def test_parquet_that_is_no_table_of_text(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"item_id": ["1"], "annotator_id": ["a"], "label": [["x"]]}), path)
    with pytest.raises(BadInput, match="holds list"):
        list(read_long(look(path, limit=LIMIT), columns={}))
    content = bytearray(path.read_bytes())
    content[-40:-12] = b"\xff" * 28
    path.write_bytes(content)
    with pytest.raises(BadInput, match="breaks after row 0"):
        list(read_long(look(path, limit=LIMIT), columns={}))


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=20))
def test_each_row_is_either_taken_or_refused(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("rows") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, quoting=csv.QUOTE_ALL)
        out.writerow(["item_id", "annotator_id", "label"])
        out.writerows(rows)
    taken, refused = {}, set()
    for chunk in read_long(look(path, limit=LIMIT), columns={}, chunk_rows=7):
        taken |= {row["row"]: row for row in chunk.annotations.to_pylist()}
        refused |= {each.place.row for each in chunk.refused}
    assert set(taken) | refused == set(range(1, len(rows) + 1))
    assert not set(taken) & refused
    for number, row in taken.items():
        item, account, label = rows[number - 1]
        assert (row["item_id"], row["account"], json.loads(row["value"])) == (item, account, {"label": label})
    for number in refused:
        item, account, label = rows[number - 1]
        assert not item.strip() or not account.strip() or not label.strip() or any(char < " " for char in item)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "columns", "rows", "items", "accounts"),
    [
        ("bluebirds/labels.csv", {}, 4212, 108, 39),
        ("anaesthesia/labels.csv", {}, 315, 45, 5),
        ("weather_sentiment_amt/labels.csv.gz", {}, 6030, 300, 110),
        ("music_style/labels.csv", {}, 2945, 700, 44),
        ("xstest/labels.csv", {}, 4500, 2250, 2),
        ("mlqe_enzh_catastrophic/labels.csv.gz", {}, 23577, 7859, 3),
        ("imagenet_real/labels.csv.gz", {}, 924_810, 184_962, 85),
        ("convabuse/labels.csv.gz", {"label": "severity"}, 12768, 4185, 8),
        ("cos960/labels.csv", {}, 14400, 960, 15),
        ("xsum_hallucination/spans.csv.gz", {}, 11185, 2500, 3),
        ("xsum_hallucination/factuality.csv.gz", {}, 5597, 1869, 3),
        ("lidc_even/boxes.csv.gz", {"label": "x1"}, 20470, 7455, None),
        ("lidc_even/ratings.csv.gz", {"label": "malignancy"}, 3424, 1322, None),
        ("pandalm/labels.csv", {}, 2997, 999, 3),
        ("salami/segments.csv.gz", {}, 41094, 884, 8),
        ("crowdspeech_dev_clean/labels.csv.gz", {}, 18921, 2703, 748),
    ],
)
def test_real_tables_have_their_published_counts(shared, name, columns, rows, items, accounts):
    facts = look(shared / "data" / name, limit=LIMIT)
    chunks = list(read_long(facts, columns=columns))
    assert sum(len(chunk.refused) for chunk in chunks) == 0
    assert sum(chunk.annotations.num_rows for chunk in chunks) == rows
    assert len({item for chunk in chunks for item in chunk.items.column("item_id").to_pylist()}) == items
    if accounts:
        assert (
            len({each for chunk in chunks for each in chunk.annotations.column("account").unique().to_pylist()})
            == accounts
        )


@pytest.mark.shared
def test_the_label_null_of_a_real_table_is_a_label(shared):
    facts = look(shared / "data" / "xsum_hallucination" / "factuality.csv.gz", limit=LIMIT)
    values = {
        value
        for chunk in read_long(facts, columns={})
        for value in chunk.annotations.column("value").unique().to_pylist()
    }
    assert values == {'{"label":"yes"}', '{"label":"no"}', '{"label":"NULL"}'}


IMPOSSIBLE = (
    "0001-01-01",
    "9999-12-31T23:59:59-05:00",
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z",
    "2200-01-02",
)


@pytest.mark.parametrize("timezone", ["America/New_York", "Asia/Shanghai"])
def test_times_that_no_calendar_could_show_are_refused_row_by_row(tmp_path, timezone):
    times = (*IMPOSSIBLE, "2026-01-01+0800", "1970-01-02", "2199-12-31T00:00:00Z")
    content = "item_id,annotator_id,label,created_at\n" + "".join(
        f"q{at},1,a,{cell}\n" for at, cell in enumerate(times)
    )
    rows, refused, _ = read(tmp_path, content, timezone=timezone)
    assert refused == [(row, "IM005") for row in range(1, 7)]
    assert [row["item_id"] for row in rows] == ["q6", "q7"]


@pytest.mark.parametrize("tz", [None, "UTC"])
@pytest.mark.parametrize(("unit", "scale"), [("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_parquet_times_out_of_range_are_refused(tmp_path, unit, scale, tz):
    """2**62 is no time to count with but in nanoseconds, where it lies in 2116."""
    times = pa.array([2**62, 1_763_000_000 * scale, None, -86_400 * 2 * scale], pa.timestamp(unit, tz=tz))
    names = pa.array(["a", "b", "c", "d"])
    made = pa.table({"item_id": names, "annotator_id": names, "label": names, "created_at": times})
    parquet.write_table(made, tmp_path / "t.parquet")
    rows, refused, _ = read(tmp_path, (tmp_path / "t.parquet").read_bytes(), timezone="America/New_York")
    assert refused == ([(4, "IM005")] if unit == "ns" else [(1, "IM005"), (4, "IM005")])
    held = {row["item_id"]: row["created_at"] for row in rows}
    assert held["b"] == datetime(2025, 11, 13, 7 if tz is None else 2, 13, 20, tzinfo=UTC)
    assert held["c"] is None
