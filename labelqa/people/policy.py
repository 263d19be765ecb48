"""The numbers and rules that a team declares for itself: what is in force, since when, why, and what was so before.

What no text sets is declared with its reason (:class:`labelqa.records.policy.Policy`); the last declaration in effect
counts, and before the first one the default. Nothing here decides what a policy is good for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.fold import in_force
from labelqa.records.facts import Fact, PolicyDeclared
from labelqa.records.names import PersonId
from labelqa.records.policy import Policy
from labelqa.records.review import Identity

LONGEST: Final = 36_500  # days; a hundred years is no policy any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declared value: who said it, when it came into effect, and why.

    ``shortens`` is true for a retention that is shorter than the one before it: that stays to be seen for ever.
    """

    policy: Policy
    value: str
    by: PersonId
    reason: str
    at: datetime
    recorded_at: datetime
    identity: Identity
    fact: int
    shortens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What is in force of every policy; ``declared`` holds the declarations behind it, oldest first.

    >>> Policies().expiring_days, Policies().suspend_below is None
    (30, True)
    """

    qualification_days: int = 365
    expiring_days: int = 30
    duties_per: str = "batch"
    relabel: str = "found"
    appeal_days: int = 7
    suspend_below: float | None = None  # nothing is proposed before it is declared
    suspend_items: int = 30
    gold_exposures: int | None = None  # gold is not rotated before it is declared
    retention_log_months: int = 6
    retention_qa_years: int = 3
    retention_eu_years: int = 0  # it does not apply
    dispute_rule: str = "record"
    declared: Mapping[Policy, tuple[Declaration, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def value(self, policy: Policy) -> int | float | str | None:
        """What is in force of one policy; None where it has no default and nothing is declared."""
        found: int | float | str | None = getattr(self, policy.replace("-", "_"))
        return found

    def last(self, policy: Policy) -> Declaration | None:
        """The declaration that is in force; None where it is the default."""
        told = self.declared.get(policy, ())
        return told[-1] if told else None

    @property
    def validities(self) -> tuple[tuple[datetime, int], ...]:
        """From when on a passed exam was good for how many days, oldest first; before the first the default."""
        return tuple((each.at, int(each.value)) for each in self.declared.get(Policy.QUALIFICATION_DAYS, ()))


@dataclass(frozen=True, slots=True)
class _Form:
    """How a value is read, and what it has to be."""

    read: Callable[[str], Any]
    fits: Callable[[Any], bool]
    says: str


def _whole(low: int, high: int, says: str) -> _Form:
    return _Form(int, lambda value: low <= value <= high, says)


def _one_of(*words: str, says: str) -> _Form:
    return _Form(str, lambda value: value in words, says)


_DAYS: Final = N_("whole days, 1 to 36500")
_FORMS: Final[Mapping[Policy, _Form]] = {
    Policy.QUALIFICATION_DAYS: _whole(1, LONGEST, _DAYS),
    Policy.EXPIRING_DAYS: _whole(1, LONGEST, _DAYS),
    Policy.DUTIES_PER: _one_of("batch", "item", says=N_("batch or item")),
    Policy.RELABEL: _one_of("found", "whole", says=N_("found or whole")),
    Policy.APPEAL_DAYS: _whole(1, LONGEST, _DAYS),
    Policy.SUSPEND_BELOW: _Form(float, lambda value: 0 < value < 1, N_("a share between 0 and 1, such as 0.8")),
    Policy.SUSPEND_ITEMS: _whole(1, 1_000_000, N_("a whole number, 1 to 1000000")),
    Policy.GOLD_EXPOSURES: _whole(1, 1_000_000, N_("a whole number, 1 to 1000000")),
    Policy.RETENTION_LOG_MONTHS: _whole(6, 1_200, N_("whole months, 6 or more (at most 1200)")),
    Policy.RETENTION_QA_YEARS: _whole(3, 100, N_("whole years, 3 or more (at most 100)")),
    Policy.RETENTION_EU_YEARS: _Form(
        int, lambda value: value == 0 or 10 <= value <= 100,
        N_("whole years, 10 or more (at most 100); 0 where it does not apply"),
    ),
    Policy.DISPUTE_RULE: _one_of("record", "any-difference", says=N_("record or any-difference")),
}  # fmt: skip
_KEPT: Final = frozenset({Policy.RETENTION_LOG_MONTHS, Policy.RETENTION_QA_YEARS, Policy.RETENTION_EU_YEARS})


def form_of(policy: Policy) -> Message:
    """What a value of the policy looks like, for people."""
    return Message(_FORMS[policy].says)


def why_not_declare_policy(name: str, value: str, reason: str, policies: Policies) -> list[Message]:
    """Why a policy cannot be declared so; ``policies`` are those in force now. Empty when nothing stands against it."""
    if name not in set(Policy):
        names = ", ".join(Policy)
        return [Message("{name} is no policy: there are {names}", {"name": name, "names": names})]
    policy, reasons = Policy(name), []
    if not reason.strip():
        reasons.append(Message("a policy needs its reason: say why this value was chosen"))
    if _read(policy, value) is None:
        values = {"name": name, "form": form_of(policy), "value": value}
        return [*reasons, Message("{name} has to be {form}, got {value}", values)]
    before = policies.last(policy)
    if before is not None and _read(policy, before.value) == _read(policy, value):
        values = {"name": name, "value": value, "fact": before.fact}
        reasons.append(Message("{name} is {value} already (fact {fact}): there is nothing to declare", values))
    return reasons


def written(policy: Policy, value: str) -> str:
    """The value in the spelling in which it is stored; it has to be one that the policy may have.

    >>> written(Policy.SUSPEND_BELOW, " 0.80")
    '0.8'
    """
    return str(_read(policy, value))


def shortens(policy: Policy, before: float | str | None, value: float | str | None) -> bool:
    """Whether a declared retention is shorter than the one that was in force.

    >>> shortens(Policy.RETENTION_QA_YEARS, 10, 5), shortens(Policy.EXPIRING_DAYS, 30, 10)
    (True, False)
    """
    if policy not in _KEPT or isinstance(before, str) or isinstance(value, str) or before is None or value is None:
        return False
    return value < before


def fold_policies(facts: Iterable[Fact], *, at: datetime | None = None, qualification_days: int = 365) -> Policies:
    """The policies in force at a time (``at``; else after every declaration there is).

    ``qualification_days`` is the default before the first declaration, as the workspace's settings have it. Of two
    declarations of one policy the one with the later effective time counts, and the later recorded among equals.
    """
    found: dict[Policy, list[Declaration]] = {}
    told = sorted(in_force(facts, PolicyDeclared), key=lambda pair: (pair[0].effective_at, pair[0].seq))
    defaults = Policies(qualification_days=qualification_days)
    for fact, body in told:
        if at is not None and fact.effective_at > at:
            continue
        policy = Policy(body.name)
        known = found.setdefault(policy, [])
        before = _read(policy, known[-1].value) if known else defaults.value(policy)
        known.append(_declaration(fact, body, shorter=shortens(policy, before, _read(policy, body.value))))
    values: dict[str, Any] = {
        policy.replace("-", "_"): _read(policy, known[-1].value) for policy, known in found.items()
    }
    declared = MappingProxyType({policy: tuple(known) for policy, known in found.items()})
    return Policies(**{"qualification_days": qualification_days} | values, declared=declared)


def _declaration(fact: Fact, body: PolicyDeclared, *, shorter: bool) -> Declaration:
    return Declaration(
        policy=Policy(body.name), value=body.value, by=PersonId(body.by), reason=body.reason, at=fact.effective_at,
        recorded_at=fact.recorded_at, identity=fact.identity, fact=fact.seq, shortens=shorter,
    )  # fmt: skip


def _read(policy: Policy, value: str) -> Any:
    """The value as a number or word; None where it is not one that the policy may have."""
    form = _FORMS[policy]
    try:
        read = form.read(value)
    except ValueError:
        return None
    return read if form.fits(read) else None
