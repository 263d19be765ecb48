"""The wheel, installed away from the source tree, walks the demo and serves the dashboard with what it carries."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 90  # seconds for the server to answer

# Loaded by every Python that the tests start: opening a file of the source tree is an error, and is written down.
WATCH = """
import os, sys
root, own = os.environ["SOURCE_TREE"] + os.sep, os.path.realpath(sys.prefix) + os.sep
def watch(event, told):
    if event == "open" and isinstance(told[0], str):
        path = os.path.realpath(told[0])
        if path.startswith(root) and not path.startswith(own):
            with open(os.environ["SOURCE_LOG"], "a") as log:
                log.write(path + "\\n")
            raise PermissionError("the source tree is not to be used: " + path)
sys.addaudithook(watch)
"""
PAGES = """
import sys
from streamlit.testing.v1 import AppTest
from labelqa.wiring import shipped
page = AppTest.from_file(str(shipped("dashboards") / "app.py"), default_timeout=60).run()
assert not page.exception, page.exception
print(len(page.main))
"""


@dataclass(frozen=True)
class Installed:
    """Where the wheel was installed, somewhere else to stand, and the environment to run it in."""

    target: Path
    elsewhere: Path
    env: dict[str, str]

    def labelqa(self, *words: str) -> list[str]:
        """The command line of the installed entry point."""
        return [sys.executable, str(self.target / "bin" / "labelqa"), *words]

    def run(self, *words: str, **env: str) -> str:
        """A command to its end; what it printed."""
        done = ended(words, folder=self.elsewhere, env=self.env | env)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def untouched(self) -> bool:
        """Whether nothing of the source tree was opened."""
        return not Path(self.env["SOURCE_LOG"]).exists()


def ended(words: Sequence[str], *, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process that came to its end, well or not."""
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)


def built(folder: Path) -> Path:
    """The wheel, by the backend at hand or the one that pip finds."""
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    words = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet", "--wheel-dir", str(folder)]
    done = ended([*words, *isolation], folder=folder, env=dict(os.environ))
    if done.returncode and ("Could not find a version" in done.stderr or "No matching distribution" in done.stderr):
        missing("wheel", "the build backend hatchling is not installed and no package index gives it")
    assert done.returncode == 0, done.stderr
    return next(folder.glob("labelqa-*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a folder of its own; its dependencies are those of the running Python."""
    folder = tmp_path_factory.mktemp("wheel")
    target, elsewhere, watcher = folder / "installed", folder / "elsewhere", folder / "watcher"
    elsewhere.mkdir()
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    words = ["--no-deps", "--no-index", "--quiet", "--target", str(target), str(built(folder))]
    subprocess.run([sys.executable, "-m", "pip", "install", *words], check=True, cwd=folder, timeout=300)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LABELQA_", "PYTHON", "COV"))}
    env = kept | {
        "PYTHONPATH": os.pathsep.join([str(watcher), str(target)]),
        "SOURCE_TREE": str(ROOT),
        "SOURCE_LOG": str(folder / "opened.txt"),
        "LABELQA_LANG": "en",
    }
    return Installed(target, elsewhere, env)


@pytest.fixture(scope="module")
def demo(installed: Installed) -> Path:
    """The workspace that the installed demo made."""
    said = installed.run(*installed.labelqa("demo", "try-it"))
    assert "Everything in it is invented." in said
    return installed.elsewhere / "try-it"


def test_everything_comes_from_the_wheel(installed: Installed) -> None:
    code = "import labelqa.wiring as w, json; print(json.dumps([w.__file__, *map(str, map(w.shipped, %r))]))"
    names = ("rulebooks", "dashboards", "sample_data")
    paths = [Path(each) for each in json.loads(installed.run(sys.executable, "-c", code % (names,)))]
    assert all(path.is_relative_to(installed.target) and path.exists() for path in paths)
    assert (installed.target / "labelqa" / "i18n" / "zh_CN.mo").is_file()
    assert not list(installed.target.rglob("tests"))


def test_the_watch_sees_a_file_of_the_source_tree(installed: Installed) -> None:
    words = [sys.executable, "-c", f"open({str(ROOT / 'pyproject.toml')!r})"]
    log = installed.elsewhere / "seen.txt"
    env = installed.env | {"SOURCE_LOG": str(log)}
    done = ended(words, folder=installed.elsewhere, env=env)
    assert "PermissionError" in done.stderr
    assert log.read_text().strip() == str(ROOT / "pyproject.toml")


def test_demo(installed: Installed, demo: Path) -> None:
    listed = json.loads(installed.run(*installed.labelqa("batch", "list", "--json", "--workspace", str(demo))))
    ends = [batch["conclusion"] for batch in listed["batches"]]
    assert {"accept", "relabel", "void"} <= set(ends)
    assert list((demo / "reports").rglob("*.html"))
    said = installed.run(*installed.labelqa("--lang", "zh", "ledger", "verify", "--workspace", str(demo)))
    assert any("一" <= each <= "鿿" for each in said)
    assert installed.untouched()


def test_pages_run(installed: Installed, demo: Path) -> None:
    told = installed.run(sys.executable, "-c", PAGES, LABELQA_WORKSPACE=str(demo))
    assert int(told.split()[-1]) > 5
    assert installed.untouched()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(installed: Installed, demo: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The dashboard, running; afterwards it is told to stop as by Ctrl-C, and killed when it does not."""
    words = installed.labelqa("dashboard", "--no-browser", "--port", str(port), "--workspace", str(demo))
    with (
        (installed.elsewhere / "dashboard.log").open("wb") as log,
        subprocess.Popen(
            words, cwd=installed.elsewhere, env=installed.env, stdout=log, stderr=log, start_new_session=True
        ) as server,
    ):
        try:
            yield server
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=30)
        finally:
            with suppress(ProcessLookupError):  # it and what it started, when anything of it is left
                os.killpg(server.pid, signal.SIGKILL)


def answer(port: int, server: subprocess.Popen[bytes], path: str) -> str:
    """What the server says; waits until it is up."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        assert server.poll() is None, "the dashboard ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                assert response.status == 200
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"no answer on {path} within {DEADLINE} seconds")


def test_dashboard_answers_and_ends(installed: Installed, demo: Path) -> None:
    port = free_port()
    with serving(installed, demo, port) as server:
        assert answer(port, server, "/_stcore/health") == "ok"
        assert "<html" in answer(port, server, "/")
    assert server.returncode == 0
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0
    assert installed.untouched()
