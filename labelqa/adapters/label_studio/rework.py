"""Projects of returned work on a Label Studio server: made, filled, read, closed.

What is read there is other people's: it is given on as it stands, and nothing in it is trusted or recorded here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from labelqa.adapters.files.columns import annotation_batch, canonical, item_batch
from labelqa.adapters.label_studio.client.reading import PAGE, Reading
from labelqa.adapters.label_studio.client.writing import PART, Writing
from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.review_answers import ORIGINAL
from labelqa.adapters.label_studio.rework_form import base_config, rework_config, rework_task
from labelqa.adapters.label_studio.tasks import account_of, seconds, text
from labelqa.adapters.label_studio.told import moment_of, number_of
from labelqa.errors import BadInput, LabelqaError, NotThere, Refused
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk, ControlSpec
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.servers import ServerAccount, ServerProject, UnreadTask, has_line
from labelqa.workflows.sending.rework_values import Key, ReworkAnswer, ReworkEnd, ReworkItem, Share, There, own_line
from labelqa.workflows.sending.seals import Seal

_TITLE: Final = 50
_ENDS: Final = {
    ReworkEnd.ANSWERED: N_("Everything that was sent into this project is answered: nothing is to be done here."),
    ReworkEnd.SETTLED: N_("The batch is settled: nothing is to be done here any more."),
    ReworkEnd.REASSIGNED: N_("Somebody else has what was sent into this project: nothing is to be done here any more."),
}


class ReworkReader:
    """What is asked of a server about returned work."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def serves(self) -> bool:
        """Whether the server answers now and takes our token; it is asked once."""
        try:
            self._reading.transport.read("api/current-user/whoami", once=True)
        except LabelqaError:
            return False
        return True

    def accounts(self) -> list[ServerAccount]:
        """Everybody in the organisation."""
        return self._reading.accounts()

    def there(self, project: int, batch: BatchName, person: PersonId) -> There:
        """Whether a project is still there, and still the one made for this batch and person."""
        try:
            return There.OURS if _is_for(self._reading.project(project), batch, person) else There.OTHER
        except NotThere:
            return There.GONE

    def made_before(self, batch: BatchName, person: PersonId) -> int:
        """The newest project that says of itself that it is for this batch and person; 0 where none does."""
        ours = (each.project for each in self._reading.projects() if _is_for(each, batch, person))
        return max(ours, default=0)

    def keys(self, project: int, seal: Seal) -> Collection[Key]:
        """What has a task in a project that is as it was sent."""
        told = ((_ours(task), task.get("data")) for task in self._tasks(project))
        return {key for mark, data in told if (key := _key(mark)) is not None and seal.holds(mark, data)}

    def newest(self, project: int) -> datetime | None:
        """When a task of a project was touched last, by the server's clock; None without tasks."""
        return self._reading.newest(project)

    def answers(
        self, project: int, since: datetime, *, again: Collection[int], unread: list[UnreadTask]
    ) -> Iterator[ReworkAnswer]:
        """Every annotation on the tasks of a project that were touched at or after a time of the server's clock.

        Tasks to be tried ``again`` are asked for as well; those that cannot be read are added to ``unread``.
        """
        specs = self._specs(project)
        for task in self._touched(project, since, again, unread):
            for each in task.get("annotations") or ():
                if isinstance(each, dict):
                    yield _answer(task, each, specs)

    def chunk(self, answers: Sequence[ReworkAnswer]) -> Chunk:
        """The same as annotations on their way in."""
        rows = [
            (
                place, text(each.mark.get("item")), str(each.annotation), each.account, canonical(dict(each.answers)),
                each.made_at or each.at, each.at, each.seconds, False, False, None, None, None, None,
            )
            for place, each in enumerate(answers, start=1)
        ]  # fmt: skip
        columns = zip((name for name, _ in ANNOTATION_COLUMNS), map(list, zip(*rows, strict=True)), strict=True)
        return Chunk(
            annotations=annotation_batch(dict(columns)), items=item_batch({name: [] for name, _ in ITEM_COLUMNS})
        )

    def _touched(
        self, project: int, since: datetime, again: Collection[int], unread: list[UnreadTask]
    ) -> Iterator[Mapping[str, Any]]:
        seen = set[int]()
        for task in (one for page in self._reading.changed(project, since=since, unread=unread) for one in page):
            seen.add(task["id"])
            yield task
        left = sorted(set(again) - seen - {each.task for each in unread})
        for start in range(0, len(left), PAGE):
            yield from self._reading.chosen(project, left[start : start + PAGE], unread=unread)

    def _tasks(self, project: int) -> Iterator[Mapping[str, Any]]:
        last = 0
        while found := self._reading.tasks(project, after=last):
            yield from found
            last = max(int(each["id"]) for each in found)

    def _specs(self, project: int) -> Mapping[str, ControlSpec]:
        """The controls of the form as it is now; none where somebody made it unreadable."""
        try:
            specs, _ = read_config(self._reading.project(project).config)
        except BadInput:
            return {}
        return {each.name: each for each in specs}


