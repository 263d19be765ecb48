"""The batch page on real frozen batches: one annotator, many annotators, and a hundred thousand items."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from labelqa.i18n import LANGS
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk, FileFacts
from labelqa.records.batch import Kind
from labelqa.wiring import create_workspace
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import import_chunks

MADE = datetime(2026, 11, 17, 2, tzinfo=UTC)
SECTIONS = ("state", "agreement", "check", "items", "record")
LONG = "这条回复没有说明<b>退款</b>期限，**请**补充说明并给出依据。" * 20
LABELS = ("正面", "负面")
TYPES = {"int64": pa.int64(), "string": pa.string(), "double": pa.float64(), "bool": pa.bool_(),
         "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC")}  # fmt: skip


def table(columns: tuple[tuple[str, str], ...], filled: dict[str, list[object]], rows: int) -> pa.RecordBatch:
    """A record batch of these columns; those not filled are empty texts or nulls."""
    arrays = [
        pa.array(filled.get(name, ["" if kind == "string" else None] * rows), TYPES[kind]) for name, kind in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[name for name, _ in columns])


def chunk(items: int, *, people: int, long: bool = False) -> Chunk:
    """Every person labels every item; the last person says the other label on each fifth item."""
    rows = items * people
    ids = [f"i-{item:06d}" for item in range(items) for _ in range(people)]
    who = [f"a{person}" for _ in range(items) for person in range(people)]
    said = [LABELS[item % 5 == 0 and person == people - 1] for item in range(items) for person in range(people)]
    annotations = table(ANNOTATION_COLUMNS, {
        "row": list(range(1, rows + 1)), "item_id": ids, "account": who,
        "source_id": [f"s-{row}" for row in range(rows)],
        "value": [json.dumps({"label": each}, ensure_ascii=False) for each in said], "created_at": [MADE] * rows,
        "updated_at": [MADE] * rows, "skipped": [False] * rows, "ground_truth": [False] * rows,
    }, rows)  # fmt: skip
    known = [f"i-{item:06d}" for item in range(items)]
    text = LONG if long else "短文"
    shown = [json.dumps({"text": f"{text}{item}"}, ensure_ascii=False) for item in range(items)]
    return Chunk(annotations=annotations, items=table(ITEM_COLUMNS, {
        "item_id": known, "data": shown, "meta": ["{}"] * items, "project": ["1"] * items, "task": known,
    }, items))  # fmt: skip


def freeze(desk: Desk, name: str, given: Chunk) -> None:
    facts = FileFacts(path=f"{name}.csv", format="csv", encoding="utf-8", digest=name.ljust(64, "0"), size=1)
    import_chunks(desk, facts, [given])
    declare_batch(desk, name, kind=Kind.FUNCTIONAL, labels=LABELS, organizer="一组", control="label")
    freeze_batch(desk, name)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A workspace with a batch of one annotator."""
    folder: Path = tmp_path_factory.mktemp("one") / "ws"
    with create_workspace(folder, name="one", env={}, clock=lambda: MADE.replace(day=18)) as made:
        freeze(made, "alone", chunk(120, people=1, long=True))
        yield made


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_batch_of_one_annotator_is_laid_out(desk, open_page, section, lang):
    app = open_page(desk, "batch", lang=lang, batch="alone", show=section)
    assert app.selectbox(key="pick-batch").value == "alone"
    assert app.session_state["pick-show"] == section


def test_agreement_of_one_annotator_is_unknown_with_its_reason(desk, open_page):
    app = open_page(desk, "batch", batch="alone", show="agreement")
    coefficients = app.dataframe[0].value
    assert set(coefficients["Figure"]) == {"unknown"}
    assert all(coefficients["Interval"])  # the reason stands in the interval's place


def test_items_come_fifty_at_a_time_and_long_texts_are_cut_with_a_mark(desk, open_page):
    app = open_page(desk, "batch", batch="alone", show="items")
    first = app.dataframe[0].value
    assert len(first) == 50
    assert all(text.endswith("…") for text in first["Content"])
    app.number_input(key="item-page").set_value(3).run()
    assert "3" in app.query_params["page"]
    assert list(app.dataframe[0].value["Item"]) == [f"i-{item:06d}" for item in range(100, 120)]


def test_a_filter_narrows_the_items_and_starts_at_the_first_page(desk, open_page):
    app = open_page(desk, "batch", batch="alone", show="items", page="3")
    app.selectbox(key="filter-label").set_value("负面").run()
    assert not app.exception
    assert "page" not in app.query_params
    assert len(app.dataframe[0].value) == 24
    app.selectbox(key="filter-only").set_value("drawn").run()
    assert not app.dataframe
    assert app.info[0].value == "No item matches."


def test_a_count_leads_to_the_items_behind_it(desk, open_page):
    app = open_page(desk, "batch", batch="alone", show="state")
    app.button(key="lead-all").click().run()
    assert app.session_state["pick-show"] == "items"
    assert len(app.dataframe[0].value) == 50


def test_an_address_that_makes_no_sense_shows_something_sound(desk, open_page):
    app = open_page(
        desk, "batch", batch="nowhere", show="items", only="x", label="y", page="-4", week="1999-W99", lang="fr"
    )
    assert app.selectbox(key="pick-batch").value == "alone"


def test_a_hundred_thousand_items_are_asked_for_fifty_at_a_time_and_once(tmp_path, open_page, monkeypatch):
    import labelqa.workflows.items

    asked = []
    real = labelqa.workflows.items.item_page

    def counted(*args, **options):
        asked.append(options)
        return real(*args, **options)

    monkeypatch.setattr("labelqa.workflows.items.item_page", counted)
    if "parts.items" in sys.modules:
        monkeypatch.setattr(sys.modules["parts.items"], "item_page", counted)
    with create_workspace(tmp_path / "ws", name="large", env={}, clock=lambda: MADE.replace(day=18)) as large:
        freeze(large, "large", chunk(100_000, people=1))
        app = open_page(large, "batch", batch="large", show="items", page="2000")
        assert list(app.dataframe[0].value["Item"]) == [f"i-{item:06d}" for item in range(99_950, 100_000)]
        app.run()
        assert app.metric == []
        assert [(each["offset"], each["limit"]) for each in asked] == [
            (99_950, 50)
        ]  # kept while the ledger stands still
        app = open_page(large, "batch", batch="large", show="state")
        assert app.metric[0].value == "100,000"
