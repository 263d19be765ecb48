"""Clarifications from question to acknowledgement: two approvals, an immutable file, no changed label."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.errors import Altered, BadInput, Refused
from labelqa.records.facts import Draft
from labelqa.records.governance import Meaning, RulebookReleased
from labelqa.records.people import Duty
from labelqa.rulebook.clarification import parse_clarification
from labelqa.rulebook.document import LIMIT
from labelqa.rulebook.release import digest
from labelqa.workflows import clarifications
from labelqa.workflows.clarifications import (
    acknowledge,
    clarification_line,
    clarification_lines,
    issue_clarification,
    new_clarification,
    sign_clarification,
)
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import add_person
from labelqa.workflows.rulebooks import verify_rulebooks
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, RELEASE, REVIEWERS
from tests.unit.workflows.conftest import Place

EMPTY = 'question:\n  zh: ""\n  en: ""\nanswer:\n  zh: ""\n  en: ""\n'
ASKED = """\
question: {zh: 追问算不算离题？, en: Is asking back off topic?}
answer: {zh: 不算。, en: It is not.}
example:
  content: {zh: "问：好吗？答：什么好吗？", en: "Is it good? - Is what good?"}
  expected: accept
  of: Q-01-b1
"""


def written(desk: Desk, text: str = ASKED, *, rule: str = "Q-01") -> Path:
    path = new_clarification(desk, "genai-sft", rule)
    draft = path.read_text("utf-8")
    assert EMPTY in draft
    path.write_text(draft.replace(EMPTY, text), "utf-8")
    return path


def approved(place: Place, path: Path) -> Path:
    for name in REVIEWERS[:2]:
        sign_clarification(place.desk, path, place.people[name])
    return path


def released(place: Place, version: str, **told: object) -> None:
    """A further release as its fact tells it."""
    body = RulebookReleased(
        name="genai-sft", version=version, kind="functional", digest="0" * 64, title={"zh": "新", "en": "New"},
        control="quality", labels=["accept", "bad"], rules=1, examples=1, material=True, previous="1.0.0", **told,  # type: ignore[arg-type]
    )  # fmt: skip
    draft = Draft(body=body, subjects=("rulebook:genai-sft", f"release:genai-sft@{version}"), actor="test")
    place.desk.ledger.append([draft], now=place.desk.clock())


def test_from_draft_to_everybody_has_read_it(here: Place):
    path = approved(here, written(here.desk))
    line = issue_clarification(here.desk, path)
    made = line.clarification
    assert (made.rulebook, made.number, made.rule, made.release) == ("genai-sft", 1, "Q-01", RELEASE)
    assert {each.person for each in made.signatures} == {here.people[name] for name in REVIEWERS[:2]}
    kept = path.with_name("1.yaml")
    assert digest(kept.read_bytes()) == made.digest
    assert line.text.question.en == "Is asking back off topic?"
    everybody = {here.people[name] for name in (*EXECUTORS, *REVIEWERS, ARBITRATOR)}
    assert set(line.unread) == everybody
    assert acknowledge(here.desk, "genai-sft", 1, here.people[EXECUTORS[0]])
    assert not acknowledge(here.desk, "genai-sft", 1, here.people[EXECUTORS[0]])
    again = clarification_line(here.desk, "genai-sft", 1)
    assert [person for person, _ in again.read] == [here.people[EXECUTORS[0]]]
    assert set(again.unread) == everybody - {here.people[EXECUTORS[0]]}
    assert list(verify_rulebooks(here.desk)) == []


def test_somebody_without_the_qualification_is_not_asked_to_read_it(here: Place):
    fresh = add_person(here.desk, "Newcomer", organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    line = issue_clarification(here.desk, approved(here, written(here.desk)))
    assert fresh not in line.unread
    assert acknowledge(here.desk, "genai-sft", 1, fresh)  # who reads it all the same is told of
    assert fresh in dict(clarification_line(here.desk, "genai-sft", 1).read)


def test_the_next_one_has_the_next_number_and_a_draft_is_not_written_over(here: Place):
    first = written(here.desk)
    with pytest.raises(Refused, match="under way"):
        new_clarification(here.desk, "genai-sft", "Q-01")
    issue_clarification(here.desk, approved(here, first))
    second = new_clarification(here.desk, "genai-sft", "Q-02")
    assert second == first
    read = parse_clarification(second.read_bytes()).clarification
    assert read is not None
    assert (read.number, read.rule, read.release) == (2, "Q-02", "1.0.0")
    with pytest.raises(Refused, match="cannot be issued: 4 errors"):  # nothing is written in it yet
        sign_clarification(here.desk, second, here.people[REVIEWERS[0]])


def test_two_different_people_approve_exactly_these_bytes(here: Place):
    path = written(here.desk)
    one = here.people[REVIEWERS[0]]
    with pytest.raises(Refused, match="approvals by two different people"):
        issue_clarification(here.desk, path)
    sign_clarification(here.desk, path, one)
    assert sign_clarification(here.desk, path, one).already
    sign_clarification(here.desk, path, here.people[REVIEWERS[1]], Meaning.REVIEW)
    with pytest.raises(Refused, match="approvals by two different people"):
        issue_clarification(here.desk, path)
    sign_clarification(here.desk, path, here.people[REVIEWERS[1]])
    path.write_text(path.read_text("utf-8") + "x_more: words\n", "utf-8")
    with pytest.raises(Refused, match="changed after these people signed"):
        issue_clarification(here.desk, path)
    assert clarification_lines(here.desk, "genai-sft") == ()
    assert not path.with_name("1.yaml").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expected: accept", "expected: off_topic", "needs a release"),
        ("of: Q-01-b1", "answers: {prompt-usable: no, asks-back: no}", "needs a release"),
        ("of: Q-01-b1", "of: Q-77", "no example Q-77"),
    ],
)
def test_what_would_change_a_label_is_refused(here: Place, old: str, new: str, said: str):
    path = written(here.desk, ASKED.replace(old, new))
    person = here.people[REVIEWERS[0]]
    with pytest.raises(Refused, match=said):
        sign_clarification(here.desk, path, person)
    sign_clarification(here.desk, path, person, Meaning.AUTHORSHIP)  # that is no approval of it
    with pytest.raises(Refused, match=said):
        issue_clarification(here.desk, path)


def test_a_draft_once_issued_is_not_issued_again(here: Place):
    path = approved(here, written(here.desk))
    issue_clarification(here.desk, path)
    with pytest.raises(Refused, match="number 1 is not the next one"):
        issue_clarification(here.desk, path)
    assert len(clarification_lines(here.desk, "genai-sft")) == 1


def test_two_who_issue_at_the_same_time_do_not_share_a_number(here: Place, monkeypatch: pytest.MonkeyPatch):
    path = approved(here, written(here.desk))
    issue_clarification(here.desk, path)
    monkeypatch.setattr(
        clarifications, "check_clarification", lambda *_told, **_more: []
    )  # as if both had looked before
    with pytest.raises(Refused, match="issued meanwhile"):
        issue_clarification(here.desk, path)


def test_a_touched_file_is_noticed(here: Place):
    path = approved(here, written(here.desk))
    issue_clarification(here.desk, path)
    kept = path.with_name("1.yaml")
    kept.write_text(kept.read_text("utf-8").replace("It is not.", "It is."), "utf-8")
    with pytest.raises(Altered, match=r"1\.yaml was changed"):
        clarification_lines(here.desk, "genai-sft")
    assert [each.code for each in verify_rulebooks(here.desk)] == ["RB721"]


def test_dates(here: Place):
    path = approved(here, written(here.desk))
    with pytest.raises(BadInput, match="from now on at the earliest"):
        issue_clarification(here.desk, path, effective_from=here.clock.now - timedelta(days=1))
    later = here.clock.now + timedelta(days=1)
    assert issue_clarification(here.desk, path, effective_from=later).clarification.effective_from == later


def test_a_release_without_work_is_not_clarified(here: Place):
    end = here.clock.now + timedelta(hours=1)
    path = approved(here, written(here.desk))
    released(here, "2.0.0", effective_from=here.clock.now.isoformat(), previous_until=end.isoformat())
    with pytest.raises(Refused, match="no work is done under genai-sft@1"):
        issue_clarification(here.desk, path, effective_from=end)
    issue_clarification(here.desk, path)


def test_what_a_release_takes_in_needs_no_reading_any_more(here: Place):
    issue_clarification(here.desk, approved(here, written(here.desk)))
    released(here, "1.1.0", clarifications=[1])
    (line,) = clarification_lines(here.desk, "genai-sft")
    assert (line.clarification.taken_in, line.unread) == ("1.1.0", ())


def test_unknown_names_are_told(here: Place):
    desk, person = here.desk, here.people[EXECUTORS[0]]
    with pytest.raises(BadInput, match="no release of nothing"):
        new_clarification(desk, "nothing", "Q-01")
    with pytest.raises(BadInput, match="has no rule Q-99"):
        new_clarification(desk, "genai-sft", "Q-99")
    with pytest.raises(BadInput, match=r"genai-sft@9.0.0 is not released"):
        new_clarification(desk, "genai-sft", "Q-01", release="genai-sft@9.0.0")
    with pytest.raises(BadInput, match="is no release of other"):
        new_clarification(desk, "other", "Q-01", release=RELEASE)
    with pytest.raises(BadInput, match="no release of nothing"):
        clarification_lines(desk, "nothing")
    with pytest.raises(BadInput, match="no clarification 4"):
        acknowledge(desk, "genai-sft", 4, person)
    path = desk.settings.workspace / "q.yaml"
    path.write_text("format: 1\n", "utf-8")
    with pytest.raises(Refused, match="cannot be issued: 6 errors"):
        issue_clarification(desk, path)
    with pytest.raises(BadInput, match="cannot be read"):
        issue_clarification(desk, path.with_name("none.yaml"))


def test_a_model_acknowledges_nothing(here: Place):
    issue_clarification(here.desk, approved(here, written(here.desk)))
    model = add_person(
        here.desk, "Bot", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="bot 1"
    ).person  # fmt: skip
    with pytest.raises(Refused, match="is a model"):
        acknowledge(here.desk, "genai-sft", 1, model)
    with pytest.raises(BadInput, match="not registered"):
        acknowledge(here.desk, "genai-sft", 1, "p-nobody")  # type: ignore[arg-type]
    assert read_state(here.desk).clarifications["genai-sft"][0].acknowledged == ()


def test_a_time_without_a_zone_is_a_clear_error(here: Place):
    path = approved(here, written(here.desk))
    with pytest.raises(ValueError, match="effective_from needs a time zone"):
        issue_clarification(here.desk, path, effective_from=here.desk.clock().replace(tzinfo=None))


def test_what_is_checked_is_what_is_issued(here: Place):
    path = written(here.desk, ASKED.replace("answer: {zh: 不算。, en: It is not.}\n", ""))
    path.write_bytes(path.read_bytes() + b"answer:\n  zh: '-'\n  en: |+\n    It is not.\n\n\n")
    told, _ = clarifications.read_clarification(here.desk, path)
    assert told is not None
    assert told.text == parse_clarification(told.data).clarification


def test_a_clarification_that_would_become_too_large_is_refused(here: Place):
    path = written(here.desk)
    start = path.read_bytes() + b"#"
    path.write_bytes(start + b"x" * (LIMIT - len(start)))
    with pytest.raises(Refused, match="bytes, more than the limit"):
        sign_clarification(here.desk, path, here.people[REVIEWERS[0]])
