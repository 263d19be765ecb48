"""Workspaces at a few stages, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from tests.building import RELEASE, SAFETY, Clock, new_desk, opened, staffed
from tests.unit.workflows.following import House
from tests.unit.workflows.reviewing_live import Live, drawn_sample
from tests.unit.workflows.reworking import Kept, kept


@dataclass(frozen=True)
class Place:
    """An open workspace, its clock, and the pseudonym behind each name."""

    desk: Desk
    clock: Clock
    people: dict[str, PersonId]


@pytest.fixture(scope="session")
def _staffed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made: dict[str, Path] = {}
    for release in (RELEASE, SAFETY):
        folder = tmp_path_factory.mktemp("staffed") / "ws"
        with new_desk(folder) as desk:
            staffed(desk, release=release)
        made[release] = folder
    return made


@pytest.fixture
def place(_staffed: dict[str, Path], tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Opens a fresh copy of a workspace with people under a release."""
    desks: list[Desk] = []

    def copied(release: str = RELEASE) -> Place:
        folder = tmp_path / f"ws{len(desks)}"
        shutil.copytree(_staffed[release], folder)
        clock = Clock()
        desk = opened(folder, clock=clock)
        desks.append(desk)
        return Place(desk, clock, {name: person for person, name in desk.ledger.identities.names().items()})

    yield copied
    for desk in desks:
        desk.close()


@pytest.fixture
def here(place: Callable[..., Place]) -> Place:
    """A functional workspace."""
    return place()


@pytest.fixture
def desk(here: Place) -> Desk:
    """Its desk."""
    return here.desk


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Desk]:
    """A workspace in which nothing has happened."""
    with new_desk(tmp_path / "bare") as desk:
        yield desk


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A workspace in which labels were found wrong, to be copied."""
    return kept(tmp_path_factory.mktemp("rework") / "ws")


@pytest.fixture
def house(bare: Desk) -> Iterator[House]:
    """A workspace that follows a project of a stand-in server."""
    made = House(bare, bare.settings.workspace)
    yield made
    made.inbox.close()


@pytest.fixture
def live(here: Place) -> Live:
    """A drawn sample that was sent out for review."""
    made = Live(here.desk, here.clock, drawn_sample(here.desk))
    made.send()
    made.later()
    return made
