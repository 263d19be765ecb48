"""What is known of a person: all of it told, a name corrected, everything erased when nothing keeps it any more."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta

import pytest

from labelqa.adapters.report.data import render_json
from labelqa.errors import BadInput, Refused
from labelqa.ledger.verify import verify
from labelqa.records.facts import Draft, PersonErased, PersonRenamed, PolicyDeclared
from labelqa.records.people import Duty
from labelqa.records.personal import ErasureReason
from labelqa.records.policy import Policy, Retention
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.duties.assign import assign
from labelqa.workflows.identity import erasing
from labelqa.workflows.identity.erasing import due_people, erase_person, rename_person
from labelqa.workflows.identity.person import personal_data
from labelqa.workflows.identity.pseudonyms import pseudonymous, veiled
from labelqa.workflows.identity.retention import retention_lines
from labelqa.workflows.people import add_person, find_person, person_lines, record_training, shown_name
from labelqa.workflows.policies import declare_policy
from tests.building import ARBITRATOR, RELEASE, Answer, account, agreeing, frozen_batch, take_in

ANN, BOB, REX = "Ann Lee", "Bob Wu", "Rex One"
REASON = "rule 3 decides, as Ann Lee had it"
MONTH = timedelta(days=31)


def ruled(here, reason: str = REASON) -> None:
    """A frozen batch with a disputed item and a ruling on it."""
    apart = [
        Answer("d-1", account(who), label)
        for who, label in zip((ANN, BOB, "Cai Yun"), ("accept", "inaccurate", "off_topic"), strict=True)
    ]
    frozen_batch(here.desk, answers=[*agreeing(3), *apart])
    rule_dispute(here.desk, "b1", "d-1", label="accept", by=ARBITRATOR, reason=reason)


def erase(here, name: str, *, by: str = REX):
    return erase_person(here.desk, name, by=by, reason=ErasureReason.REQUEST)


def files_with(here, *words: str) -> list[str]:
    held = [path for path in here.desk.settings.workspace.rglob("*") if path.is_file()]
    return [path.name for path in held if any(word.encode() in path.read_bytes() for word in words)]


def test_a_person_is_told_everything(here):
    ruled(here)
    found = personal_data(here.desk, ANN)
    person = here.people[ANN]
    assert (found.person, found.name, found.accounts) == (person, ANN, (("file", account(ANN)),))
    assert found.annotations == 4
    assert found.first_annotation == found.last_annotation
    kinds = {each["kind"] for each in found.facts}
    assert {"person.added", "training.recorded", "exam.recorded", "batch.frozen"} <= kinds  # frozen: as a participant
    assert [each.text for each in found.texts] == [REASON]  # it names her
    told = json.loads(render_json(found, "en"))
    assert told["name"] == ANN
    others = {name for name in here.people if name != ANN}
    assert not [name for name in others if name in json.dumps(told, ensure_ascii=False)]
    by_ruling = personal_data(here.desk, ARBITRATOR)
    assert [(each.text, each.fact > 0) for each in by_ruling.texts] == [(REASON, True)]


def test_a_corrected_name_leaves_no_trace_of_the_old_one(here):
    person = rename_person(here.desk, ANN, "Anna Leigh", by=REX)
    assert person == here.people[ANN]
    assert shown_name(here.desk, person) == "Anna Leigh"
    with pytest.raises(BadInput):
        find_person(here.desk, ANN)
    (fact,) = here.desk.ledger.view().of(PersonRenamed)
    assert fact.subjects == tuple(sorted((f"person:{person}", f"person:{here.people[REX]}")))
    assert files_with(here, ANN) == []
    assert verify(here.desk.ledger)[2] == []


def test_a_name_is_not_corrected_into_a_confusion(here):
    for name, said in ((BOB, "registered already"), ("bob  wu", "reads like"), (ANN, "on record already")):
        with pytest.raises(Refused, match=said):
            rename_person(here.desk, ANN, name, by=REX)
    with pytest.raises(BadInput, match="needs a name"):
        rename_person(here.desk, ANN, "  ", by=REX)
    assert rename_person(here.desk, ANN, "ann lee", by=REX) == here.people[ANN]  # her own, spelled otherwise


def test_nothing_is_erased_while_something_keeps_it(here):
    ruled(here)
    with pytest.raises(
        Refused,
        match=rf"^{ANN} cannot be erased before 2029-11-16: log until 2027-05-16; records of quality work until 2029-11-16",
    ):
        erase(here, ANN)
    here.clock.now += 12 * MONTH
    with pytest.raises(Refused, match=r"before 2029-11-16: records of quality work"):
        erase(here, ANN)
    assert shown_name(here.desk, here.people[ANN]) == ANN


def test_a_longer_declared_retention_holds(here):
    declare_policy(here.desk, Policy.RETENTION_EU_YEARS, "10", reason="sold in the EU", by=REX)
    here.clock.now += 60 * MONTH
    with pytest.raises(Refused, match=r"before 20(36|37)-.*EU documentation"):
        erase(here, ANN)


def test_what_was_erased_is_gone_and_the_chain_holds(here):
    ruled(here)
    report = here.desk.settings.workspace / "reports" / "old.html"
    report.write_text(f"<p>{ANN}</p>", encoding="utf-8")
    with zipfile.ZipFile(report.with_suffix(".xlsx"), "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{ANN}</t>")
    here.clock.now += 40 * MONTH
    before = here.desk.ledger.head()
    done = erase(here, ANN)
    assert (done.names, done.accounts, done.logins, done.texts) == (1, 1, 0, 1)
    assert sorted(each.place.file for each in done.findings if each.code == "name-left") == [
        "reports/old.html",
        "reports/old.xlsx",
    ]
    for path in (report, report.with_suffix(".xlsx")):
        path.unlink()
    person = here.people[ANN]
    assert shown_name(here.desk, person) == person
    assert {each.name for each in person_lines(here.desk) if each.person == person} == {person}
    assert files_with(here, ANN, account(ANN), REASON) == []
    (fact,) = here.desk.ledger.view().of(PersonErased)
    assert (fact.body.reason, fact.body.by, fact.seq) == ("request", here.people[REX], before[0] + 1)
    count, _, found = verify(here.desk.ledger, head=before[1])
    assert (count, found) == (before[0] + 1, [])
    with pytest.raises(BadInput, match="nothing is left"):
        erase(here, person)


def test_a_text_of_somebody_else_stays_as_long_as_it_has_to(here):
    """The reason names Ann and is a recent record of the arbitrator's: it stays, and that is said."""
    other = add_person(here.desk, "Lu Ming", organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    here.clock.now += 7 * MONTH
    ruled(here, reason="as Lu Ming would say")
    done = erase(here, other)
    assert [each.code for each in done.findings] == ["text-names"]
    assert done.texts == 0
    assert files_with(here, "as Lu Ming would say") == ["ledger.sqlite3"]


def test_somebody_who_was_only_registered_stays_as_long_as_a_log(here):
    add_person(
        here.desk, "By Mistake", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "mistake@example.com"}
    )
    with pytest.raises(Refused, match="log until"):
        erase(here, "By Mistake")
    here.clock.now += 7 * MONTH
    assert [each.name for each in due_people(here.desk) if each.due] == ["By Mistake"]
    erase(here, "By Mistake")
    assert "By Mistake" not in {each.name for each in due_people(here.desk)}


