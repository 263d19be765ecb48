"""What a review project asks of its forms: how it looks, what a task shows, and what an answer means as a verdict.

The codec of the server's kind fulfils it; here is only what is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from labelqa.i18n import Lang
from labelqa.records.annotation import ControlKind
from labelqa.records.finding import Finding, Place
from labelqa.records.servers import ReviewMode
from labelqa.records.work import RawVerdict, WorkSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAsked:
    """What a form is made of: what a verifier may say, about which control, on the form that the annotators had.

    ``base`` is that form ("" where none is known: then the texts of ``fields`` are shown). ``form`` is the review form
    itself, once it is made.
    """

    head: WorkSheet
    control: str
    mode: ReviewMode
    lang: Lang
    base: str = ""
    fields: Sequence[str] = ()
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAsked:
    """One item on its way out; ``label`` is of record, "" where it is hidden or there is none."""

    item: str
    data: Mapping[str, Any]
    label: str
    mark: Mapping[str, Any] = field(default_factory=dict)  # what the task says of itself, and nobody is shown


class Forms(Protocol):
    """Forms of review projects, and what is answered in them."""

    def holds(self, config: str, control: str, labels: Collection[str]) -> bool:
        """Whether a labeling form has a control with all these labels."""
        ...

    def config(self, asked: FormAsked) -> str:
        """The form; BadInput where it cannot be made without the annotators' own."""
        ...

    def settings(self, mode: ReviewMode) -> dict[str, Any]:
        """Settings of the project beside its form."""
        ...

    def task(self, asked: FormAsked, item: TaskAsked) -> dict[str, Any]:
        """The task of an item."""
        ...

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
        """The verdict in an annotation, or None and why; ``label`` is the one that was shown. Never raises."""
        ...

    def account(self, told: Any) -> str:
        """An account's number in whatever form a task has it; "" for none."""
        ...

    def moment(self, told: Any) -> datetime | None:
        """A time as a task has it; None where it cannot be read."""
        ...
