"""The steps that people try in random weeks: each asks the model first, then the real workflow, and both must agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.ledger.chain import GENESIS
from labelqa.records.facts import Fact
from labelqa.records.finding import Severity
from labelqa.records.names import PersonId
from labelqa.records.results import ReviewsResult
from labelqa.workflows.desk import Desk
from tests.property.weeks_desk import Standing, people, played, read_anew
from tests.property.weeks_people import Told
from tests.property.weeks_rights import Weeks

T = TypeVar("T")


class Table:
    """The desk, the clock and the model, and how a step is tried at them."""

    tried: ClassVar[Counter[tuple[str, str]]] = Counter()  # (step, done or refused)
    alone: ClassVar[Counter[tuple[str, str]]] = Counter()  # (step, the one reason for which it was refused)
    concluded: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self.tries = 0
        self.done = Counter[str]()
        self.refused = Counter[str]()  # reasons, which are tried in turn
        self._open = played()
        self.desk: Desk
        self.clock: Standing
        self.desk, self.clock, facts, self.folder = self._open.__enter__()
        self.model = Weeks(facts)
        self.people = people(self.desk)
        self.names = {person: name for name, person in self.people.items()}
        self.head = self.desk.ledger.head()
        self.listed, _ = read_anew(self.desk, 0, GENESIS)  # every fact, decoded from what is stored

    def close(self) -> None:
        """Let go of the workspace."""
        self._open.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.clock.now

    def tick(self, luck: random.Random) -> None:
        """Some time passes before the next step."""
        self.clock.now += timedelta(seconds=luck.choice((1, 60, 600, 7200)))

    def attempt(self, step: str, reasons: Iterable[str], act: Callable[[], Any]) -> list[Fact]:
        """Do something; comes back with the new facts, none where it was refused as the model expects."""
        against = list(reasons)
        error: Refused | BadInput | WrongUsage | None = None
        try:
            act()
        except (Refused, BadInput, WrongUsage) as told:
            error = told
        seq, head = self.desk.ledger.head()
        self.tries += 1
        self.tried[step, "refused" if error else "done" if seq > self.head[0] else "as before"] += 1
        self.done[step] += seq > self.head[0]
        if error is not None:
            assert against, f"{step} was refused and nothing stands against it: {error}"
            assert (seq, head) == self.head, f"{step} was refused and the ledger changed"
            self.refused.update(against)
            if len(against) == 1:
                self.alone[step, against[0]] += 1
            return []
        assert not against, f"{step} was done, and {against} stands against it"
        last, before = self.head
        if seq == last:
            return []  # it stands there already
        written, wrong = read_anew(self.desk, last, before)
        assert wrong == []
        assert (len(written), written[-1].hash) == (seq - last, head)
        self.head = (seq, head)
        self.listed += written
        return written

    def tell(self, fact: Fact, kind: str, **told: Any) -> Told:
        """Write down in the model what was recorded."""
        return self.model.add(kind, fact.seq, fact.effective_at, fact.recorded_at, **told)

    def chosen(
        self, luck: random.Random, options: Iterable[T], why: Callable[[T], Sequence[str]], *, lawful: float = 0.7
    ) -> T | None:
        """One of some options: mostly one that nothing stands against, else one against which a single rule stands.

        Of several such rules the one that was tried least often this week.
        """
        listed = list(options)
        if not listed:
            return None
        luck.shuffle(listed)
        if luck.random() < lawful:
            return next((each for each in listed[:80] if not why(each)), listed[0])
        near: dict[str, T] = {}
        for each in listed[:80]:
            reasons = why(each)
            if len(reasons) == 1:
                near.setdefault(reasons[0], each)
        return near[min(sorted(near), key=lambda reason: self.refused[reason])] if near else listed[0]

    def ago(self, luck: random.Random) -> datetime:
        """A time that was: now, minutes, hours or days before."""
        return self.now - timedelta(minutes=luck.choice((0, 0, 5, 90, 1500, 9000)))

    def person(self, name: str) -> PersonId:
        """The pseudonym of somebody."""
        return self.people[name]

    def one_batch(self, luck: random.Random, *stages: str) -> str | None:
        """A batch in one of these stages."""
        names = [str(each["batch"]) for each in self.model.of("declared")]
        found = [name for name in names if self.model.stage(name) in stages]
        return luck.choice(found) if found else None

    def taken(self, result: ReviewsResult) -> None:
        """Refuse as a sheet with a verdict that is not taken does."""
        wrong = [each for each in result.findings if each.severity is Severity.ERROR]
        if wrong:
            raise Refused("{why}", why=wrong[0].message)


Act = Callable[[Table, random.Random], None]
