"""Signing in on a page without a browser, and a workspace of this week with people who can."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from streamlit.testing.v1 import AppTest

from labelqa.records.logins import Role
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.logins import add_login
from tests.building import ARBITRATOR, EXECUTORS, RELEASE, REVIEWERS, Clock, new_desk, opened, staffed

ROOT = Path(__file__).resolve().parents[3]
SECRET = "four quiet herons at dusk"  # noqa: S105 - of workspaces that live for one test
DAYS = 5  # before now


def with_logins(folder: Path, *, release: str = RELEASE) -> Desk:
    """A staffed workspace, some days old; everybody can sign in for their duty. Made once, then copied."""
    shutil.copytree(_made(release), folder)
    return opened(folder, clock=Clock(datetime.now(UTC) - timedelta(days=DAYS - 1)))


@cache
def _made(release: str) -> Path:
    base = tempfile.mkdtemp(prefix="labelqa-logins-")
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    with new_desk(Path(base) / "ws", clock=Clock(datetime.now(UTC) - timedelta(days=DAYS))) as desk:
        staffed(desk, release=release)
        lead = REVIEWERS[2]
        for names, role in (
            (EXECUTORS[:2], Role.EXECUTOR),
            (REVIEWERS, Role.REVIEWER),
            ((ARBITRATOR,), Role.ARBITRATOR),
        ):
            for name in names:
                add_login(
                    desk,
                    name,
                    [role, Role.LEAD] if name == lead else [role],
                    SECRET,
                    by=ARBITRATOR if name == lead else lead,
                )
    return Path(base) / "ws"


def made(desk: Desk) -> datetime:
    """When answers were given: after training, before now."""
    return desk.clock()


def signed_in(who: str, page: str, *, lang: str = "en", **asked: str) -> AppTest:
    """A page as somebody sees it after signing in."""
    app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60)
    app.query_params["lang"] = lang
    sound(app.run())
    app.text_input[0].input(who)
    app.text_input[1].input(SECRET)
    sound(app.button[0].click().run())
    for name, value in asked.items():
        app.query_params[name] = value
    return sound(app.switch_page(f"views/{page}.py").run())


def sound(app: AppTest) -> AppTest:
    """The page, if no exception is shown on it."""
    assert [each.value for each in app.exception] == []
    return app
