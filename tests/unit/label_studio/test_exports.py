"""Exports of a real server and made ones: every answer exactly, every oddity told, memory flat."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from labelqa.adapters.files.source import look
from labelqa.adapters.label_studio.exports import read_export
from labelqa.errors import BadInput

LIMIT = 1 << 28
BOX = {"x": 10, "y": 20, "width": 30.5, "height": 40, "rotation": 0}
POLYGON = {"labels": ["Road"], "points": [[10, 10], [60, 12.5], [40, 70]]}
ADA = {"start": 0, "end": 12, "text": "Ada Lovelace", "labels": ["PER"]}
ACME = {"start": 23, "end": 27, "text": "Acme", "labels": ["ORG"]}
SPEAKER = {"start": 0.5, "end": 3.25, "labels": ["A"]}

# What the annotated tasks of each export say: in JSON, and in JSON_MIN, which loses regions and relations.
ANSWERS = {
    "audio": (
        {"speaker": [SPEAKER], "transcript": [{**SPEAKER, "labels": [], "answer": ["hello there"]}]},
        {"speaker": [SPEAKER], "transcript": "hello there"},
        ["24", "30"],
    ),
    "choices_chinese": ({"主题": ["体育", "科技"], "情感": "正面"},) * 2 + (["11"],),
    "choices_multiple": ({"topics": ["Sports", "Tech"]},) * 2 + (["8"],),
    "image_bbox": (
        {"box": [{**BOX, "labels": ["Car"]}], "occluded": [{**BOX, "labels": ["no"]}]},
        {"box": [{**BOX, "labels": ["Car"]}], "occluded": "no"},
        ["21", "28"],
    ),
    "image_polygon": ({"poly": [POLYGON]},) * 2 + (["22", "29"],),
    "ner": (
        {
            "label": [ADA, ACME],
            "certainty": [{**ADA, "labels": ["sure"]}],
            "relations": [
                {
                    "from": {"control": "label", **ADA},
                    "to": {"control": "label", **ACME},
                    "direction": "right",
                    "labels": ["works_for"],
                }
            ],
        },
        {"label": [ADA, ACME], "certainty": "sure"},
        ["13"],
    ),
    "pairwise": ({"pw": "left"},) * 2 + (["17"],),
    "ranking": ({"rank": ["z", "x", "y"]},) * 2 + (["19"],),
    "ranking_buckets": ({"rank": {"good": ["y"], "bad": ["x"]}},) * 2 + (["20"],),
    "rating_number": ({"quality": 4, "score": 73.5},) * 2 + (["15"],),
    "taxonomy": ({"tax": [["Animal", "Dog"], ["Plant"]]},) * 2 + (["25"],),
    "textarea": ({"summary": ["a short summary"]}, {"summary": "a short summary"}, ["23"]),
}


def read(path, **options):
    chunks = list(read_export(look(path, limit=LIMIT), **options))
    rows = [row for chunk in chunks for row in chunk.annotations.to_pylist()]
    items = [row for chunk in chunks for row in chunk.items.to_pylist()]
    return (
        rows,
        items,
        [each for chunk in chunks for each in chunk.refused],
        [each for chunk in chunks for each in chunk.notes],
    )


def made(folder, tasks, name="a.json"):
    path = folder / name
    path.write_text(tasks if isinstance(tasks, str) else json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def choice(label, **more):
    annotation = {
        "id": 1,
        "completed_by": 3,
        "result": [{"from_name": "c", "type": "choices", "value": {"choices": [label]}}],
    }
    return {**annotation, "created_at": "2026-11-21T21:49:08.725919Z", **more}


@pytest.mark.shared
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("form", ["JSON", "JSON_MIN"])
def test_real_exports_lose_no_meaning(shared, name, form):
    folder = shared / "fixtures" / "label_studio"
    path = folder / "exports" / name / f"{form}.json"
    rows, items, refused, notes = read(path)
    full, short, ids = ANSWERS[name]
    assert [json.loads(row["value"]) for row in rows] == [full if form == "JSON" else short] * len(ids)
    assert [row["item_id"] for row in rows] == ids
    assert {row["account"] for row in rows} == {"3"}
    assert rows[0]["seconds"] == 12.345
    assert refused == []
    assert [each.code for each in notes] == ([] if form == "JSON" else ["LS012", "LS013"])
    source = json.loads(path.read_text(encoding="utf-8"))
    assert [row["item_id"] for row in items] == [str(task["id"]) for task in source]
    if form == "JSON":
        assert [json.loads(row["data"]) for row in items] == [task["data"] for task in source]
        assert {row["project"] for row in items} == {str(source[0]["project"])}
    _, _, refused, notes = read(path, config=(folder / "configs" / f"{name}.xml").read_text(encoding="utf-8"))
    assert refused == []
    strange = [each.code for each in notes if each.code != "LS012"]
    assert strange == (["LS008"] if name == "choices_chinese" else [])  # the API stored 正面 where the form stores pos


@pytest.mark.shared
def test_content_of_the_short_export_is_not_taken_for_answers(shared):
    _, items, _, _ = read(shared / "fixtures" / "label_studio" / "exports" / "ranking" / "JSON_MIN.json")
    assert set(json.loads(items[0]["data"])) == {"prompt", "items"}


@pytest.mark.shared
def test_texts_of_the_short_export_with_its_config(shared):
    folder = shared / "fixtures" / "label_studio"
    rows, _, _, notes = read(
        folder / "exports" / "textarea" / "JSON_MIN.json", config=(folder / "configs" / "textarea.xml").read_text()
    )
    assert json.loads(rows[0]["value"]) == {"summary": ["a short summary"]}
    assert [each.code for each in notes] == ["LS012"]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["exports/choices_single/JSON.json", "exports/snapshot/download.json"])
def test_the_long_story_of_one_project(shared, name):
    rows, _, refused, notes = read(shared / "fixtures" / "label_studio" / name)
    said = [(row["item_id"], row["source_id"], row["account"], row["value"], row["edited_by"]) for row in rows]
    positive, negative = '{"sentiment":"Positive"}', '{"sentiment":"Negative"}'
    assert said == [
        ("1", "1", "3", positive, ""),
        ("1", "14", "4", negative, ""),
        ("1", "15", "5", negative, "1"),
        ("2", "16", "4", negative, "3"),
        ("3", "17", "1", negative, ""),
        ("3", "18", "1", '{"nope":"Nonsense"}', ""),
        ("3", "19", "1", "{}", ""),
        ("3", "20", "1", negative, ""),
        ("3", "21", "1", negative, ""),
        ("3", "22", "1", negative, ""),
        ("4", "23", "3", "{}", ""),
        ("5", "24", "4", negative, "1"),
        ("6", "25", "3", positive, "1"),
        ("6", "26", "4", negative, ""),
    ]
    assert [row["source_id"] for row in rows if row["skipped"]] == ["23"]
    assert [row["source_id"] for row in rows if row["ground_truth"]] == ["25"]
    assert [row["row"] for row in rows] == list(range(1, 15))
    assert rows[0]["created_at"] == datetime(2026, 11, 21, 21, 49, 8, 549526, tzinfo=UTC)
    assert refused == []
    assert [(each.code, each.place.row, each.place.subject) for each in notes] == [("LS002", 3, "annotation:19")]


@pytest.mark.shared
def test_the_config_finds_the_stray_control(shared):
    folder = shared / "fixtures" / "label_studio"
    config = (folder / "configs" / "choices_single.xml").read_text()
    _, _, _, notes = read(folder / "exports" / "choices_single" / "JSON.json", config=config)
    assert [(each.code, each.place.subject) for each in notes] == [
        ("LS007", "annotation:18"),
        ("LS002", "annotation:19"),
    ]


def test_item_keys_releases_and_accounts(tmp_path):
    tasks = [
        {
            "id": 1,
            "project": 9,
            "data": {"id": "x-1", "t": "甲"},
            "meta": {"k": "m", "labelqa": {"release": "mood@1.0.0"}},
            "annotations": [
                choice("A", completed_by={"id": 5, "email": "a@example.com"}),
                choice("B", id=2, completed_by={"email": "b@example.com"}),
            ],
        },
        {"id": 2, "data": {"t": "乙"}, "annotations": [choice("A", id=3)]},
        {"id": 3, "data": {"id": "x\n3"}, "annotations": [choice("A", id=4)]},
        {
            "id": 4,
            "data": {"id": "x-1"},
            "annotations": [choice("A", id=5, completed_by=None), choice("C", id=6, created_at="soon")],
        },
        {"id": 5, "annotations": []},
        7,
    ]
    path = made(tmp_path, tasks)
    rows, items, refused, notes = read(path, item_key="data.id")
    assert [(row["item_id"], row["account"], row["release"], row["value"]) for row in rows] == [
        ("x-1", "5", "mood@1.0.0", '{"c":"A"}'),
        ("x-1", "b@example.com", "mood@1.0.0", '{"c":"B"}'),
        ("x-1", "3", "", '{"c":"C"}'),
    ]
    assert [(row["item_id"], row["task"], row["project"]) for row in items] == [("x-1", "1", "9"), ("x-1", "4", "")]
    assert items[0]["data"] == '{"id":"x-1","t":"甲"}'
    assert [(each.code, each.place.row) for each in refused] == [
        ("LS001", 2),
        ("IM002", 3),
        ("IM003", 4),
        ("LS011", 5),
        ("LS011", 6),
    ]
    assert [(each.code, each.place.subject) for each in notes] == [("LS010", "annotation:6")]
    rows, _, refused, _ = read(path, item_key="meta.k")
    assert [row["item_id"] for row in rows] == ["m", "m"]
    assert len(refused) == 5


def test_several_exports_meet_in_one_item_key(tmp_path):
    for account in (1, 2):
        tasks = [
            {"id": 100 * account + n, "data": {"id": f"x-{n}"}, "annotations": [choice("A", completed_by=account)]}
            for n in range(3)
        ]
        rows, _, _, _ = read(made(tmp_path, tasks, f"{account}.json"), item_key="data.id")
        assert [(row["item_id"], row["account"]) for row in rows] == [(f"x-{n}", str(account)) for n in range(3)]


def test_short_exports_with_sorted_keys_need_the_config(tmp_path):
    row = {
        "annotation_id": 1,
        "annotator": 3,
        "id": 4,
        "mood": "good",
        "text": "t",
        "created_at": None,
        "updated_at": None,
        "lead_time": None,
    }
    path = made(tmp_path, [row])
    with pytest.raises(BadInput, match="keys were sorted"):
        read(path)
    config = '<View><Text name="text" value="$text"/><Choices name="mood" toName="text"/></View>'
    rows, items, _, _ = read(path, config=config)
    assert (rows[0]["value"], items[0]["data"]) == ('{"mood":"good"}', '{"text":"t"}')


def test_short_exports_tell_sets_of_one_from_labels(tmp_path):
    row = {"text": "t", "id": 4, "topics": {"choices": ["A"]}, "mood": "good", "rank": [{"ranker": {"rank": ["rank"]}}]}
    row |= {"note": ["b", "a"], "odd": [{"rle": 1}], "annotator": 3, "annotation_id": 1}
    rows, items, refused, notes = read(made(tmp_path, [row, {"id": 1}, {**row, "annotator": None}]))
    assert json.loads(rows[0]["value"]) == {"topics": ["A"], "mood": "good", "rank": ["rank"], "note": ["b", "a"]}
    assert [row["data"] for row in items] == ['{"text":"t"}'] * 2
    assert [(each.code, each.place.row) for each in refused] == [("LS014", 2), ("IM003", 3)]
    assert [each.code for each in notes] == ["LS012", "LS013", "LS003"]
    config = '<View><Choices name="topics" toName="t" choice="multiple"><Choice value="B"/></Choices></View>'
    _, _, _, notes = read(made(tmp_path, [row]), config=config)
    assert [each.code for each in notes].count("LS008") == 1
    assert {each.message.values["control"] for each in notes if each.code == "LS007"} == {"mood", "rank", "note"}


def test_broken_files_say_where(tmp_path):
    tasks = [{"id": n, "data": {"t": "x" * 500}, "annotations": [choice("A", id=n)]} for n in range(300)]
    whole = json.dumps(tasks)
    path = made(tmp_path, whole[:100_000])
    chunks = read_export(look(path, limit=LIMIT), chunk_rows=50)
    assert next(chunks).annotations.num_rows == 25  # what stands before the break is read
    with pytest.raises(BadInput, match=r"breaks off in entry \d+, at byte 100000"):
        list(chunks)
    for wrong, words in (('"id": 200', "NaN"), ('"id": 200', '"id": 1, "id": 2')):
        broken = whole.replace(wrong, words if words != "NaN" else '"id": NaN', 1)
        with pytest.raises(BadInput, match="entry 201"):
            read(made(tmp_path, broken))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encodings_and_gzip(tmp_path, encoding):
    tasks = [{"id": 1, "data": {"t": "这部电影很好看，我很喜欢"}, "annotations": [choice("正面")]}]
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(tasks, ensure_ascii=False).encode(encoding))
    assert look(path, limit=LIMIT).encoding == encoding
    rows, items, _, _ = read(path)
    assert (rows[0]["value"], items[0]["data"]) == ('{"c":"正面"}', '{"t":"这部电影很好看，我很喜欢"}')
    path.write_bytes(gzip.compress(json.dumps(tasks).encode()))
    assert read(path)[0][0]["value"] == '{"c":"正面"}'


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(megabytes):
        path = tmp_path / f"{megabytes}.json"
        with path.open("w") as out:
            task = {"id": 0, "data": {"t": "x" * 6000}, "annotations": [choice("A"), choice("B")]}
            text, size, number = json.dumps(task), 0, 0
            out.write("[")
            while size < megabytes * 1_000_000:
                size += out.write(("," if number else "") + text.replace('"id": 0', f'"id": {number}', 1))
                number += 1
            out.write("]")
        facts = look(path, limit=LIMIT)
        tracemalloc.start()
        count = sum(chunk.annotations.num_rows for chunk in read_export(facts, chunk_rows=100))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 2 * number
        return top

    peak(1)  # what is imported on first use is not the reader's
    small, large = peak(2), peak(20)
    assert large < 1.2 * small + 100_000


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00", "0001-01-01", 3, [1]])
def test_a_time_that_no_calendar_could_show_is_unknown_and_told(tmp_path, written):
    task = {"id": 1, "data": {"t": "x"}, "annotations": [choice("a", created_at=written)]}
    (row,), _, refused, notes = read(made(tmp_path, [task]))
    assert (row["created_at"], refused) == (None, [])
    assert [each.code for each in notes] == ["LS010"]
