"""What stands in a review project, as verdicts of the verifier who drew the items; everything else is counted.

An answer counts when the verifier's own account gave it and saved it last. Where one task has several that differ none
is taken, as one of them may have been given to another task; where an item has several tasks the latest counts. A
skipped task says nothing. Nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from labelqa.records.annotation import ControlKind
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.servers import ServerAccount, TaskMarks
from labelqa.records.work import RawVerdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending import review_findings as odd
from labelqa.workflows.sending.pace import NEVER, Told
from labelqa.workflows.sending.review_form import Forms
from labelqa.workflows.sending.review_items import Shares
from labelqa.workflows.sending.review_projects import ReviewProject
from labelqa.workflows.sending.review_protocols import mark_of
from labelqa.workflows.sending.seals import Seal
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import read_state

Annotation: TypeAlias = Mapping[str, Any]


class Listing(Protocol):
    """Whoever lists the accounts of a server."""

    def accounts(self) -> list[ServerAccount]:
        """Everybody in the organisation."""
        ...


class Owners:
    """Whose an account of a server is: by its number, else by the e-mail address that the server has for it."""

    def __init__(self, desk: Desk, reading: Listing, server: Server) -> None:
        self._known = {
            account.casefold(): person for (_, account), person in desk.ledger.identities.accounts(server.name).items()
        }
        self._registered = read_state(desk).people.keys()
        self._reading = reading
        self._emails: dict[str, str] | None = None

    def of(self, account: str) -> PersonId | None:
        """The person; None where nobody has the account."""
        by_number = self._known.get(account)
        if by_number in self._registered:
            return by_number
        if self._emails is None:
            self._emails = {each.account: each.email.casefold() for each in self._reading.accounts() if each.email}
        return self._known.get(self._emails.get(account, ""), by_number)

    def registered(self, person: PersonId | None) -> bool:
        """Whether somebody is registered here; whoever is only known from answers is not."""
        return person in self._registered


@dataclass(slots=True)
class Tally:
    """How often something odd was seen, and the task of the first."""

    n: int = 0
    task: int = 0

    def add(self, task: int) -> None:
        """Once more."""
        self.n, self.task = self.n + 1, self.task or task


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was seen in a project beside verdicts that count."""

    tasks: int = 0
    known: int = 0  # verdicts that stand already, or later ones
    items: dict[ItemId, None] = field(default_factory=dict)
    latest: dict[ItemId, tuple[datetime, int]] = field(default_factory=dict)  # the answer that counts so far
    strangers: Tally = field(default_factory=Tally)
    altered: Tally = field(default_factory=Tally)
    skipped: Tally = field(default_factory=Tally)
    differing: Tally = field(default_factory=Tally)
    others: dict[str, Tally] = field(default_factory=dict)  # by account
    hands: dict[str, Tally] = field(default_factory=dict)  # by the account that saved last
    findings: list[Finding] = field(default_factory=list)
    marks: dict[int, TaskMarks] = field(default_factory=dict)  # of every task, where that is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """One project while it is read."""

    project: ReviewProject
    server: Server
    forms: Forms
    shares: Shares
    owners: Owners
    control: str
    kind: ControlKind | None
    labels: Mapping[ItemId, str]  # as they were shown; empty where they were not
    seal: Seal
    told: Told = field(default_factory=Told)  # what is odd and was said before is not counted again
    marking: bool = False
    seen: Seen = field(default_factory=Seen)

    def verdicts(self, tasks: Iterable[Mapping[str, Any]]) -> Iterator[RawVerdict]:
        """The verdicts that are not on record, in the order of the tasks; of an item a later one after an earlier one alone."""
        mine = frozenset(self.shares.of(self.project.key[1]))
        for task in tasks:
            self.seen.tasks += 1
            if self.marking:
                self.seen.marks[task["id"]] = self._marks(task)
            item = self._item(task)
            if item is None or item not in mine:
                self._odd(self.seen.strangers, "stranger", task=task)
                continue
            if not self.seal.holds(mark_of(task), task.get("data")):
                self._odd(self.seen.altered, "altered", task=task)
                continue
            self.seen.items[item] = None
            answers = self._answers(task)
            verdict = self._verdict(task, item, answers) if answers else None
            if verdict is not None:
                yield verdict

    def _odd(self, tally: Tally, *what: str, task: Mapping[str, Any]) -> None:
        """Count something odd about a task, unless it was told before and the task was not touched since."""
        if self.told.first(*what, task["id"], str(task.get("updated_at"))):
            tally.add(task["id"])

    def _marks(self, task: Mapping[str, Any]) -> TaskMarks:
        given = {each["id"]: self._at(each) for each in _annotations(task) if isinstance(each.get("id"), int)}
        return TaskMarks(task=task["id"], updated_at=self.forms.moment(task.get("updated_at")), annotations=given)

    def _item(self, task: Mapping[str, Any]) -> ItemId | None:
        mark, sent = mark_of(task), self.project.sent
        ours = (mark.get("sample"), mark.get("verifier")) == (sent.sample, sent.verifier)
        item = mark.get("item")
        return ItemId(item) if ours and isinstance(item, str) else None

    def _answers(self, task: Mapping[str, Any]) -> list[Annotation]:
        """The verifier's own answers to a task, the latest first."""
        own = [each for each in _annotations(task) if self._is_own(each, task)]
        answers = [each for each in own if each.get("was_cancelled") is not True]
        if own and not answers:
            self._odd(self.seen.skipped, "skipped", task=task)
        return sorted(answers, key=self._order, reverse=True)

    def _order(self, annotation: Annotation) -> tuple[datetime, int]:
        number = annotation.get("id")
        return self._at(annotation) or NEVER, number if isinstance(number, int) else 0

    def _at(self, annotation: Annotation) -> datetime | None:
        return self.forms.moment(annotation.get("updated_at")) or self.forms.moment(annotation.get("created_at"))

    def _is_own(self, annotation: Annotation, task: Mapping[str, Any]) -> bool:
        """Whether the drawn verifier gave an answer and nobody else saved it; others are counted."""
        verifier = self.project.key[1]
        account, editor = (self.forms.account(annotation.get(name)) for name in ("completed_by", "updated_by"))
        if not account or self.owners.of(account) != verifier:
            self._odd(self.seen.others.setdefault(account, Tally()), "other", account, task=task)
            return False
        if not editor or (editor != account and self.owners.of(editor) != verifier):
            self._odd(self.seen.hands.setdefault(editor, Tally()), "hand", editor, task=task)
            return False
        return True

    def _verdict(self, task: Mapping[str, Any], item: ItemId, answers: Sequence[Annotation]) -> RawVerdict | None:
        order = self._order(answers[0])
        stands = self.shares.said(item, self.project.key[1])
        known = stands is not None and NEVER < order[0] <= stands.at  # what was said since, here or elsewhere, stays
        if known or (item in self.seen.latest and order <= self.seen.latest[item]):
            self.seen.known += 1
            return None
        self.seen.latest[item] = order
        verdict, found = self._said(task, item, answers[0])
        if any(self._said(task, item, each)[0] != verdict for each in answers[1:]):
            self._odd(self.seen.differing, "differing", task=task)
            return None
        self.seen.findings += self.told.fresh(found)
        return replace(verdict, at=self._at(answers[0])) if verdict else None

    def _said(
        self, task: Mapping[str, Any], item: ItemId, annotation: Annotation
    ) -> tuple[RawVerdict | None, list[Finding]]:
        """What an answer says, without its time."""
        sent, verifier = self.project.sent, self.project.key[1]
        mark = {"sample": sent.sample, "item": item, "verifier": verifier, "blind": sent.mode == "blind"}
        verdict, found = self.forms.said(
            annotation, mark=mark, control=self.control, kind=self.kind, label=self.labels.get(item, ""),
            place=odd.place_of(self.server, sent.project, task["id"]),
        )  # fmt: skip
        return replace(verdict, account="", verifier=verifier, at=None) if verdict else None, found

    def findings(self, names: Mapping[PersonId, str]) -> Iterator[Finding]:
        """What was odd, each kind of it once."""
        server, project, seen = self.server, self.project.sent.project, self.seen
        yield from seen.findings
        if seen.strangers.n:
            yield odd.strangers(server, project, seen.strangers.n, seen.strangers.task)
        if seen.altered.n:
            yield odd.altered(server, self.project, seen.altered.n, seen.altered.task)
        for account, each in ((who, one) for who, one in seen.others.items() if one.n):
            person = self.owners.of(account) if account else None
            yield odd.others(
                server, project, account, each.n, each.task, person=names.get(person, person) if person else "",
                known=self.owners.registered(person),
            )  # fmt: skip
        for account, each in ((who, one) for who, one in seen.hands.items() if one.n):
            yield odd.by_other_hands(server, project, account, each.n, each.task)
        if seen.differing.n:
            yield odd.differing(server, self.project, seen.differing.n, seen.differing.task)
        if seen.skipped.n:
            yield odd.skipped(server, project, seen.skipped.n, seen.skipped.task)


def _annotations(task: Mapping[str, Any]) -> list[Annotation]:
    told = task.get("annotations")
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
