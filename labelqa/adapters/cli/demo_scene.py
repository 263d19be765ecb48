"""What every step of the demo has at hand, and the line that it gives back."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.demo_story import Clock, Story
from labelqa.i18n import Speaker

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the demo: what was done, what it found, and which command does it alone."""

    done: str
    found: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The open workspace, the time of the story, and the story."""

    desk: Desk
    clock: Clock
    story: Story
    say: Speaker

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self.desk.settings.workspace

    def sample(self, name: str) -> Path:
        """A file of the sample data, copied beside the workspace's own so that the commands can be tried."""
        path = self.folder / "sample" / name
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(self.story.folder / name, path)
        return path

    def short(self, path: Path) -> str:
        """A file as it is named from inside the workspace."""
        return path.relative_to(self.folder).as_posix()


def command(*words: str) -> str:
    """A command line, quoted for a shell."""
    return shlex.join(["labelqa", *words])
