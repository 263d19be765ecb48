"""The plan that a rulebook asks for: its verification section, in the words of a declared plan."""

from __future__ import annotations

from typing import Any

from labelqa.errors import Refused
from labelqa.records.designs import Preset
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import read_state


def ruled_plan(desk: Desk, batch: str) -> dict[str, Any]:
    """Design, preset and figures that the batch's rulebook names; Refused where it names none."""
    found = read_state(desk).batch(batch)
    if not found.release:
        raise Refused("batch {batch} is a trial without a rulebook, so no rulebook names its plan", batch=batch)
    plan = released_book(desk, found.release).verification.plan
    if plan is None:
        raise Refused(
            "{release} says in words how results are verified and names no plan: choose one with --design",
            release=found.release,
        )
    if plan.preset and plan.preset not in set(Preset):
        raise Refused(
            "{release} asks for the preset {preset}, which labelqa does not have; it has {known}",
            release=found.release, preset=plan.preset, known=", ".join(Preset),
        )  # fmt: skip
    told: dict[str, Any] = {
        "design": plan.design, "preset": Preset(plan.preset) if plan.preset else None, "accuracy": plan.accuracy,
        "risk": plan.risk, "expected": plan.expected, "power": plan.power,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}
