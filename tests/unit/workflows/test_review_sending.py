"""A sample on its way to a server: each verifier's own items, once, in order, and nothing that would spoil the check."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest

from labelqa.adapters.label_studio.config import read_config
from labelqa.errors import BadInput, Refused, Unreachable
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.designs import Design, Terms
from labelqa.records.facts import ReviewSent
from labelqa.records.names import PersonId
from labelqa.records.review import Verdict
from labelqa.records.servers import ReviewMode
from labelqa.workflows.drawing.draws import extend_sample
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.sending import review_send
from labelqa.workflows.state import read_state
from tests.building import SAFETY, Answer, agreeing
from tests.unit.workflows.reviewing_live import NAME, Live, codes, drawn_sample

LABELS = ("accept", "inaccurate", "off_topic", "incomplete", "poor_language")


@pytest.fixture
def live(here: Any) -> Live:
    return Live(here.desk, here.clock, drawn_sample(here.desk, data=shown(20)))


def shown(n: int) -> dict[str, dict[str, Any]]:
    return {f"q-{number:03}": {"text": f"question {number}", "turns": [1, {"a": "乙"}]} for number in range(n)}


def items(tasks: list[dict[str, Any]]) -> list[str]:
    return [each["meta"]["labelqa"]["item"] for each in tasks]


def facts(live: Live) -> list[Any]:
    return list(live.desk.ledger.view().of(ReviewSent))


def source_form(labels: tuple[str, ...] = LABELS, *, control: str = "quality") -> str:
    choices = "".join(f'<Choice value="{each} !" alias="{each}"/>' for each in labels)
    return (
        f'<View><Text name="shown" value="$text"/><Choices name="{control}" toName="shown" required="true">{choices}</Choices>'
        '<Header value="Note"/><TextArea name="labelqa_note" toName="shown"/></View>'
    )


def test_each_verifier_gets_a_project_with_the_own_items_in_the_order_drawn(live: Live) -> None:
    done = live.send()
    assert codes(done) == []
    assert {each.verifier for each in done.projects} == set(live.sample.verifiers)
    for each in done.projects:
        mine = live.mine(each.verifier)
        assert items(live.tasks(each.verifier)) == mine
        assert (each.items, each.new, each.made) == (len(mine), len(mine), True)
        there = live.fake.projects[each.project]
        assert there["title"] == f"labelqa b1/1 {each.verifier}"
        assert f"labelqa-review:b1/1:{each.verifier}:blind" in there["description"].splitlines()
        assert (there["sampling"], there["show_skip_button"]) == ("Sequential sampling", False)
        assert each.url == f"http://127.0.0.1:8080/projects/{each.project}/data"
        sent = live.projects[each.verifier].sent
        assert (sent.server, sent.mode, sent.items, sent.ended) == (NAME, "blind", len(mine), False)
    assert sum(len(live.tasks(each)) for each in live.sample.verifiers) == 20


def test_a_blind_task_tells_neither_the_label_nor_who_gave_it(live: Live) -> None:
    live.send()
    tasks = [each for verifier in live.sample.verifiers for each in live.tasks(verifier)]
    assert not any(each["predictions"] or each["annotations"] for each in tasks)
    told = json.dumps(tasks, ensure_ascii=False)
    assert "accept" not in told
    assert not [name for name in ("ann.lee", "bob.wu", "cai.yun") if name in told]
    (first,) = [each for each in tasks if each["meta"]["labelqa"]["item"] == "q-003"]
    assert first["data"] == {"text": "question 3", "turns": '[1, {"a": "乙"}]'}  # without a form: texts
    mark = first["meta"]["labelqa"]
    assert (mark["batch"], mark["sample"], mark["blind"]) == ("b1", "b1/1", True)
    assert (mark["source_server"], mark["source_project"], mark["source_task"]) == ("file", "7", "q-003")
    assert mark["source_updated_at"] == "2026-11-16T02:00:00.000000Z"


def test_said_twice_nothing_is_sent_twice(live: Live) -> None:
    first = live.send()
    before, known = json.dumps(live.fake.tasks), len(facts(live))
    again = live.send()
    assert [(each.project, each.new, each.made) for each in again.projects] == [
        (each.project, 0, False) for each in first.projects
    ]
    assert (json.dumps(live.fake.tasks), len(facts(live))) == (before, known)


def test_what_was_stopped_on_the_way_goes_on(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_send, "PART", 3)
    imports: list[int] = []

    def failing(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/import"):
            imports.append(len(json.loads(request.content)))
            if len(imports) == 3:
                raise httpx.ReadTimeout("the server is gone")
        return None

    live.fake.before = failing
    with pytest.raises(Unreachable):
        live.send()
    assert facts(live) == []
    done = live.send()
    assert max(imports) <= 3
    assert len(live.fake.projects) == 2
    for each in done.projects:
        assert sorted(items(live.tasks(each.verifier))) == sorted(live.mine(each.verifier))


def test_a_lost_answer_leaves_no_item_twice(live: Live) -> None:
    def done_but_lost(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/import"):
            live.fake.before = lambda _request: None
            live.fake.answer(request)
            raise httpx.ReadTimeout("the answer is lost")
        return None

    live.fake.before = done_but_lost
    with pytest.raises(Unreachable):
        live.send()
    done = live.send()
    held = Counter(item for each in done.projects for item in items(live.tasks(each.verifier)))
    assert set(held.values()) == {1}
    assert len(held) == 20


def test_an_item_that_is_there_twice_is_told(live: Live) -> None:
    done = live.send()
    project = done.projects[0].project
    twin = next(each for each in live.fake.tasks.values() if each["project"] == project)
    live.fake.put_tasks(project, [{"data": twin["data"], "meta": twin["meta"]}])
    assert codes(live.send()) == ["review-task-twice"]
    assert len(facts(live)) == 2


def test_an_extended_sample_sends_what_is_new(here: Any) -> None:
    sample = drawn_sample(here.desk, n=60, design=Design.ZERO_ACCEPTANCE)
    live = Live(here.desk, here.clock, sample)
    live.send()
    before = {each: items(live.tasks(each)) for each in sample.verifiers}
    extend_sample(live.desk, "b1", n=sample.resolved.n + 10)
    done = live.send()
    assert sum(each.new for each in done.projects) == 10
    for verifier, had in before.items():
        now = items(live.tasks(verifier))
        assert now[: len(had)] == had
        assert sorted(now) == sorted(live.mine(verifier))
        assert live.projects[verifier].sent.items == len(now)
    assert len(live.fake.projects) == 2
    superseding = [each for each in facts(live) if each.supersedes]
    assert len(superseding) == sum(each.new > 0 for each in done.projects)


def test_shown_the_original_is_filled_in_and_a_verdict_is_asked(live: Live) -> None:
    done = live.send(mode=ReviewMode.SHOWN)
    for each in done.projects:
        there = live.fake.projects[each.project]
        assert (there["show_collab_predictions"], there["model_version"]) == (True, "labelqa-original")
        assert "labelqa_defect" in there["label_config"]
        for task in live.tasks(each.verifier):
            (prediction,) = task["predictions"]
            assert prediction["model_version"] == "labelqa-original"
            assert prediction["result"][0]["value"] == {"choices": ["accept"]}
            assert task["annotations"] == []
            assert task["meta"]["labelqa"]["blind"] is False


def test_the_form_is_the_one_that_the_annotators_had(here: Any) -> None:
    sample = drawn_sample(here.desk, data=shown(20), server=NAME)
    live = Live(here.desk, here.clock, sample)
    live.fake._numbers["project"] = 6
    assert live.fake.project("the source", source_form()) == 7
    done = live.send(mode=ReviewMode.SHOWN)
    config = live.fake.projects[done.projects[0].project]["label_config"]
    specs = {each.name: each for each in read_config(config)[0]}
    assert specs["quality"].shown["accept"] == "accept !"
    assert "required" not in config.split("labelqa_verdict")[0]  # a verifier may say instead why it cannot be judged
    assert "labelqa_note" not in config
    task = live.tasks(done.projects[0].verifier)[0]
    assert isinstance(task["data"]["turns"], list)
    assert task["predictions"][0]["result"][0]["to_name"] == "shown"
    assert task["meta"]["labelqa"]["source_server"] == NAME


@pytest.mark.parametrize("config", [source_form(LABELS[:2]), source_form(control="other"), "<View", ""])
def test_a_form_that_cannot_hold_the_labels_is_not_taken_over(here: Any, config: str) -> None:
    sample = drawn_sample(here.desk, data=shown(20), server=NAME)
    live = Live(here.desk, here.clock, sample)
    live.fake._numbers["project"] = 6
    live.fake.project("the source", config)
    done = live.send()
    made = read_config(live.fake.projects[done.projects[0].project]["label_config"])[0]
    assert set(next(each for each in made if each.name == "quality").labels) == set(LABELS)


def test_a_form_that_is_given_must_have_the_control(live: Live) -> None:
    with pytest.raises(BadInput, match="has no control quality"):
        live.send(config=source_form(control="other"))
    assert live.fake.projects == {}
    done = live.send(config=source_form(LABELS[:3]))
    assert "accept !" in live.fake.projects[done.projects[0].project]["label_config"]


def test_what_is_judged_already_is_not_sent(live: Live) -> None:
    one, other = live.sample.verifiers
    for item in live.mine(one):
        record_review(live.desk, "b1", item, by=one, verdict=Verdict.CORRECT)
    first, *rest = live.mine(other)
    record_review(live.desk, "b1", first, by=other, verdict=Verdict.CORRECT)
    done = live.send()
    assert [each.verifier for each in done.projects] == [other]
    assert items(live.tasks(other)) == rest


def test_a_project_that_somebody_removed_is_made_anew(live: Live) -> None:
    first = live.send()
    live.fake.remove_project(first.projects[0].project)
    done = live.send()
    assert codes(done) == ["review-project-gone"]
    assert (done.projects[0].made, done.projects[1].made) == (True, False)
    assert (
        live.projects[done.projects[0].verifier].sent.project == done.projects[0].project != first.projects[0].project
    )
    assert codes(live.send()) == []


def test_what_cannot_be_sent_is_refused_before_anything_is_made(here: Any) -> None:
    answers = [Answer(f"q-{n}", "ann.lee@example.com", "accept") for n in range(6)]
    live = Live(here.desk, here.clock, drawn_sample(here.desk, answers=answers))
    live.send(mode=ReviewMode.SHOWN)
    with pytest.raises(Refused, match="in the mode shown"):
        live.send(mode=ReviewMode.BLIND)
    assert live.send().projects[0].mode == "shown"  # as it was sent
    live.server = replace(live.server, name="other")
    with pytest.raises(Refused, match="on the server ls"):
        live.send()
    for verifier in live.sample.verifiers:
        for item in live.mine(verifier):
            record_review(live.desk, "b1", item, by=verifier, verdict=Verdict.CORRECT)
    assert len(live.fake.projects) == 2


def test_answers_that_are_no_labels_are_sent_shown(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(here.desk, here.clock, drawn_sample(here.desk))
    for module in ("review_send", "review_collect"):
        monkeypatch.setattr(f"labelqa.workflows.sending.{module}.known_kind", lambda _desk, _batch: ControlKind.TEXT)
    assert live.send().projects[0].mode == "shown"


def test_safety_data_and_missing_accounts_are_told(place: Any) -> None:
    here = place(SAFETY)
    answers = [
        Answer(f"q-{number:03}", who, "safe")
        for number in range(12)
        for who in ("ann.lee@example.com", "bob.wu@example.com", "cai.yun@example.com")
    ]
    sample = drawn_sample(here.desk, kind=Kind.SAFETY, release=SAFETY, answers=answers)
    live = Live(here.desk, here.clock, sample)
    nobody = sample.verifiers[0]
    live.desk.ledger.identities.attach(NAME, {str(live.accounts[nobody]): PersonId("p-other")})
    assert codes(live.send()) == ["review-no-account", "review-not-apart"]


def test_a_long_name_fits_a_title_and_every_request_has_500_tasks_at_most(here: Any) -> None:
    sample = drawn_sample(here.desk, answers=agreeing(1_100)[::3])
    live = Live(here.desk, here.clock, sample)
    told: list[int] = []
    live.send(progress=told.append)
    assert sum(told) == 1_100
    assert max(told) == 500
    imports = [each for each in live.fake.requests if each.url.path.endswith("/import")]
    assert all(len(json.loads(each.content)) <= 500 for each in imports)
    assert len(imports) == len(told)


def test_a_settled_batch_is_not_sent(here: Any) -> None:
    from labelqa.workflows.certifying.settle import settle_batch

    live = Live(here.desk, here.clock, drawn_sample(here.desk, n=6))
    for verifier in live.sample.verifiers:
        for item in live.mine(verifier):
            record_review(live.desk, "b1", item, by=verifier, verdict=Verdict.CORRECT)
    settle_batch(live.desk, "b1")
    assert read_state(live.desk).batch("b1").conclusion is not None
    with pytest.raises(Refused, match="settled"):
        live.send()
    assert live.fake.requests == []


def test_second_opinions_are_sent_to_whoever_gives_them(here: Any) -> None:
    sample = drawn_sample(here.desk, terms=Terms(double=0.5))
    live = Live(here.desk, here.clock, sample)
    done = live.send()
    assert sum(each.items for each in done.projects) == 30
    for each in done.projects:
        assert items(live.tasks(each.verifier)) == live.mine(each.verifier)
