"""Who is right when annotators differ: consensus with its certainty, and how good each annotator is.

``majority`` and ``wawa`` count votes; ``dawid_skene``, ``one_coin``, ``mace`` and ``glad`` fit models; then
``annotator_skills`` gives a line an annotator and ``suspects`` the labels of record most probably wrong.
"""

from labelqa.stats.annotators.dawid_skene import dawid_skene
from labelqa.stats.annotators.fitting import Search
from labelqa.stats.annotators.glad import glad
from labelqa.stats.annotators.mace import mace
from labelqa.stats.annotators.one_coin import one_coin
from labelqa.stats.annotators.skill import annotator_skills, suspects
from labelqa.stats.annotators.votes import majority, wawa

__all__ = [
    "majority",
    "wawa",
    "dawid_skene",
    "one_coin",
    "glad",
    "mace",
    "annotator_skills",
    "suspects",
    "Search",
]
