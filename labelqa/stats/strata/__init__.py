"""Strata and risk: how reviews are shared out, how often each item is drawn, and what is learned from such a draw."""

from __future__ import annotations

from labelqa.stats.strata.allocation import (
    allocate,
    fewest,
    neyman_sizes,
    reviews_for_half_width,
    reviews_for_share,
)
from labelqa.stats.strata.chances import inclusion_chances, size_measure
from labelqa.stats.strata.difference import (
    complement,
    difference,
    estimate_share,
    stratified_difference,
    tuned_difference,
)
from labelqa.stats.strata.planning import reviews_for_margin, reviews_of_strata

__all__ = [
    "allocate",
    "complement",
    "difference",
    "estimate_share",
    "fewest",
    "inclusion_chances",
    "neyman_sizes",
    "reviews_for_half_width",
    "reviews_for_margin",
    "reviews_for_share",
    "reviews_of_strata",
    "size_measure",
    "stratified_difference",
    "tuned_difference",
]
