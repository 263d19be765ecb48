"""Makes the pictures of the README from a demo's workspace: ``python docs/pictures.py WORKSPACE [NAME …]``.

Needs Chromium on the PATH and labelqa's extra ``test``. Names are report-zh, report-en, dashboard-zh, dashboard-en;
without any, all are made. Everything shown is the demo's invented data.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
OUT: Final = HERE / "images"
LARGEST: Final = 300_000  # bytes
WIDE: Final = {"report": 1160, "dashboard": 1440}
TALL: Final = {"report": 1650, "dashboard": 2250}
NAMES: Final = ("report-zh", "report-en", "dashboard-zh", "dashboard-en")
IDLE: Final = '[data-testid="stApp"][data-test-script-state="notRunning"]'
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def chromium() -> str:
    """The browser of this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium on the PATH")
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def dashboard(workspace: Path) -> Iterator[str]:
    """The dashboard, served while it is photographed."""
    port = free_port()
    words = [sys.executable, "-m", "labelqa.adapters.cli.main", "dashboard", "--no-browser", "--port", str(port)]
    words += ["--workspace", str(workspace)]
    with subprocess.Popen(words, env=dict(os.environ), start_new_session=True) as served:
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(served.pid, signal.SIGTERM)  # the command and the server that it started


def _wait(url: str) -> None:
    for _ in range(120):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own server
            if reply.status == 200:
                return
        time.sleep(0.5)
    raise SystemExit("the dashboard did not answer")


def report(workspace: Path, lang: str) -> str:
    """The last weekly report of a workspace."""
    return max((workspace / "reports").glob(f"weekly-*.{lang}.html")).resolve().as_uri()


def photograph(browser: Any, url: str, kind: str, path: Path) -> None:
    """The upper part of a page."""
    page = browser.new_page(viewport={"width": WIDE[kind], "height": TALL[kind]}, device_scale_factor=1)
    page.goto(url)
    if kind == "dashboard":
        page.wait_for_selector("h1", timeout=60_000)
        page.wait_for_selector(IDLE, timeout=60_000)
    page.wait_for_timeout(2500)
    page.screenshot(path=str(path))
    page.close()


def shrink(path: Path) -> None:
    """Fewer colours, so that the file stays small."""
    from PIL import Image

    with Image.open(path) as picture:
        plain = picture.convert("RGB")
    for colours in (256, 128, 64, 32):
        plain.quantize(colors=colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{path} is larger than {LARGEST} bytes")


def main(words: list[str]) -> int:
    """Makes the pictures that are asked for."""
    if not words or set(words[1:]) - set(NAMES):
        raise SystemExit(__doc__)
    from playwright.sync_api import sync_playwright

    workspace, wanted = Path(words[0]), words[1:] or list(NAMES)
    OUT.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        play = stack.enter_context(sync_playwright())
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        stack.callback(browser.close)
        served = stack.enter_context(dashboard(workspace)) if any(each[0] == "d" for each in wanted) else ""
        for name in wanted:
            kind, _, lang = name.partition("-")
            url = report(workspace, lang) if kind == "report" else f"{served}/?lang={lang}"
            photograph(browser, url, kind, OUT / f"{name}.png")
            shrink(OUT / f"{name}.png")
            sys.stdout.write(f"{OUT / name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
