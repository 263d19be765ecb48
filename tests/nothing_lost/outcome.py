"""What labelqa knows in the end, beside what is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.nothing_lost.changes import Version


@dataclass
class Outcome:
    """What is to be compared at the end, and what happened on the way."""

    versions: set[Version]  # whatever there ever was on the server
    true: dict[int, Version]
    known: dict[int, Version]
    history: list[Version]  # every revision that labelqa keeps
    unwarranted: list[Version]  # of those, the ones that never were
    forgotten: list[Version]  # revisions that an event brought, answered with 200, and that are not kept
    twice: list[Version]
    excused: set[int]  # answers of people deleted before anybody could see whose they were
    altered: tuple[Any, ...]
    wrong_tasks: tuple[int, int]
    status: Mapping[str, Any]
    counts: dict[str, int]
    seconds: float
    made: Counter[str] = field(default_factory=Counter)

    def right(self) -> None:
        """Fails on the first thing that is not as it must be."""
        true = {
            number: each for number, each in self.true.items() if number not in self.excused or number in self.known
        }
        known = {number: self._as_saved_again(each) for number, each in self.known.items()}
        assert known == true, _differences(known, true)
        assert not self.unwarranted, self.unwarranted[:5]
        assert not self.forgotten, self.forgotten[:5]
        assert not self.twice, self.twice[:5]
        assert self.altered == ()
        assert self.wrong_tasks[0] == self.wrong_tasks[1], self.wrong_tasks

    def _as_saved_again(self, known: Version) -> Version:
        """Saving an answer again without a change is no revision: it keeps the time since when it is as it is."""
        true = self.true.get(known.annotation, known)
        return known._replace(at=true.at) if known.at <= true.at and known in self.versions else known


def _differences(known: dict[int, Version], true: dict[int, Version]) -> str:
    wrong = [number for number in sorted(known.keys() | true.keys()) if known.get(number) != true.get(number)]
    shown = "\n".join(f"known {known.get(number)}\n true {true.get(number)}" for number in wrong[:4])
    return f"{len(wrong)} of {len(true)} differ\n{shown}"
