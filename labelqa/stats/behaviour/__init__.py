"""Behaviour worth a question: answers too fast to be read, one label in long runs, mistakes shared with a neighbour.

No flag here is a judgement, and none may be acted upon alone: a fast annotator may be an expert, a long run may be a
sorted batch, two friends may have learned the same wrong rule. What is shown is a count beside what would be expected,
with a chance that is adjusted for how many annotators or pairs were looked at.
"""

from labelqa.stats.behaviour.copying import shared_mistakes
from labelqa.stats.behaviour.speed import fast_answers
from labelqa.stats.behaviour.straight_lining import favourite_labels, long_runs, run_chance

__all__ = ["fast_answers", "long_runs", "run_chance", "favourite_labels", "shared_mistakes"]
