"""What is wrong with one project of returned work, or one task, keeps nothing else from coming home; what is not ours stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from labelqa.errors import Message, Refused, Unreachable
from labelqa.records.people import Duty
from labelqa.records.review import Verdict
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.correcting import re_review, record_correction
from labelqa.workflows.people import add_person
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.sending import rework_collecting
from labelqa.workflows.sending.rework_sent import ReworkProject, rework_projects
from tests.building import ARBITRATOR, EXECUTORS, REVIEWERS, qualified
from tests.unit.workflows.reworking import ACCOUNTS, CONFIG, Home, Kept, result

ANN, BOB, CAI = EXECUTORS
Fault = Callable[[httpx.Request], httpx.Response | None]


@pytest.fixture
def out(checked: Kept, tmp_path: Path) -> Iterator[Home]:
    """Everything found wrong is out."""
    made = checked.home(tmp_path / "ws")
    with made.desk:
        made.send()
        yield made


def projects(out: Home) -> dict[str, ReworkProject]:
    """By whose they are, as each is known last."""
    names = {person: name for name, person in out.people.items()}
    return {names.get(each.person, each.person): each for each in rework_projects(out.desk.ledger.view())}


def codes(done: Any) -> list[str]:
    return [each.code for each in done.findings]


def items_of(out: Home, name: str) -> list[str]:
    return [item for item, who in out.wrong.items() if who == name]


def answered(out: Home) -> None:
    for item in out.wrong:
        out.answer(item, "off_topic")


def passed(out: Home, *items: str) -> None:
    for item in items or out.wrong:
        out.later()
        re_review(out.desk, "b1", item, by=REVIEWERS[2], verdict=Verdict.CORRECT)


def texts(out: Home, project: int) -> tuple[str, str]:
    there = out.fake.projects[project]
    return there["title"], there["expert_instruction"]


# ---- one project, or one task of it


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"detail": "boom"}), httpx.Response(403, json={"detail": "no"}),
        httpx.Response(200, content=b"[" * 200_000), httpx.Response(200, json={"detail": "no tasks"}),
    ],
)  # fmt: skip
def test_a_project_that_cannot_be_read_keeps_no_other_from_coming_home(out: Home, answer: httpx.Response) -> None:
    bad = projects(out)[ANN]

    def fault(request: httpx.Request) -> httpx.Response | None:
        return answer if request.url.params.get("project") == str(bad.project) else None

    answered(out)
    out.fake.before = fault
    done = out.collect()
    assert ({item for _, item in done.recorded}, codes(done)) == ({*items_of(out, BOB)}, ["rework-unread"])
    passed(out, *items_of(out, BOB))
    assert out.collect().ended == (projects(out)[BOB].project,)  # and nothing is told again
    out.fake.before = lambda _request: None
    assert {item for _, item in out.collect().recorded} == {*items_of(out, ANN)}


def test_a_task_that_cannot_be_read_is_named_and_its_project_stays_open(out: Home) -> None:
    item, *rest = items_of(out, BOB)
    assert rest
    (task,) = out.tasks(item)
    project = projects(out)[BOB].project

    def fault(request: httpx.Request) -> httpx.Response | None:
        told = request.url.params
        if told.get("project") != str(project) or "annotations" not in told.get("include", ""):
            return None
        among = [each["value"] for each in _filters(told["query"]) if each["operator"] == "in_list"]
        return None if among and task["id"] not in among[0] else httpx.Response(500, json={"detail": "boom"})

    answered(out)
    out.fake.before = fault
    done = out.collect()
    assert {item for _, item in done.recorded} == {*out.wrong} - {item}
    (found,) = done.findings
    assert (found.code, found.message.values["task"]) == ("rework-task-unread", task["id"])
    record_correction(out.desk, "b1", item, label="inaccurate", by=CAI)
    passed(out)
    done = out.collect()  # nothing is open, but who knows what is in the task
    assert (done.ended, codes(done), projects(out)[BOB].ended) == ((projects(out)[ANN].project,), [], False)
    out.fake.before = lambda _request: None
    done = out.collect()  # it is read though nobody touched it since
    assert (done.ended, codes(done)) == ((project,), ["rework-answered"])


def _filters(query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(query)["filters"]["items"]
    return found


def test_a_project_that_may_not_be_changed_is_told_and_the_rest_is_handed_over(out: Home) -> None:
    answered(out)
    out.collect()
    passed(out)
    one, other = projects(out)[ANN], projects(out)[BOB]

    def fault(request: httpx.Request) -> httpx.Response | None:
        changes = request.method == "PATCH" and request.url.path.endswith(f"/projects/{one.project}/")
        return httpx.Response(403, json={"detail": "no"}) if changes else None

    out.fake.before = fault
    done = out.collect()
    assert (codes(done), done.ended) == (["rework-unclosed"], (other.project,))
    assert (projects(out)[ANN].ended, projects(out)[BOB].ended) == (False, True)
    out.fake.before = lambda _request: None
    out.later(hours=2)
    assert out.collect().ended == (one.project,)


@pytest.mark.parametrize(("status", "error"), [(500, Unreachable), (401, Refused)])
def test_what_is_wrong_with_the_whole_server_is_no_matter_of_a_project(
    out: Home, status: int, error: type[Exception]
) -> None:
    answered(out)
    out.fake.before = lambda _request: httpx.Response(status, json={"detail": "boom"})
    with pytest.raises(error):
        out.collect()
    out.fake.before = lambda _request: None
    assert len(out.collect().recorded) == len(out.wrong)


def test_what_was_found_is_told_though_something_failed_later(out: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    item = next(iter(out.wrong))
    out.answer(item, "", was_cancelled=True)
    out.fake.remove_project(projects(out)[next(each for each in out.wrong.values() if each != out.wrong[item])].project)
    collected = rework_collecting._collected
    with monkeypatch.context() as patched:

        def failing(*told: Any) -> Any:
            collected(*told)
            raise Unreachable("away")

        patched.setattr(rework_collecting, "_collected", failing)
        with pytest.raises(Unreachable):
            out.collect()
    assert sorted(codes(out.collect())) == ["rework-gone", "rework-skipped"]
    assert codes(out.collect()) == []


# ---- whose a project is


@pytest.mark.parametrize("closable", [False, True])
def test_a_number_that_is_another_projects_now_is_left_alone(out: Home, closable: bool) -> None:
    answered(out)
    out.collect()
    if closable:
        passed(out)
    lost = projects(out)[ANN]
    out.fake.remove_project(lost.project)
    out.fake._numbers["project"] = lost.project - 1
    assert out.fake.project("Cats and dogs", CONFIG) == lost.project
    task = out.fake.task(lost.project, {"prompt": "somebody else's"})
    out.fake.annotate(task, result("off_topic"), by=1)
    before = dict(out.fake.projects[lost.project]), dict(out.fake.tasks)
    out.later(hours=2)
    done = out.collect()
    assert codes(done) == ["rework-not-ours"]
    assert done.ended == ((projects(out)[BOB].project,) if closable else ())
    assert projects(out)[ANN].ended is closable
    assert (out.fake.projects[lost.project], out.fake.tasks) == before
    assert codes(out.collect()) == []


def test_what_is_out_in_a_project_that_is_not_ours_is_sent_anew(out: Home) -> None:
    lost = projects(out)[ANN]
    out.fake.change_project(lost.project, description="made by somebody else")
    out.fake.empty_project(lost.project)
    before = dict(out.fake.projects[lost.project])
    done = out.send()
    assert codes(done) == ["rework-not-ours"]
    again = projects(out)[ANN]
    assert (again.project != lost.project, again.items, again.ended) == (True, lost.items, False)
    assert out.fake.projects[lost.project] == before
    assert (codes(out.send()), codes(out.collect())) == ([], [])


def test_a_project_whose_description_was_rewritten_keeps_its_answers(out: Home) -> None:
    ours = projects(out)[ANN]
    described = out.fake.projects[ours.project]["description"]
    for item in out.wrong:
        out.answer(item, "off_topic")
    out.fake.change_project(ours.project, description="round 3, please finish by Friday")
    done = out.send()
    assert codes(done) == ["rework-not-ours"]
    assert done.findings[0].mend.text.startswith("tasks of ours are in it")
    assert projects(out)[ANN] == ours
    assert out.people[ANN] not in {each.person for each in done.projects}
    out.later()
    out.fake.change_project(ours.project, description=described)
    assert sorted(item for _, item in out.collect().recorded) == sorted(out.wrong)


def test_a_number_that_another_batch_had_before_stops_nothing(out: Home) -> None:
    had = [each.project for each in projects(out).values()]
    for each in had:
        out.fake.remove_project(each)
    out.fake._numbers["project"] = min(had) - 1
    settle_batch(out.desk, "b1", relabel=True)
    return_batch(out.desk, "b1", by=ARBITRATOR, reason="too much")
    out.later()
    assert sorted(each.project for each in out.send("b1-r1").projects) == sorted(had)
    out.collect()
    told = rework_projects(out.desk.ledger.view())
    assert {each.batch for each in told if not each.ended} == {"b1-r1"}
    assert codes(out.collect()) == []


def test_a_project_that_cannot_be_looked_at_keeps_nobody_else_from_getting_theirs(out: Home) -> None:
    item, other = items_of(out, BOB)[0], projects(out)[ANN].project
    out.fake.before = lambda request: (
        httpx.Response(403, json={"detail": "no"}) if request.url.path.endswith(f"/projects/{other}/") else None
    )
    done = out.send(to=CAI, items=[item])
    assert ([each.person for each in done.projects], codes(done)) == ([out.people[CAI]], [])
    assert not projects(out)[ANN].ended


def test_on_a_server_that_was_set_up_anew_everything_is_sent_anew_under_whatever_numbers(out: Home) -> None:
    for each in projects(out).values():
        out.fake.remove_project(each.project)
    out.fake._numbers["project"] = min(each.project for each in projects(out).values()) - 1
    assert codes(out.send()) == []
    told = [each for each in rework_projects(out.desk.ledger.view()) if not each.ended]
    assert {each.person: each.items for each in told} == {
        out.people[name]: frozenset(items_of(out, name)) for name in {*out.wrong.values()}
    }
    answered(out)
    assert len(out.collect().recorded) == len(out.wrong)


# ---- people, and what they are told


@pytest.fixture
def dan(out: Home) -> int:
    """Dan's number on the server; he is registered by his e-mail alone."""
    number = int(out.fake.user("Dan@example.com"))
    known = {"label-studio": "dan@example.com"}
    dan = add_person(out.desk, "Dan New", organizer="Org", duties=[Duty.EXECUTOR], accounts=known).person
    qualified(out.desk, [dan])
    out.people["Dan New"] = dan
    return number


