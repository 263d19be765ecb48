"""Agreement in a notebook: give a data frame, get a table that can be read, searched and passed on.

    import labelqa
    labelqa.agreement(frame)                                  # columns item_id, annotator_id, label
    labelqa.agreement(frame, label="score", weights="quadratic")
    labelqa.agreement("labels.parquet", kind="choices")       # answers as Label Studio stores them

Nothing is written anywhere, and no workspace is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

from labelqa.i18n import Lang, Speaker
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import AgreementReport

if TYPE_CHECKING:
    import pandas as pd

    from labelqa.workflows.frames import Coded

Part = Literal["coefficients", "labels", "pairs", "confusions", "annotators", "items"]
_FIGURE: Final = ("point", "low", "high", "confidence", "method", "n", "reason")


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """What was measured. ``report`` holds every figure; printing it shows the coefficients in a table."""

    report: AgreementReport
    confidence: float
    _answers: Coded = field(repr=False)

    def to_frame(self, part: Part = "coefficients") -> pd.DataFrame:
        """One table: "coefficients", "labels", "pairs", "confusions", "annotators" (alpha without each of them) or
        "items" (the hundred most disputed). An unknown figure has no point and says its ``reason``."""
        import pandas as pd

        parts: Mapping[str, Callable[[], Iterable[Mapping[str, Any]]]] = {
            "coefficients": lambda: (
                {"coefficient": each.name} | flat(each.figure) for each in self.report.coefficients
            ),
            "labels": self._labels,
            "pairs": self._pairs,
            "confusions": lambda: (
                {"first": each.first, "second": each.second, "count": each.count} for each in self.report.confusions
            ),
            "annotators": self._annotators,
            "items": self._items,
        }
        if part not in parts:
            raise ValueError(f"there is no part called {part!r}; known are {', '.join(parts)}")
        return pd.DataFrame(list(parts[part]()))

    def to_dict(self) -> dict[str, Any]:
        """Everything but single annotators and items, as plain values that JSON can hold."""
        report = self.report
        return {
            "items": report.items,
            "items_with_pairs": report.items_with_pairs,
            "annotations": report.annotations,
            "annotators": report.annotators,
            "labels": list(report.labels),
            "coefficients": {each.name: flat(each.figure) for each in report.coefficients},
            "per_label": list(self._labels()),
            "pairs": list(self._pairs()),
            "confusions": [[each.first, each.second, each.count] for each in report.confusions],
            "notes": [Speaker("en")(note) for note in report.notes],
        }

    def text(self, lang: Lang = "en") -> str:
        """The coefficients as lines of text, in English or Chinese ("zh")."""
        say = Speaker(lang)
        rows = self._shown(say)
        wide = max((_width(name) for name, _ in rows), default=0)
        lines = [self._head(say), ""]
        lines += [f"{name}{' ' * (wide - _width(name))}  {told}" for name, told in rows]
        return "\n".join([*lines, *(say(note) for note in self.report.notes)])

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        say = Speaker("en")
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td style='text-align:left'>{escape(told)}</td></tr>"
            for name, told in self._shown(say)
        )
        notes = "".join(f"<p>{escape(say(note))}</p>" for note in self.report.notes)
        return f"<p>{escape(self._head(say))}</p><table>{rows}</table>{notes}"

    def _head(self, say: Speaker) -> str:
        report = self.report
        return say(
            "{annotations} annotations by {annotators} annotators; {pairs} of {items} items have two or more.",
            annotations=f"{report.annotations:,}", annotators=report.annotators, pairs=f"{report.items_with_pairs:,}",
            items=f"{report.items:,}",
        )  # fmt: skip

    def _shown(self, say: Speaker) -> list[tuple[str, str]]:
        from labelqa.adapters.report.text import coefficient_name, figure_text

        return [
            (coefficient_name(each.name, say), figure_text(each.figure, say, unit="plain"))
            for each in self.report.coefficients
        ]

    def _labels(self) -> Iterable[dict[str, Any]]:
        for each in self.report.per_label:
            yield {"label": each.label, "count": each.count, "share": each.share} | {
                f"{name}_{key}": value
                for name, figure in (("agreement", each.agreement), ("alpha", each.alpha))
                for key, value in flat(figure).items()
                if key in ("point", "low", "high", "reason")
            }

    def _pairs(self) -> Iterable[dict[str, Any]]:
        for each in self.report.pairs:
            yield {"first": each.first, "second": each.second, "shared": each.shared} | {
                f"{name}_{key}": value
                for name, figure in (("agreement", each.agreement), ("kappa", each.kappa))
                for key, value in flat(figure).items()
                if key in ("point", "low", "high", "reason")
            }

    def _annotators(self) -> Iterable[dict[str, Any]]:
        from labelqa.workflows.notebook import influences

        for each in influences(self._answers, confidence=self.confidence):
            yield {"annotator": each.annotator, "change": each.change} | flat(each.without)

    def _items(self) -> Iterable[dict[str, Any]]:
        from labelqa.workflows.notebook import disputed

        for item, each in disputed(self._answers):
            yield {
                "item": item, "annotations": each.annotations, "disagreement": each.disagreement,
                "entropy": each.entropy, "labels": dict(each.labels),
            }  # fmt: skip


def flat(figure: Figure) -> dict[str, Any]:
    """A figure as plain values: point, low, high, confidence, method, n, reason; what is not known is None."""
    if isinstance(figure, Estimate):
        return {name: getattr(figure, name, None) for name in _FIGURE}
    return dict.fromkeys(_FIGURE) | {"n": figure.n, "reason": figure.reason}


def _width(text: str) -> int:
    """Columns a text takes in a terminal: Chinese characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def agreement(
    data: Any,
    *,
    item: str = "item_id",
    annotator: str = "annotator_id",
    label: str = "label",
    labels: Sequence[str] | None = None,
    kind: str = "choice",
    distance: str = "",
    weights: Any = None,
    interval: str = "default",
    confidence: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> Agreement:
    """How far annotators agree: each coefficient with its interval, method and n; label by label, pair by pair.

    ``data``: a pandas or polars frame, an Arrow table, or the path of a Parquet file, one row an answer; ``item``,
    ``annotator`` and ``label`` name its columns. ``labels`` is the declared label set (it changes AC1 and
    Brennan-Prediger), else the labels that occur. ``kind`` is what the answers are (choice, choices, taxonomy, rating,
    number, pairwise, ranking, spans, segments, boxes, polygons, text), ``distance`` how two of them are compared where
    it is not the kind's default. ``weights`` between labels: linear, quadratic, ordinal, …, or a matrix. ``interval``:
    default, linearised (Gwet), jackknife, bootstrap or bca (``replicates`` redrawn sets of items from ``seed``).

    Raises BadInput for a column or a label that is not there, ValueError for a word not known. What cannot be measured
    is in the result with its reason, never as zero.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"item_id": [1, 1, 2, 2, 3, 3, 4, 4], "annotator_id": list("abababab"),
    ...                       "label": ["x", "x", "x", "y", "y", "y", "x", "x"]})
    >>> found = agreement(frame)
    >>> found.to_frame().set_index("coefficient").loc["krippendorff-alpha", "point"].round(3)
    np.float64(0.533)
    """
    from labelqa.records.annotation import ControlKind
    from labelqa.workflows.frames import coded
    from labelqa.workflows.notebook import frame_agreement

    if kind not in set(ControlKind):
        raise ValueError(f"there is no kind called {kind!r}; known are {', '.join(ControlKind)}")
    answers = coded(data, item=item, annotator=annotator, label=label, labels=labels)
    report = frame_agreement(
        answers, kind=ControlKind(kind), distance=distance, weights=weights, interval=interval, confidence=confidence,
        replicates=replicates, seed=seed,
    )  # fmt: skip
    return Agreement(report, confidence, answers)
