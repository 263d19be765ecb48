"""Models among the annotators: a reader is always told that a name is no person's."""

from __future__ import annotations

from dataclasses import replace

from labelqa.i18n import Speaker
from labelqa.records.people import Standing
from labelqa.records.summary import Summary


def models_named(summary: Summary, say: Speaker) -> Summary:
    """The summary with every model's name marked as one; it renders as the summary does."""
    models = {line.person for line in summary.people if line.standing is Standing.MODEL}
    if not models:
        return summary
    return replace(
        summary,
        annotators=tuple(
            replace(line, name=model_name(line.name, say)) if line.person in models else line
            for line in summary.annotators
        ),
        people=tuple(
            replace(line, name=model_name(line.name, say)) if line.person in models else line for line in summary.people
        ),
    )


def model_name(name: str, say: Speaker) -> str:
    """A model's name, marked as one.

    >>> model_name("judge-2", Speaker("en"))
    'judge-2 (model)'
    """
    return say("{name} (model)", name=name)
