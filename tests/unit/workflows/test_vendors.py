"""A vendor's records: from its workspace into another one, twice, changed, altered on the way; and one's own acceptance."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.files.vendor_files import read_vendor, write_vendor
from labelqa.errors import BadInput
from labelqa.records.designs import Design, Terms
from labelqa.records.facts import ExamRecorded, TrainingRecorded, VendorImported
from labelqa.records.people import Duty, Standing
from labelqa.records.review import Identity, Verdict, VerdictKind
from labelqa.records.training import Demand
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.people import add_person, record_training
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from labelqa.workflows.training.matrix import training_matrix
from labelqa.workflows.vendor_own import vendor_records
from labelqa.workflows.vendors import import_vendor
from tests.building import (
    EXECUTORS,
    MONDAY,
    RELEASE,
    REVIEWERS,
    Clock,
    account,
    agreeing,
    frozen_batch,
    new_desk,
    opened,
    qualified,
    release,
    staffed,
)

VENDOR = "云帆数据"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """What a vendor's own workspace hands out."""
    with new_desk(tmp_path / "theirs") as theirs:
        staffed(theirs)
        write_vendor(tmp_path / "v.zip", vendor_records(theirs))
    return tmp_path / "v.zip"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The provider's workspace: reviewers of its own, and no annotator."""
    with new_desk(tmp_path / "ours") as made:
        people = [
            add_person(made, name, organizer="Us", duties=[Duty.REVIEWER], accounts={}).person
            for name in ("Mia One", "Mia Two")
        ]
        release(made, RELEASE)
        qualified(made, people)
    with opened(tmp_path / "ours", clock=Clock(MONDAY - timedelta(days=1))) as found:
        yield found


def taken(desk: Desk, path: Path, *, vendor: str = VENDOR, servers: Any = (("file", "file"),)) -> Any:
    return import_vendor(desk, read_vendor(path), vendor=vendor, signed_by="Mia One", servers=dict(servers))


def test_records_come_in_once_without_names_as_the_vendors_own(desk: Desk, sent: Path):
    assert not any(name.encode() in sent.read_bytes() for name in (*EXECUTORS, *REVIEWERS))
    done = taken(desk, sent)
    assert (done.people, done.trainings, done.exams, done.findings) == (7, 7, 7, ())
    state = read_state(desk)
    (fact,) = state.facts.of(VendorImported)
    assert fact.seq == done.fact
    assert fact.identity is Identity.IMPORTED
    assert fact.body.file_digest == read_vendor(sent).digest
    for told in (TrainingRecorded, ExamRecorded):
        mine = list(state.facts.about(f"vendor:{VENDOR}", told))
        assert {each.body.source for each in mine} == {fact.body.file_digest}
        assert {each.identity for each in mine} == {Identity.IMPORTED}
    again = taken(desk, sent)
    assert (again.people, again.trainings, again.exams, again.fact) == (0, 0, 0, 0)
    assert again.unchanged == 21
    assert desk.ledger.head()[0] == fact.seq
    names = desk.ledger.identities.names()
    ann = desk.ledger.identities.accounts()["file", account(EXECUTORS[0])]
    assert names[ann].startswith(f"{VENDOR}/p-")
    assert state.qualification(ann, RELEASE, desk.clock()).standing is Standing.QUALIFIED


def test_a_vendors_training_is_none_of_the_provider(desk: Desk, sent: Path):
    with_provider = json.loads(zipfile.ZipFile(sent).read("trainings.json"))
    assert all("provider" not in each for each in with_provider)
    taken(desk, sent)
    for line in training_matrix(desk).people:
        if line.organizer != "Us":
            assert line.coverage.by_provider == {}
            assert line.coverage.gaps[Demand.TC260_003]


