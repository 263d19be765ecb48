"""``labelqa demo``: a workspace with invented data, and a week of quality work done in it before your eyes."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FOLDER
from labelqa.errors import LabelqaError, Refused
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.adapters.cli.demo_scene import Told

DEFAULT = "labelqa-demo"


@command(
    "demo",
    says=N_("Make a workspace with invented data and walk a week through it."),
    more=(
        N_(
            "Each line says what was done, what it found, and which command does it alone. Everything is invented: "
            "people, "
            "texts, scores. Run again, it deletes the workspace that it made and starts afresh; it touches no "
            "other folder."
        ),
    ),
    examples=("labelqa demo", "labelqa demo try-it --lang zh"),
    words=(argument("folder", word=FOLDER, required=False),),
)
def demo(session: Session, *, folder: Path | None) -> None:
    """Makes the workspace and walks through the story."""
    from labelqa.adapters.cli.demo_scene import Scene
    from labelqa.adapters.cli.demo_story import ZONE, Clock, read_story
    from labelqa.adapters.cli.demo_walk import STEPS, Walk
    from labelqa.wiring import create_workspace, shipped

    screen, target = session.screen, session.start / (folder or DEFAULT)
    if clear(session, target):
        screen.line(N_("{folder} was made by an earlier demo; it was deleted and is made afresh."), folder=target)
    clock = Clock()
    title = session.say(N_("Demo: invented data"))
    with create_workspace(target, name=title, timezone=ZONE, origin="demo", env=session.env, clock=clock) as desk:
        screen.line(N_("Made the workspace {folder}. Everything in it is invented."), folder=target)
        scene = Scene(desk=desk, clock=clock, story=read_story(shipped("sample_data")), say=session.say)
        walk = Walk(scene=scene)
        number = 0
        with screen.bar(N_("Walking through the week"), total=STEPS) as told:
            for number, step in enumerate(walk.steps(), start=1):
                told(1)
                _print(session, number, step)
    screen.title(N_("The weekly report:"))
    for path in walk.reports:
        screen.line("{path}", path=path)
    screen.title(N_("Look at it: {command}"), command=shlex.join(["labelqa", "dashboard", "--workspace", str(target)]))


def _print(session: Session, number: int, step: Told) -> None:
    session.screen.line("{line}", line=f"{number:>3}. {step.done} · {step.found} · {step.command}")
    session.screen.out.flush()


def clear(session: Session, folder: Path) -> bool:
    """Deletes the workspace of an earlier demo; refuses any other folder that holds something. Whether it deleted."""
    from labelqa.wiring import FILE, read_settings

    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    refused = Refused(
        N_("{folder} holds something that no demo made, so it is left alone; name another folder: `labelqa demo DIR`."),
        folder=folder,
    )
    if not (folder / FILE).is_file():
        raise refused
    try:
        origin = read_settings(folder, session.env).origin
    except LabelqaError as error:
        raise refused from error
    if origin != "demo":
        raise refused
    shutil.rmtree(folder)
    return True
