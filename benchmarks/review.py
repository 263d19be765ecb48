"""A drawn sample there and back on a real Label Studio: sent to two verifiers, answered there, collected, each verdict checked.

    LABELQA_LABEL_STUDIO=VENV python benchmarks/review.py --items 20000 --safety

Makes a workspace with a frozen batch and a census of it, starts a server, runs ``labelqa review send``, answers every item
from the verifiers' own accounts (so many in a hundred of them with another label), and runs ``labelqa review collect``.
Prints the time and the peak of memory of both, of collecting again, and of a bare read of the same projects; fails where
one verdict is not what was put in, or where the check decides otherwise than the defects say. With ``--safety`` it is a
batch of safety labeling, where every item is verified, on a server that keeps such data apart.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measured import Measured, measure

from labelqa.records.batch import Kind
from labelqa.records.designs import Certificate, Design
from labelqa.records.names import PersonId
from labelqa.records.review import Identity, Verdict
from labelqa.records.servers import ServerTold
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.certifying.certificate import certificate_of
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.sending.review_projects import fold_review_projects
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.servers.tokens import keep_token
from labelqa.workflows.state import read_state
from tests.building import (
    EXECUTORS,
    RELEASE,
    REVIEWERS,
    SAFETY,
    Answer,
    account,
    carded,
    new_desk,
    opened,
    staffed,
    take_in,
)
from tests.label_studio import DATABASE, LabelStudio, Person, choices, database, running, told

AT_ONCE = 2_500
WRONG = 100  # every so many items the verifier says another label

BARE = """
import json, sys, time
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
reading, n = Reading(Transport(sys.argv[1], sys.argv[2])), 0
begun = time.perf_counter()
for project in map(int, sys.argv[3:]):
    after = 0
    while page := reading.tasks(project, after=after):
        after, n = page[-1]["id"], n + len(page)