def rewritten(sent: Path, target: Path, change: Any) -> Path:
    """The same file with other records, honestly written anew."""
    with zipfile.ZipFile(sent) as archive:
        records = {name: json.loads(archive.read(f"{name}.json")) for name in ("people", "trainings", "exams")}
        manifest = json.loads(archive.read("manifest.json"))
    change(records)
    write_vendor(target, records | {"ledger": {name: manifest[name] for name in ("workspace", "head", "facts")}})
    return target


def test_a_changed_file_is_told_and_only_what_is_new_is_taken(desk: Desk, sent: Path, tmp_path: Path):
    taken(desk, sent)

    def change(records: Any) -> None:
        records["exams"][0]["score"] = 1.0
        records["people"].append({"person": "p-new", "organizer": "", "duties": ["executor"], "accounts": {}})
        records["people"].append({"person": "p-odd", "organizer": "", "duties": ["juggler"], "accounts": {}})
        records["trainings"].append({"person": "p-ghost", "release": RELEASE, "at": "2026-11-01T00:00:00+00:00"})
        records["trainings"].append({"release": RELEASE})

    done = taken(desk, rewritten(sent, tmp_path / "v2.zip", change))
    assert (done.people, done.trainings, done.exams) == (1, 0, 0)
    assert [each.code for each in done.findings] == [
        "vendor-row-unreadable", "vendor-file-changed", *["vendor-row-refused"] * 3,
    ]  # fmt: skip
    assert taken(desk, sent).people == 0


def test_exams_of_a_vendor_are_checked_and_counted_like_ones_own(desk: Desk, sent: Path, tmp_path: Path):
    def change(records: Any) -> None:
        first, second, *_ = records["exams"]
        records["exams"] += [first, {**first, "at": "2026-11-05T00:00:00+00:00"}]  # twice, and once more later
        second["abilities"] = {"juggling": 1.0}
        records["trainings"].append(records["trainings"][0])

    done = taken(desk, rewritten(sent, tmp_path / "v2.zip", change))
    assert (done.trainings, done.exams, done.unchanged) == (7, 7, 2)
    assert [str(each.message) for each in done.findings if "juggling" in str(each.message)]
    told = [fact.body for fact in read_state(desk).facts.of(ExamRecorded) if fact.body.source]
    assert sorted(each.attempt for each in told) == [1] * 6 + [2]


def test_a_vendors_server_is_its_own_unless_it_is_named(desk: Desk, sent: Path, tmp_path: Path):
    def theirs(records: Any) -> None:
        for name in ("people", "trainings", "exams"):
            for each in records[name]:
                each["person"] = f"z-{each['person']}"

    assert taken(desk, sent).people == 7
    other = rewritten(sent, tmp_path / "other.zip", theirs)
    done = taken(desk, other, vendor="乙公司", servers=())
    assert (done.people, done.findings) == (7, ())
    accounts = desk.ledger.identities.accounts()
    name = account(EXECUTORS[0])
    assert accounts["file", name] != accounts["file@vendor:乙公司", name]
    clash = taken(desk, other, vendor="丙公司")
    assert (clash.people, len(clash.findings)) == (0, 21)
    assert f"file={name} of 丙公司/z-p-" in " ".join(str(each.message) for each in clash.findings)


def test_who_is_registered_for_the_vendor_already_is_the_same_person(desk: Desk, sent: Path):
    theirs = json.loads(zipfile.ZipFile(sent).read("people.json"))
    ours = {
        each["accounts"]["file"]: add_person(
            desk, f"Real {place}", organizer=VENDOR, duties=[Duty(word) for word in each["duties"]],
            accounts=each["accounts"],
        ).person
        for place, each in enumerate(theirs)
    }  # fmt: skip
    done = taken(desk, sent)
    assert (done.people, done.trainings, done.exams, done.unchanged, done.findings) == (0, 7, 7, 7, ())
    ann = ours[account(EXECUTORS[0])]
    assert read_state(desk).qualification(ann, RELEASE, desk.clock()).standing is Standing.QUALIFIED
    assert desk.ledger.identities.names()[ann].startswith("Real ")
    assert taken(desk, sent).unchanged == 21


