"""Registers under the surface: what an entry lacks, what counts at which time, what is erased when."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import Altered, Refused
from labelqa.records.facts import Draft, IncidentNoted, PolicyDeclared
from labelqa.records.registers import IncidentStep, Register
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.registers.attachments import attached, keep
from labelqa.workflows.registers.checks import register_check
from labelqa.workflows.registers.entries import Entering, Entry, enter, entries, history
from labelqa.workflows.registers.erasing import erase_attachment
from labelqa.workflows.registers.fields import FORMS, OPEN, wrong
from labelqa.workflows.registers.incidents import Noting, incident, incident_state, incidents, note_incident
from tests.building import REVIEWERS, Clock, agreeing, drawn_batch

BY = REVIEWERS[0]


def platform(desk: Desk, *, owner: str = "ops", tmp: Path | None = None, since: date | None = None) -> Entry:
    data = {"name": "LS", "version": "1", "owner": owner}
    attach = [("report", tmp)] if tmp else []
    told = Entering(register=Register.PLATFORM, entry="ls", title="LS", data=data, by=BY, attach=attach, since=since)
    return enter(desk, told, start=Path())


def test_every_register_asks_for_something_and_says_so() -> None:
    for register in Register:
        said = wrong(register, "e", "t", {}, about=None, since=None, until=None)
        assert said, register
        assert all(str(each) for each in said)
    assert set(FORMS) == set(Register)


@given(st.dates(), st.dates())
def test_a_fix_is_never_older_than_its_vulnerability(found: date, fixed: date) -> None:
    data = {"vulnerability": "v", "found": found.isoformat(), "fixed": fixed.isoformat()}
    said = wrong(Register.FIX, "e", "t", data, about=Register.PLATFORM, since=None, until=None)
    assert bool(said) == (fixed < found)
    data["fixed"] = OPEN
    assert wrong(Register.FIX, "e", "t", data, about=Register.PLATFORM, since=None, until=None) == []


@given(st.lists(st.sampled_from(list(IncidentStep)), max_size=8))
def test_the_state_is_the_last_step_that_changes_it(steps: list[IncidentStep]) -> None:
    states = [step for step in steps if step not in (IncidentStep.NOTE, IncidentStep.NOTIFIED)]
    assert incident_state(steps) == (states[-1] if states else None)


def test_random_steps_only_ever_leave_a_timeline_that_makes_sense(desk: Desk) -> None:
    """Every accepted step follows from a plain table; whatever the table forbids is refused and leaves nothing."""
    plain = {
        None: {"opened"}, "opened": {"contained", "notified", "resolved", "note"},
        "contained": {"notified", "resolved", "note"}, "resolved": {"notified", "closed", "opened", "note"},
        "closed": {"opened", "note"},
    }  # fmt: skip
    state: str | None = None
    done = 0
    steps = random.Random(7).choices(list(IncidentStep), k=120)
    assert set(pairwise(steps)) == set(product(IncidentStep, repeat=2))  # every step after every step
    for step in steps:
        told = Noting(incident="i", step=step, by=BY, title="t", notified="R" if step == "notified" else "")
        if step in plain[state]:
            note_incident(desk, told, start=Path())
            done += 1
            state = step if step not in ("note", "notified") else state
        else:
            with pytest.raises(Refused):
                note_incident(desk, told, start=Path())
        assert len(desk.ledger.view().of(IncidentNoted)) == done
    assert incident(desk, "i").state == state
    assert done > 5


def test_an_entry_is_what_it_was_at_each_time(desk: Desk) -> None:
    clock = desk.clock
    assert isinstance(clock, Clock)
    first = platform(desk, owner="one")
    early = clock()
    clock.now += timedelta(days=2)
    platform(desk, owner="two", since=(early + timedelta(days=1)).date())
    now = {each.data["owner"] for each in entries(desk)}
    then = {each.data["owner"] for each in entries(desk, at=early)}
    known = {each.data["owner"] for each in entries(desk, known=early)}
    assert (now, then, known) == ({"two"}, {"one"}, {"one"})
    assert [each.data["owner"] for each in history(desk, "ls")] == ["one", "two"]
    assert first.fact == history(desk, "ls")[0].fact


def test_a_known_answer_does_not_change_when_more_is_entered(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    moment = desk.clock()
    before = register_check(desk, at=moment, known=moment)
    platform(desk, since=date(2020, 1, 1))
    assert register_check(desk, at=moment, known=moment) == before
    assert {each.code for each in register_check(desk)} != {each.code for each in before}


def test_an_attachment_is_erased_when_its_time_is_over_and_told_apart(desk: Desk, tmp_path: Path) -> None:
    clock = desk.clock
    assert isinstance(clock, Clock)
    path = tmp_path / "report"
    path.write_bytes(b"assessed")
    (_, digest), *_ = platform(desk, tmp=path).attachments
    with pytest.raises(Refused, match="is kept until"):
        erase_attachment(desk, digest, reason="over", by=BY)
    body = PolicyDeclared(name="retention-qa-years", value="5", reason="contract", by="p-x")
    desk.ledger.append([Draft(body=body, subjects=("policy",), actor="t")], now=clock())
    clock.now += timedelta(days=4 * 365)
    with pytest.raises(Refused, match="is kept until"):
        erase_attachment(desk, digest, reason="over", by=BY)
    clock.now += timedelta(days=2 * 365)
    until = erase_attachment(desk, digest, reason="over", by=BY)
    assert until.year == 2031
    with pytest.raises(Altered, match="missing"):
        attached(desk, digest)
    (told,) = verify_ledger(desk).findings
    assert (told.code, str(told.severity)) == ("LG112", "note")
    assert keep(desk, path) == digest
    assert [each.code for each in verify_ledger(desk).findings] == ["LG113"]


def test_a_file_that_no_fact_names_is_not_erased(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"x")
    with pytest.raises(Refused, match="no fact names"):
        erase_attachment(desk, keep(desk, path), reason="over", by=BY)


def test_two_people_cannot_change_an_entry_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelqa.workflows.registers import entries as module

    platform(desk, owner="one")
    inner = module.kept

    def meanwhile(*args: object, **told: object) -> list[list[str]]:
        monkeypatch.setattr(module, "kept", inner)
        platform(desk, owner="two")
        return []

    monkeypatch.setattr(module, "kept", meanwhile)
    with pytest.raises(Refused, match="was changed meanwhile"):
        platform(desk, owner="three")
    assert [each.data["owner"] for each in entries(desk)] == ["two"]
    assert incidents(desk) == ()
