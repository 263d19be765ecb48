"""A real Label Studio of the tests' own: started on this machine alone from a ready database, gone at the end.

``LABELQA_LABEL_STUDIO`` names the environment (a venv) that it is installed in; nothing is installed here.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

VERSION = "1.23.2"
ADMIN, PASSWORD = "admin@example.com", "throw-away-password-1"
TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105 - as wide as its column, and of no use elsewhere
DATABASE = "label_studio.sqlite3"
_STARTS = re.compile(r"Starting development server at http://127\.0\.0\.1:(\d+)/")
_QUIET = {  # nothing is sent anywhere; web hooks may reach this machine; tokens of both kinds are taken
    "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": "", "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false",
    "FEATURE_FLAGS_OFFLINE": "true", "SSRF_PROTECTION_ENABLED": "false", "LOG_LEVEL": "WARNING", "DEBUG": "false",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true", "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
}  # fmt: skip


class NoLabelStudio(Exception):
    """Why there is no Label Studio here."""


@dataclass(frozen=True)
class Person:
    """Somebody who signed up as people do: by an invitation, in the form."""

    number: int
    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def environment() -> Path:
    """The venv that Label Studio is in; raises NoLabelStudio when there is none, or another version's."""
    told = os.environ.get("LABELQA_LABEL_STUDIO", "")
    if not told:
        raise NoLabelStudio("LABELQA_LABEL_STUDIO does not say where Label Studio is installed")
    there = Path(told)
    found = [path.name for path in there.glob("lib/python*/site-packages/label_studio-*.dist-info")]
    if found != [f"label_studio-{VERSION}.dist-info"]:
        raise NoLabelStudio(f"there is no Label Studio {VERSION} in {there}")
    return there


