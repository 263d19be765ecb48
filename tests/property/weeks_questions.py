"""What is asked of a workspace in random weeks: as known at a time, and as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.workflows.correcting import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.state import State, read_state


def standing(person: PersonId, release: str, duty: Duty | None, at: datetime, known: datetime) -> Callable[[Desk], Any]:
    """Where somebody stood."""
    return lambda desk: read_state(desk, known=known).qualification(person, release, at, duty)


def stages(known: datetime) -> Callable[[Desk], Any]:
    """What was known of every batch."""
    return lambda desk: list(read_state(desk, known=known).batches.values())


def duties(at: datetime, known: datetime) -> Callable[[Desk], Any]:
    """What stood against the separation of duties."""
    return lambda desk: check_duties(desk, at=at, known=known)


def open_problems(name: str, known: datetime) -> Callable[[Desk], Any]:
    """What was found wrong in a batch, and what answered it."""

    def ask(desk: Desk) -> Any:
        state = read_state(desk, known=known)
        return completeness_of(desk, state, state.batch(name))

    return ask


def told(desk: Desk, state: State) -> list[Any]:
    """Everything that a state says of people and batches."""
    names = list(state.batches)
    return [
        dict(state.people), dict(state.trainings), dict(state.exams), dict(state.decisions), state.policies,
        dict(state.plans), dict(state.samples), [state.batches[name] for name in names],
        [state.reviews_of(name) for name in names], [dict(state.rulings.get(name, {})) for name in names],
        [completeness_of(desk, state, state.batches[name]) for name in names],
    ]  # fmt: skip
