"""``labelqa dashboard``: the pages in the browser, on this machine only."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from labelqa.adapters.cli.command import command, flag, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Whole
from labelqa.errors import Exit, LabelqaError
from labelqa.i18n import N_


@command(
    "dashboard",
    says=N_("Open the dashboard in the browser; Ctrl-C ends it."),
    more=(N_("It listens on 127.0.0.1 only and sends nothing anywhere."),),
    examples=("labelqa dashboard", "labelqa dashboard --port 8600 --no-browser"),
    words=(
        option("--port", word=Whole(1, 65535), default=8501, says=N_("Port to listen on.")),
        flag("--no-browser", says=N_("Do not open a browser window.")),
    ),
)
def dashboard(session: Session, *, port: int, no_browser: bool) -> int:
    """Starts Streamlit on the shipped pages and waits for its end."""
    from labelqa.wiring import shipped

    with session.desk() as desk:  # says at once when there is no workspace
        workspace = desk.settings.workspace
    refuse_taken(port)
    session.screen.line(N_("The dashboard is at http://127.0.0.1:{port} ; Ctrl-C ends it."), port=port)
    session.screen.out.flush()
    return run(
        launch(shipped("dashboards") / "app.py", port=port, browser=not no_browser), env=child_env(session, workspace)
    )


def refuse_taken(port: int) -> None:
    """Raises LabelqaError when nobody can listen on the port, before an address is printed."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise LabelqaError(
                N_("port {port} cannot be used ({why}); choose another one with --port"), port=port, why=error.strerror
            ) from error


def launch(page: Path, *, port: int, browser: bool) -> list[str]:
    """The command line that serves the pages."""
    told = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "false" if browser else "true",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",  # nothing is asked and nothing is sent
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": "127.0.0.1",
        "client.toolbarMode": "minimal",
        # said here so that no file or variable of this machine can say otherwise
        "server.enableXsrfProtection": "true",
        "server.enableCORS": "true",  # the server's name for refusing other origins
        "client.showErrorDetails": "none",  # a trace in the browser would show what is not for everybody
    }
    options = [word for name, value in told.items() for word in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(page), *options]


def child_env(session: Session, workspace: Path) -> dict[str, str]:
    """What the pages are told: which workspace, which language; and the server, whom it answers."""
    kept = {name: value for name, value in session.env.items() if not name.startswith("STREAMLIT_")}
    server = {
        "STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1",  # releases that do not know it leave it aside
        "STREAMLIT_SERVER_ENABLE_AGENT_API": "false",
    }
    return {**kept, **server, "LABELQA_WORKSPACE": str(workspace), "LABELQA_LANG": session.lang}


def run(words: list[str], *, env: Mapping[str, str]) -> int:
    """Runs the server until it ends, is interrupted or told to end (SIGTERM); its exit code."""
    with subprocess.Popen(words, env=dict(env)) as served:
        before = signal.signal(signal.SIGTERM, lambda *_: served.terminate())  # nobody else would tell the server
        try:
            ended = served.wait()
            return Exit.FINE if ended == -signal.SIGTERM else ended
        except KeyboardInterrupt:  # Ctrl-C reaches the server as well: wait until it has closed
            served.wait()
            return Exit.FINE
        finally:
            signal.signal(signal.SIGTERM, before)
