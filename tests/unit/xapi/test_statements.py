"""xAPI statements: what is written is valid and the same again, what is read is checked for its shape."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from labelqa.adapters.xapi import words
from labelqa.adapters.xapi.reading import read_statements
from labelqa.adapters.xapi.writing import statements, statements_text
from labelqa.errors import BadInput
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam
from labelqa.workflows.training.exported import Event, LearningRecord
from labelqa.workflows.training.statements import Said

AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
ANN = PersonId("p-ann")
RELEASE = "genai-safety@1.0.0"
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
KEYS = {"id", "actor", "verb", "object", "result", "context", "timestamp", "version"}


def record(event: Event = Event.TRAINED, **more: Any) -> LearningRecord:
    told = {
        "event": event, "person": ANN, "name": "", "release": RELEASE, "at": AT, "recorded_at": AT, "fact": 7,
        "hash": "a" * 64,
    }  # fmt: skip
    return LearningRecord(**(told | more))


def examined(score: float = 0.9, **more: Any) -> LearningRecord:
    exam = Exam(
        person=ANN, release=ReleaseName(RELEASE), at=AT, score=score, pass_mark=0.8, fact=7, abilities={"law": 1.0}
    )
    return record(Event.EXAMINED, exam=exam, hash="b" * 64, **more)


RECORDS = (
    record(topics=("platform",), session="t-1", organizer="Org", provider=True, minutes=90.0, title="Opening"),
    examined(), examined(0.5), record(Event.ACKNOWLEDGED, hash="c" * 64),
)  # fmt: skip


def problems(told: dict[str, Any]) -> list[str]:
    """What the rules of xAPI 1.0.3, part two, chapters 2.2 to 4, say against a statement, as far as ours go."""
    found = []
    actor, verb, thing = told["actor"], told["verb"], told["object"]
    maps = [verb["display"], thing["definition"]["name"], thing["definition"].get("description", {})]
    extensions = told["context"].get("extensions", {})
    score = told.get("result", {}).get("score", {})
    wanted = {
        "keys": not set(told) - KEYS,
        "id": str(UUID(told["id"])) == told["id"],
        "one identifier": ("account" in actor) + ("mbox" in actor) == 1,
        "account": set(actor["account"]) == {"homePage", "name"} and IRI.fullmatch(actor["account"]["homePage"]),
        "actor": actor["objectType"] == "Agent" and not set(actor) - {"objectType", "account", "name"},
        "verb": set(verb) == {"id", "display"} and IRI.fullmatch(verb["id"]),
        "object": thing["objectType"] == "Activity" and IRI.fullmatch(thing["id"]) and IRI.fullmatch(thing["definition"]["type"]),
        "language maps": all(TAG.fullmatch(tag) and isinstance(text, str) for each in maps for tag, text in each.items()),
        "extensions": all(IRI.fullmatch(name) for name in extensions),
        "platform": "platform" not in told["context"] or thing["objectType"] == "Activity",
        "scaled": -1 <= score.get("scaled", 0) <= 1,
        "duration": re.fullmatch(r"PT\d+S", told.get("result", {}).get("duration", "PT1S")),
        "timestamp": datetime.fromisoformat(told["timestamp"]).tzinfo is not None,
        "version": told["version"] == "1.0.3",
        "no nulls": "null" not in json.dumps(told),
    }  # fmt: skip
    found += [name for name, fine in wanted.items() if not fine]
    return found


def test_what_is_written_is_valid():
    for told in statements(RECORDS, home="https://labels.example.com"):
        assert problems(told) == []


def test_the_check_for_validity_finds_faults():
    (told,) = statements(RECORDS[:1])
    assert problems(told | {"version": "2"}) == ["version"]
    assert problems(told | {"result": {"score": {"scaled": 3}}}) == ["scaled"]
    assert problems(told | {"stored": "x"}) == ["keys"]


def test_verbs_say_what_happened():
    verbs = [each["verb"]["id"].rpartition("/")[2] for each in statements(RECORDS)]
    assert verbs == ["attended", "passed", "failed", "acknowledge"]


def test_the_same_records_give_the_same_bytes_and_others_other_ids():
    assert statements_text(RECORDS) == statements_text(RECORDS)
    ids = [each["id"] for each in statements(RECORDS)]
    assert ids[1] == ids[2]  # the id is that of the fact
    assert len(set(ids)) == 3
    other = [each["id"] for each in statements(RECORDS, home="https://other.example.com/")]
    assert not set(ids) & set(other)


def test_names_come_along_only_when_they_are_told():
    assert "name" not in next(statements(RECORDS[:1]))["actor"]
    assert next(statements([record(name="陈思远")]))["actor"]["name"] == "陈思远"


def test_what_is_written_is_read_again():
    rows, found = read_statements(statements_text(RECORDS).encode(), file="s.json")
    assert found == []
    assert [each.said for each in rows] == [Said.ATTENDED, Said.PASSED, Said.FAILED, Said.ACKNOWLEDGED]
    first, second, third, _ = rows
    assert (first.account, first.release, first.topics, first.session) == (ANN, RELEASE, ("platform",), "t-1")
    assert (first.provider, first.organizer, first.at) == (True, "Org", AT)
    assert (second.score, second.success, second.pass_mark) == (0.9, True, 0.8)
    assert third.success is False


def foreign(**more: Any) -> dict[str, Any]:
    return {
        "id": "7ccd3322-e1a5-411a-a67d-6a735c76f119",
        "actor": {"mbox": "mailto:ann@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://lms.example.com/courses/{RELEASE}"},
        "timestamp": "2026-11-16T10:30:00+08:00",
        "version": "2.0.0",
    } | more


def read_one(told: Any) -> tuple[list[Any], list[Any]]:
    return read_statements(json.dumps([told]).encode(), file="s.json")


def test_a_statement_of_another_program_is_read():
    ((row,), found) = read_one(foreign())
    assert (row.mail, row.release, row.at, found) == ("ann@example.com", RELEASE, AT, [])
    raw = foreign(
        verb={"id": "http://adlnet.gov/expapi/verbs/scored"}, result={"score": {"raw": 15, "min": 10, "max": 20}}
    )
    assert read_one(raw)[0][0].score == 0.5


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"id": "1"}, "no UUID"),
        ({"version": "0.9"}, "neither 1.0 nor 2.0"),
        ({"version": 2}, "neither 1.0 nor 2.0"),
        ({"verb": {}}, "no verb"),
        ({"object": {"objectType": "Agent", "mbox": "mailto:x@y.z"}}, "no activity"),
        ({"object": None}, "no activity"),
        ({"actor": {"objectType": "Group", "member": []}}, "a group"),
        ({"actor": {"account": {"name": "ann"}}}, "no home page"),
        ({"actor": {"openid": "https://example.com/ann"}}, "neither an account nor a mailbox"),
        ({"timestamp": "yesterday"}, "no timestamp"),
        ({"timestamp": None}, "no timestamp"),
        ({"result": {"success": "yes"}}, "neither true nor false"),
        ({"result": {"score": {"scaled": -0.5}}}, "no share"),
    ],
)
def test_a_malformed_statement_is_a_finding(more, why):
    rows, found = read_one(foreign(**more))
    assert (rows, [each.code for each in found]) == ([], ["XA001"])
    assert why in str(found[0].message)
    assert found[0].place.row == 1


def test_unknown_verbs_voided_statements_and_no_statements():
    strange = foreign(verb={"id": "http://example.com/verbs/attended"})
    assert [each.code for each in read_one(strange)[1]] == ["XA002"]
    voiding = foreign(
        id="00000000-0000-4000-8000-000000000001", verb={"id": words.VOIDED},
        object={"objectType": "StatementRef", "id": foreign()["id"].upper()},
    )  # fmt: skip
    rows, found = read_statements(json.dumps([foreign(), voiding]).encode(), file="s.json")
    assert (rows, [each.code for each in found]) == ([], ["XA003"])
    assert [each.code for each in read_one("text")[1]] == ["XA001"]


@pytest.mark.parametrize(
    "data", [b"{", b"a,b\n1,2\n", b"\xff", b"[" * 100_000, json.dumps(foreign()).encode() + b"\n{"]
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(BadInput, match="no xAPI statements"):
        read_statements(data, file="s.json")


def test_an_empty_file_holds_nothing():
    assert read_statements(b"", file="s.json") == ([], [])


def test_lines_and_results_are_read():
    lines = "\n".join(json.dumps(foreign(id=f"00000000-0000-4000-8000-00000000000{n}")) for n in range(3))
    assert len(read_statements(lines.encode(), file="s.jsonl")[0]) == 3
    assert len(read_statements(json.dumps({"statements": [foreign()], "more": ""}).encode(), file="s.json")[0]) == 1
    assert len(read_statements(json.dumps(foreign()).encode(), file="s.json")[0]) == 1
