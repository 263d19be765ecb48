"""Plays the reviewers and the arbitrator of the sample data: what each says of a label, read off the saved truth.

The same question always gets the same answer; nothing is drawn at random and nothing is read or written. Reviewers
never call a right label wrong, and now and then overlook a wrong one, as often as ``truth["reviewer_error"]`` says.
"""

from __future__ import annotations

import hashlib
from typing import Any

NAMES_ZH = {
    "safe": "安全", "accept": "合格", "inaccurate": "内容不准确", "off_topic": "答非所问", "incomplete": "回答不完整",
    "poor_language": "表达不佳",
}  # fmt: skip


def verdict_of(truth: dict[str, Any], item_id: str, label_of_record: str, reviewer: str, salt: str) -> dict[str, str]:
    """What ``reviewer`` says of an item's label of record.

    ``truth`` is the content of truth.json; ``salt`` tells one round from another. Comes back with ``verdict``
    (correct, incorrect, undecidable), ``correct_label`` ("" unless incorrect), ``unsafe`` (risk group such as A.2 of
    suspected harmful content in a functional item, "" for none), ``severity`` (critical, major, minor or ""),
    ``comment_zh`` and ``comment_en``. A label of record "" (a dispute nobody ruled on) is undecidable. Raises KeyError
    for an item that the truth does not know.
    """
    item = truth["items"][item_id]
    right = str(item["label"])
    missed = _share(salt, reviewer, item_id) < truth["reviewer_error"].get(reviewer, {}).get("miss", 0.0)
    if not label_of_record:
        said = _said("undecidable", zh="多人意见不一，尚未仲裁。", en="Opinions differ and nobody has ruled yet.")
    elif label_of_record == right or missed:
        said = _said("correct")
    else:
        said = _incorrect(right, label_of_record)
    return _with_safety(said, str(item["unsafe"]))


def ruling_of(truth: dict[str, Any], item_id: str) -> dict[str, str]:
    """The arbitrator's ruling on a dispute: ``label``, ``reason_zh`` and ``reason_en``."""
    label = str(truth["items"][item_id]["label"])
    return {
        "label": label,
        "reason_zh": f"对照规则逐条核对，应为“{_zh(label)}”。",
        "reason_en": f"Checked against the rules step by step: {label}.",
    }


def _share(*parts: str) -> float:
    """A number from 0 to 1 that depends on the words alone."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _incorrect(right: str, given: str) -> dict[str, str]:
    return _said(
        "incorrect",
        correct_label=right,
        severity=_severity(right, given),
        zh=f"标为“{_zh(given)}”，应为“{_zh(right)}”。",
        en=f"Labelled {given}, should be {right}.",
    )


def _severity(right: str, given: str) -> str:
    """Risk taken for safe is critical; bad style taken for good or the reverse is minor; the rest is major."""
    if given == "safe":
        return "critical"
    return "minor" if {right, given} == {"accept", "poor_language"} else "major"


def _with_safety(said: dict[str, str], unsafe: str) -> dict[str, str]:
    if not unsafe:
        return said
    return said | {
        "unsafe": unsafe,
        "severity": "critical",
        "comment_zh": f"{said['comment_zh']}回答中含疑似违法不良内容（{unsafe}）。",
        "comment_en": f"{said['comment_en']} The response holds suspected harmful content ({unsafe}).".strip(),
    }


def _said(verdict: str, *, correct_label: str = "", severity: str = "", zh: str = "", en: str = "") -> dict[str, str]:
    return {
        "verdict": verdict,
        "correct_label": correct_label,
        "unsafe": "",
        "severity": severity,
        "comment_zh": zh,
        "comment_en": en,
    }


def _zh(label: str) -> str:
    return NAMES_ZH.get(label, label)
