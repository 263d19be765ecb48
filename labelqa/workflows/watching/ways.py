"""Odd ways of working, answer by answer: changed by another, made for another, empty, skipped, too fast, the same down the line.

A reason to look and to ask, never a judgement. Comparing with what others said of the same items takes a frozen batch:
``labelqa annotators`` does that; here each answer is looked at once, in the order of arrival.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from labelqa.intake import AnnotationRow
from labelqa.intake.alerts import moment_at
from labelqa.intake.stream import Arrived
from labelqa.records.alerts import Noticed
from labelqa.records.annotation import LABEL
from labelqa.records.names import ReleaseName
from labelqa.stats.running import run_bound
from labelqa.workflows.labels import answers
from labelqa.workflows.select import by_machine
from labelqa.workflows.state import State
from labelqa.workflows.watching.placing import Placed

FLOOR: Final = 1.0  # seconds; the floor of the speed check on frozen batches
RARE: Final = 1e-4  # chance below which a run is told
SHORTEST: Final = 10  # answers that make a run at least
_KINDS: Final = 50  # different answers; with more, nobody's runs are looked at
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


class Ways:
    """What is odd about how answers came about."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._runs: dict[str, dict[str, Any]] = {}

    @staticmethod
    def keys(part: Collection[Arrived]) -> set[str]:
        """Under which keys the runs of some people are remembered."""
        return {_key(each.row) for each in part}

    def recall(self, marks: Mapping[str, Any]) -> None:
        """Take up runs where they were left; those that go on here already stay."""
        self._runs = dict(marks) | self._runs

    @property
    def runs(self) -> Mapping[str, Any]:
        """What is to be remembered of everybody's runs."""
        return self._runs

    def look(self, arrived: Arrived, placed: Placed) -> Iterator[Noticed]:
        """Everything odd about one answer; models are left out."""
        row = arrived.row
        if by_machine(self._state, row):
            return
        first = row.rev == row.annotation
        for code, person, values in self._told(row, placed.release, first=first):
            at = moment_at(row.created_at if first else row.updated_at)
            yield Noticed(code=code, person=person, item=arrived.item.item_id, first=at, last=at, values=values)
        if first and not row.skipped and (found := self._run(arrived)) is not None:
            yield found

    def _told(
        self, row: AnnotationRow, release: ReleaseName, *, first: bool
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Code, person, and what is told."""
        if row.editor:
            yield ("made-for-another", row.person, {}) if first else ("edited-by-another", row.editor, {})
        if row.skipped:
            yield "skipped", row.person, {}
            return
        told, who = answers(row.value), row.editor or row.person
        if all(each in _NOTHING for each in told.values()):
            yield "empty-answer", who, {}
        elif self._strange(told, release):
            yield "not-in-release", who, {"release": release}
        if first and row.seconds is not None and 0 <= row.seconds < FLOOR:
            yield "fast", row.person, {"floor": FLOOR}

    def _strange(self, told: Mapping[str, Any], release: ReleaseName) -> bool:
        """Whether the label is none of the release's; an answer that is no label is not looked at."""
        known = self._state.releases.get(release)
        if known is None:
            return False
        answer = told.get(known[1].control, told.get(LABEL))
        said = answer if isinstance(answer, list) else [answer]
        return all(isinstance(each, str) for each in said) and not set(said) <= set(known[1].labels)

    def _run(self, arrived: Arrived) -> Noticed | None:
        """A run of one answer that chance hardly makes, told as it grows; an answer out of order ends a run."""
        row, key = arrived.row, _key(arrived.row)
        kept = self._runs.setdefault(key, {"counts": {}, "last": "", "run": 0, "made": 0, "told": 0, "n": 0})
        said = hashlib.sha256(row.value.encode(errors="replace")).hexdigest()[:12]
        counts, made = kept["counts"], row.created_at
        kept["n"] += 1
        if said in counts or len(counts) < _KINDS:
            counts[said] = counts.get(said, 0) + 1
        orderly = made is not None and made >= kept["made"]
        going = said == kept["last"] and orderly
        kept["run"] = kept["run"] + 1 if going else 1
        kept["last"], kept["made"] = said, kept["made"] if made is None else made
        if not orderly or kept["run"] < SHORTEST or len(counts) >= _KINDS:
            return None
        if run_bound(kept["run"], kept["n"], list(counts.values())) > RARE:
            return None
        return self._long(arrived, kept)

    def _long(self, arrived: Arrived, kept: dict[str, Any]) -> Noticed:
        """The run as it is told: a new one counts, a growing one only grows."""
        row, at = arrived.row, moment_at(arrived.row.created_at)
        began = kept["n"] - kept["run"]
        new = kept.get("began") != began
        kept["began"], kept["told"] = began, max(kept["told"], kept["run"])
        return Noticed(
            code="straight-lining", person=row.person, item=arrived.item.item_id, count=int(new), first=at, last=at,
            values={"run": kept["told"], "rare": RARE},
        )  # fmt: skip


def _key(row: AnnotationRow) -> str:
    return f"run:{row.person}"
