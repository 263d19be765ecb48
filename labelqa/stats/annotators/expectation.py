"""One pass over the answers: what each item is likely to be, and which confusions that makes likely.

All models whose annotators have a confusion matrix share it. Likelihoods are added up as logarithms, so that an item
with a thousand answers does not underflow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.annotators.layout import Block, Layout


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """``log_likelihood`` of the answers; ``members`` (classes,) expected items of each class; ``counts`` (annotators,
    classes, labels) expected answers."""

    log_likelihood: float
    members: Floats
    counts: Floats


def by_code(confusion: Floats) -> Floats:
    """(annotators, classes, labels) as (annotators * labels, classes), the shape that meets the columns of a layout."""
    return np.ascontiguousarray(confusion.transpose(0, 2, 1).reshape(-1, confusion.shape[1]))


def _normalised(joint: Floats) -> Floats:
    """Turn log joint likelihoods (rows, classes) into posteriors in place; gives the rows' log-likelihoods."""
    top = joint[:, 0].copy()
    for column in joint.T[1:]:  # a maximum along short rows is slow
        np.maximum(top, column, out=top)
    joint -= top[:, None]
    np.exp(joint, out=joint)
    total = joint @ np.ones(joint.shape[1])
    joint /= total[:, None]
    return np.asarray(top + np.log(total))


def posterior_of(block: Block, log_share: Floats, log_confusion: Floats) -> tuple[Floats, float]:
    """Posterior (rows, classes) of the items of a block, gold clamped, and the log-likelihood of their answers."""
    posterior = block.rows @ log_confusion
    posterior += log_share
    known = posterior[block.clamped, block.known]
    each = _normalised(posterior)
    if len(block.clamped):
        each[block.clamped] = known
        posterior[block.clamped] = 0
        posterior[block.clamped, block.known] = 1
    return posterior, float(each.sum() if not len(block.weight) else block.weight @ each)


def _summed(
    layout: Layout, posteriors: Floats | None, log_share: Floats, log_confusion: Floats, *, keep: Floats | None = None
) -> Expected:
    """The sums of given posteriors (layout rows, classes), or of those that the logarithms make; ``keep`` takes them."""
    counts = np.zeros((layout.given.size, layout.classes))
    members, total = np.zeros(layout.classes), 0.0
    for block in layout.blocks:
        if posteriors is None:
            posterior, part = posterior_of(block, log_share, log_confusion)
            total += part
            if keep is not None:
                keep[block.start : block.stop] = posterior
        else:
            posterior = posteriors[block.start : block.stop]
        weighted = posterior if not len(block.weight) else posterior * block.weight[:, None]
        counts += block.columns @ weighted
        members += np.ones(len(weighted)) @ weighted  # a sum along long columns is slow
    shaped = counts.reshape(*layout.given.shape, layout.classes).transpose(0, 2, 1)
    return Expected(total, members, shaped)


def expected(layout: Layout, share: Floats, confusion: Floats) -> Expected:
    """The E step under class shares (classes,) and confusion matrices (annotators, classes, labels)."""
    with np.errstate(divide="ignore"):  # what cannot happen has logarithm minus infinity, and that is right
        return _summed(layout, None, np.log(share), np.log(by_code(confusion)))


def expected_from(layout: Layout, posterior: Floats) -> Expected:
    """The sums that a given posterior (layout rows, classes) makes; no likelihood."""
    nothing = np.empty(0)
    return _summed(layout, posterior, nothing, nothing)


def expected_with_posterior(layout: Layout, share: Floats, confusion: Floats) -> tuple[Expected, Floats]:
    """The E step, and the posterior (items, classes) of every item."""
    whole = np.empty((layout.rows, layout.classes))
    with np.errstate(divide="ignore"):
        sums = _summed(layout, None, np.log(share), np.log(by_code(confusion)), keep=whole)
    return sums, whole if layout.rows == len(layout.items) else whole[layout.row]


def vote_shares(layout: Layout, reading: Floats, weight: Floats, *, doubt: float = 0.0) -> Floats:
    """(layout rows, classes) the share of an item's votes for each class, where ``reading`` (labels, classes) says how
    a label counts and ``weight`` (annotators,) how much an annotator's vote does; ``doubt`` is spread over all classes;
    gold clamped."""
    votes = (weight[:, None, None] * reading[None]).reshape(-1, layout.classes)
    whole = np.empty((layout.rows, layout.classes))
    for block in layout.blocks:
        shares = block.rows @ votes
        shares *= (1 - doubt) / shares.sum(axis=1, keepdims=True)
        shares += doubt / layout.classes
        shares[block.clamped] = 0
        shares[block.clamped, block.known] = 1
        whole[block.start : block.stop] = shares
    return whole
