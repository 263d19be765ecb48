"""``labelqa init``: a folder becomes a workspace."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FOLDER
from labelqa.i18n import N_


@command(
    "init",
    says=N_("Make a workspace in a new or empty folder."),
    more=(
        N_(
            "It holds labelqa.toml, the ledger, rulebooks/, batches/ and reports/. Other commands find it from the "
            "current "
            "folder upward, by --workspace or by LABELQA_WORKSPACE."
        ),
    ),
    examples=("labelqa init quality --name 'Safety labeling' --timezone Asia/Shanghai",),
    words=(
        argument("folder", word=FOLDER),
        option("--name", default="", says=N_("What the workspace is called; else the folder's name.")),
        option("--timezone", default="Asia/Shanghai", says=N_("Time zone in which weeks are cut.")),
    ),
    reports=True,
)
def init(session: Session, *, folder: Path, name: str, timezone: str) -> None:
    """Makes the workspace and says what to do next."""
    from labelqa.wiring import create_workspace

    target = session.start / folder
    with create_workspace(target, name=name, timezone=timezone, env=session.env, clock=session.clock) as desk:
        settings = desk.settings
    if session.json:
        return session.screen.json(
            {"workspace": str(settings.workspace), "name": settings.name, "timezone": settings.timezone}
        )
    session.screen.line(N_("Made the workspace {name} in {folder}."), name=settings.name, folder=settings.workspace)
    session.screen.line(
        N_(
            "Next: `labelqa people import FILE`; two of them sign (`labelqa rulebook sign FILE --by PERSON`), then `labelqa rulebook release FILE`."
        )
    )
    return None