def test_answers_keep_somebody_although_no_fact_names_them(here):
    person = add_person(
        here.desk, "Fresh Hand", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "fresh@example.com"}
    ).person
    here.clock.now += 7 * MONTH
    take_in(here.desk, [Answer("x-1", "fresh@example.com", "accept", at=here.clock())], name="late.csv")
    with pytest.raises(Refused, match="records of quality work"):
        erase(here, person)
    assert not [each for each in due_people(here.desk) if each.person == person and each.due]


def test_nobody_erases_themselves_and_a_model_erases_nobody(here):
    here.clock.now += 60 * MONTH
    with pytest.raises(Refused, match="--by names somebody else"):
        erase(here, ANN, by=ANN)
    add_person(here.desk, "Judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="j@1")
    with pytest.raises(BadInput, match="no registered person"):
        erase(here, ANN, by="Judge")


def test_what_was_recorded_meanwhile_stops_an_erasure(here, monkeypatch):
    here.clock.now += 60 * MONTH
    real = erasing.texts_of

    def slow(desk, known):
        record_training(desk, known.person, RELEASE, at=here.clock(), organizer="Org")
        return real(desk, known)

    monkeypatch.setattr(erasing, "texts_of", slow)
    with pytest.raises(Refused, match="meanwhile"):
        erase(here, ANN)
    assert shown_name(here.desk, here.people[ANN]) == ANN
    assert here.desk.ledger.view().of(PersonErased) == ()


def test_the_classes_of_retention_and_every_shortening(here):
    for years, why in (("8", "as our contract asks"), ("4", "the contract ended")):
        declare_policy(here.desk, Policy.RETENTION_QA_YEARS, years, reason=why, by=REX)
    lines = {each.retention: each for each in retention_lines(here.desk)}
    qa = lines[Retention.QA]
    assert (qa.floor, qa.value, qa.reason, qa.by) == (3, 4, "the contract ended", REX)
    assert [(value, reason) for _, value, reason in qa.shortened] == [("4", "the contract ended")]
    assert lines[Retention.LOG].records == here.desk.ledger.head()[0] > qa.records > 0
    assert not lines[Retention.EU].applies


def test_a_pseudonymous_desk_shows_nobody(here):
    names = {each.name for each in person_lines(pseudonymous(here.desk))}
    assert names == set(here.people.values())
    assert find_person(pseudonymous(here.desk), ANN) == here.people[ANN]  # looked up still, shown no more


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("as Ann Lee said", "as {Ann Lee} said"),
        ("Ann Leeds said", "Ann Leeds said"),
        ("by ann.lee@example.com", "by {Ann Lee}"),
        ("陈思远的意见", "{陈思远}的意见"),
        ("甲", "{甲}"),
        ("甲级", "甲级"),
        ("n=11", "n=11"),
    ],
)
def test_names_are_taken_out_of_texts_word_by_word(here, text, told):
    for name in ("陈思远", "甲"):
        here.people[name] = add_person(
            here.desk,
            name,
            organizer="Org",
            duties=[Duty.EXECUTOR],
            accounts={"ls": {"陈思远": "11", "甲": "12"}[name]},
        ).person
    assert veiled(here.desk, {"x": (text,)}) == {"x": (told.format(**here.people),)}


def test_a_reason_that_names_somebody_does_not_get_into_the_ledger(here):
    before = here.desk.ledger.head()
    for words in ("as Ann Lee wished", "by ann.lee@example.com"):
        with pytest.raises(BadInput, match="write it without the name"):
            declare_policy(here.desk, Policy.APPEAL_DAYS, "9", reason=words, by=REX)
        with pytest.raises(BadInput, match="write it without the name"):
            assign(here.desk, [ANN], duty=Duty.EXECUTOR, batch="b1", by=REX, reason=words)
    assert here.desk.ledger.head() == before


def test_a_name_that_was_written_into_a_fact_is_told_with_the_erasure(here):
    body = PolicyDeclared(name="appeal-days", value="9", reason="as Ann Lee wished", by=here.people[REX])
    (fact,) = here.desk.ledger.append([Draft(body=body, subjects=(), actor="x")], now=here.clock())
    here.clock.now += 60 * MONTH
    (found,) = [each for each in erase(here, ANN).findings if each.code == "name-in-fact"]
    assert str(fact.seq) in str(found.message).split()
    assert [each.code for each in erase(here, BOB).findings if each.code == "name-in-fact"] == []
