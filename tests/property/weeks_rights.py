"""Appeals and assignments in random weeks, told by plain lists: the rest of the model."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.property.weeks_people import Told, kept
from tests.property.weeks_rounds import Rounds

APPEAL_DAYS = 7
DECIDES = "Hua"  # who assigns, sends back and declares policies


class Weeks(Rounds):
    """The whole model."""

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
        reasons += ["decider gone"] if self.gone(DECIDES, at) else []
        family, duties = self.family(name), ("executor", "reviewer", "arbitrator", "supervisor")
        others = {each for each in duties if any(self.holds(who, each, one) for one in family)}
        if (set[str]().union(*(self.held(one, who) for one in family)) | others) - {duty}:
            reasons.append("two duties")
        return reasons + (["assigned already"] if self.holds(who, duty, name) else [])

    def why_not_end(self, who: str, duty: str, name: str, at: datetime) -> list[str]:
        """Why an assignment cannot be ended."""
        reasons = ["decider gone"] if self.gone(DECIDES, at) else []
        return reasons + ([] if self.holds(who, duty, name) else ["nothing to end"])

    @kept
    def doubles(self) -> set[str]:
        """Everybody who holds two duties in one labeling task."""
        people = {str(each["who"]) for each in self.of("person")}
        firsts = [str(each["batch"]) for each in self.of("declared", parent="")]
        return {who for first in firsts for who in people if len(self.duties_in(self.family(first), who)) > 1}

    def duties_in(self, family: list[str], who: str) -> set[str]:
        """The duties that somebody held or is assigned to in some batches."""
        given = [each for name in family for each in self.of("assigned", who=who, batch=name) if not self.ended(each)]
        return {str(each["duty"]) for each in given}.union(*(self.held(name, who) for name in family))
