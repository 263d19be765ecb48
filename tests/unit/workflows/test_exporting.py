"""Final labels go out: what each row says, what stays in, what force leaves on record, and the same bytes every time."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from labelqa.adapters.cli.output import worded
from labelqa.adapters.files.final_labels import Csv, JsonLines, Parquet, write_all, write_document
from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.final import Tasks
from labelqa.adapters.report.croissant import croissant
from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.i18n import Speaker
from labelqa.records.batch import Kind, Repeats
from labelqa.records.facts import (
    BatchSettled,
    CardRecorded,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Draft,
    HitRuled,
    LabelsExported,
    RegisterEntered,
    ReviewRecorded,
)
from labelqa.records.handed import Handed, LeftOut
from labelqa.records.history import Happened
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import raise_dispute
from labelqa.workflows.drawing.drawn import drawn_items
from labelqa.workflows.exporting.export import Order, export_labels
from labelqa.workflows.history.item import item_history
from labelqa.workflows.people import add_person
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, RELEASE, Answer, account, agreeing, drawn_batch, frozen_batch, take_in

BY = "Rex One"


def say(desk: Desk, body: Any, *subjects: str) -> int:
    (fact,) = desk.ledger.append([Draft(body=body, subjects=subjects, actor="t")], now=desk.clock())
    return fact.seq


def card(desk: Desk, batch: str, **told: Any) -> int:
    body = {
        "source": "open-licence", "licence": "CC-BY-4.0", "ip_check": "cleared", "personal": False, "basis": "",
        "modalities": ["text"], "languages": ["zh-CN"], "scale": 10,
    }  # fmt: skip
    return say(desk, CardRecorded(batch=batch, **(body | told)), f"batch:{batch}")


def settle(desk: Desk, batch: str, conclusion: str = "accept") -> None:
    body = BatchSettled(
        batch=batch, conclusion=conclusion, reason="x", drawn=0, reviewed=0, defects=0, critical=0, allowed=0,
        accuracy=[], method="",
    )  # fmt: skip
    say(desk, body, f"batch:{batch}")


def export(desk: Desk, out: Path, *batches: str, forms: Sequence[str] = ("jsonl",), **told: Any) -> Handed:
    made = {"jsonl": JsonLines, "csv": Csv, "parquet": Parquet}

    def writer(form: str, folder: Path) -> Any:
        return Tasks(folder / "ls.json") if form == "ls" else made[form](folder / f"labels.{form}")

    def describe(folder: Path, told: Any, files: Any) -> list[Path]:
        return [write_document(folder / "croissant.json", croissant(told, files, folder=folder, say=Speaker("en")))]

    order = Order(batches=batches, by=BY, content="ls" in forms, **told)
    return export_labels(
        desk, order, out=out, describe=describe, write=lambda folder, rows: write_all([writer(each, folder) for each in forms], rows)
    )  # fmt: skip


def rows(out: Path) -> dict[str, dict[str, Any]]:
    lines = (out / "labels.jsonl").read_text("utf-8").splitlines()
    return {row["item_id"]: row for row in map(json.loads, lines)}


def some(label: str, item: str, *, who: int = 0, origin: str = "") -> Answer:
    return Answer(item, account(EXECUTORS[who]), label, at=MONDAY, origin=origin)


def mixed() -> list[Answer]:
    """q-000…q-004 unanimous; two of three on q-005; three labels on q-006…q-008; q-009 one annotator."""
    answers = agreeing(5)
    answers += [some(label, "q-005", who=at) for at, label in enumerate(("accept", "accept", "inaccurate"))]
    for item in ("q-006", "q-007", "q-008"):
        answers += [some(label, item, who=at) for at, label in enumerate(("accept", "inaccurate", "off_topic"))]
    return [*answers, some("accept", "q-009")]


def ruled(desk: Desk, item: str, outcome: str, label: str = "") -> None:
    body = DisputeRuled(batch="b1", item=item, label=label, arbitrator="p-art", reason="", outcome=outcome)
    say(desk, body, "batch:b1", f"item:{item}")


@pytest.fixture
def accepted(desk: Desk) -> Desk:
    """A batch in which everything happened that a label can rest on."""
    frozen_batch(desk, answers=mixed(), plan=False, card=False)
    card(desk, "b1")
    ruled(desk, "q-006", "upheld", "inaccurate")
    ruled(desk, "q-007", "rejected")
    ruled(desk, "q-008", "sent-back")
    review = {
        "sample": "b1/1", "batch": "b1", "kind": "verification", "reviewer": "p-r", "rule": "", "defect": "",
        "severity": "", "unsafe": "", "comment": "",
    }  # fmt: skip
    good = ReviewRecorded(item="q-000", verdict="correct", correct_label="", label="accept", **review)
    bad = ReviewRecorded(item="q-001", verdict="incorrect", correct_label="off_topic", label="accept", **review)
    say(desk, good, "batch:b1", "item:q-000", "sample:b1/1")
    problem = say(desk, bad, "batch:b1", "item:q-001", "sample:b1/1")
    when = "2026-11-16T02:00:00.000000Z"
    fixed = CorrectionRecorded(
        batch="b1", item="q-001", annotator="p-a", corrector="p-b", before="accept", after="off_topic", made_at=when,
        corrected_at=when, problems=[problem],
    )  # fmt: skip
    seq = say(desk, fixed, "batch:b1", "item:q-001")
    looked = CorrectionReviewed(batch="b1", item="q-001", correction=seq, verdict="correct", reviewer="p-r")
    say(desk, looked, "batch:b1", "item:q-001")
    settle(desk, "b1")
    return desk


def test_each_row_says_what_the_label_rests_on(accepted: Desk, tmp_path: Path) -> None:
    made = export(accepted, tmp_path / "out", "b1")
    told = rows(tmp_path / "out")
    assert {item: (row["label"], row["source"]) for item, row in told.items()} == {
        "q-000": ("accept", "unanimous"),  # the sample of that verdict was never drawn, so it is not heard
        "q-001": ("off_topic", "corrected"),
        "q-002": ("accept", "unanimous"),
        "q-003": ("accept", "unanimous"),
        "q-004": ("accept", "unanimous"),
        "q-005": ("accept", "consensus"),
        "q-006": ("inaccurate", "arbitrated"),
        "q-009": ("accept", "single"),
    }
    assert list(told) == sorted(told)
    (batch,) = made.batches
    assert (batch.exported, dict(batch.left_out)) == (8, {"discarded": 1, "sent-back": 1})
    assert (told["q-005"]["annotations"], told["q-009"]["annotations"]) == (3, 1)
    assert told["q-000"]["card"] == f"fact:{batch.card.fact}"
    assert not told["q-000"]["forced"]


def test_one_person_who_answers_twice_is_not_unanimous(desk: Desk, tmp_path: Path) -> None:
    twice = [some("accept", "q-000"), Answer("q-000", account(EXECUTORS[0]), "accept", at=MONDAY, source="again")]
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    take_in(desk, [*twice, *agreeing(2, prefix="r")])
    freeze_batch(desk, "b1", repeats=Repeats.ALL)
    card(desk, "b1")
    settle(desk, "b1")
    export(desk, tmp_path / "out", "b1")
    found = rows(tmp_path / "out")
    assert (found["q-000"]["annotations"], found["q-000"]["source"]) == (2, "single")
    assert found["r-000"]["source"] == "unanimous"


def test_of_a_ruling_and_a_correction_the_later_one_makes_the_label(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(4), plan=False, card=False)
    card(desk, "b1")

    def corrected(item: str, after: str) -> int:
        when = "2026-11-16T02:00:00.000000Z"
        body = CorrectionRecorded(
            batch="b1", item=item, annotator="p-a", corrector="p-b", before="accept", after=after, made_at=when,
            corrected_at=when, problems=[],
        )  # fmt: skip
        return say(desk, body, "batch:b1", f"item:{item}")

    def looked(item: str, seq: int, **told: Any) -> None:
        body = CorrectionReviewed(batch="b1", item=item, correction=seq, verdict="correct", reviewer="p-r", **told)
        say(desk, body, "batch:b1", f"item:{item}")

    ruled(desk, "q-000", "sent-back")  # and corrected then
    looked("q-000", corrected("q-000", "off_topic"))
    looked("q-001", corrected("q-001", "off_topic"))  # and an arbitrator lets another label stand then
    ruled(desk, "q-001", "upheld", "accept")
    ruling_between = corrected("q-002", "off_topic")  # the arbitrator knew of the correction, its re-review came later
    ruled(desk, "q-002", "upheld", "accept")
    looked("q-002", ruling_between)
    looked("q-003", corrected("q-003", "off_topic"), unsafe="A5a")  # a risk is left: it did not pass
    settle(desk, "b1")
    export(desk, tmp_path / "out", "b1")
    assert {item: (row["label"], row["source"]) for item, row in rows(tmp_path / "out").items()} == {
        "q-000": ("off_topic", "corrected"), "q-001": ("accept", "arbitrated"), "q-002": ("accept", "arbitrated"),
        "q-003": ("accept", "unanimous"),
    }  # fmt: skip


def test_the_posterior_is_the_exported_labels_own(accepted: Desk, tmp_path: Path) -> None:
    export(accepted, tmp_path / "out", "b1")
    told = rows(tmp_path / "out")
    assert 0.5 < told["q-000"]["posterior"] <= 1
    assert told["q-001"]["posterior"] < 0.5  # the annotators said something else
    assert told["q-005"]["posterior"] < told["q-000"]["posterior"]


def test_the_same_labels_give_the_same_bytes_in_every_form(accepted: Desk, tmp_path: Path) -> None:
    forms = ("jsonl", "csv", "parquet", "ls")
    first = export(accepted, tmp_path / "one", "b1", forms=forms)
    second = export(accepted, tmp_path / "two", "b1", forms=forms)
    assert first.files == second.files
    assert first.export != second.export
    fact = accepted.ledger.view().of(LabelsExported)[0]
    assert (fact.body.files, fact.body.forced, fact.body.items) == (dict(first.files), [], 8)
    assert {"batch:b1"} < set(fact.subjects)
    table = pq.read_table(tmp_path / "one" / "labels.parquet").to_pylist()
    with (tmp_path / "one" / "labels.csv").open(encoding="utf-8-sig", newline="") as text:
        cells = list(csv.DictReader(text))
    lines = rows(tmp_path / "one")
    assert [row["item_id"] for row in table] == [row["item_id"] for row in cells] == list(lines)
    for row, cell in zip(table, cells, strict=True):
        assert (row["label"], row["posterior"]) == (cell["label"], float(cell["posterior"]))
        assert row["posterior"] == lines[row["item_id"]]["posterior"]
        assert cell["forced"] == "false"


def test_label_studio_reads_back_what_went_out(accepted: Desk, tmp_path: Path) -> None:
    export(accepted, tmp_path / "out", "b1", forms=("ls", "jsonl"))
    tasks = json.loads((tmp_path / "out" / "ls.json").read_text("utf-8"))
    control = read_state(accepted).batch("b1").control
    choices = "".join(f'<Choice value="{each}"/>' for each in ("accept", "off_topic", "inaccurate"))
    config = (
        f'<View><Text name="text" value="$text"/><Choices name="{control}" toName="text">{choices}</Choices></View>'
    )
    specs = {spec.name: spec for spec in read_config(config)[0]}
    read = {}
    for task in tasks:
        (annotation,) = task["annotations"]
        decoded = decode(annotation["result"], specs=specs)
        assert list(decoded.findings) == []
        read[task["meta"]["item_id"]] = decoded.answers[control]
    assert read == {item: row["label"] for item, row in rows(tmp_path / "out").items()}


def test_a_batch_that_is_not_accepted_stays_in_and_force_is_on_record(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(4), plan=False, card=False)
    out = tmp_path / "out"
    with pytest.raises(Refused, match="has no card"):
        export(desk, out, "b1", force=True, reason="a trial")
    card(desk, "b1")
    with pytest.raises(Refused, match="is not accepted"):
        export(desk, out, "b1")
    with pytest.raises(WrongUsage, match="--reason"):
        export(desk, out, "b1", force=True)
    with pytest.raises(WrongUsage, match="--reason"):
        export(desk, out, "b1", reason="none is needed")
    assert not out.exists()
    settle(desk, "b1", "void")
    with pytest.raises(Refused, match="is void"):
        export(desk, out, "b1")
    made = export(desk, out, "b1", force=True, reason="a trial")
    assert made.forced == ("b1",)
    assert all(row["forced"] for row in rows(out).values())
    said = json.loads((out / "croissant.json").read_text("utf-8"))
    assert "NOT ACCEPTED" in said["description"]
    assert "a trial" in said["description"]
    (fact,) = desk.ledger.view().of(LabelsExported)
    assert (fact.body.forced, fact.body.reason) == (["b1"], "a trial")


def test_what_somebody_disputed_goes_out_by_no_force(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(3), plan=False, card=False)
    card(desk, "b1")
    raise_dispute(desk, "b1", "q-001", by=BY, reason="two prompts in one")
    handed = export(desk, tmp_path / "out", "b1", force=True, reason="trial")
    assert set(rows(tmp_path / "out")) == {"q-000", "q-002"}
    assert handed.batches[0].left_out == {LeftOut.DISPUTED: 1}


def test_force_on_an_accepted_batch_forces_nothing(accepted: Desk, tmp_path: Path) -> None:
    made = export(accepted, tmp_path / "out", "b1", force=True, reason="to be sure")
    assert made.forced == ()
    assert not any(row["forced"] for row in rows(tmp_path / "out").values())


def test_a_folder_with_something_in_it_is_left_alone(accepted: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="not an empty folder"):
        export(accepted, out, "b1")
    assert [each.name for each in out.iterdir()] == ["mine.txt"]


def test_an_error_on_the_way_leaves_nothing_behind(accepted: Desk, tmp_path: Path) -> None:
    def broken(folder: Path, _rows: Any) -> list[Path]:
        (folder / "half").write_text("half")
        raise OSError("disk full")

    order = Order(batches=["b1"], by=BY)
    with pytest.raises(OSError, match="disk full"):
        export_labels(accepted, order, out=tmp_path / "out", write=broken, describe=lambda *_: [])
    assert not (tmp_path / "out").exists()
    assert accepted.ledger.view().of(LabelsExported) == ()


def test_items_that_models_had_a_hand_in_name_the_registers_entry(desk: Desk, tmp_path: Path) -> None:
    add_person(desk, "Bot", organizer="Org", duties=["executor"], accounts={"file": "bot"}, model="judge@2")  # type: ignore[list-item]
    answers = agreeing(3)
    answers[0] = some("accept", "q-000", origin="prelabelled-edited")
    answers.append(Answer("q-001", "bot", "accept", at=MONDAY))
    frozen_batch(desk, answers=answers, plan=False, card=False)
    card(desk, "b1")
    settle(desk, "b1")
    made = export(desk, tmp_path / "one", "b1")
    told = rows(tmp_path / "one")
    assert {item: row["models"] for item, row in told.items()} == {"q-000": ["?"], "q-001": ["?judge@2"], "q-002": []}
    assert [row["model_assisted"] for row in told.values()] == [True, True, False]
    for entry, name, batches in (("model:j", "Judge", ""), ("model:p", "Pre", "b1")):
        data = {"name": name, "version": "2", "provider": "x", "filing": "B-1", "batches": batches}
        body = RegisterEntered(register="model", entry=entry, title=name, data=data)
        say(desk, body, f"register:{entry}")
    made = export(desk, tmp_path / "two", "b1")
    told = rows(tmp_path / "two")
    assert {item: row["models"] for item, row in told.items()} == {
        "q-000": ["model:p"],
        "q-001": ["model:j"],
        "q-002": [],
    }
    assert {each.entry for each in made.batches[0].models} == {"model:j", "model:p"}
    tools = json.loads((tmp_path / "two" / "croissant.json").read_text("utf-8"))["rai:machineAnnotationTools"]
    assert tools == ["Pre 2 by x (filing: B-1; entry model:p)", "Judge 2 by x (filing: B-1; entry model:j)"]


def test_an_item_in_two_batches_has_one_label(desk: Desk, tmp_path: Path) -> None:
    from labelqa.records.facts import BatchDeclared

    for name in ("b1", "b2"):
        frozen_batch(desk, name, answers=agreeing(3, prefix=name), plan=False, card=False)
    one, two = (read_state(desk).batch(name).freeze for name in ("b1", "b2"))
    assert one
    assert two
    declared = next(f for f in desk.ledger.view().about("batch:b2", BatchDeclared))
    frozen = desk.ledger.view().about("batch:b1")[-1]
    # a round of the first batch that holds the very items of it
    from dataclasses import replace

    say(desk, replace(declared.body, batch="b3", parent="b1", round=1), "batch:b3")
    say(desk, replace(frozen.body, batch="b3"), "batch:b3")
    say(desk, replace(declared.body, batch="b4"), "batch:b4")
    say(desk, replace(frozen.body, batch="b4"), "batch:b4")
    for name in ("b1", "b2", "b3", "b4"):
        card(desk, name)
        settle(desk, name)
    made = export(desk, tmp_path / "out", "b1", "b2", "b3")
    assert [(each.batch, each.exported, dict(each.left_out)) for each in made.batches] == [
        ("b1", 0, {"later-round": 3}), ("b2", 3, {}), ("b3", 3, {}),
    ]  # fmt: skip
    assert {row["round"] for row in rows(tmp_path / "out").values()} == {0, 1}
    with pytest.raises(BadInput, match="export them apart"):
        export(desk, tmp_path / "other", "b1", "b4")


def test_the_card_keeps_the_rules_of_croissant(accepted: Desk, tmp_path: Path) -> None:
    """Hand-checked rules of Croissant 1.0: every id known, every file with its sha256, every field with a source."""
    made = export(accepted, tmp_path / "out", "b1", forms=("jsonl", "parquet", "csv", "ls"))
    told = json.loads((tmp_path / "out" / "croissant.json").read_text("utf-8"))
    assert told["conformsTo"] == ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
    files = {each["@id"]: each for each in told["distribution"]}
    assert {name: each["sha256"] for name, each in files.items()} == {
        name: digest for name, digest in made.files.items() if name != "croissant.json"
    }
    (records,) = told["recordSet"]
    assert {each["source"]["fileObject"]["@id"] for each in records["field"]} == {"labels.parquet"}
    assert [each["name"] for each in records["field"]] == pq.read_schema(tmp_path / "out" / "labels.parquet").names
    for name in ("dataCollection", "dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis",
                 "annotationsPerItem", "annotatorDemographics", "machineAnnotationTools", "personalSensitiveInformation"):  # fmt: skip
        assert told[f"rai:{name}"], name
    assert told["license"] == ["CC-BY-4.0"]


def test_a_label_that_a_reviewer_called_correct_is_a_reviewed_one(desk: Desk, tmp_path: Path) -> None:
    sample = drawn_batch(desk, answers=agreeing(30))
    seen, wrong, *_ = [each.item_id for each in drawn_items(desk, sample.sample)]
    for item, verdict, judged in ((seen, "correct", "accept"), (wrong, "incorrect", "accept")):
        body = ReviewRecorded(
            sample=sample.sample, batch="b1", item=item, verdict=verdict, kind="verification", reviewer="p-r", rule="",
            defect="", severity="", correct_label="", unsafe="", comment="", label=judged,
        )  # fmt: skip
        say(desk, body, "batch:b1", f"item:{item}", f"sample:{sample.sample}")
    export(desk, tmp_path / "out", "b1", force=True, reason="a trial")
    told = rows(tmp_path / "out")
    assert (told[seen]["source"], told[wrong]["source"]) == ("reviewed", "unanimous")


def hit(desk: Desk, batch: str, item: str) -> None:
    """A verdict that reports an item, and a second person who confirms it."""
    review = ReviewRecorded(
        sample=f"{batch}/1", batch=batch, item=item, kind="verification", reviewer="p-r", rule="", defect="", severity="",
        unsafe="A.1", comment="", verdict="incorrect", correct_label="", label="accept",
    )  # fmt: skip
    seq = say(desk, review, f"batch:{batch}", f"item:{item}", f"sample:{batch}/1")
    ruling = HitRuled(batch=batch, item=item, reviews=[seq], confirmed=True, by="p-x", reason="")
    say(desk, ruling, f"batch:{batch}", f"item:{item}")


def test_a_batch_with_a_confirmed_hit_goes_out_by_no_force(desk: Desk, tmp_path: Path) -> None:
    sample = drawn_batch(desk, answers=agreeing(30), card=False)
    card(desk, "b1")
    hit(desk, "b1", drawn_items(desk, sample.sample)[0].item_id)
    for _ in range(2):  # settled or not
        with pytest.raises(Refused, match=r"confirmed in 1 item of batch b1 \(q-0\d\d\)"):
            export(desk, tmp_path / "out", "b1", force=True, reason="urgent")
        settle(desk, "b1", "void")
    assert not (tmp_path / "out").exists()
    assert not desk.ledger.view().of(LabelsExported)


def test_an_item_confirmed_as_harmful_in_another_batch_stays_in(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(3), plan=False, card=False)
    card(desk, "b1")
    settle(desk, "b1")
    say(desk, HitRuled(batch="b0", item="q-001", reviews=[1], confirmed=True, by="p-x", reason=""), "item:q-001")
    say(desk, HitRuled(batch="b0", item="q-002", reviews=[1], confirmed=False, by="p-x", reason=""), "item:q-002")
    handed = export(desk, tmp_path / "out", "b1")
    assert set(rows(tmp_path / "out")) == {"q-000", "q-002"}
    assert handed.batches[0].left_out == {LeftOut.HIT: 1}
    (line,) = [each for each in item_history(desk, "q-001").lines if each.happened is Happened.LEFT_OUT]
    assert "confirmed as illegal or harmful" in str(worded(line.message, Speaker("en"), desk.settings.zone))


def test_a_void_batch_says_so_wherever_it_goes(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(2), plan=False, card=False)
    card(desk, "b1")
    settle(desk, "b1", "void")
    export(desk, tmp_path / "out", "b1", force=True, reason="a trial")
    assert {row["conclusion"] for row in rows(tmp_path / "out").values()} == {"void"}
    said = json.loads((tmp_path / "out" / "croissant.json").read_text("utf-8"))
    assert "VOID: batch b1 is void for good" in said["description"]
    assert "void for good" in str({key: value for key, value in said.items() if key.startswith("rai:")})


def test_the_history_of_an_item_that_stayed_in_says_why(accepted: Desk, tmp_path: Path) -> None:
    export(accepted, tmp_path / "out", "b1")
    out = set(rows(tmp_path / "out"))
    ends = {
        item: [each for each in item_history(accepted, item).lines if each.happened in (Happened.EXPORTED, Happened.LEFT_OUT)]
        for item in (f"q-{n:03}" for n in range(10))
    }  # fmt: skip
    assert {item for item, (line,) in ends.items() if line.happened is Happened.EXPORTED} == out
    assert {item: line.message.values["why"] for item, (line,) in ends.items() if item not in out} == {
        "q-007": LeftOut.DISCARDED, "q-008": LeftOut.SENT_BACK,
    }  # fmt: skip
    ruled(accepted, "q-000", "rejected")  # later: the export was before
    (line,) = [each for each in item_history(accepted, "q-000").lines if each.happened is Happened.EXPORTED]
    assert "final labels exported" in str(line.message)


def test_the_history_tells_what_waited_for_the_arbitrator(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=mixed(), plan=False, card=False)
    card(desk, "b1")
    raise_dispute(desk, "b1", "q-001", by=BY, reason="two prompts in one")
    export(desk, tmp_path / "out", "b1", force=True, reason="trial")
    out = set(rows(tmp_path / "out"))
    for item in ("q-000", "q-001", "q-006"):
        (line,) = [each for each in item_history(desk, item).lines if each.fact and "export" in str(each.message)]
        assert (line.happened is Happened.EXPORTED) == (item in out) == (item == "q-000")
