"""A drawn sample as review projects on a server: one for each verifier, with the items that this verifier drew.

Said again it goes on where it stopped: what is there is looked up first, and only what is missing is sent. Nothing that
a verifier did is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from labelqa.errors import BadInput, NotThere, Refused
from labelqa.i18n import N_, Lang
from labelqa.records.batch import Batch
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Sample
from labelqa.records.review_projects import ReviewsSent, SentProject
from labelqa.records.servers import ProjectRole, ReviewMode, ReviewSent, ServerProject
from labelqa.records.work import WorkSheet
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import judged_labels
from labelqa.workflows.refusals import refuse_settled
from labelqa.workflows.reviewing.verdicts import known_kind, why_not_blind
from labelqa.workflows.reviewing.work_sheets import sheet_heads
from labelqa.workflows.sending.review_findings import doubled, not_apart, twin, vanished, without_account
from labelqa.workflows.sending.review_form import FormAsked, Forms, TaskAsked
from labelqa.workflows.sending.review_items import Content, Shares, contents_of, shares_of, source_projects
from labelqa.workflows.sending.review_projects import (
    REMOVED,
    ReviewProject,
    face_of,
    fold_review_projects,
    is_for,
    items_digest,
    own_line,
    record_project,
)
from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide, all_tasks, mark_of, parts
from labelqa.workflows.sending.seals import Seal, known_seal, new_seal
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state

PART: Final = 500  # tasks of one request


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a sample is sent: ``config`` is the annotators' labeling form (XML), "" to take what the server has.

    Without a mode: as it was sent before, else blind where the answers allow it.
    """

    mode: ReviewMode | None = None
    lang: Lang = "zh"
    config: str = ""
    progress: Callable[[int], None] = field(default=lambda _n: None, repr=False)


def send_reviews(
    desk: Desk, reading: ReadingSide, writing: WritingSide, server: Server, sample: str, *, forms: Forms, how: Sending
) -> ReviewsSent:
    """Make or go on with the review projects of a sample; what came of each, in the order of the verifiers.

    Refused where the batch is settled, where the sample is out on another server or in the other mode, and where its
    answers cannot be given again blind.
    """
    state = read_state(desk)
    found = state.sample(sample)
    refuse_settled(state.facts, found.batch)
    known = fold_review_projects(state.facts, found.sample)
    mode = how.mode or _usual_mode(desk, state, found, known.values())
    _refuse_otherwise(known.values(), server, mode)
    heads = sheet_heads(desk, state, found, lang=how.lang, blind=mode is ReviewMode.BLIND)
    sender = _Sender(desk, state, found, server, reading, writing, forms, how, mode)
    done = [sender.send(head, known.get((found.sample, PersonId(head.verifier)))) for head in heads]
    findings = [*not_apart(sender.batch, server), *without_account(desk, server, heads), *sender.findings]
    return ReviewsSent(
        sample=found.sample, projects=tuple(each for each in done if each is not None), findings=tuple(findings)
    )


def _usual_mode(desk: Desk, state: State, sample: Sample, known: Iterable[ReviewProject]) -> ReviewMode:
    for each in known:
        return ReviewMode(each.mode)
    blind = not why_not_blind(known_kind(desk, state.batch(sample.batch)))
    return ReviewMode.BLIND if blind else ReviewMode.SHOWN


def _refuse_otherwise(known: Iterable[ReviewProject], server: Server, mode: ReviewMode) -> None:
    for each in known:
        if each.sent.server != server.name:
            raise Refused(N_("sample {sample} is out on the server {server} already: send the rest there"),
                          sample=each.sent.sample, server=each.sent.server)  # fmt: skip
        if each.mode is not mode:
            text = N_(
                "sample {sample} is out already, in the mode {mode}: verdicts of both kinds would not be one check"
            )
            raise Refused(text, sample=each.sent.sample, mode=each.mode.value)


