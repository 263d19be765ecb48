"""A workspace with three servers in every state that the connection page tells apart; made by hand, nothing is asked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from labelqa.errors import Message
from labelqa.records.clock import micros
from labelqa.records.facts import Draft, HookPlaced, ReleasePushed, ReviewSent, ReworkSent
from labelqa.records.people import Duty
from labelqa.records.servers import ServerAccount, ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import add_person
from labelqa.workflows.servers.accounts import see_accounts
from labelqa.workflows.servers.connecting import Connecting, connect_server, end_server
from labelqa.workflows.servers.inbox import arrival, inbox_of
from labelqa.workflows.servers.logs import attach_log
from labelqa.workflows.servers.tokens import keep_token
from labelqa.workflows.sync.noticing import written_message
from labelqa.workflows.sync.projects import follow_project
from tests.building import Answer, Clock, take_in

WELL, SICK, NEW, GONE = "vendor-a", "vendor-b", "vendor-c", "vendor-z"
WHY = "the server does not answer: <b>timed out</b>"


def connected(desk: Desk, clock: Clock, *, folder: Path) -> None:
    """A server that is well, one that is not, a new one, and one that is no longer asked."""
    for number, name in enumerate((WELL, SICK, NEW, GONE), start=1):
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=2)
        wanted = Connecting(
            name=name, url=f"https://labels-{number}.example.com", organizer="甲公司 <b>", isolated=name == WELL
        )
        connect_server(desk, wanted, told)
    end_server(desk, GONE, reason="over")
    keep_token(desk.settings.workspace, WELL, "eyJ0b2tlbg.eyJzZWNyZXQ.c2lnbmF0dXJl")
    keep_token(desk.settings.workspace, SICK, "0123456789abcdef0123456789abcdef01234567")
    person = add_person(
        desk, "陈思远", organizer="甲公司", duties=[Duty.EXECUTOR], accounts={WELL: "7", SICK: "7"}
    ).person
    log(desk, folder, clock)
    clock.now += timedelta(days=2)
    see_accounts(desk, WELL, [account(1), account(7)])
    see_accounts(desk, SICK, [account(1), account(7), account(8)])
    follow_project(desk, 3, server=WELL, title="对话质量 [x](javascript:1)", item_key="data.id")
    follow_project(desk, 5, server=SICK, title="安全审核")
    follow_project(desk, 6, server=SICK, title="第二批")
    read(desk, clock)
    sent(desk, person)
    events(desk, clock)


def account(number: int) -> ServerAccount:
    return ServerAccount(account=str(number), email=f"u{number}@example.com", name="")


def log(desk: Desk, folder: Path, clock: Clock) -> None:
    path = folder / "access.log"
    path.write_text(f"{clock.now.isoformat()} GET /\n{(clock.now + timedelta(hours=2)).isoformat()} GET /\n")
    attach_log(desk, path, server=WELL, start=clock.now - timedelta(days=2), end=clock.now)


def read(desk: Desk, clock: Clock) -> None:
    """What passes over the projects left behind."""
    now = micros(clock.now)
    minute, known = 60_000_000, desk.intake.synced
    known.move(
        WELL,
        3,
        backfilled_to=40,
        backfilled_at=now,
        watermark=now - minute,
        passed_at=now - minute,
        swept_at=now - 9 * minute,
    )
    known.move(
        SICK,
        5,
        backfilled_to=40,
        backfilled_at=now,
        watermark=now,
        passed_at=now - 90 * minute,
        error=written_message(Message("{why}", {"why": WHY})),
        failed_at=now,
    )
    known.move(SICK, 6, backfilled_to=0)
    take_in(desk, [Answer("41", "8", "A")], data={"41": {"text": "one"}}, server=SICK)


def sent(desk: Desk, person: str) -> None:
    """What labelqa made and pushed there."""
    bodies = [
        HookPlaced(server=WELL, project=3, hook=1, url="http://10.0.0.5:8990/hooks/label-studio/vendor-a", actions=[]),
        ReleasePushed(
            server=WELL, project=3, release="genai-sft@1.0.0", config_digest="x", instruction_digest="y",
            since="2026-11-01T00:00:00+00:00",
        ),
        ReviewSent(server=WELL, project=11, batch="b1", sample="b1-s1", verifier=person, mode="blind", items=59, digest="d"),
        ReviewSent(
            server=WELL, project=12, batch="b1", sample="b1-s1", verifier=person, mode="blind", items=59, digest="d", ended=True
        ),
        ReworkSent(server=WELL, project=13, batch="b1", person=person, items=["q-1", "q-2"]),
    ]  # fmt: skip
    drafts = [
        Draft(body=each, subjects=(f"server:{WELL}",), actor=desk.actor, identity=desk.identity) for each in bodies
    ]
    desk.ledger.append(drafts, now=desk.clock())


def events(desk: Desk, clock: Clock) -> None:
    """Two events, one of which waits for a long time."""
    with inbox_of(desk.settings.workspace) as inbox:
        for server, project, number in ((WELL, 3, 1), (SICK, 5, 2)):
            at = clock.now - timedelta(minutes=30)
            told = {
                "action": "ANNOTATION_CREATED", "annotation": {"id": number, "updated_at": at.isoformat()},
                "task": {"id": number}, "project": {"id": project},
            }  # fmt: skip
            inbox.put(arrival(server, json.dumps(told).encode(), at))
        inbox.done([each.number for each in inbox.waiting(server=WELL)])
        inbox.passed(SICK, clock.now, why="no space left")
