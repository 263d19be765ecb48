"""Send what was found wrong back to the people whose labels it were, as a project for each on a connected server.

Said twice it adds only what is missing: a project and its tasks are looked up before they are made. An item that is out
stays with whom it is, unless they may not answer it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import Draft
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.servers import ProjectRole
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import changed, joined, refuse_settled, with_names
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.sending.rework_findings import not_ours
from labelqa.workflows.sending.rework_items import Returning
from labelqa.workflows.sending.rework_sent import ReworkProject, end_projects, held, rework_projects, sent_draft
from labelqa.workflows.sending.rework_values import (
    ReworkEnd,
    ReworkItem,
    ReworkReading,
    ReworkWriting,
    Sent,
    SentProject,
    Share,
    There,
)
from labelqa.workflows.sending.seals import Seal, known_seal, new_seal
from labelqa.workflows.servers.connecting import Server, fold_servers
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.sync.projects import followed_projects


def send_rework(
    desk: Desk,
    reading: ReworkReading,
    writing: ReworkWriting,
    server: Server,
    batch: str,
    *,
    to: str = "",
    items: Collection[str] = (),
) -> Sent:
    """Put the items of a batch that must be labelled again into projects, one a person.

    ``to`` names somebody else with an annotator's duty for what is not out yet; named ``items`` go there whoever has them.
    Refused for a batch that is settled, or open and no rework round. What cannot be sent is a finding each person; the
    rest goes out.
    """
    state = read_state(desk)
    found = state.batch(batch)
    if found.conclusion is not None:
        raise Refused("batch {batch} is settled: declare a new batch for further work", batch=found.name)
    sending = _Sending(desk, state, found, server, reading, writing)
    sending.share_out(find_person(desk, to) if to else None, items)
    return sending.sent()


class _Sending:
    """One call: who gets what, and what was made for it."""

    def __init__(
        self, desk: Desk, state: State, batch: Batch, server: Server, reading: ReworkReading, writing: ReworkWriting
    ) -> None:
        self.desk, self.state, self.batch, self.server = desk, state, batch, server
        self.reading, self.writing = reading, writing
        self.returning = Returning(desk, state, batch)
        self.known = rework_projects(state.facts, batch=batch.name)
        self.shares: dict[PersonId, list[ReworkItem]] = {}
        self.there: dict[tuple[int, PersonId], There] = {}
        self.findings: list[Finding] = []
        self.waiting: set[PersonId] = set()  # whose project has to say first that it is ours
        self.now = desk.clock()

    def share_out(self, to: PersonId | None, only: Collection[str]) -> None:
        """Decide for each item, or for those named, who gets it."""
        items = self._wanted(only)
        self._refuse_unsafe(items)
        holders = held(self.known)
        moving = to is not None and bool(only)
        against: Counter[tuple[PersonId, str]] = Counter()
        told: dict[tuple[PersonId, str], Message] = {}
        names = shown_names(self.desk)
        for each in items:
            holder = holders.get(each.item_id)
            if holder is not None and not moving and not self._why_not(holder.person, each.item_id):
                if holder.server == self.server.name:
                    self.shares.setdefault(holder.person, []).append(each)
                continue
            person = to or each.person
            if reasons := self._why_not(person, each.item_id):
                said = joined(with_names(reasons, names))
                against[person, said.text] += 1
                told.setdefault((person, said.text), said)
                continue
            self.shares.setdefault(person, []).append(each)
        self.findings += [_not_sent(names.get(key[0], key[0]), n, told[key]) for key, n in against.items()]

    def _wanted(self, only: Collection[str]) -> list[ReworkItem]:
        """What waits for an annotator; BadInput for a named item that does not."""
        items = self.returning.items()
        if strange := sorted(set(only) - {each.item_id for each in items}):
            raise BadInput(
                "item {item} of batch {batch} waits for no annotator: labelqa correct list {batch} shows those that do",
                item=strange[0], batch=self.batch.name,
            )  # fmt: skip
        return [each for each in items if not only or each.item_id in only]

    def sent(self) -> Sent:
        """Make what is missing, project by project, and record each."""
        self._without_lost()
        accounts = {who: account for (_, account), who in self._accounts().items()}
        names, done = shown_names(self.desk), []
        for person, items in sorted(self.shares.items()):
            if person in self.waiting:
                continue
            name = names.get(person, person)
            if person not in accounts:
                self.findings.append(_no_account(name, len(items), self.server.name))
                continue
            done.append(self._send(self._share(person, items)))
        return Sent(batch=self.batch.name, projects=tuple(done), findings=tuple(self.findings))

    def _without_lost(self) -> None:
        """Nobody has anything in a project that is gone, or in whose place the server has another one: that is left alone.

        One with tasks of ours is ours, only its description was rewritten: until it says so again its person gets nothing,
        as what is answered in it would be read by nobody.
        """
        lost = []
        for each in self.known:
            there = There.OURS
            if not each.ended and each.server == self.server.name:
                with suppress(LabelqaError):  # who is to get something there is told so then
                    there = self._there(each)
            holds = there is There.OTHER and bool(self.reading.keys(each.project, self._seal(each)))
            self.findings += [not_ours(each, holds=holds)] if there is There.OTHER else []
            if holds:
                self.waiting.add(each.person)
            elif there is not There.OURS:
                lost.append(each)
        end_projects(self.desk, lost, ReworkEnd.GONE)
        self.known = rework_projects(self.desk.ledger.view(), batch=self.batch.name)

    def _there(self, known: ReworkProject) -> There:
        """What the server has in the place of a project; it is asked once."""
        key = known.project, known.person
        if key not in self.there:
            self.there[key] = self.reading.there(known.project, self.batch.name, known.person)
        return self.there[key]

    def _why_not(self, person: PersonId, item: ItemId) -> list[Message]:
        return self.returning.why_not(person, item, self.now)

    def _accounts(self) -> dict[tuple[str, str], PersonId]:
        return self.desk.ledger.identities.accounts(self.server.name)

    def _share(self, person: PersonId, items: Sequence[ReworkItem]) -> Share:
        """With the projects of this server in which the items were labelled: their form is what the person knows."""
        here = [each.source for each in items if each.source.get("server") == self.server.name]
        often = Counter(str(each.get("project", "")) for each in here)
        named = [int(number) for number, _ in often.most_common() if number.isdecimal()]
        followed = [each.project for each in followed_projects(self.desk, self.server.name)] if here else []
        sources = tuple(dict.fromkeys([*named, *followed]))
        return Share(
            batch=self.batch.name, person=person, control=self.batch.control, sources=sources,
            book=released_book(self.desk, self.batch.release), items=tuple(items),
        )  # fmt: skip

    def _send(self, share: Share) -> SentProject:
        """Make what is missing on the server; only then the person has the items, and at the same moment nobody else."""
        mine = [each for each in self.known if (each.server, each.person) == (self.server.name, share.person)]
        before = next((each for each in reversed(mine) if self._there(each) is There.OURS), None)
        seal = self._seal(before)
        project = before.project if before else self.reading.made_before(share.batch, share.person)
        if not project:
            project = self.writing.make(share)
        elif before is not None and before.ended:
            self.writing.open(project, share)
        there = set(self.reading.keys(project, seal))
        missing = [each for each in share.items if each.key not in there]
        if missing:
            self.writing.add(project, share, missing, seal)
        items = {each.item_id for each in share.items}
        known = before.items if before else frozenset[ItemId]()
        drafts = self._taken(items, project)
        if before is None or before.ended or not items <= known:
            number = self.server.name, project  # an ended one may have had it, on a server that was set up anew
            new = sent_draft(
                self.desk, server=self.server.name, project=project, batch=self.batch.name, person=share.person,
                items=items | known, seal=seal.name,
                before=before or next((each for each in self.known if (each.server, each.project) == number), None),
            )  # fmt: skip
            drafts.append(new)  # the last one: it is the one that has them
        if drafts:
            self._record(drafts)
            self._close_emptied()
        return SentProject(
            project=project, person=share.person, items=len(items | known), new=len(items - known), tasks=len(missing)
        )

    def _seal(self, before: ReworkProject | None) -> Seal:
        folder = self.desk.settings.workspace
        if before is None:
            return new_seal(folder, self.server.name, ProjectRole.REWORK)
        return known_seal(folder, before.seal, self.server.name, ProjectRole.REWORK)

    def _taken(self, items: Collection[ItemId], but: int) -> list[Draft]:
        """Every other project that has some of these items, as it is without them."""
        return [
            sent_draft(
                self.desk, server=each.server, project=each.project, batch=self.batch.name, person=each.person,
                items=each.items - set(items), before=each, seal=each.seal,
            )
            for each in self.known
            if not each.ended and (each.server, each.project) != (self.server.name, but) and each.items & set(items)
        ]  # fmt: skip

    def _close_emptied(self) -> None:
        """Say in a project that lost all its items that somebody else has them; where that fails, collecting does it."""
        for each in self.known:
            if not each.ended and not each.items and each.server == self.server.name:
                with suppress(LabelqaError):
                    self.writing.close(each.project, each.batch, each.person, ReworkEnd.REASSIGNED)
                    end_projects(self.desk, [each], ReworkEnd.REASSIGNED)
        self.known = rework_projects(self.desk.ledger.view(), batch=self.batch.name)

    def _record(self, drafts: Sequence[Draft]) -> None:
        """Record at once who has what from now on; the last of the drafts is the one that has it."""

        def unless(facts: Facts) -> None:
            refuse_settled(facts, self.batch.name)
            now = {(each.server, each.project): each for each in rework_projects(facts, batch=self.batch.name)}
            for draft in drafts:
                project = draft.body.server, draft.body.project
                before = now.pop(project, None)
                if draft.supersedes != (before.fact if before else None):
                    raise changed(f"project:{project[0]}/{project[1]}")
            if twice := sorted(held(now.values()).keys() & set(drafts[-1].body.items)):
                raise changed(f"item:{twice[0]}")

        self.desk.ledger.append(drafts, now=self.desk.clock(), unless=unless)
        self.known = rework_projects(self.desk.ledger.view(), batch=self.batch.name)

    def _refuse_unsafe(self, items: Iterable[ReworkItem]) -> None:
        """Safety data does not leave a server that keeps it apart for one that does not (GB/T 45674—2025, 5 d)."""
        if self.batch.kind is not Kind.SAFETY or self.server.isolated:
            return
        apart = {each.name for each in fold_servers(self.state.facts).values() if each.isolated}
        there = sorted({str(each.source.get("server", "")) for each in items} & apart)
        if there:
            raise Refused(
                "the items of {batch} are safety data of {there}, which keeps it apart, and {server} does not: send them "
                "there with --server", batch=self.batch.name, there=", ".join(there), server=self.server.name,
            )  # fmt: skip


def _not_sent(name: str, n: int, why: Message) -> Finding:
    return finding(
        "rework-not-sent", "{n} {n:item was|items were} not sent to {name}: {why}",
        mend=Message("name somebody else who labels with --to"), severity=Severity.WARNING, n=n, name=name, why=why,
    )  # fmt: skip


def _no_account(name: str, n: int, server: str) -> Finding:
    return finding(
        "rework-no-account", "{n} {n:item was|items were} not sent to {name}, of whom no account on {server} is known",
        mend=Message("register the account with labelqa people change, or name somebody else with --to"),
        severity=Severity.WARNING, place=Place(subject=f"server:{server}"), n=n, name=name, server=server,
    )  # fmt: skip
