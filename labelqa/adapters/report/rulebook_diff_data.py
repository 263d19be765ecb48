"""A comparison of two versions as plain data for other programs."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from labelqa.i18n import Speaker, render
from labelqa.rulebook.diff import Change, What
from labelqa.rulebook.diff.words import Piece, pieces
from labelqa.rulebook.model import Text
from labelqa.workflows.compared import Compared, Edition


def as_data(found: Compared, say: Speaker) -> dict[str, Any]:
    """Dicts, lists and texts; fields of parts that say nothing are left out, so that a part looks as in the YAML."""
    return {
        "old": _edition(found.old),
        "new": _edition(found.new),
        "bump": found.asked.value,
        "rose": found.rose.value if found.rose else None,
        "material": found.material,
        "retraining": found.material,
        "touched_labels": list(found.touched),
        "labels": {
            "groups": [{version: list(labels) for version, labels in each.labels.items()} for each in found.labels.groups],
            "vanished": [each.label for each in found.labels.vanished],
        },
        "changes": [_change(each) for each in found.found.changes],
        "findings": [
            {"code": each.code, "severity": each.severity.value, "part": each.place.subject,
             "message": render(each.message, say.lang), "mend": render(each.mend, say.lang)}
            for each in found.findings
        ],
    }  # fmt: skip


def _edition(edition: Edition) -> dict[str, Any]:
    dated = edition.release
    return {
        "name": edition.book.name, "version": edition.book.version, "digest": edition.digest,
        "title": edition.book.title.plain(),
        "effective_from": dated.effective_from.isoformat() if dated else None,
        "previous_until": dated.previous_until.isoformat() if dated and dated.previous_until else None,
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    declared = change.declared
    told: dict[str, Any] = {
        "part": change.part, "what": change.what.value, "bump": change.bump.value, "reason": change.reason.value,
        "declared": {"by": declared.by, "reason": declared.reason.plain()} if declared else None,
        "declarable": change.declarable, "before": plain(change.before), "after": plain(change.after), "at": change.at,
    }  # fmt: skip
    if isinstance(change.before, Text) and isinstance(change.after, Text) and change.what is not What.MOVED:
        told["words"] = {
            "zh": _pieces(pieces(change.before.zh, change.after.zh)),
            "en": _pieces(pieces(change.before.en, change.after.en)),
        }
    return told


def _pieces(found: tuple[Piece, ...]) -> list[list[str]]:
    return [[piece.kept.value, piece.text] for piece in found]


def plain(value: Any) -> Any:
    """A part of a rulebook as it would stand in the YAML: fields that say nothing are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name != "extra"}
        own = plain(getattr(value, "extra", {}))
        return {name: inner for name, inner in told.items() if inner not in ("", None, [], {})} | own
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, int | float) else str(value)
