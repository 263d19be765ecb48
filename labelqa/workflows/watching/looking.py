"""Look at what came in, at once: only at the answers that one import added, never at everything.

Each import is looked at once, in the order of arrival, so that it does not matter in which portions answers arrive. What
was noticed becomes alerts; an answer is never changed, taken back or kept out by this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from labelqa.errors import Busy, NoWorkspace
from labelqa.intake.alerts import Alerts
from labelqa.intake.stream import added_by, arrivals, counted_between
from labelqa.records.alerts import Alert, Noticed
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state
from labelqa.workflows.watching.gate import Gate
from labelqa.workflows.watching.gold import Gold
from labelqa.workflows.watching.keeping import FILE, alert_of, alone, opened
from labelqa.workflows.watching.placing import Placing
from labelqa.workflows.watching.samples import look_at_samples
from labelqa.workflows.watching.ways import Ways

MOST: Final = 200_000  # answers of one import that are looked at; the drills look at all
_Noticed = dict[tuple[str, str, str], Noticed]


def watch(desk: Desk, import_no: int) -> list[Alert]:
    """Look at what a counted import added, and at new verdicts; gives the alerts that are new or grew, by pseudonym.

    An import is looked at once: a second call gives none. Imports since the last one that was looked at, which nobody
    looked at (the process was killed), are looked at as well. Busy where somebody else looks for too long.
    """
    with alone(desk), opened(desk) as store:
        state = read_state(desk)
        touched = look_at_samples(desk, state, store)
        if import_no:
            last = store.watched(upto=import_no)
            for each in counted_between(desk.intake, last, import_no) if last else [import_no]:
                touched |= _one(desk, state, store, each)
        return _changed(store, touched)


def watch_file(desk: Desk, import_no: int) -> list[Alert]:
    """The same for what a file brought, where alerts are kept; elsewhere ``labelqa alerts rebuild`` begins with them.

    Nothing where somebody else looks for too long: the next look catches up.
    """
    if not import_no or not (desk.settings.workspace / FILE).is_file():
        return []
    with suppress(Busy, NoWorkspace):
        return watch(desk, import_no)
    return []


def watch_samples(desk: Desk) -> list[Alert]:
    """Look at the samples with new verdicts; gives the alerts of those whose rule has decided: reviewers may stop."""
    with alone(desk), opened(desk) as store:
        return _changed(store, look_at_samples(desk, read_state(desk), store))


def watch_again(desk: Desk) -> list[Alert]:
    """Forget all alerts and look at every import anew, by what is on record now; who had seen what is lost."""
    with alone(desk), opened(desk) as store:
        store.forget()
        state = read_state(desk)
        touched = look_at_samples(desk, state, store)
        for each in sorted(desk.intake.counted()):
            touched |= _one(desk, state, store, each)
        return _changed(store, touched)


def _one(desk: Desk, state: State, store: Alerts, import_no: int) -> set[str]:
    """Look at one import; the keys of the alerts that changed."""
    found: _Noticed = {}
    looking = _Looking(desk, state, store)
    _gathered(found, looking.through(import_no))
    _gathered(found, looking.gold_noticed())
    return store.keep(
        found.values(), import_no=import_no, remember=looking.ways.runs, gold=looking.gold.arrived
    )  # fmt: skip


class _Looking:
    """The checks that go through one import together."""

    def __init__(self, desk: Desk, state: State, store: Alerts) -> None:
        self._desk, self._store = desk, store
        self._placing, self._gate = Placing(desk, state), Gate(desk, state)
        self.gold, self.ways = Gold(desk, state), Ways(state)

    def through(self, import_no: int) -> Iterator[Noticed]:
        """What is noticed of each answer, in the order of arrival."""
        looked = 0
        for part in arrivals(self._desk.intake, import_no, most=MOST, contents=self._placing.by_content):
            self.ways.recall(self._store.marks(self.ways.keys(part) - self.ways.runs.keys()))
            self.gold.recall({each.item.item_id for each in part})
            for each in part:
                placed = self._placing.of(each.row, each.item)
                yield from self._gate.look(each, placed)
                yield from self.ways.look(each, placed)
                self.gold.look(each, placed)
            looked += len(part)
        if looked >= MOST and (rows := added_by(self._desk.intake, import_no)) > MOST:
            yield Noticed(code="not-watched", place=f"import:{import_no}", values={"rows": rows, "most": MOST})

    def gold_noticed(self) -> Iterator[Noticed]:
        """What the gold among these answers says of the people who gave it."""
        if self.gold.arrived:
            yield from self.gold.noticed(self._store.gold_of({each.person for each in self.gold.arrived}))


def _gathered(found: _Noticed, noticed: Iterable[Noticed]) -> None:
    """All with one key become one, in the order noticed."""
    for each in noticed:
        before = found.get(each.key)
        found[each.key] = each if before is None else before.with_more(each)


def _changed(store: Alerts, touched: set[str]) -> list[Alert]:
    return [alert_of(each, {}) for each in store.kept(keys=touched)] if touched else []
