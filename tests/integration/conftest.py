"""What the tests of the whole share: a fresh workspace, and the commands that a user runs in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.cli.main import main
from labelqa.wiring import open_desk
from labelqa.workflows.desk import Desk
from tests.conftest import missing
from tests.label_studio import LabelStudio, NoLabelStudio, database, running


@dataclass(frozen=True)
class Place:
    """A workspace and its command line, run in process."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *words: object) -> Any:
        """One command with ``--json``; what it answered. Fails unless the exit code is 0."""
        self.capture.readouterr()
        told = [str(word) for word in words]
        code = main([*told, "--json", "--workspace", str(self.folder)], env={"LABELQA_LANG": "en"})
        out, err = self.capture.readouterr()
        assert code == 0, f"labelqa {' '.join(told)}: {code}\n{out}{err}"
        return json.loads(out)

    def take(self, path: Path, *words: object) -> Mapping[str, Any]:
        """Import one file; the result of the import."""
        (done,) = self.run("import", path, *words)
        return done

    def desk(self) -> Desk:
        """The workspace opened, to look into."""
        return open_desk(start=self.folder, workspace=self.folder, env={})


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made by ``labelqa init``, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "ws"
    assert main(["init", str(folder)], env={"LABELQA_LANG": "en"}) == 0
    return folder


@pytest.fixture
def place(empty: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Place:
    """A fresh workspace with nothing in it."""
    return Place(Path(shutil.copytree(empty, tmp_path / "ws")), capfd)


@pytest.fixture(scope="session")
def label_studio_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that every real Label Studio of this run begins with."""
    try:
        return database(tmp_path_factory.mktemp("label-studio"))
    except NoLabelStudio as error:
        missing("label-studio", str(error))


@pytest.fixture(scope="module")
def label_studio(label_studio_database: Path) -> Iterator[LabelStudio]:
    """A real Label Studio with its administrator alone, for one module of tests."""
    with running(label_studio_database) as server:
        yield server
