"""The steps that people try in random weeks: each asks the model first, then the real workflow, and both must agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.records.facts import Fact
from labelqa.records.names import PersonId
from labelqa.records.results import ReviewsResult
from labelqa.workflows.desk import Desk
from tests.property.weeks_desk import Standing, broken_links, people, played
from tests.property.weeks_people import Told
from tests.property.weeks_rights import Weeks

T = TypeVar("T")
Why = Callable[..., Sequence[str]]


class Table:
    """The desk, the clock and the model, and how a step is tried at them."""

    tried: ClassVar[Counter[tuple[str, str]]] = Counter()  # (step, done or refused)
    alone: ClassVar[Counter[tuple[str, str]]] = Counter()  # (step, the one reason for which it was refused)
    concluded: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self._open = played()
        self.desk: Desk
        self.clock: Standing
        self.desk, self.clock, facts, self.folder = self._open.__enter__()
        self.model = Weeks(facts)
        self.people = people(self.desk)
        self.names = {person: name for name, person in self.people.items()}
        self.head = self.desk.ledger.head()

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
        self.tried[step, "refused" if error else "done"] += 1
        seq, head = self.desk.ledger.head()
        if error is not None:
            assert against, f"{step} was refused and nothing stands against it: {error}"
            assert (seq, head) == self.head, f"{step} was refused and the ledger changed"
            if len(against) == 1:
                self.alone[step, against[0]] += 1
            return []
        assert not against, f"{step} was done, and {against} stands against it"
        last, before = self.head
        assert broken_links(self.desk, last, before) == []
        self.head = (seq, head)
        view = self.desk.ledger.view()
        return [view.fact(each) for each in range(last + 1, seq + 1)]

    def tell(self, fact: Fact, kind: str, **told: Any) -> Told:
        """Write down in the model what was recorded."""
        return self.model.add(kind, fact.seq, fact.effective_at, fact.recorded_at, **told)

    def chosen(self, luck: random.Random, options: Iterable[T], why: Callable[[T], Sequence[str]]) -> T | None:
        """One of some options: mostly one that nothing stands against, else one against which a single rule stands."""
        listed = list(options)
        if not listed:
            return None
        luck.shuffle(listed)
        if luck.random() < 0.7:
            return next((each for each in listed[:80] if not why(each)), listed[0])
        near: dict[str, T] = {}
        for each in listed[:80]:
            reasons = why(each)
            if len(reasons) == 1:
                near.setdefault(reasons[0], each)
        return near[luck.choice(sorted(near))] if near else listed[0]

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
        if result.findings:
            raise Refused("{why}", why=result.findings[0].message)
