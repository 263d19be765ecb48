"""What people may do, told by plain lists: the slow half of the model that random weeks are held against.

A fact here is a dict with its number, its kind, when it was so (``at``) and when it was learned (``rec``). Nothing is
imported from the rules that are tested.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Told = dict[str, Any]
DAYS = 365  # that a passed exam is good for, before anybody declares otherwise
KEYS = ("batch", "sample", "item", "who", "against", "name", "project")  # by which facts are looked up
P, T = ParamSpec("P"), TypeVar("T")


def kept(question: Callable[P, T]) -> Callable[P, T]:
    """Ask a question about the facts once, until the next fact is written down."""

    @wraps(question)
    def asked(*args: P.args, **more: P.kwargs) -> T:
        me, *rest = args
        answers: dict[Any, Any] = me.told_before  # type: ignore[attr-defined]
        key = (question.__qualname__, *rest, *sorted(more.items()))
        if key not in answers:
            answers[key] = question(*args, **more)
        found: T = answers[key]
        return found

    return asked


class People:
    """Everything that was recorded, and what it says of people."""

    def __init__(self, facts: list[Told] | None = None) -> None:
        self.facts: list[Told] = []
        self.told_before: dict[Any, Any] = {}
        self._found: dict[tuple[str, str, Any], list[Told]] = {}
        for each in facts or []:
            self._write(each)

    def _write(self, told: Told) -> None:
        self.facts.append(told)
        self.told_before.clear()
        for name in ("", *(each for each in KEYS if each in told)):
            self._found.setdefault((told["kind"], name, told.get(name)), []).append(told)

    def add(self, kind: str, seq: int, at: datetime, rec: datetime, **told: Any) -> Told:
        """Write a fact down."""
        self._write({"kind": kind, "seq": seq, "at": at, "rec": rec, **told})
        return self.facts[-1]

    def of(self, kind: str, **wanted: Any) -> list[Told]:
        """The facts of a kind with these values, in the order in which they were recorded."""
        some = [self._found.get((kind, name, value), []) for name, value in wanted.items() if name in KEYS]
        fewest = min(some, key=len) if some else self._found.get((kind, "", None), [])
        return [each for each in fewest if all(each.get(name) == value for name, value in wanted.items())]

    def fact(self, seq: int) -> Told | None:
        """The fact of that number."""
        return next((each for each in self.facts if each["seq"] == seq), None)

    def registered(self, person: str) -> bool:
        """Whether somebody is registered."""
        return bool(self.of("person", who=person))

    def duties(self, person: str) -> set[str]:
        """What somebody is registered for."""
        told = self.of("person", who=person)
        return set(told[-1]["duties"]) if told else set()

    def gone(self, person: str, at: datetime) -> bool:
        """Whether somebody had left by a time and was not back."""
        told = sorted(
            (each["at"], each["seq"], each["kind"])
            for each in (*self.of("person", who=person), *self.of("left", who=person))
            if each["at"] <= at
        )
        return bool(told) and told[-1][2] == "left"

    def days(self, at: datetime) -> int:
        """For how many days a passed exam was good at a time."""
        told = sorted(
            (each["at"], each["seq"], int(each["value"]))
            for each in self.of("policy", name="qualification-days")
            if each["at"] <= at
        )
        return told[-1][2] if told else DAYS

    def annulled(self, decision: Told) -> bool:
        """Whether an appeal against a decision was upheld."""
        filed = [each["name"] for each in self.of("appeal", against=decision["seq"])]
        return any(each["name"] in filed and each["ruling"] == "upheld" for each in self.of("appeal-ruled"))

    def decisions(self, person: str, at: datetime) -> list[Told]:
        """The decisions on somebody that count at a time, in the order in which they were recorded."""
        told = [each for each in self.of("decided", who=person) if each["at"] <= at]
        return [each for each in told if not self.annulled(each)]

    @kept
    def standing(self, person: str, line: str, at: datetime, duty: str = "") -> str:
        """Where somebody stands in a line, for a duty."""
        if not self.registered(person):
            return "not-registered"
        told = [
            each
            for each in self.decisions(person, at)
            if each["line"] in ("", line) and each["duty"] in ("", duty or "no duty in particular")
        ]
        told.sort(key=lambda each: (each["at"], each["seq"]))
        cancels = [each for each in told if each["action"] == "cancel"]
        since = cancels[-1]["at"] if cancels else None
        found = self._earned(person, line, at, since)
        if cancels and not self._passed_since(person, line, at, since):
            return "cancelled"
        words = [each["action"] for each in told if each["action"] != "cancel"]
        granted = found in ("qualified", "expired", "failed")
        return "suspended" if granted and words and words[-1] == "suspend" else found

    def qualified(self, person: str, line: str, at: datetime, duty: str = "") -> bool:
        """Whether somebody is qualified."""
        return self.standing(person, line, at, duty) == "qualified"

    def _school(self, kind: str, person: str, line: str, since: datetime | None) -> list[Told]:
        told = [each for each in self.of(kind, who=person, line=line) if since is None or each["at"] > since]
        return sorted(told, key=lambda each: (each["at"], each["seq"]))

    def _passed_since(self, person: str, line: str, at: datetime, since: datetime | None) -> bool:
        taught = self._school("trained", person, line, since)
        return bool(taught) and any(
            each["passed"] and taught[0]["at"] <= each["at"] <= at
            for each in self._school("examined", person, line, since)
        )

    def _earned(self, person: str, line: str, at: datetime, since: datetime | None) -> str:
        taught = [each for each in self._school("trained", person, line, since) if each["at"] <= at]
        if not taught:
            return "not-trained"
        exams = [each for each in self._school("examined", person, line, since) if taught[0]["at"] <= each["at"] <= at]
        if not exams:
            return "not-examined"
        if not exams[-1]["passed"]:
            return "failed"
        return "qualified" if at < exams[-1]["at"] + timedelta(days=self.days(at)) else "expired"

    def why_not_decide(self, action: str, who: str, by: str, line: str, duty: str, at: datetime) -> list[str]:
        """Why somebody may not suspend, reinstate or cancel somebody else."""
        reasons = [] if self.registered(who) else ["nobody to decide on"]
        if "supervisor" not in self.duties(by):
            reasons.append("only supervisors decide")
        if who == by:
            reasons.append("own matter")
        if self.gone(by, at):
            reasons.append("decider gone")
        told = [each for each in self.decisions(who, at) if each["action"] != "cancel"]
        if action == "suspend":
            covering = [each for each in told if each["line"] in ("", line) and each["duty"] in ("", duty)]
            if covering and covering[-1]["action"] == "suspend":
                reasons.append("suspended already")
        if action == "lift" and not self._suspended(told, line, duty):
            reasons.append("nothing to lift")
        return reasons

    def _suspended(self, told: list[Told], line: str, duty: str) -> bool:
        for place, each in enumerate(told):
            touches = "" in (each["line"], line) or each["line"] == line
            touches = touches and (each["duty"] == "" or duty in ("", each["duty"]))
            if each["action"] != "suspend" or not touches:
                continue
            ended = any(
                later["action"] == "lift"
                and later["line"] in ("", each["line"])
                and later["duty"] in ("", each["duty"])
                for later in told[place + 1 :]
            )
            if not ended:
                return True
        return False

    def why_not_leave(self, who: str, by: str, disqualified: bool, at: datetime, now: datetime) -> list[str]:
        """Why it cannot be recorded that somebody left."""
        reasons = ["gone already"] if self.gone(who, now) else []
        reasons += ["decider gone"] if self.gone(by, now) else []
        reasons += ["came later"] if at < max(each["at"] for each in self.of("person", who=who)) else []
        if disqualified:
            reasons += self.why_not_decide("cancel", who, by, "", "", now)
        return reasons
