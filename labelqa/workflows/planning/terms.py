"""What may be declared in a plan: which words belong to which design, what they may say, and what is usual.

Each refusal is one sentence. Nothing here knows a batch's items, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_
from labelqa.records.designs import Design, Terms, Undecided
from labelqa.records.review import VerdictKind
from labelqa.stats.acceptance.iso2859 import AQLS, LEVELS

_RISKY: Final = (Design.ESTIMATE, Design.STRATIFIED)
_STEPWISE: Final = (Design.SEQUENTIAL, Design.STRATIFIED)
BELONGS: Final[Mapping[str, tuple[Design, ...]]] = {
    "margin": (Design.ESTIMATE,), "confidence": (Design.ESTIMATE,), "score": _RISKY, "floor": (Design.ESTIMATE,),
    "n": (Design.CONTRACT,), "share": (Design.CONTRACT,), "pass_rate": (Design.CONTRACT,), "decimals": (Design.CONTRACT,),
    "unit": (Design.CONTRACT,), "one_vote": (Design.CONTRACT, Design.SEQUENTIAL), "defects": (Design.DISCOVERY,),
    "cut": _STEPWISE, "futility": _STEPWISE, "sensitivity": (Design.SEQUENTIAL,), "specificity": (Design.SEQUENTIAL,),
    "strata": _RISKY, "allocation": (Design.STRATIFIED,), "costs": (Design.STRATIFIED,), "minimum": _RISKY,
    "aql": (Design.AQL,), "level": (Design.AQL,), "stream": (Design.AQL,),
}  # fmt: skip
"""Which designs read which terms; terms that are not named here are read by all."""

CERTIFYING: Final = (
    Design.SEQUENTIAL, Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.DISCOVERY, Design.STRATIFIED, Design.CENSUS,
)  # fmt: skip
KINDS: Final = (VerdictKind.VERIFICATION, VerdictKind.ACCEPTANCE)
STRATA: Final = ("annotator", "label", "risk", "source")
SCORES: Final = ("disagreement", "posterior", "speed")

_OPEN: Final = N_("a share above 0 and below 1")
_UP_TO_ONE: Final = N_("a share above 0 and at most 1")
_FROM_ZERO: Final = N_("a share from 0 to 1")
_BELOW_ONE: Final = N_("a share from 0 on and below 1")
_TOLERANCE: Final = N_("a share above 0 and at most 0.5")
# name -> (what it is, lowest, highest, whether the lowest and the highest are allowed, such as)
_SHARES: Final[Mapping[str, tuple[str, float, float, bool, bool, float]]] = {
    "accuracy": (_OPEN, 0, 1, False, False, 0.95),
    "risk": (_OPEN, 0, 1, False, False, 0.05),
    "power": (_OPEN, 0, 1, False, False, 0.9),
    "confidence": (_OPEN, 0, 1, False, False, 0.95),
    "futility": (_BELOW_ONE, 0, 1, True, False, 0.05),
    "margin": (_TOLERANCE, 0, 0.5, False, True, 0.02),
    "share": (_UP_TO_ONE, 0, 1, False, True, 0.1),
    "pass_rate": (_UP_TO_ONE, 0, 1, False, True, 0.98),
    "sensitivity": (_UP_TO_ONE, 0, 1, False, True, 0.9),
    "specificity": (_UP_TO_ONE, 0, 1, False, True, 1.0),
    "floor": (_UP_TO_ONE, 0, 1, False, True, 0.25),
    "double": (_FROM_ZERO, 0, 1, True, True, 0.1),
}
FINEST: Final = 6  # decimals of a percentage
_WHOLE: Final[Mapping[str, int]] = {"n": 1, "defects": 1, "cut": 1, "minimum": 1, "decimals": 0}


def check_shares(**said: float | None) -> None:
    """WrongUsage for a share that lies outside what its name allows; None is not looked at."""
    for name, value in said.items():
        what, low, high, with_low, with_high, such = _SHARES[name]
        if value is None:
            continue
        above = value >= low if with_low else value > low
        below = value <= high if with_high else value < high
        if not (above and below):
            raise WrongUsage(
                "{name} is {what}, such as {such}; got {value}",
                name=spelled(name), what=Message(what), such=such, value=value,
            )  # fmt: skip


def spelled(name: str) -> str:
    """A term as it is typed.

    >>> spelled("pass_rate")
    'pass-rate'
    """
    return name.replace("_", "-")


def check_terms(design: Design, terms: Terms) -> None:
    """WrongUsage with one sentence for the first thing that is wrong in the terms of a plan of this design."""
    _check_belonging(design, terms)
    check_values(terms)
    _check_undecidable(design, terms)
    _check_complete(design, terms)


def check_values(terms: Terms) -> None:
    """The same for what any design's terms may say, whichever design reads them."""
    check_shares(**{name: getattr(terms, name) for name in _SHARES if hasattr(terms, name)})
    for name, least in _WHOLE.items():
        _check_whole(name, getattr(terms, name), least)
    if terms.decimals is not None and terms.decimals > FINEST:
        raise WrongUsage(
            "a pass rate is rounded to {most} decimals of a percentage at most; got {value}",
            most=FINEST,
            value=terms.decimals,
        )
    _check_words(terms)
    _check_fields(terms)
    _check_reviewers(terms)
    _check_seed(terms)


