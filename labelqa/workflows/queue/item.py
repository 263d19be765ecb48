"""One item that waits for somebody: as it was frozen, with the answers to be judged and all that may be said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.batches.supervision import annotation_of
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_, Lang
from labelqa.records.batch import Batch, Kind
from labelqa.records.names import ItemId, PersonId
from labelqa.records.queue import Group, Version, Waiting, WaitingItem
from labelqa.records.review import Sample
from labelqa.records.work import ScoreLine
from labelqa.rulebook.model import Rulebook, Text
from labelqa.workflows.annotated import book_of
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.desk import Desk
from labelqa.workflows.media import pictures_of
from labelqa.workflows.population import frozen_of, judged_labels, labels_of_record
from labelqa.workflows.queue.groups import queue_of
from labelqa.workflows.reviewing.verdicts import VerdictDesk, why_not_blind
from labelqa.workflows.reviewing.work_sheets import defect_titles, dimension_name
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.supervising.supervised import supervised_work


def waiting_item(
    desk: Desk, person: PersonId, waiting: Waiting, name: str, key: str, *, lang: Lang, blind: bool = False
) -> WaitingItem:
    """One item of somebody's queue; BadInput for one that does not wait for this person.

    With ``blind`` the label to be judged is not in what comes back.
    """
    groups = queue_of(desk, person)
    group = next((each for each in groups if each.waiting is waiting and each.name == name and key in each.keys), None)
    if group is None:
        raise BadInput("this does not wait for you, or no longer: choose what is next")
    state = read_state(desk)
    return _Showing(desk, state, state.batch(group.batch), group, person, key, lang).item(blind=blind)


@dataclass(frozen=True)
class _Showing:
    """An item on its way to the reader."""

    desk: Desk
    state: State
    batch: Batch
    group: Group
    person: PersonId
    key: str
    lang: Lang

    def item(self, *, blind: bool) -> WaitingItem:
        book, checking = self._book, self._checking
        data = self._data
        seen = not (blind and self.group.waiting is Waiting.REVIEW)
        return WaitingItem(
            waiting=self.group.waiting, batch=self.batch.name, name=self.group.name, key=self.key, item_id=self._item,
            release=self.batch.release, control=self.batch.control, kind=str(checking.kind or "") if checking else "",
            safety=self.batch.kind is Kind.SAFETY, data=data, pictures=pictures_of(self.desk, data),
            versions=tuple(self._versions()) if seen else (), notes=tuple(self._notes()),
            labels={each.value: _said(each.title, self.lang) or each.value for each in book.labels}
            if book else {each: each for each in self.batch.labels},
            rules={each.id: _said(each.statement, self.lang) for each in book.rules} if book else {},
            defects=defect_titles(book, self.batch, self.lang) if book else {},
            lines=tuple(
                ScoreLine(name=name, title=dimension_name(name, self.lang), line=line)
                for name, line in (checking.lines.items() if checking else ())
            ),
            can_be_blind=checking is not None and not why_not_blind(checking.kind),
            wants_checks=checking is not None and checking.checks_wanted, said=self._said_before(),
        )  # fmt: skip

    @cached_property
    def _book(self) -> Rulebook | None:
        return book_of(self.desk, self.batch)[0] if self.batch.release else None

    @cached_property
    def _sample(self) -> Sample | None:
        return self.state.sample(self.group.name) if self.group.waiting is Waiting.REVIEW else None

    @cached_property
    def _checking(self) -> VerdictDesk | None:
        return VerdictDesk(self.desk, self.state, self._sample) if self._sample else None

    @cached_property
    def _item(self) -> ItemId:
        if self.group.waiting is not Waiting.SUPERVISE:
            return ItemId(self.key)
        return next(each.item_id for each in supervised_work(self.desk, self.group.name) if each.work == self.key)

    @cached_property
    def _data(self) -> Mapping[str, Any]:
        rows = self._rows(frozen_of(self.batch).items, ["data"])
        found = json.loads(rows[0]["data"]) if rows else {}
        return found if isinstance(found, dict) else {}

    def _rows(self, digest: str, columns: list[str]) -> list[dict[str, Any]]:
        import pyarrow.compute as pc

        rows: list[dict[str, Any]] = self.desk.frozen.read(
            digest, columns, where=pc.field("item_id") == self._item
        ).to_pylist()
        return rows

    def _answers(self, label: str) -> dict[str, Any]:
        """A label in its stored spelling as the answer of the batch's control."""
        if label[:1] in ("[", "{"):
            try:
                return {self.batch.control: json.loads(label)}
            except ValueError:
                pass
        return {self.batch.control: label} if label else {}

    def _version(self, text: str, label: str, votes: int = 0, **values: object) -> Version:
        return Version(title=Message(text, values), answers=self._answers(label), label=label, votes=votes)

    def _versions(self) -> Iterator[Version]:
        waiting = self.group.waiting
        if waiting is Waiting.REVIEW and self._sample:
            yield self._version(
                N_("Label to be judged"), judged_labels(self.desk, self.state, self._sample).get(self._item, "")
            )
        elif waiting is Waiting.ARBITRATE:
            counted: dict[str, int] = {}
            for row in self._rows(frozen_of(self.batch).annotations, ["label"]):
                counted[row["label"]] = counted.get(row["label"], 0) + 1
            for label, votes in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
                yield self._version(N_("Given by {n}"), label, votes, n=votes)
        elif waiting is Waiting.RE_REVIEW:
            correction = CorrectionBench(self.desk, self.state, self.batch).waiting(self._item)
            yield self._version(N_("Corrected label"), correction.after if correction else "")
        elif waiting is Waiting.HIT:
            found = labels_of_record(self.desk, self.state, self.batch).get(self._item)
            yield self._version(N_("Label of record"), found.label if found else "")
        else:
            yield from self._piece()

    def _piece(self) -> Iterator[Version]:
        """What somebody whose work is looked at answered."""
        annotation = annotation_of(self.key)
        for row in self._rows(frozen_of(self.batch).annotations, ["person", "label"]) if annotation else ():
            if annotation and row["person"] == annotation[1]:
                yield self._version(N_("Answer that was drawn"), row["label"])
                return

    def _notes(self) -> Iterator[Message]:
        """What has to be known before judging: for a second look that it is one, for a supervisor whose work it is.

        A second look is blind: who reads first what somebody else found is likely to find it too.
        """
        if self.group.waiting in (Waiting.HIT, Waiting.RE_REVIEW):
            yield Message("Judge for yourself: what was said of this item before is kept back until you have answered.")
        elif self.group.waiting is Waiting.SUPERVISE:
            piece = next(each for each in supervised_work(self.desk, self.group.name) if each.work == self.key)
            yield Message(
                N_("work of {name}: {answer}"),
                {"name": shown_names(self.desk).get(piece.person, piece.person), "answer": piece.answer},
            )

    def _said_before(self) -> str:
        """The verdict of this person that is in force."""
        if self._sample is None:
            return ""
        told = self.state.reviews.get(self._sample.sample, ())
        for known in (current_reviews(told), second_reviews(told)):
            mine = known.get(self._item)
            if mine is not None and mine.reviewer == self.person:
                return str(mine.verdict)
        return ""


def _said(title: Text, lang: Lang) -> str:
    return (title.zh or title.en) if lang == "zh" else (title.en or title.zh)
