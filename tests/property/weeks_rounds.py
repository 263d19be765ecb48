"""Rework rounds in random weeks, told by plain lists: which answers a batch takes, what goes back, what supervision shows."""

from __future__ import annotations

from datetime import datetime

from tests.property.weeks_people import Told, kept
from tests.property.weeks_steps import Steps


class Rounds(Steps):
    """The model with what a batch takes, sends back, and shows of everybody's work."""

    # ---- which answers a batch takes

    def void_items(self) -> set[str]:
        """The items that are never batched again."""
        return {item for each in self.of("settled", conclusion="void") for item in self.frozen_items(each["batch"])}

    def frozen_items(self, name: str) -> list[str]:
        """The items of a frozen batch; none while it is open."""
        return list((self.freeze(name) or {"items": []})["items"])

    def told_of(self, name: str) -> list[Told]:
        """Every answer to an item that a batch is about, in the order in which they were taken in."""
        batch = self.batch(name)
        told = [row for each in self.of("labels", project=batch["project"]) for row in each["rows"]]
        return [row for row in told if not batch["parent"] or row["item"] in batch["items"]]

    def wanted(self, name: str) -> set[str]:
        """The items that a batch waits for."""
        return set(self.batch(name)["items"] or (row["item"] for row in self.told_of(name))) - self.void_items()

    def before_round(self, name: str, row: Told) -> str:
        """Why an answer is no work of a round: it was there before, or is by somebody who judged an earlier one."""
        if row["made"] < self.batch(name)["since"]:
            return "before-return"
        return "judged-before" if row["who"] in self.judged_before(name) else ""

    def why_left(self, name: str, row: Told) -> str:
        """Why an answer stays out of a batch."""
        if row["item"] in self.void_items():
            return "voided"
        for each in self.of("declared"):
            waits = each["parent"] and each["batch"] != name and not self.freeze(each["batch"])
            if waits and row["item"] in each["items"] and not self.before_round(each["batch"], row):
                return "other-batch"
        if self.batch(name)["parent"] and (why := self.before_round(name, row)):
            return why
        taken = [one["number"] for each in self.of("frozen") if each["batch"] != name for one in each["rows"]]
        return "other-batch" if row["number"] in taken else ""

    @kept
    def sieve(self, name: str) -> tuple[list[Told], int]:
        """The answers that a batch would take now, and how many of its items would have none."""
        missing, found = self.wanted(name), dict[tuple[str, str], Told]()
        for row in self.told_of(name):
            why = self.why_left(name, row)
            if why in ("other-batch", "voided"):
                missing.discard(row["item"])
            elif why:
                missing.add(row["item"])
            else:
                key = (row["item"], row["who"])
                found[key] = max(found.get(key, row), row, key=lambda each: (each["made"], each["number"]))
        return list(found.values()), len(missing - {item for item, _ in found})

    def begun(self, name: str) -> bool:
        """Whether some work of a batch is there already."""
        return any(not self.batch(name)["parent"] or not self.before_round(name, row) for row in self.told_of(name))

    # ---- what goes back

    def gone_back(self, name: str) -> set[str]:
        """The items of a batch that a round waits for or has frozen."""
        told = self.of("declared", parent=name)
        return {x for each in told for x in (self.frozen_items(each["batch"]) or each["items"])}

    def found_wrong(self, name: str) -> set[str]:
        """The items with a problem that was not closed without a correction, or with a label by somebody unqualified."""
        wrong = {x for x in self.touched(name) if not all(each["closed"] for each in self.problems(name, x))}
        return wrong | {row["item"] for row in self.rows(name) if self.unfit(name, row)}

    def going(self, name: str, scope: str) -> set[str]:
        """The items that would go back; ``scope`` is found or whole, or as declared when the batch was settled."""
        end = self.end(name)
        free = set(self.frozen_items(name)) - self.gone_back(name) - self.void_items()
        whole = (scope or (end or {"scope": "found"})["scope"]) == "whole"
        return free if whole else free & self.found_wrong(name)

    def relabel_policy(self) -> str:
        """What goes back where nobody says otherwise."""
        told = self.of("policy", name="relabel")
        return str(told[-1]["value"]) if told else "found"

    def why_not_return(self, name: str, scope: str, by: str, at: datetime) -> list[str]:
        """Why a batch cannot go back."""
        end = self.end(name)
        if end is None or end["conclusion"] != "relabel":
            return ["not to be labelled again"]
        reasons = ["decider gone"] if self.gone(by, at) else []
        return reasons if self.going(name, scope) else [*reasons, "nothing left"]

    # ---- supervision

    def work(self, name: str) -> dict[tuple[str, str], int]:
        """How many pieces of work everybody has in each duty of a frozen batch, as they stand."""
        given = [(row["who"], "executor") for row in self.rows(name)]
        for sample in self.samples(name):
            given += [(each["by"], "reviewer") for each in self.current(sample["sample"]).values()]
        for item in {str(each["item"]) for each in self.of("ruled", batch=name)}:
            given.append(((self.ruling(name, item) or {})["by"], "arbitrator"))
        return {(duty, who): given.count((who, duty)) for who, duty in given}

    def why_not_supervise(self, name: str) -> list[str]:
        """Why no supervision can be declared now."""
        told = self.of("supervision", batch=name)
        return ["waits"] if told and not self.of("supervision-drawn", name=told[-1]["name"]) else []

    def why_not_pick(self, supervision: Told) -> list[str]:
        """Why a supervision cannot be drawn now."""
        reasons = [] if self.freeze(supervision["batch"]) else ["not frozen"]
        return reasons + (["drawn"] if self.of("supervision-drawn", name=supervision["name"]) else [])

    def why_not_check(self, name: str, by: str, verdict: str, note: str, at: datetime) -> list[str]:
        """Why somebody may not say what becomes of a drawn piece of work."""
        reasons = self.may_act(name, by, "supervisor", at)
        if self.others(name, by, "supervisor"):
            reasons.append("two duties")
        return reasons + (["no note"] if verdict == "incorrect" and not note else [])
