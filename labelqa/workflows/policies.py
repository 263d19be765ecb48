"""Policies: declare a number or rule of the house with its reason, and show what is in force and why.

A declaration counts from the moment it is recorded; it never changes an answer about an earlier time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import Refused
from labelqa.ledger.view import Facts
from labelqa.people.policy import Declaration, Policies, fold_policies, why_not_declare_policy, written
from labelqa.records.facts import Draft, PolicyDeclared
from labelqa.records.policy import Policy
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.pseudonyms import for_ever
from labelqa.workflows.people import registered
from labelqa.workflows.refusals import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """One policy: its value in force, where that comes from, and every declaration of it, oldest first.

    ``source`` is ``declared``, ``settings`` (labelqa.toml) or ``default``.
    """

    policy: Policy
    value: int | float | str | None
    source: str
    declared: tuple[Declaration, ...]


def policies_at(desk: Desk, facts: Facts, at: datetime | None = None) -> Policies:
    """The policies that a view of the ledger tells; the default of the validity is that of labelqa.toml."""
    return fold_policies(facts.of(PolicyDeclared), at=at, qualification_days=desk.settings.qualification_days)


def policy_lines(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[PolicyLine, ...]:
    """Every policy there is, as of a time (effective ``at``, recorded by ``known``)."""
    policies = policies_at(desk, desk.ledger.view().seen(at=at, known=known))
    return tuple(
        PolicyLine(
            policy=each, value=policies.value(each), source=_source(policies, each),
            declared=policies.declared.get(each, ()),
        )
        for each in Policy
    )  # fmt: skip


def _source(policies: Policies, policy: Policy) -> str:
    if policies.last(policy) is not None:
        return "declared"
    return "settings" if policy is Policy.QUALIFICATION_DAYS else "default"


def declare_policy(desk: Desk, name: str, value: str, *, reason: str, by: str) -> Declaration:
    """Record the value of a policy from now on; Refused with every reason that stands against it.

    ``by`` is a registered person (pseudonym, name or SERVER=ACCOUNT), no model. The reason is shown for ever: it is
    no place for anybody's name, and refused with one.
    """
    person, why = registered(desk, by), for_ever(desk, reason)

    def unless(facts: Facts) -> None:
        refuse(why_not_declare_policy(name, value, reason, policies_at(desk, facts)))

    unless(desk.ledger.view())
    body = PolicyDeclared(name=name, value=written(Policy(name), value), reason=why, by=person)
    draft = Draft(
        body=body, subjects=(f"policy:{name}", f"person:{person}"), actor=desk.actor, identity=desk.identity
    )  # fmt: skip
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    told = policies_at(desk, desk.ledger.view()).last(Policy(name))
    if told is None:
        raise Refused("{name} was withdrawn meanwhile: look at labelqa policy show", name=name)
    return told
