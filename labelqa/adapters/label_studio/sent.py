"""Review projects as Label Studio knows them: their form and settings, the task of an item, and what an answer means.

Only the control that is checked and labelqa's own controls are read back; whatever else a form holds is left alone.
Nothing here speaks to a server.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.label_studio.codec import RELATIONS
from labelqa.adapters.label_studio.config import parse, read_config, to_names
from labelqa.adapters.label_studio.encode import encode
from labelqa.adapters.label_studio.review import review_tasks
from labelqa.adapters.label_studio.review_answers import ORIGINAL, is_ours, verdict_of
from labelqa.adapters.label_studio.review_form import FormFrame, review_config
from labelqa.adapters.label_studio.tasks import account_of, utc_of
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_, Lang
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.servers import ReviewMode
from labelqa.records.work import RawVerdict, ReviewItem, WorkSheet

if TYPE_CHECKING:
    from labelqa.records.review_projects import CollectResult
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.sending.review_collect import Collecting
    from labelqa.workflows.sending.review_form import FormAsked, TaskAsked
    from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide
    from labelqa.workflows.servers.connecting import Server

LONGEST: Final = 20_000  # characters of one thing that a verifier typed


class LabelStudioForms:
    """See :class:`labelqa.workflows.sending.review_form.Forms`."""

    def holds(self, config: str, control: str, labels: Collection[str]) -> bool:
        """Whether a labeling form has a control with all these labels; a form that cannot be read has none."""
        try:
            specs, _ = read_config(config)
        except BadInput:
            return False
        own = next((each for each in specs if each.name == control), None)
        return own is not None and (not own.labels or set(labels) <= set(own.labels))

    def config(self, asked: FormAsked) -> str:
        """The form: the annotators' own, or one made of the labels, with the controls of the verdict."""
        return form_of(asked.head, asked.control, base=asked.base, fields=asked.fields, lang=asked.lang)

    def settings(self, mode: ReviewMode) -> dict[str, Any]:
        """One answer an item, in the order sent, none empty or skipped; the original filled in where it is shown."""
        shown = mode is ReviewMode.SHOWN
        return {
            "sampling": "Sequential sampling", "maximum_annotations": 1, "show_skip_button": False,
            "enable_empty_annotation": False, "show_annotation_history": False, "show_collab_predictions": shown,
            "model_version": ORIGINAL if shown else "",
        }  # fmt: skip

    def task(self, asked: FormAsked, item: TaskAsked) -> dict[str, Any]:
        """The task of an item, its original as a prediction where a label is given."""
        kinds, names = _controls(asked.form)
        kind = kinds.get(asked.control) or (ControlKind(asked.head.kind) if asked.head.kind else ControlKind.CHOICE)
        sent = ReviewItem(
            item_id=item.item, data=item.data, answers=answers_of(asked.control, kind, item.label),
            verifier=asked.head.verifier,
        )  # fmt: skip
        (task,) = review_tasks(
            [sent], sample=asked.head.sample, kinds={**kinds, asked.control: kind}, to_names=names
        )  # fmt: skip
        return {**task, "meta": {"labelqa": dict(item.mark)}}

    def said(
        self,
        annotation: Mapping[str, Any],
        *,
        mark: Mapping[str, Any],
        control: str,
        kind: ControlKind | None,
        label: str,
        place: Place,
    ) -> tuple[RawVerdict | None, list[Finding]]:
        """The verdict in an annotation, or None and why."""
        found: list[Finding] = []
        result = annotation.get("result")
        if isinstance(result, list):
            result = [each for each in result if isinstance(each, dict) and _is_read(each, control)]
        verdict = verdict_of(_original(control, kind, label), mark, {**annotation, "result": result}, place, found)
        if verdict is not None and max(map(len, _typed(verdict))) > LONGEST:
            return None, [*found, _too_long(place)]
        return verdict, found

    def account(self, told: Any) -> str:
        """An account's number in whatever form a task has it; "" for none."""
        return account_of(told) or ""

    def moment(self, told: Any) -> datetime | None:
        """A time as a task has it; None where it cannot be read."""
        try:
            return utc_of(told)
        except ValueError:
            return None


def collect_reviews(
    desk: Desk,
    reading: ReadingSide,
    writing: WritingSide,
    server: Server,
    samples: Collection[str] | None = None,
    *,
    how: Collecting | None = None,
) -> CollectResult:
    """Verdicts of a Label Studio server; see :func:`labelqa.workflows.sending.review_collect.collect_reviews`."""
    from labelqa.workflows.sending import review_collect

    return review_collect.collect_reviews(
        desk, reading, writing, server, samples, forms=LabelStudioForms(), how=how or review_collect.Collecting()
    )


def form_of(sheet: WorkSheet, control: str, *, base: str, fields: Sequence[str], lang: Lang) -> str:
    """The XML of a verifier's form; without ``base`` the labels make one that shows the data's ``fields``."""
    kind = ControlKind(sheet.kind) if sheet.kind else ControlKind.CHOICE
    spec = ControlSpec(name=control, kind=kind, labels=tuple(sheet.labels), shown=dict(sheet.labels))
    frame = FormFrame(rules=sheet.rules, defects=sheet.defects, lines=sheet.lines, blind=sheet.blind)
    return review_config(base or spec, lang=lang, frame=frame, fields=fields)


def answers_of(control: str, kind: ControlKind, label: str) -> dict[str, Any]:
    """A label of record as an answer; {} where there is none.

    >>> answers_of("mood", ControlKind.CHOICES, '["a"]'), answers_of("mood", ControlKind.CHOICE, "a")
    ({'mood': ['a']}, {'mood': 'a'})
    """
    if not label:
        return {}
    if kind in (ControlKind.CHOICE, ControlKind.PAIRWISE):
        return {control: label}
    try:
        return {control: json.loads(label)}
    except ValueError:
        return {control: label}


@lru_cache(maxsize=16)
def _controls(config: str) -> tuple[dict[str, ControlKind], dict[str, str]]:
    """Kind and object of each control of a form."""
    if not config:
        return {}, {}
    specs, _ = read_config(config)
    return {each.name: each.kind for each in specs}, to_names(parse(config))


def _is_read(item: Mapping[str, Any], control: str) -> bool:
    name = item.get("from_name")
    if item.get("type") == "relation":
        return control == RELATIONS
    return name == control or control == RELATIONS or (isinstance(name, str) and is_ours(name))


def _original(control: str, kind: ControlKind | None, label: str) -> dict[str, Any]:
    """The task as it was sent: by its prediction one sees what the verifier changed."""
    if kind is None or not label:
        return {}
    try:
        result = encode(answers_of(control, kind, label), kinds={control: kind}, to_names={})
    except (AttributeError, KeyError, TypeError, ValueError):  # a label of record that is no answer of this kind
        return {}
    return {"predictions": [{"model_version": ORIGINAL, "result": result}]}


def _typed(verdict: RawVerdict) -> tuple[str, ...]:
    """Everything in a verdict that a verifier may have typed."""
    told = (verdict.comment, verdict.correct_label, verdict.rule, verdict.defect, verdict.answer)
    return (*told, *verdict.scores.values(), *verdict.scores)


def _too_long(place: Place) -> Finding:
    return finding(
        "review-too-long", N_("something typed in the answer is longer than {limit} characters; the verdict was not taken"),
        mend=Message("the verifier shortens it and saves again"), place=place, limit=LONGEST,
    )  # fmt: skip