class ReworkWriter:
    """What is made on a server for returned work, in one language."""

    def __init__(self, reading: Reading, writing: Writing, *, lang: Lang) -> None:
        self._reading, self._writing, self._lang, self._say = reading, writing, lang, Speaker(lang)

    def make(self, share: Share) -> int:
        """A project for somebody's share, without tasks; its number."""
        base = base_config(share, self._configs(share.sources), self._lang)
        return self._writing.create_project(
            title=title_of(share.batch, share.person, self._lang), config=rework_config(base, self._lang), instruction=self._instruction(),
            settings={
                "description": self._about(share), "show_collab_predictions": True,
                "model_version": ORIGINAL, "maximum_annotations": 1, "enable_empty_annotation": False,
            },
        )  # fmt: skip

    def add(self, project: int, share: Share, items: Sequence[ReworkItem], seal: Seal) -> None:
        """Tasks for these items, signed, part by part."""
        config = self._reading.project(project).config
        for start in range(0, len(items), PART):
            tasks = [
                _signed(rework_task(each, share, config, self._lang), seal) for each in items[start : start + PART]
            ]
            self._writing.import_tasks(project, tasks)

    def open(self, project: int, share: Share) -> None:
        """Say in a project that was closed that there is work in it again."""
        title = title_of(share.batch, share.person, self._lang)
        self._writing.update_project(project, title=title, expert_instruction=self._instruction())

    def close(self, project: int, batch: BatchName, person: PersonId, why: ReworkEnd) -> None:
        """Say in the project that nothing is to be done in it any more, and why; nothing in it is removed."""
        title = title_of(batch, person, self._lang, closed=True)
        self._writing.update_project(project, title=title, expert_instruction=self._say(_ENDS[why]))

    def _about(self, share: Share) -> str:
        told = self._say(N_("Made by labelqa: returned work of batch {batch}."), batch=share.batch)
        return f"{told}\n{own_line(share.batch, share.person)}"

    def _instruction(self) -> str:
        return self._say(
            N_(
                "Each item here was found wrong. Read what was found and the rule, correct the answer and submit it from your "
                "own account. Who holds the label to be right skips the item and tells the lead."
            )
        )

    def _configs(self, projects: Sequence[int]) -> Iterator[str]:
        for each in projects:
            try:
                yield self._reading.project(each).config
            except (NotThere, Refused):
                continue


def title_of(batch: str, person: str, lang: Lang, *, closed: bool = False) -> str:
    """A title of at most 50 characters by pseudonym; of a long name the middle is left out.

    >>> title_of("b1", "p-3f9a2c71", "en"), len(title_of("b" * 80, "p-3f9a2c71", "en", closed=True))
    ('labelqa rework b1 p-3f9a2c71', 50)
    """
    say = Speaker(lang)
    end = f" {say(N_('[closed]'))}" if closed else ""
    text = N_("labelqa rework {batch} {person}")
    room = _TITLE - len(say(text, batch="", person=person) + end)
    if len(batch) > room:
        tail = batch[-(room // 3) :]
        batch = f"{batch[: room - len(tail) - 1]}…{tail}"
    return say(text, batch=batch, person=person) + end


def _is_for(project: ServerProject, batch: BatchName, person: PersonId) -> bool:
    """Whether a project says of itself that it is for this batch and person."""
    return has_line(project.data.get("description"), own_line(batch, person))


def _signed(task: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    return {**task, "meta": {"labelqa": seal.put(_ours(task), task["data"])}}


def _ours(task: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = task.get("meta")
    ours = meta.get("labelqa") if isinstance(meta, dict) else None
    return ours if isinstance(ours, dict) else {}


def _key(mark: Mapping[str, Any]) -> Key | None:
    item, problems = mark.get("item"), mark.get("problems")
    if not isinstance(item, str) or not isinstance(problems, list):
        return None
    return ItemId(item), tuple(each for each in problems if isinstance(each, int))


def _answer(task: Mapping[str, Any], annotation: Mapping[str, Any], specs: Mapping[str, ControlSpec]) -> ReworkAnswer:
    decoded = decode(annotation.get("result") or [], specs=specs)
    return ReworkAnswer(
        mark=_ours(task), task=number_of(task.get("id")), annotation=number_of(annotation.get("id")),
        account=account_of(annotation.get("completed_by")) or "", editor=account_of(annotation.get("updated_by")) or "",
        answers=decoded.answers, skipped=annotation.get("was_cancelled") is True,
        at=moment_of(annotation.get("updated_at")) or moment_of(annotation.get("created_at")),
        made_at=moment_of(annotation.get("created_at")), seconds=seconds(annotation.get("lead_time")),
        findings=tuple(decoded.findings), data=task.get("data"),
    )  # fmt: skip
