"""One walk through the dashboard in a real browser, in both languages: no error text, console error or outside call."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelqa.i18n import LANGS, Speaker
from tests.conftest import missing

pytestmark = pytest.mark.chromium
ROOT = Path(__file__).resolve().parents[2]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
MARKS = "svg.marks g.mark-symbol path"
HEADER, CHECKBOX = 52, 18  # px: middle of the first row, and of the box that picks it


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, browser_there: None, request: pytest.FixtureRequest) -> Path:
    """A copy of the demo's workspace, which is made only where there is a browser."""
    made, _ = request.getfixturevalue("demo")
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("walk") / "demo"))


@pytest.fixture(scope="module")
def browser_there() -> None:
    """Only a browser that is there makes the demo worth its time."""
    if chromium() is None:
        missing("chromium", "no Chromium on this machine")
    pytest.importorskip("playwright.sync_api")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def address(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the pages on a free loopback port; ended by its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "streamlit.log"
    told = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
    }
    words = [word for name, value in told.items() for word in (f"--{name}", value)]
    env = os.environ | {"LABELQA_WORKSPACE": str(workspace), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboards" / "app.py"), *words],
            env=env, stdout=out, stderr=out, cwd=log.parent,
        )  # fmt: skip
    try:
        answered(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert "Traceback" not in log.read_text("utf-8", errors="replace")


def answered(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert server.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own loopback server
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail("the server did not answer")


class Walk:
    """A browser's page that notes everything that went wrong on it."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.wrong: list[str] = []
        page.on("console", lambda said: self.wrong.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(f"page: {error}"))
        page.on("request", lambda sent: None if local(sent.url) else self.wrong.append(f"outside: {sent.url}"))

    def sound(self, name: str) -> None:
        """Waits until the page is laid out, keeps a picture, and fails on any error."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector(IDLE, timeout=60_000)
        self.page.wait_for_timeout(700)
        self.page.screenshot(path=str(self.folder / f"{name}.png"))
        assert self.page.locator('[data-testid="stException"]').count() == 0, name
        assert self.page.get_by_text("Traceback (most recent call last)").count() == 0, name
        assert self.wrong == [], name

    def follow(self, link: str, name: str) -> None:
        """Opens a page from the navigation."""
        self.page.locator('[data-testid="stSidebarNav"]').get_by_text(link, exact=True).click()
        self.sound(name)

    def press(self, button: str, name: str) -> None:
        """Presses a button or a section's name."""
        self.page.locator('[data-testid="stMain"]').get_by_role("radio", name=button, exact=True).or_(
            self.page.locator('[data-testid="stMain"]').get_by_role("button", name=button, exact=True)
        ).first.click()
        self.sound(name)

    def pick_row(self, key: str, name: str) -> None:
        """Picks the first row of a table."""
        grid = self.page.locator(f'.st-key-{key} [data-testid="stDataFrame"]').first
        grid.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        box = grid.bounding_box()
        self.page.mouse.click(box["x"] + CHECKBOX, box["y"] + HEADER)
        self.sound(name)

    def pick_mark(self, key: str, name: str) -> None:
        """Picks the first mark of a chart."""
        mark = self.page.locator(f".st-key-{key} {MARKS}").first
        mark.scroll_into_view_if_needed()
        mark.click(force=True)
        self.sound(name)

    def sees(self, text: str) -> None:
        assert self.page.locator('[data-testid="stMain"]').get_by_text(text).first.is_visible(), text


def local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def test_the_pages_hold_in_a_real_browser(address: str, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            for lang in LANGS:
                page = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="en-GB")
                through_all_pages(Walk(page, tmp_path), f"{address}/?lang={lang}", lang, Speaker(lang))
                page.close()
        finally:
            browser.close()


def through_all_pages(walk: Walk, start: str, lang: str, say: Speaker) -> None:
    walk.page.goto(start)
    walk.page.wait_for_selector("h1", timeout=60_000)
    walk.sound(f"{lang}-overview")
    walk.sees(say("Alerts"))
    walk.pick_mark("accuracy-trend", f"{lang}-another-week")
    walk.pick_row("batches", f"{lang}-batch")
    assert "/batch?" in walk.page.url
    for section in ("Agreement", "Spot check", "Record", "Items"):
        walk.press(say(section), f"{lang}-batch-{section}")
    walk.press(say("Agreement"), f"{lang}-agreement-again")
    walk.pick_row("disputed", f"{lang}-disputed")
    assert walk.page.locator(".st-key-disputed-card").is_visible()
    walk.pick_row("confusions", f"{lang}-items-behind")
    assert "against=" in walk.page.url
    walk.page.locator('[class*="st-key-items-"] [data-testid="stDataFrame"]').first.wait_for()
    into_an_item(walk, lang)
    walk.follow(say("Planner"), f"{lang}-planner")
    walk.sees(say("Side by side"))
    walk.press(say("two-point"), f"{lang}-planner-two-point")
    walk.page.get_by_text("--design two-point").first.wait_for()
    walk.follow(say("Annotators"), f"{lang}-annotators")
    walk.pick_mark("team-gold", f"{lang}-annotator")
    assert "person=" in walk.page.url
    walk.sees(say("Items behind these figures"))
    walk.follow(say("Rulebooks"), f"{lang}-rulebooks")
    walk.pick_row("rules", f"{lang}-rule")
    walk.follow(say("People"), f"{lang}-people")
    walk.pick_row("matrix", f"{lang}-person")
    walk.sees(say("The facts behind these records"))
    other = {"zh": "English", "en": "中文"}[lang]
    walk.page.locator('[data-testid="stSidebar"]').get_by_text(other, exact=True).click()
    walk.sound(f"{lang}-other-language")
    assert f"lang={lang}" not in walk.page.url


def into_an_item(walk: Walk, lang: str) -> None:
    grid = walk.page.locator('[class*="st-key-items-"] [data-testid="stDataFrame"]').first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    walk.page.mouse.click(box["x"] + CHECKBOX, box["y"] + HEADER + 18)
    walk.sound(f"{lang}-item")
    assert walk.page.locator(".st-key-item-card").is_visible()
