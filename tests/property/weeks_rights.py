"""Appeals, assignments and free answers in random weeks, told by plain lists: the rest of the model."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.property.weeks_people import Told
from tests.property.weeks_steps import Steps

APPEAL_DAYS = 7


class Weeks(Steps):
    """The whole model."""

    def free(self, name: str) -> list[Told]:
        """The answers that a batch may take: those of its items, once another frozen batch does not hold them."""
        project = self.batch(name)["project"]
        taken = [each for each in self.of("declared", project=project) if self.freeze(each["batch"])]
        if any(each["batch"] != name for each in taken):
            return []
        return [row for each in self.of("labels", project=project) for row in each["rows"]]

    # ---- appeals

    def why_not_appeal(self, against: int, who: str, at: datetime) -> list[str]:
        """Why somebody may not appeal against a fact."""
        matter = self.fact(against) or {}
        if matter["kind"] == "verdict":
            return self._why_not_object(matter, who, at)
        if matter["kind"] != "decided" or matter["action"] == "lift":
            return ["no matter of appeal"]
        reasons = [] if matter["who"] == who else ["not concerned"]
        return reasons + (["appealed already"] if self.of("appeal", against=against, by=who) else [])

    def _why_not_object(self, verdict: Told, who: str, at: datetime) -> list[str]:
        reasons = [] if who in self.labelled(verdict["batch"], verdict["item"]) else ["not concerned"]
        if verdict["verdict"] == "correct" and not verdict["unsafe"]:
            reasons.append("nothing to object to")
        if self.end(verdict["batch"]):
            reasons.append("settled")
        if at >= verdict["rec"] + timedelta(days=APPEAL_DAYS):
            reasons.append("too late")
        return reasons + (["appealed already"] if self.of("appeal", against=verdict["seq"]) else [])

    def why_not_rule_appeal(self, name: str, by: str, ruling: str, at: datetime) -> list[str]:
        """Why somebody may not rule on an appeal."""
        filed = self.of("appeal", name=name)[0]
        matter = self.fact(filed["against"]) or {}
        reasons = ["ruled already"] if self.of("appeal-ruled", name=name) else []
        if by in (matter["by"], filed["by"]):
            reasons.append("own matter")
        if matter["kind"] == "decided":
            fit = self.duties(by) & {"arbitrator", "supervisor"} and not self.gone(by, at)
            return reasons + ([] if fit else ["wrong duty"])
        batch = matter["batch"]
        reasons += self.may_act(batch, by, "arbitrator", at) + (["settled"] if self.end(batch) else [])
        if self.others(batch, by, "arbitrator"):
            reasons.append("two duties")
        functional = self.batch(batch)["labeling"] == "functional"
        if ruling == "upheld" and functional and self.hit(batch, matter["item"]) in ("pending", "confirmed"):
            reasons.append("hit first")
        return reasons

    # ---- assignments

    def holds(self, who: str, duty: str, name: str) -> bool:
        """Whether somebody is assigned to a duty in a batch and nothing has ended it."""
        told = [each for each in self.of("assigned", who=who) if (each["duty"], each["batch"]) == (duty, name)]
        return any(not self.ended(each) for each in told)

    def why_not_assign(self, who: str, duty: str, name: str, at: datetime) -> list[str]:
        """Why somebody may not be assigned to a duty in a batch."""
        reasons = self.may_work(name, who, duty, at) + (["settled"] if self.end(name) else [])
        others = {each for each in ("executor", "reviewer", "arbitrator", "supervisor") if self.holds(who, each, name)}
        if (self.held(name, who) | others) - {duty}:
            reasons.append("two duties")
        return reasons + (["assigned already"] if duty in others else [])

    def doubles(self) -> set[str]:
        """Everybody who holds two duties in one batch."""
        found = set()
        for name in [str(each["batch"]) for each in self.of("declared")]:
            for who in {str(each["who"]) for each in self.of("person")}:
                given = {str(each["duty"]) for each in self.of("assigned", who=who, batch=name) if not self.ended(each)}
                if len(self.held(name, who) | given) > 1:
                    found.add(who)
        return found