print(json.dumps([time.perf_counter() - begun, n]))
"""
COMMAND = """
import json, sys, time
from labelqa.adapters.cli.main import main
import labelqa.adapters.cli.review_send, labelqa.adapters.label_studio.client.opening, pyarrow, numpy
begun = time.perf_counter()
code = main([*sys.argv[1:]], env={"LABELQA_LANG": "en"})
print(json.dumps([time.perf_counter() - begun, code]))
"""


@dataclass(frozen=True)
class Kinds:
    """What the two kinds of labeling differ in here."""

    kind: Kind
    release: str
    control: str
    right: str
    wrong: str


FUNCTIONAL = Kinds(Kind.FUNCTIONAL, RELEASE, "quality", "accept", "off_topic")
UNSAFE = Kinds(Kind.SAFETY, SAFETY, "safety", "safe", "A1")


def clock() -> datetime:
    """The time that it is."""
    return datetime.now(UTC)


def made(folder: Path, server: LabelStudio, items: int, what: Kinds) -> dict[PersonId, Person]:
    """A workspace with a drawn census of so many items, connected to the server; its verifiers with their accounts there."""
    with new_desk(folder, clock=clock) as desk:
        people = staffed(desk, release=what.release)
        facts = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        connect_server(desk, Connecting(name="office", url=server.url, isolated=what.kind is Kind.SAFETY), facts)
        keep_token(folder, "office", server.personal_token())
        declare_batch(desk, "b1", kind=what.kind, release=what.release, organizer="Org")
        carded(desk, "b1", scale=items)
        declare_plan(desk, "b1", design=Design.CENSUS, seed="the seed of b1", accuracy=0.9)
        now = clock()
        rows = [Answer(f"q-{n:06}", account(EXECUTORS[n % 3]), what.right, at=now) for n in range(items)]
        data = {f"q-{n:06}": {"text": f"第 {n} 句：今天的标注质量怎么样？" * 4} for n in range(items)}
        take_in(desk, rows, size=5_000, data=data)
        freeze_batch(desk, "b1")
        sample = draw_sample(desk, "b1", verifiers=2)
        joined = {people[name]: server.joined(f"{name.split()[1].casefold()}@example.com") for name in REVIEWERS}
        for person, there in joined.items():
            desk.ledger.identities.attach("office", {str(there.number): person})
        return {person: joined[person] for person in sample.verifiers}


def answered(folder: Path, server: LabelStudio, people: dict[PersonId, Person], what: Kinds) -> dict[str, str]:
    """Every verifier answers all of their tasks; gives what was said of each item.

    The server's own action puts many answers in at once and does not say who saved them, which is set in its database: one
    by one, as a browser does it, 20,000 take the server half an hour.
    """
    said: dict[str, str] = {}
    with opened(folder, clock=clock) as desk:
        projects = {who: each.sent.project for (_, who), each in fold_review_projects(desk.ledger.view()).items()}
    for who, project in projects.items():
        by, config = people[who].token, server.said("GET", f"/api/projects/{project}/")["parsed_label_config"]
        shown = config[what.control]["to_name"][0]
        for page in pages(server, project):
            rows = []
            for each in page:
                item = each["meta"]["labelqa"]["item"]
                said[item] = what.wrong if int(item[2:]) % WRONG == 0 else what.right
                result = choices(said[item], name=what.control, shown=shown)
                rows.append({"task": each["id"], "result": result, "model_version": "x"})
            server.said("POST", f"/api/projects/{project}/import/predictions", by=by, json=rows)
            chosen = {"all": False, "included": [each["id"] for each in page]}
            server.said("POST", f"/api/dm/actions?id=predictions_to_annotations&project={project}", by=by,
                        json={"selectedItems": chosen, "project": project})  # fmt: skip
    with closing(sqlite3.connect(server.folder / DATABASE, timeout=30)) as there, there:
        there.execute("UPDATE task_completion SET updated_by_id = completed_by_id")
        latest = "(SELECT max(updated_at) FROM task_completion AS each WHERE each.task_id = task.id)"
        there.execute(f"UPDATE task SET updated_at = {latest}")
    return said


def pages(server: LabelStudio, project: int) -> Iterator[list[dict[str, Any]]]:
    """The tasks of a project, page by page; an answer moves none of them to another page."""
    page = 1
    while True:
        asked = {"project": project, "page": page, "page_size": AT_ONCE, "include": "id,meta",
                 "query": json.dumps({"filters": {"conjunction": "and", "items": []}, "ordering": ["tasks:id"]})}  # fmt: skip
        answer = server.asked("GET", "/api/tasks/", params=asked)
        if answer.status_code == 404:
            return
        found = told(answer)["tasks"]
        if not found:
            return
        yield found
        page += 1


def checked(folder: Path, said: dict[str, str], what: Kinds) -> Certificate:
    """Every verdict against what was put in; what the check says of them."""
    with opened(folder, clock=clock) as desk:
        state = read_state(desk)
        sample = state.sample("b1")
        given = {each.item_id: each for each in state.reviews[sample.sample]}
        drawn = {each.item_id: each.verifier for each in drawn_items(desk, sample.sample)}
        assert given.keys() == drawn.keys() == said.keys(), (len(given), len(drawn), len(said))
        assert len(state.reviews[sample.sample]) == len(given)
        for item, label in said.items():
            each = given[item]
            right = label == what.right
            assert each.verdict is (Verdict.CORRECT if right else Verdict.INCORRECT), item
            assert (each.reviewer, each.blind, each.answer) == (drawn[item], True, label), item
            assert each.identity is Identity.AUTHENTICATED, item
        found = certificate_of(desk, state, sample)
        wrong = sum(label != what.right for label in said.values())
        assert (found.read, found.wrong) == (len(said), wrong), (found.read, found.wrong)
        return found


def command(folder: Path, *words: str) -> Measured:
    """One command in a process of its own; fails where it fails."""
    done = measure([sys.executable, "-c", COMMAND, *words, "--workspace", str(folder)])
    assert json.loads(done.out[-1])[1] == 0, done.out[-20:]
    return done


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--safety", action="store_true")
    given = parser.parse_args()
    what = UNSAFE if given.safety else FUNCTIONAL
    print(f"{given.items:,} items, {what.kind}, two verifiers, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as folder, running(database(Path(folder))) as server:
        workspace, begun = Path(folder) / "ws", time.monotonic()
        people = made(workspace, server, given.items, what)
        _told("workspace made", time.monotonic() - begun)
        _told("labelqa review send", command(workspace, "review", "send", "b1"))
        begun = time.monotonic()
        said = answered(workspace, server, people, what)
        assert len(said) == given.items
        _told("answers put in", time.monotonic() - begun)
        token = (workspace / "secrets" / "office.token").read_text().strip()
        with opened(workspace, clock=clock) as desk:
            projects = [str(each.sent.project) for each in fold_review_projects(desk.ledger.view()).values()]
        bare = measure([sys.executable, "-c", BARE, server.url, token, *projects])
        assert json.loads(bare.out[-1])[1] == given.items
        _told("bare read of the projects", bare)
        _told("labelqa review collect", command(workspace, "review", "collect"))
        found = checked(workspace, said, what)
        print(f"  every verdict is as it was given: {found.read:,} read, {found.wrong:,} wrong, {found.decision}")
        _told("again, nothing new", command(workspace, "review", "collect", "b1"))
        assert checked(workspace, said, what) == found
        _told("and removed from the server", command(workspace, "review", "collect", "b1", "--remove"))
        assert {server.asked("GET", f"/api/projects/{each}/").status_code for each in projects} == {404}
        assert {server.asked("GET", f"/api/tasks/?project={each}").status_code for each in projects} == {404}


def _told(name: str, took: Measured | float) -> None:
    if isinstance(took, float):
        print(f"{name:28}{took:>8.1f} s", flush=True)
    else:
        inside = float(json.loads(took.out[-1])[0])
        print(f"{name:28}{inside:>8.1f} s{took.cpu:>8.1f} s CPU{took.megabytes:>7.0f} MB", flush=True)


if __name__ == "__main__":
    main()