def test_who_is_registered_by_the_e_mail_answers(out: Home, dan: int) -> None:
    item = next(iter(out.wrong))
    out.send(to="Dan New", items=[item])
    out.later()
    out.fake.annotate(out.tasks(item)[-1]["id"], result("off_topic"), by=dan, updated_by=dan)
    done = out.collect()
    assert (done.recorded, codes(done)) == ((("b1", item),), [])


def test_an_answer_of_a_round_is_that_of_who_is_registered_by_the_e_mail(out: Home, dan: int) -> None:
    settle_batch(out.desk, "b1", relabel=True)
    return_batch(out.desk, "b1", by=ARBITRATOR, reason="too much of it is wrong")
    out.later()
    known = out.desk.ledger.identities.accounts("label-studio")
    item = next(iter(out.wrong))
    out.send("b1-r1", to="Dan New", items=[item])
    out.later()
    out.fake.annotate(out.tasks(item)[-1]["id"], result("off_topic"), by=dan, updated_by=dan)
    done = out.collect("b1-r1")
    assert (done.relabelled, codes(done)) == (1, [])
    assert out.desk.ledger.identities.accounts("label-studio") == known
    newest = max(out.desk.intake.annotations(item_nos=out.desk.intake.numbers([item])), key=lambda each: each.rev)
    assert newest.person == out.people["Dan New"]


