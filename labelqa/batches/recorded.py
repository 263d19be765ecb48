"""Figures as a settlement records them, whole: with interval, confidence, method and n, or why they are unknown.

What may change them afterwards is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelqa.errors import Message
from labelqa.records.estimate import Estimate, Figure, Unknown


def kept_figure(figure: Figure) -> dict[str, Any]:
    """A figure as a fact keeps it.

    >>> kept_figure(Unknown(reason="no-sample"))
    {'reason': 'no-sample', 'text': '', 'values': {}, 'n': 0}
    """
    if isinstance(figure, Estimate):
        return {name: getattr(figure, name) for name in ("point", "low", "high", "confidence", "method", "n")}
    values = {name: _plain(value) for name, value in figure.message.values.items()}
    return {"reason": figure.reason, "text": figure.message.text, "values": values, "n": figure.n}


def _plain(value: Any) -> str | float | bool | None:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def figure_kept(kept: Mapping[str, Any]) -> Figure:
    """The figure that a fact keeps: a whole number is read as the share that it is.

    >>> figure_kept(kept_figure(Unknown(reason="no-sample"))).reason
    'no-sample'
    """
    if why := kept.get("reason"):
        return Unknown(reason=why, message=Message(kept["text"], dict(kept["values"])), n=kept["n"])
    point, low, high, confidence = (float(kept[name]) for name in ("point", "low", "high", "confidence"))
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=kept["method"], n=kept["n"])
