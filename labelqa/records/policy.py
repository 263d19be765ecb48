"""What no text sets and a team declares for itself, each with its reason: numbers and rules of the house.

A declaration is a fact; the last one that is in effect counts, and before the first the default does.
"""

from __future__ import annotations

from enum import StrEnum


class Policy(StrEnum):
    """What may be declared; the comment says the form of its value."""

    QUALIFICATION_DAYS = "qualification-days"  # whole days that a passed exam is good for
    EXPIRING_DAYS = "expiring-days"  # whole days before its end in which a qualification is called expiring
    DUTIES_PER = "duties-per"  # batch or item: within what nobody holds two duties
    RELABEL = "relabel"  # found or whole: what a rejected functional batch returns
    APPEAL_DAYS = "appeal-days"  # whole days in which a verdict may be appealed
    SUSPEND_BELOW = "suspend-below"  # a share: accuracy against gold below which a suspension is proposed
    SUSPEND_ITEMS = "suspend-items"  # whole number: gold answers that the proposal needs at least
    GOLD_EXPOSURES = "gold-exposures"  # whole number: answers after which a gold item is to be rotated
    RETENTION_LOG_MONTHS = "retention-log-months"  # whole months, 6 or more
    RETENTION_QA_YEARS = "retention-qa-years"  # whole years, 3 or more
    RETENTION_EU_YEARS = "retention-eu-years"  # whole years, 10 or more; 0 where it does not apply
    DISPUTE_RULE = "dispute-rule"  # record or any-difference: what makes an item disputed


class Retention(StrEnum):
    """How long what is kept of a matter stays at least."""

    LOG = "log"
    QA = "qa"
    EU = "eu"
