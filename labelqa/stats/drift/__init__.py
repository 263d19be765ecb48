"""Whose work to look at: the careless, the drifting, the annotator who mixes up two labels, and weeks out of bounds.

A flag is a reason to look, never a judgement. The false alarms are kept down in two ways: an annotator must fall short
of the team by more than a stated margin, since people differ; and the chances are adjusted for how many were looked at
(Benjamini and Hochberg 1995), so that among those flagged at most ``level`` are expected to be false.
"""

from labelqa.stats.drift.change_point import AnnotatorChange, ChangePoint, change_point, changed_annotators
from labelqa.stats.drift.charts import ControlChart, laney_chart, p_chart
from labelqa.stats.drift.confused import ConfusedPair, confused_pairs
from labelqa.stats.drift.cumulative import CusumChart, EwmaChart, cusum, ewma, standardised_shares
from labelqa.stats.drift.outliers import RateCheck, low_outliers
from labelqa.stats.drift.rare import (
    ErrorAlarm,
    ErrorCusum,
    error_cusum,
    error_cusum_arl,
    error_cusum_chance,
    watched_errors,
)
from labelqa.stats.drift.run_length import cusum_arl, cusum_limit, ewma_arl, ewma_width
from labelqa.stats.drift.trend import DriftCheck, drifting

__all__ = [
    "RateCheck",
    "low_outliers",
    "DriftCheck",
    "drifting",
    "ConfusedPair",
    "confused_pairs",
    "ControlChart",
    "p_chart",
    "laney_chart",
    "CusumChart",
    "EwmaChart",
    "cusum",
    "ewma",
    "standardised_shares",
    "cusum_arl",
    "cusum_limit",
    "ewma_arl",
    "ewma_width",
    "ErrorCusum",
    "ErrorAlarm",
    "error_cusum",
    "error_cusum_arl",
    "error_cusum_chance",
    "watched_errors",
    "ChangePoint",
    "AnnotatorChange",
    "change_point",
    "changed_annotators",
]