def test_a_project_that_lost_all_its_items_is_closed_and_says_so(out: Home) -> None:
    mine = projects(out)[ANN]
    out.send(to=CAI, items=sorted(mine.items))
    assert (projects(out)[ANN].ended, projects(out)[ANN].reason) == (True, "reassigned")
    title, said = texts(out, mine.project)
    assert (title.endswith("[closed]"), "Somebody else has" in said) == (True, True)
    out.send(to=ANN, items=sorted(mine.items))  # and back
    assert (projects(out)[ANN].project, projects(out)[ANN].ended) == (mine.project, False)
    assert not texts(out, mine.project)[0].endswith("[closed]")
    assert projects(out)[CAI].reason == "reassigned"


def test_a_project_that_lost_all_its_items_and_could_not_be_closed_is_closed_by_the_next_look(out: Home) -> None:
    mine = projects(out)[ANN]
    out.fake.before = lambda request: (
        httpx.Response(403, json={"detail": "no"}) if request.method == "PATCH" else None
    )  # fmt: skip
    out.send(to=CAI, items=sorted(mine.items))
    out.fake.before = lambda _request: None
    task = next(each for each in out.tasks() if each["project"] == mine.project)
    out.later()
    out.fake.annotate(task["id"], result("off_topic"), by=ACCOUNTS[ANN], updated_by=ACCOUNTS[ANN])
    done = out.collect()
    assert (codes(done), done.ended, projects(out)[ANN].reason) == (["rework-stranger"], (mine.project,), "reassigned")
    assert "Somebody else has" in texts(out, mine.project)[1]