def _check_whole(name: str, value: object, least: int) -> None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise WrongUsage(
            "{name} is a whole number, {least} or more; got {value}", name=spelled(name), least=least, value=value
        )


def _check_belonging(design: Design, terms: Terms) -> None:
    usual = Terms()
    for name, designs in BELONGS.items():
        if design not in designs and getattr(terms, name) != getattr(usual, name):
            raise WrongUsage(
                "{name} is read by these designs: {designs}; this plan is {design}",
                name=spelled(name), designs=", ".join(designs), design=str(design),
            )  # fmt: skip


def _check_words(terms: Terms) -> None:
    known: dict[str, tuple[str, ...]] = {"kind": tuple(KINDS), "level": tuple(LEVELS), "aql": AQLS}
    for name, words in known.items():
        value: Any = getattr(terms, name)
        if value and value not in words:
            raise WrongUsage(
                "{name} is one of {words}; got {value}", name=spelled(name), words=", ".join(words), value=value
            )
    if not (isfinite(terms.minutes) and terms.minutes > 0):
        raise WrongUsage("minutes is a number above 0: what one review costs; got {value}", value=terms.minutes)
    for stratum, minutes in terms.costs.items():
        if not (isfinite(minutes) and minutes > 0):
            raise WrongUsage(
                "the cost of a review in stratum {name} is a number of minutes above 0; got {value}",
                name=stratum, value=minutes,
            )  # fmt: skip
    for dimension, line in terms.pass_lines.items():
        if not dimension.strip() or not isfinite(line):
            raise WrongUsage(
                "a pass line is a dimension and its lowest score that passes, such as accuracy=3; got {name}={value}",
                name=dimension, value=line,
            )  # fmt: skip
    if not all(each.strip() for each in terms.one_vote):
        raise WrongUsage("one-vote names severities, defect codes or unsafe; got an empty word")


def _is_field(word: str) -> bool:
    place, _, name = word.partition(".")
    return place in ("data", "meta") and bool(name.strip())


def _check_fields(terms: Terms) -> None:
    for each in terms.strata:
        if each not in STRATA and not _is_field(each):
            raise WrongUsage(
                "strata are told by {words} or by a field such as data.topic; got {value}",
                words=", ".join(STRATA), value=each,
            )  # fmt: skip
    if terms.score and terms.score not in SCORES and not _is_field(terms.score):
        raise WrongUsage(
            "the score is one of {words} or a field with a probability of error such as data.p_wrong; got {value}",
            words=", ".join(SCORES), value=terms.score,
        )  # fmt: skip
    if terms.unit != "item" and not _is_field(terms.unit):
        raise WrongUsage(
            "the unit is item, or a field whose items pass or fail together such as data.dialogue; got {value}",
            value=terms.unit,
        )


def _check_reviewers(terms: Terms) -> None:
    if terms.sensitivity + terms.specificity <= 1:
        raise WrongUsage(
            "reviewers with a sensitivity of {sensitivity} and a specificity of {specificity} tell nothing: the two "
            "must add up to more than 1", sensitivity=terms.sensitivity, specificity=terms.specificity,
        )  # fmt: skip


def _check_seed(terms: Terms) -> None:
    if terms.seed_source and terms.parties:
        raise WrongUsage("a seed comes from public randomness or from the parties: name a seed source or parties")
    if terms.seed_source and not terms.seed_source.strip():
        raise WrongUsage("the seed source says in words who publishes what and when")
    if not terms.parties:
        return
    if len(terms.parties) != len(set(terms.parties)) or len(terms.parties) < 2:
        raise WrongUsage(
            "a joint seed needs two parties or more, each named once; got {names}", names=", ".join(terms.parties)
        )
    for each in terms.parties:
        if not each.strip() or not each.isprintable() or "=" in each:
            raise WrongUsage("a party is named in printable characters without an equals sign; got {name!r}", name=each)


def _check_undecidable(design: Design, terms: Terms) -> None:
    if design in CERTIFYING and terms.undecidable is Undecided.LEFT_OUT:
        raise WrongUsage(
            "a plan that certifies counts undecidable items as incorrect, for nobody knows how many of those left out "
            "are wrong; {designs} may leave them out",
            designs=", ".join(each for each in Design if each not in CERTIFYING),
        )  # fmt: skip


def _check_complete(design: Design, terms: Terms) -> None:
    if design is Design.CONTRACT and terms.n is None and terms.share is None:
        raise WrongUsage("a contract says how many items are checked: give n, or a share of the batch")
    if design is Design.AQL and not terms.aql:
        raise WrongUsage("an AQL plan needs its AQL, one of {words}", words=", ".join(AQLS))
    if design is Design.STRATIFIED and not terms.strata:
        raise WrongUsage(
            "a stratified plan needs strata: {words} or a field such as data.topic", words=", ".join(STRATA)
        )