class _Sender:
    """One sample on its way to one server."""

    def __init__(
        self,
        desk: Desk,
        state: State,
        sample: Sample,
        server: Server,
        reading: ReadingSide,
        writing: WritingSide,
        forms: Forms,
        how: Sending,
        mode: ReviewMode,
    ) -> None:
        self.desk, self.sample, self.server, self.mode, self.how = desk, sample, server, mode, how
        self.reading, self.writing, self.forms = reading, writing, forms
        self.batch: Batch = state.batch(sample.batch)
        self.shares: Shares = shares_of(desk, state, sample)
        self.labels = {} if mode is ReviewMode.BLIND else judged_labels(desk, state, sample)
        self.listed = {each.project: each for each in reading.projects()}
        self.base = self._base()
        self.findings: list[Finding] = []

    def _base(self) -> str:
        """The form that the annotators had: the one given, else that of the project most items come from, else ""."""
        control, labels = self.batch.control, self.batch.labels
        if self.how.config:
            if not self.forms.holds(self.how.config, control, ()):
                raise BadInput(N_("the labeling config has no control {control}, which batch {batch} is about"),
                               control=control, batch=self.batch.name)  # fmt: skip
            return self.how.config
        for number in source_projects(self.desk, self.batch, self.server.name):
            config = self.listed[number].config if number in self.listed else ""
            if config and self.forms.holds(config, control, labels):
                return config
        return ""

    def send(self, head: WorkSheet, before: ReviewProject | None) -> SentProject | None:
        """The project of one verifier; None where nothing was drawn for them, or all of it is judged."""
        verifier = PersonId(head.verifier)
        project = self._project(before, verifier)
        seal = self._seal(before if before and before.sent.project == project else None)
        there = self._there(project, verifier, seal) if project else []
        wanted = [item for item in self.shares.left(verifier) if item not in set(there)]
        if not wanted and not project:
            return None
        asked, made = self._asked(head, wanted), not project
        lang = before.lang if before and not made else self.how.lang
        body = ReviewSent(
            server=self.server.name, project=project, batch=self.batch.name, sample=self.sample.sample,
            verifier=verifier, mode=self.mode, items=len(there) + len(wanted), digest=items_digest([*there, *wanted]),
            lang=lang, seal=seal.name, ended=bool(before and before.sent.ended and not wanted), reason=before.sent.reason if before and not wanted else "",
        )  # fmt: skip
        if made:
            asked = replace(asked, form=self.forms.config(asked))
            body = replace(body, project=self._make(body, asked))
        elif wanted:
            asked = replace(asked, form=self.reading.project(project).config)
            if before is not None and before.sent.ended:
                self.writing.update_project(project, **face_of(body, lang=lang))
        self._fill(body.project, asked, wanted, seal)
        record_project(self.desk, body, before)
        return SentProject(
            server=self.server.name, project=body.project, sample=body.sample, verifier=verifier, name=head.name,
            mode=self.mode, items=body.items, new=len(wanted), made=made,
            url=f"{self.server.url}/projects/{body.project}/data",
        )  # fmt: skip

    def _project(self, before: ReviewProject | None, verifier: PersonId) -> int:
        """The number of the verifier's project on the server; 0 where there is none."""
        known = 0
        if before is not None and before.sent.reason != REMOVED:
            if self._is_there(before, verifier):
                known = before.sent.project
            elif not before.sent.ended:
                self.findings.append(vanished(before))
        marked = [each.project for each in self.listed.values() if self._is_for(each, verifier)]
        project = known or min(marked, default=0)
        self.findings += [twin(self.server, each, project, self.sample) for each in sorted(marked) if each != project]
        return project

    def _is_there(self, before: ReviewProject, verifier: PersonId) -> bool:
        """Whether a project is still there: a list that leaves it out says nothing, only the server's word on itself does.

        What has its number on a server that was set up anew is another one. Refused where tasks of ours are in it: then
        it is this one, and only its description was rewritten.
        """
        project = before.sent.project
        if project not in self.listed:
            try:
                self.listed[project] = self.reading.project(project)
            except NotThere:
                return False
        if self._is_for(self.listed[project], verifier):
            return True
        if self._there(project, verifier, self._seal(before)):
            raise Refused(
                N_("project {project} on {server} holds tasks of sample {sample}, but no longer says so: put the line {line} back into its description"),
                project=project, server=self.server.name, sample=self.sample.sample,
                line=own_line(self.sample.sample, verifier, self.mode),
            )  # fmt: skip
        return False

    def _seal(self, before: ReviewProject | None) -> Seal:
        """What the tasks of a project are signed with: what those were that are in it already."""
        folder = self.desk.settings.workspace
        if before is None:
            return new_seal(folder, self.server.name, ProjectRole.REVIEW)
        return known_seal(folder, before.sent.seal, self.server.name, ProjectRole.REVIEW)

    def _is_for(self, project: ServerProject, verifier: PersonId) -> bool:
        return is_for(project.data.get("description"), self.sample.sample, verifier, self.mode)

    def _there(self, project: int, verifier: PersonId, seal: Seal) -> list[ItemId]:
        """The items of the sample that have a task in a project, in the order of the tasks; an altered task is none."""
        found: dict[ItemId, None] = {}
        twice = 0
        for task in all_tasks(self.reading, project):
            mark = mark_of(task)
            item = mark.get("item")
            ours = (mark.get("sample"), mark.get("verifier")) == (self.sample.sample, verifier)
            if ours and isinstance(item, str) and seal.holds(mark, task.get("data")):
                twice += item in found
                found[ItemId(item)] = None
        if twice:
            self.findings.append(doubled(self.server, project, twice))
        return list(found)

    def _asked(self, head: WorkSheet, items: Sequence[ItemId]) -> FormAsked:
        fields: dict[str, None] = {}
        if not self.base:
            for part in parts(items, PART):
                fields |= dict.fromkeys(name for each in self._contents(part).values() for name in each.texts)
        return FormAsked(
            head=head, control=self.batch.control, mode=self.mode, lang=self.how.lang, base=self.base,
            fields=tuple(fields) or ("text",),
        )  # fmt: skip

    def _make(self, body: ReviewSent, asked: FormAsked) -> int:
        face = face_of(body, lang=asked.lang)
        settings = {**self.forms.settings(self.mode), "description": face["description"]}
        return self.writing.create_project(
            title=face["title"], config=asked.form, instruction=face["expert_instruction"],
            settings=settings,
        )  # fmt: skip

    def _fill(self, project: int, asked: FormAsked, items: Sequence[ItemId], seal: Seal) -> None:
        """Send tasks part by part: what one part shows is forgotten before the next is read."""
        for part in parts(items, PART):
            shown = self._contents(part)
            self.writing.import_tasks(project, [self._task(asked, each, shown[each], seal) for each in part])
            self.how.progress(len(part))

    def _contents(self, items: Sequence[ItemId]) -> Mapping[ItemId, Content]:
        return contents_of(self.desk, self.batch, items)

    def _task(self, asked: FormAsked, item: ItemId, content: Content, seal: Seal) -> dict[str, Any]:
        data = content.data if asked.base else dict.fromkeys(asked.fields, "") | content.texts
        mark = {
            "sample": self.sample.sample, "item": item, "verifier": asked.head.verifier, "batch": self.batch.name,
            "blind": self.mode is ReviewMode.BLIND, **content.source,
        }  # fmt: skip
        label = self.labels.get(item, "")
        made = self.forms.task(asked, TaskAsked(item=item, data=data, label=label, mark=mark))
        return {**made, "meta": {"labelqa": seal.put(mark, made["data"])}}
