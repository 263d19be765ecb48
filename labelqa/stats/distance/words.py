"""Which words of a text each annotator marked, so that agreement can be told word by word.

Words are what stands between blanks, punctuation included; a text without blanks, such as Chinese, is better taken
character by character. A word is marked where one span covers all of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from labelqa.stats.distance.regions import Regions


def marked_words(
    text: str,
    answers: Sequence[Regions],
    *,
    labels: Collection[str] | None = None,
    unit: Literal["word", "character"] = "word",
) -> npt.NDArray[np.bool_]:
    """Who marked which word of ``text`` with one of ``labels`` (any label where None): (answers, words).

    ``answers`` are spans as SpanDistance reads them; with ``character`` each code point that is not blank is a word.

    >>> spans = Regions(((0, 5),), (("animal",),))
    >>> marked_words("a cat sat", [spans, Regions((), ())]).astype(int)
    array([[1, 1, 0],
           [0, 0, 0]])
    """
    if unit not in ("word", "character"):
        raise ValueError(f"unit must be word or character, not {unit!r}")
    found = [match.span() for match in re.finditer(r"\S+" if unit == "word" else r"\S", text)]
    starts, ends = np.array(found, dtype=np.int64).reshape(-1, 2).T
    marked = np.zeros((len(answers), len(found)), dtype=np.bool_)
    for at, answer in enumerate(answers):
        for (start, end), its in zip(answer.places, answer.labels, strict=True):
            if labels is None or not set(labels).isdisjoint(its):
                marked[at] |= (starts >= start) & (ends <= end)
    return marked