def test_a_project_says_why_nothing_is_to_be_done_in_it(out: Home) -> None:
    settle_batch(out.desk, "b1", relabel=True)
    out.collect()
    for each in projects(out).values():
        assert "settled" in texts(out, each.project)[1]
    assert all("answered" not in texts(out, each.project)[1] for each in projects(out).values())


def test_why_a_batch_went_back_goes_out_without_the_name_of_who_judged(checked: Kept, tmp_path: Path) -> None:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        settle_batch(made.desk, "b1", relabel=True)
        return_batch(made.desk, "b1", by=ARBITRATOR, reason=f"{REVIEWERS[0]} found too many off topic")
        made.later()
        made.send("b1-r1")
        told = {each["data"]["labelqa_reason"] for each in made.tasks()}
    assert told
    assert all("… found too many off topic" in each for each in told)
    assert not any(REVIEWERS[0] in each for each in told)


# ---- reviews and returned work in one pass


@pytest.mark.parametrize("failing", ["collect_reviews", "collect_rework"])
def test_reviews_and_returned_work_do_not_keep_each_other_from_coming_home(
    out: Home, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    from labelqa.adapters.label_studio.client import gathering
    from labelqa.records.finding import finding
    from labelqa.records.review_projects import CollectedProject, CollectResult, ProjectStanding

    odd = finding("review-skipped", "one was skipped", mend=Message("ask why"))
    reviews = CollectResult(projects=(CollectedProject(
        server="label-studio", project=1, sample="b1/1", verifier="p-1", standing=ProjectStanding.OPEN, tasks=1, recorded=3,
        unchanged=0, left=0, findings=(odd,),
    ),))  # fmt: skip

    def fails(*_told: object, **_how: object) -> None:
        raise Refused("no")

    monkeypatch.setattr(gathering, "servers_to_ask", lambda _desk: ["label-studio"])
    monkeypatch.setattr(gathering, "collect_reviews", lambda *_told: reviews)
    monkeypatch.setattr(gathering, failing, fails)
    answered(out)
    reader, writer = out._sides()
    told = gathering.gather(out.desk, out.server, reader._reading, writer._writing, lang="en", news=False)
    assert str(told.error) == "no"
    if failing == "collect_rework":
        assert (told.verdicts, told.findings, told.corrections) == (3, (odd,), 0)
    else:
        assert (told.verdicts, told.findings, told.corrections) == (0, (), len(out.wrong))


def test_a_server_that_is_away_is_not_asked_twice(out: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelqa.adapters.label_studio.client import gathering

    def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    monkeypatch.setattr(gathering, "servers_to_ask", lambda _desk: ["label-studio"])
    monkeypatch.setattr(gathering, "collect_reviews", lambda _desk, reads, *_told: reads.told())
    monkeypatch.setattr(gathering, "collect_rework", lambda *_told: pytest.fail("asked again"))
    out.fake.before = away
    reader, writer = out._sides()
    told = gathering.gather(out.desk, out.server, reader._reading, writer._writing, lang="en", news=False)
    assert "cannot be reached" in str(told.error)
