"""The queue in a real browser: sign in, give three verdicts by keyboard, and find them in the ledger as authenticated."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.i18n import LANGS, Speaker
from labelqa.records.facts import ReviewRecorded
from labelqa.records.logins import Role
from labelqa.records.review import Identity
from labelqa.workflows.identity.logins import add_login
from labelqa.workflows.people import find_person
from labelqa.workflows.queue import queue_of
from tests.building import REVIEWERS, Clock, agreeing, drawn_batch, new_desk, opened, staffed
from tests.conftest import missing
from tests.integration.test_browser import FLAGS, IDLE, ROOT, Walk, answered, chromium
from tests.integration.test_browser_sign_in import SECRET, enter, landed

pytestmark = pytest.mark.chromium
FORM = '[data-testid="stMain"] [data-testid="stForm"]'
ITEM = '[data-testid="stMain"] [data-testid="stText"]'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, str]]:
    """A drawn batch behind ``labelqa dashboard``: address, workspace, and a reviewer who has items."""
    if chromium() is None:
        missing("chromium", "no Chromium on this machine")
    pytest.importorskip("playwright.sync_api")
    folder = tmp_path_factory.mktemp("queue") / "ws"
    with new_desk(folder, clock=Clock(datetime.now(UTC) - timedelta(days=5))) as desk:
        staffed(desk)
        drawn_batch(desk, answers=agreeing(120, at=desk.clock()))
        who = next(name for name in REVIEWERS if queue_of(desk, find_person(desk, name)))
        add_login(desk, who, [Role.REVIEWER], SECRET, by=who)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder.parent / "log"
    words = [sys.executable, "-m", "labelqa.adapters.cli.main", "dashboard", "--port", str(port), "--no-browser"]
    with log.open("wb") as out:
        told = os.environ | {"LABELQA_WORKSPACE": str(folder), "PYTHONPATH": str(ROOT)}
        server = subprocess.Popen(words, env=told, stdout=out, stderr=out, cwd=folder.parent, start_new_session=True)
    try:
        answered(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}", folder, who
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=20)
    assert "Traceback" not in log.read_text("utf-8", errors="replace")


def test_three_verdicts_by_keyboard(served: tuple[str, Path, str], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    address, folder, who = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            for lang in LANGS:
                before = verdicts(folder, who)
                page = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="en-GB")
                by_keyboard(Walk(page, tmp_path), f"{address}/queue?lang={lang}", Speaker(lang), who)
                page.close()
                given = verdicts(folder, who)[len(before) :]
                assert [each[:2] for each in given] == [("correct", ""), ("undecidable", ""), ("incorrect", "R1")]
                assert len({each[2] for each in given}) == 3  # three items
        finally:
            browser.close()


def verdicts(folder: Path, who: str) -> list[tuple[str, str, str]]:
    """The verdicts of somebody who was signed in, in the order of the ledger."""
    with opened(folder) as desk:
        person = find_person(desk, who)
        facts = [fact for fact in desk.ledger.view().of(ReviewRecorded) if fact.actor == person]
        assert all(fact.identity is Identity.AUTHENTICATED and fact.body.reviewer == person for fact in facts)
        return [(fact.body.verdict, fact.body.defect, fact.body.item) for fact in facts]


def by_keyboard(walk: Walk, start: str, say: Speaker, who: str) -> None:
    """S: see the labels; 1: correct; 3: cannot be decided; 2: incorrect, then the defect and Ctrl+Enter."""
    page = walk.page
    page.goto(start)
    landed(walk)
    enter(walk, say, who, SECRET)
    assert page.locator("h1").inner_text() == say("My queue")
    press(walk, "s", shows='[data-testid="stMain"] .st-key-verdict-1')
    for key in ("1", "3"):
        on_to_another(walk, key)
    press(walk, "2", shows=FORM)
    page.get_by_label(say("Defect")).first.focus()
    page.keyboard.type("R1")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    on_to_another(walk, "Control+Enter")
    page.wait_for_selector(FORM, state="detached", timeout=60_000)
    walk.sound(f"{say.lang}-queue")


def press(walk: Walk, key: str, *, shows: str) -> None:
    """Presses a key and waits for what it brings up."""
    walk.page.keyboard.press(key)
    walk.page.wait_for_selector(shows, timeout=60_000)
    walk.page.wait_for_timeout(700)
    walk.page.wait_for_selector(IDLE, timeout=60_000)
    assert walk.wrong == []


def on_to_another(walk: Walk, key: str) -> None:
    """Presses a key and waits until another item is shown."""
    item = walk.page.locator(ITEM).first.inner_text()
    walk.page.keyboard.press(key)
    walk.page.wait_for_function(
        "([where, before]) => document.querySelector(where)?.innerText.trim() !== before.trim()", arg=[ITEM, item], timeout=60_000,
    )  # fmt: skip
    walk.page.wait_for_timeout(700)
    walk.page.wait_for_selector(IDLE, timeout=60_000)
    assert walk.wrong == []
