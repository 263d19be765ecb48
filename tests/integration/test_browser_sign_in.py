"""The dashboard's door in a real browser, started by the command itself: sign in, look, load anew, sign out."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.i18n import LANGS, Speaker
from tests.conftest import missing
from tests.integration.test_browser import FLAGS, Walk, answered, chromium

pytestmark = pytest.mark.chromium
SECRET = "four quiet herons at dusk"  # noqa: S105 - of a workspace that lives for one test


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """``labelqa dashboard`` on a workspace with a lead and an annotator who can sign in; address, workspace, log."""
    if chromium() is None:
        missing("chromium", "no Chromium on this machine")
    pytest.importorskip("playwright.sync_api")
    base = tmp_path_factory.mktemp("door")
    env = {"PATH": os.environ.get("PATH", "")}
    kept = base / "pw"
    kept.touch(mode=0o600)
    kept.write_text(SECRET, encoding="utf-8")
    for words in (
        ("init", "ws"),
        ("people", "add", "陈思远", "--organizer", "云帆", "--duties", "supervisor"),
        ("people", "add", "林一", "--organizer", "云帆", "--duties", "executor"),
        ("login", "add", "陈思远", "--role", "lead", "--by", "陈思远", "--password-file", "pw"),
        ("login", "add", "林一", "--role", "executor", "--by", "陈思远", "--password-file", "pw"),
    ):
        at = [] if words[0] == "init" else ["--workspace", "ws"]
        assert main([*words, *at], env=env, start=base) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = base / "log"
    words = [sys.executable, "-m", "labelqa.adapters.cli.main", "dashboard", "--port", str(port), "--no-browser"]
    root = str(Path(__file__).resolve().parents[2])
    with log.open("wb") as out:
        told = os.environ | {"LABELQA_WORKSPACE": str(base / "ws"), "PYTHONPATH": root}
        server = subprocess.Popen(words, env=told, stdout=out, stderr=out, cwd=base, start_new_session=True)
    try:
        answered(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}", base / "ws", log
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=20)


def test_the_door_in_a_real_browser(served: tuple[str, Path, Path], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    address, workspace, log = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            for lang in LANGS:
                page = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="en-GB")
                through_the_door(Walk(page, tmp_path), f"{address}/people?lang={lang}", Speaker(lang))
                page.close()
        finally:
            browser.close()
    held = [path for path in workspace.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert held == []
    said = log.read_text("utf-8", errors="replace")
    assert SECRET not in said
    assert "Traceback" not in said


def through_the_door(walk: Walk, start: str, say: Speaker) -> None:
    page = walk.page
    page.goto(start)
    landed(walk)
    walk.sound(f"{say.lang}-door")
    assert page.locator("h1").inner_text() == say("Sign in")
    assert page.locator('[data-testid="stSidebarNav"]').count() == 0
    enter(walk, say, "陈思远", "not the right one")
    walk.sees(say("Name and password do not belong together."))
    enter(walk, say, "陈思远", SECRET)
    assert page.locator("h1").inner_text() == say("People")  # the address that was asked for
    walk.follow(say("Overview"), f"{say.lang}-inside")
    assert json.dumps(page.context.cookies()).count("sign") == 0
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])").count(SECRET) == 0
    page.reload()
    landed(walk)
    walk.sound(f"{say.lang}-loaded-anew")
    assert page.locator("h1").inner_text() == say("Sign in")
    enter(walk, say, "林一", SECRET)
    assert page.locator("h1").inner_text() == say("Rulebooks")
    page.locator('[data-testid="stSidebar"]').get_by_role("button", name=say("Sign out")).click()
    walk.sound(f"{say.lang}-out")
    assert page.locator("h1").inner_text() == say("Sign in")


def landed(walk: Walk) -> None:
    """At a page's own address Streamlit first asks for its server below that address, which is answered with 404."""
    walk.page.wait_for_selector("h1", timeout=60_000)
    assert all("404" in each for each in walk.wrong), walk.wrong
    walk.wrong.clear()


def enter(walk: Walk, say: Speaker, who: str, password: str) -> None:
    """Types both and presses the button."""
    page = walk.page
    page.get_by_label(say("Name, account or pseudonym")).fill(who)
    page.get_by_label(say("Password"), exact=True).fill(password)
    page.locator('[data-testid="stFormSubmitButton"]').get_by_role("button", name=say("Sign in"), exact=True).click()
    page.wait_for_timeout(1500)
    walk.sound(f"{say.lang}-{who}-{len(password)}")


def test_another_site_gets_no_connection(served: tuple[str, Path, Path]) -> None:
    """A page of another origin, or a name that was pointed here, is refused at the door of the server."""
    address, *_ = served
    port = int(address.rpartition(":")[2])

    def knock(host: str, origin: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        line.request("GET", "/_stcore/stream", headers={
            "Host": host, "Origin": origin, "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        })  # fmt: skip
        status = line.getresponse().status
        line.close()
        return status

    assert knock(f"127.0.0.1:{port}", address) == 101
    assert knock(f"127.0.0.1:{port}", "https://elsewhere.example") in (403, 404)
    assert knock("elsewhere.example", "http://elsewhere.example") in (403, 404)
