"""Killed at any step and said again, sending comes to the same end: one holder an item, one task, and every push on record."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from labelqa.errors import Refused
from labelqa.records.facts import CorrectionRecorded, Draft
from labelqa.records.servers import ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.rework_sent import rework_projects, sent_draft
from labelqa.workflows.servers.bindings import latest_pushed
from labelqa.workflows.servers.connecting import Connecting, connect_server
from tests.building import EXECUTORS, RELEASE, SAFETY, Clock, new_desk, release
from tests.fake_label_studio import START, FakeServer
from tests.unit.workflows.killed import Killed, killed_at
from tests.unit.workflows.reworking import ACCOUNTS, Home, Kept, result
from tests.unit.workflows.test_pushing import EXTRA, answered, changes, desk, facts, formed, pushed, server

ANN, BOB, CAI = EXECUTORS
__all__ = ["desk", "server"]


def holders(made: Home, item: str) -> list[str]:
    """Who has an item by the ledger, each open project once."""
    told = rework_projects(made.desk.ledger.view(), batch="b1")
    return [each.person for each in told if not each.ended and item in each.items]


def answer_everywhere(made: Home, item: str) -> None:
    """Everybody who has a task of the item answers it from their own account."""
    accounts = {made.people[name]: number for name, number in ACCOUNTS.items() if name in made.people}
    for task in made.tasks(item):
        made.later()
        by = accounts[task["meta"]["labelqa"]["person"]]
        made.fake.annotate(task["id"], result("off_topic"), by=by, updated_by=by)


@pytest.mark.parametrize("again", [True, False])  # the same words again, or without naming anybody
@pytest.mark.parametrize("whole", [True, False])  # whether the new holder has a project of the batch already
def test_an_item_that_moves_has_one_holder_wherever_it_was_killed(
    checked: Kept, tmp_path: Path, again: bool, whole: bool
) -> None:
    reached = 0
    for step in count(1):
        for after in (False, True):
            made = checked.home(tmp_path / f"ws-{step}-{after}")
            with made.desk:
                made.send()
                first, other = list(made.wrong)[:2]
                if whole:
                    made.send(to=CAI, items=[other])
                with killed_at(made.desk, made.fake, step, after=after) as died, suppress(Killed):
                    made.send(to=CAI, items=[first])
                if not died():
                    break
                reached += 1
                made.send(**({"to": CAI, "items": [first]} if again else {}))
                assert len(holders(made, first)) == 1, (step, after)
                if again:
                    assert holders(made, first) == [made.people[CAI]]
                assert Counter(holders(made, each) != [] for each in made.wrong) == {True: len(made.wrong)}
                answer_everywhere(made, first)
                made.collect()
                assert made.collect("b1").recorded == ()
                assert corrector(made, first) == holders_then(made, first)
        else:
            continue
        break
    assert reached >= 4


def holders_then(made: Home, item: str) -> str:
    """Who had an item last, by the ledger, ended projects too."""
    told = rework_projects(made.desk.ledger.view(), batch="b1")
    return [each.person for each in told if item in each.items][-1]


def corrector(made: Home, item: str) -> str:
    """Who corrected an item, by the ledger."""
    (body,) = [each.body for each in made.desk.ledger.view().about(f"item:{item}", CorrectionRecorded)]
    return str(body.corrector)


def test_two_holders_of_an_earlier_kill_become_one(checked: Kept, tmp_path: Path) -> None:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        made.send()
        item = next(iter(made.wrong))
        (old,) = (each for each in rework_projects(made.desk.ledger.view()) if item in each.items)
        made.send(to=CAI, items=[item])
        now = next(each for each in rework_projects(made.desk.ledger.view()) if each.project == old.project)
        back = sent_draft(
            made.desk, server=old.server, project=old.project, batch=old.batch, person=old.person, items=old.items,
            before=now, seal=old.seal,
        )  # fmt: skip
        made.desk.ledger.append([back], now=made.desk.clock())
        assert len(holders(made, item)) == 2
        answer_everywhere(made, item)
        done = made.collect()
        assert [each for _, each in done.recorded] == [item]  # of the one who was recorded last
        assert "rework-stranger" in [each.code for each in done.findings]
        made.send()
        assert len(holders(made, item)) <= 1


def test_two_who_send_one_item_at_once_do_not_both_have_it(checked: Kept, tmp_path: Path) -> None:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        item = next(iter(made.wrong))
        append = made.desk.ledger.append

        def meanwhile(drafts: list[Draft], **said: object) -> object:
            made.desk.ledger.append = append  # type: ignore[method-assign]
            made.send(to=BOB, items=[item])
            return append(drafts, **said)  # type: ignore[arg-type]

        made.desk.ledger.append = meanwhile  # type: ignore[method-assign, assignment]
        with pytest.raises(Refused, match="changed meanwhile"):
            made.send(to=CAI, items=[item])
        assert holders(made, item) == [made.people[BOB]]


@pytest.mark.parametrize("known", ["", SAFETY, RELEASE])  # what was pushed to the project before
def test_a_push_is_on_record_with_its_reason_wherever_it_was_killed(tmp_path: Path, known: str) -> None:
    reached = 0
    for step in count(1):
        for after in (False, True):
            with new_desk(tmp_path / f"ws-{step}-{after}", clock=Clock(START)) as made:
                for name in (RELEASE, SAFETY):
                    release(made, name)
                told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
                connect_server(made, Connecting(name="ls", url="http://127.0.0.1:1"), told)
                there = FakeServer(legacy=True)
                there.project("labels", "<View/>")
                there.task(1, {"text": "one"})
                if known:
                    pushed(made, there, known)
                there.change_project(1, label_config=formed(made, RELEASE).config.replace("</Choices>", EXTRA, 1))
                there.annotate(1, answered("beyond"))
                before = len(facts(made))
                with killed_at(made, there, step, after=after) as died, suppress(Killed):
                    pushed(made, there, force="nobody defined it")
                if not died():
                    break
                reached += 1
                if len(facts(made)) == before and known != RELEASE:  # else the form is the one on record
                    with pytest.raises(Refused, match=r"quality: beyond \(1\)"):
                        pushed(made, there)
                pushed(made, there, force="nobody defined it")
                _, body = latest_pushed(made.ledger.view())["ls", 1]
                assert (body.release, body.vanished, body.reason) == (
                    RELEASE, ["quality: beyond"], "nobody defined it"
                )  # fmt: skip
                assert len(facts(made)) == before + 1
                assert pushed(made, there).fact == 0  # and nothing is asked for a second time
                assert pushed(made, there, force="once more").fact == 0
        else:
            continue
        break
    assert reached == 4


def test_what_an_earlier_push_took_away_needs_no_second_reason(desk: Desk, server: FakeServer) -> None:
    server.annotate(1, answered("beyond"))
    pushed(desk, server, force="it was never defined")
    server.change_project(1, label_config=server.projects[1]["label_config"].replace("<View", "<View style='x'", 1))
    assert pushed(desk, server).difference.vanishing == ()
    assert changes(server) == 2
