"""Running accuracy of each person on gold: below the declared mark, and a chart that signals when errors pile up.

By first answers to labelqa's own gold items in the order of arrival; the gold flags of other programs never count. The
declared rule is that of proposals to suspend (policies suspend-below and suspend-items): the whole interval lies below.
Nobody is suspended by this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from labelqa.intake.alerts import GoldAnswer, moment_at
from labelqa.intake.stream import Arrived
from labelqa.people.qualification import release_line
from labelqa.records.alerts import Noticed
from labelqa.records.annotation import Origin
from labelqa.records.clock import micros
from labelqa.records.estimate import Estimate
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Standing
from labelqa.stats.running import signals
from labelqa.workflows.desk import Desk
from labelqa.workflows.golden.retired import retired_gold
from labelqa.workflows.labels import answers, label_of
from labelqa.workflows.state import State
from labelqa.workflows.watching.placing import Placed

if TYPE_CHECKING:
    from labelqa.stats.drift import ErrorCusum

BAD: Final = 0.2  # errors that the chart is to find where no policy suspend-below is declared
GOOD_PART: Final = 4  # errors that are no matter: so many times fewer
RUN_LENGTH: Final = 1_000.0  # gold answers between false signals
_OUT: Final = frozenset({Standing.SUSPENDED, Standing.CANCELLED})


class Gold:
    """First answers to gold items as they arrive, and what they say of each person."""

    def __init__(self, desk: Desk, state: State) -> None:
        self._desk, self._state = desk, state
        self._gold: dict[str, str] = {}
        self._gone = retired_gold(state)
        self.arrived: list[GoldAnswer] = []

    def recall(self, items: Collection[str]) -> None:
        """Take up what the register says of these items; answers to others are looked past."""
        told = self._desk.intake.gold(items)
        self._gold.update((item, label) for item, label in told.items() if item not in self._gone)

    def look(self, arrived: Arrived, placed: Placed) -> None:
        """Take down an answer where it is the first one to a gold item."""
        row, item = arrived.row, arrived.item.item_id
        known = self._state.people.get(row.person)
        released = self._state.releases.get(placed.release)
        if item not in self._gold or row.rev != row.annotation or row.skipped or released is None:
            return
        if known is None or known.model or row.origin == Origin.MACHINE:
            return
        label = label_of(answers(row.value), released[1].control)
        if label is not None:
            told = GoldAnswer(
                annotation=row.annotation, person=row.person, line=release_line(placed.release), item=item,
                right=label == self._gold[item], made=row.created_at,
            )  # fmt: skip
            self.arrived.append(told)

    def noticed(self, before: Sequence[GoldAnswer]) -> Iterator[Noticed]:
        """What the answers say of everybody who gave one now; ``before`` are the earlier ones of these people."""
        self.recall({each.item for each in before})
        series: dict[tuple[str, str], list[GoldAnswer]] = {}
        for each in (*before, *self.arrived):
            if each.item in self._gold:
                series.setdefault((each.person, each.line), []).append(each)
        touched = {(each.person, each.line) for each in self.arrived}
        for person, line in sorted(touched & series.keys()):
            counted = self._counted(series[person, line], PersonId(person), line)
            if counted:
                yield from self._below(counted, person, line)
                yield from self._drifting(counted, person, line)

    def _counted(self, told: Sequence[GoldAnswer], person: PersonId, line: str) -> list[GoldAnswer]:
        """The answers since the last decision on somebody; none while they are suspended: what is decided is not told again."""
        now = self._desk.clock()
        if self._state.qualification(person, f"{line}.0.0", now, Duty.EXECUTOR).standing in _OUT:
            return []
        decided = [each.at for each in self._state.decisions.get(person, ()) if each.line in {"", line}]
        last = micros(max(decided)) if decided else None
        return [each for each in told if last is None or (each.made is not None and each.made > last)]

    def _below(self, told: Sequence[GoldAnswer], person: str, line: str) -> Iterator[Noticed]:
        """The last moment at which the declared rule was broken; nothing where it never was, or where none is declared."""
        below, least = self._state.policies.suspend_below, max(self._state.policies.suspend_items, 1)
        if below is None:
            return
        from labelqa.stats.proportion import wilson

        right = list(accumulate(int(each.right) for each in told))
        for n in range(len(told), least - 1, -1):
            share = wilson(right[n - 1], n, confidence=self._desk.settings.confidence)
            if share.high < below:
                yield _told(
                    "gold-below",
                    told[:n],
                    person,
                    line,
                    count=n - right[n - 1],
                    values=_values(share, right[n - 1], below),
                )
                return

    def _drifting(self, told: Sequence[GoldAnswer], person: str, line: str) -> Iterator[Noticed]:
        """The signals of the chart, the last one with its figures."""
        plan = chart(self._state.policies.suspend_below)
        found = signals([not each.right for each in told], plan)
        if found:
            last = found[-1]
            values = {
                "wrong": last.wrong,
                "since": last.n,
                "good": plan.good,
                "false": plan.run_length,
                "bad": plan.bad,
            }
            yield _told("gold-drift", told[: last.at + 1], person, line, count=len(found), values=values)


@lru_cache(maxsize=8)
def chart(below: float | None) -> ErrorCusum:
    """The chart for a declared mark: it finds the errors at the mark fastest, and takes a quarter of them for usual."""
    from labelqa.stats.drift import error_cusum  # scipy, which most imports need not wait for

    bad = BAD if below is None else 1 - below
    return error_cusum(bad / GOOD_PART, bad, run_length=RUN_LENGTH)


def _values(share: Estimate, right: int, below: float) -> dict[str, float | int]:
    return {
        "right": right, "checked": share.n, "rate": share.point, "low": share.low, "high": share.high, "below": below,
        "confidence": share.confidence,
    }  # fmt: skip


def _told(
    code: str, told: Sequence[GoldAnswer], person: str, line: str, *, count: int, values: dict[str, float | int]
) -> Noticed:
    times = [at for each in told if (at := moment_at(each.made)) is not None]
    wrong = next((each.item for each in told if not each.right), "")
    return Noticed(
        code=code, person=person, place=f"line:{line}", item=wrong, count=count, whole=True,
        first=min(times, default=None), last=max(times, default=None), values={"line": line} | values,
    )  # fmt: skip