def database(into: Path) -> Path:
    """A database with its tables and nobody in it: the one beside the installation, else made now (about a minute)."""
    there = environment()
    ready = there / "database" / DATABASE
    if ready.is_file():
        return ready
    with (into / "made.log").open("wb") as log:
        words = [*_words(there), "version"]  # moves the tables forward, says what it is, and ends
        subprocess.run(words, env=_env(into), cwd=into, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
    return into / DATABASE


class LabelStudio:
    """A server on a free port of this machine; it can be stopped and started again with what it holds."""

    def __init__(self, folder: Path, ready: Path) -> None:
        self.folder = folder
        self._there = environment()
        self._wanted = 0  # the port, once known
        self._process: subprocess.Popen[bytes] | None = None
        self._http: httpx.Client | None = None
        shutil.copy(ready, folder / DATABASE)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._wanted}"

    @property
    def log(self) -> str:
        """What it printed since it was started last."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it answers; the port stays what it was the first time."""
        words = [
            *_words(self._there), "start", "--no-browser", "--internal-host", "127.0.0.1",
            "--port", str(self._wanted or _free_port()), "--username", ADMIN, "--password", PASSWORD,
            "--user-token", TOKEN,
        ]  # fmt: skip
        with (self.folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                words, env=_env(self.folder), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            port = self._listens(time.monotonic() + 180)
        except NoLabelStudio:
            self.stop()
            raise
        if self._wanted and port != self._wanted:
            self.stop()
            raise NoLabelStudio(f"port {self._wanted} was taken by somebody else meanwhile")
        self._wanted = port

    def stop(self, *, kill: bool = False) -> None:
        """End it by its own process, and be sure that it is gone."""
        process, self._process = self._process, None
        if self._http is not None:
            self._http.close()
            self._http = None
        if process is None:
            return
        (process.kill if kill else process.terminate)()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=15)

    def _listens(self, until: float) -> int:
        """The port on which it answers: it moves to the next free one without a word when its own is taken."""
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                raise NoLabelStudio(f"it ended by itself:\n{self.log[-2000:]}")
            if said := _STARTS.search(self.log):
                port = int(said[1])
                if _healthy(f"http://127.0.0.1:{port}/health/"):
                    return port
            time.sleep(0.1)
        raise NoLabelStudio(f"it was not ready in time:\n{self.log[-2000:]}")

    # ---- what people and programs do there

    def asked(self, method: str, path: str, *, by: str = TOKEN, **more: Any) -> httpx.Response:
        """What it answers to the one whose token it is."""
        if self._http is None:
            self._http = httpx.Client(timeout=120, trust_env=False)
        return self._http.request(method, f"{self.url}{path}", headers={"Authorization": f"Token {by}"}, **more)

    def said(self, method: str, path: str, *, by: str = TOKEN, **more: Any) -> Any:
        """The same as JSON (None where nothing is said); fails where it refuses."""
        return told(self.asked(method, path, by=by, **more))

    def personal_token(self, email: str = ADMIN, password: str = PASSWORD) -> str:
        """A personal access token, made as its owner makes it in the account's settings; only one may be there."""
        with self.signed_in(email, password) as client:
            made = client.post("/api/token/", headers={"X-CSRFToken": client.cookies["csrftoken"]})
            return str(told(made)["token"])

    def joined(self, email: str) -> Person:
        """Somebody new, by invitation."""
        password = f"throw-away-{email}"
        invited = httpx.URL(self.said("GET", "/api/invite")["invite_url"])
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            page = f"{invited.path}?{invited.query.decode()}"
            client.get(page)
            form = {
                "csrfmiddlewaretoken": client.cookies["csrftoken"], "email": email, "password": password,
                "allow_newsletters": "false", "how_find_us": "",
            }  # fmt: skip
            done = client.post(page, data=form)
            assert done.status_code == 302, done.text[-500:]
            who = told(client.get("/api/current-user/whoami"))
            token = told(client.get("/api/current-user/token"))["token"]
        return Person(int(who["id"]), email, password, str(token))

    @contextmanager
    def signed_in(self, email: str, password: str) -> Iterator[httpx.Client]:
        """A client with a session, as a browser has one."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            client.get("/user/login/")
            form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "email": email, "password": password}
            done = client.post("/user/login/", data=form)
            assert done.status_code == 302, done.text[-500:]
            yield client

    def project(self, title: str, config: str, **more: Any) -> int:
        """A new project."""
        return int(self.said("POST", "/api/projects/", json={"title": title, "label_config": config, **more})["id"])

    def tasks(self, project: int, tasks: list[dict[str, Any]]) -> list[int]:
        """Tasks imported, as many as are given at once; their numbers in order."""
        done = self.said("POST", f"/api/projects/{project}/import?return_task_ids=true", json=tasks)
        return [int(each) for each in done["task_ids"]]

    def annotate(self, by: str, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        """An annotation made by the one whose token it is."""
        given = {"result": result, "lead_time": 4.5, **more}
        return int(self.said("POST", f"/api/tasks/{task}/annotations/", by=by, json=given)["id"])


@contextmanager
def running(ready: Path) -> Iterator[LabelStudio]:
    """A fresh server while the block runs; raises NoLabelStudio where there can be none."""
    with tempfile.TemporaryDirectory(prefix="labelqa-label-studio-") as made:
        server = LabelStudio(Path(made), ready)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def choices(label: str, *, name: str = "label", shown: str = "text") -> list[dict[str, Any]]:
    """The result of somebody who chose one label."""
    return [{"from_name": name, "to_name": shown, "type": "choices", "value": {"choices": [label]}}]


def told(answer: httpx.Response) -> Any:
    """What a server answered; fails where it refused."""
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
    )
    return answer.json() if answer.content else None


def _words(there: Path) -> list[str]:
    """How its programs are started; a venv that was moved has commands that point nowhere, but its Python is well."""
    return [str(there / "bin" / "python"), "-I", "-u", "-m", "label_studio.server"]


def _env(folder: Path) -> dict[str, str]:
    """Nothing of ours: it reads HOST, PORT, USERNAME, PASSWORD, DEBUG and CI of whoever starts it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return kept | _QUIET | {"HOME": str(folder), "LABEL_STUDIO_BASE_DATA_DIR": str(folder)}


def _healthy(url: str) -> bool:
    try:
        told = httpx.get(url, timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return told.status_code == 200 and told.json() == {"status": "UP"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