def test_a_missing_release_is_said_once_and_first(desk: Desk, sent: Path, tmp_path: Path):
    def elsewhere(records: Any) -> None:
        for each in (*records["trainings"], *records["exams"]):
            each["release"] = "other@1.0.0"

    before = desk.ledger.head()
    done = taken(desk, rewritten(sent, tmp_path / "v2.zip", elsewhere))
    assert [each.code for each in done.findings] == ["vendor-release-missing"]
    assert "14 trainings and exams name it" in str(done.findings[0].message)
    assert (done.people, desk.ledger.head()) == (0, before)

    def partly(records: Any) -> None:
        records["exams"][0]["release"] = "other@1.0.0"

    done = taken(desk, rewritten(sent, tmp_path / "v3.zip", partly))
    assert (done.people, done.trainings, done.exams) == (7, 7, 6)
    assert [each.code for each in done.findings] == ["vendor-release-missing"]


def test_a_file_that_was_altered_on_the_way_is_refused_whole(desk: Desk, sent: Path, tmp_path: Path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(sent) as archive:
        archive.extractall(folder)
    assert len(read_vendor(folder).people) == 7
    exams = folder / "exams.json"
    exams.write_text(exams.read_text(encoding="utf-8").replace("0.9", "0.95"), encoding="utf-8")
    with pytest.raises(BadInput, match="altered on the way"):
        read_vendor(folder)
    exams.unlink()
    with pytest.raises(BadInput, match="has no exams"):
        read_vendor(folder)
    for content in (b"", b"PK\x03\x04 no zip", b"{}"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(BadInput, match="no record of a vendor"):
            read_vendor(tmp_path / "x")
    with pytest.raises(BadInput, match="larger than"):
        read_vendor(sent, limit=10)


def test_a_workbook_with_three_sheets_does_as_well(desk: Desk, tmp_path: Path):
    from openpyxl import Workbook

    book = Workbook()
    sheets = {
        "people": [["person", "organizer", "duties", "account:ls"], ["w1", "", "executor", "77"]],
        "trainings": [
            ["person", "release", "at", "organizer", "topics"],
            ["w1", RELEASE, "2026-11-03", "", "platform;task-rules"],
        ],
        "exams": [["person", "release", "at", "score", "pass_mark"], ["w1", RELEASE, "2026-11-04", 0.9, 0.8]],
    }
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(tmp_path / "v.xlsx")
    desk.clock.now = MONDAY  # type: ignore[attr-defined]
    done = taken(desk, tmp_path / "v.xlsx")
    assert (done.people, done.trainings, done.exams) == (1, 1, 1), done.findings


def test_ones_own_acceptance_of_a_vendors_batch(desk: Desk, sent: Path):
    taken(desk, sent)
    frozen_batch(desk, "b1", answers=agreeing(30), plan=False)
    theirs = set(read_state(desk).facts.about("batch:b1")[-1].body.participants)
    assert theirs
    terms = Terms(kind=str(VerdictKind.ACCEPTANCE))
    declare_plan(desk, "b1", design=Design.TWO_POINT, terms=terms, seed="ours")
    sample = draw_sample(desk, "b1", verifiers=2)
    assert sample.kind is VerdictKind.ACCEPTANCE
    assert not theirs & set(sample.pool)
    for each in drawn_items(desk, sample.sample):
        record_review(desk, sample.sample, each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
    assert len(read_state(desk).reviews_of("b1")) == sample.resolved.n


def test_a_training_of_ones_own_counts_beside_the_vendors(desk: Desk, sent: Path):
    taken(desk, sent)
    ann = desk.ledger.identities.accounts()["file", account(EXECUTORS[0])]
    record_training(desk, ann, RELEASE, at=desk.clock(), organizer="Us", topics=["task-rules"])
    assert len(read_state(desk).trainings[ann]) == 2
