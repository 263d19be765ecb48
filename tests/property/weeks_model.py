"""What was found in a batch, what answered it, and who did what in it, told by plain lists; apart from the code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.property.weeks_labels import Labels
from tests.property.weeks_people import Told, kept


class Model(Labels):
    """Verdicts, problems, hits and duties beside the labels."""

    @kept
    def stage(self, name: str) -> str:
        """Where a batch is."""
        if self.end(name):
            return "settled"
        if not self.freeze(name):
            return "open"
        drawn = self.samples(name)
        if not drawn:
            return "frozen"
        done = all(self.current(each["sample"]).keys() >= {item for item, _ in each["items"]} for each in drawn)
        return "reviewed" if done else "in-review"

    # ---- verdicts

    def verdicts(self, sample: str) -> list[Told]:
        """Every verdict on a sample."""
        return self.of("verdict", sample=sample)

    def current(self, sample: str) -> dict[str, Told]:
        """The verdicts that hold."""
        return {str(each["item"]): each for each in self.verdicts(sample)}

    def of_batch(self, name: str) -> list[Told]:
        """Every verdict in a batch."""
        return self.of("verdict", batch=name)

    def against(self, verdict: Told) -> bool:
        """Whether a verdict speaks against the label, and no appeal took it back."""
        return not self.annulled(verdict) and (verdict["verdict"] != "correct" or bool(verdict["unsafe"]))

    def counts(self, verdict: Told) -> bool:
        """Whether a verdict counts: by somebody qualified then, who did not label the item."""
        name = verdict["batch"]
        fit = self.qualified(verdict["by"], self.line(name), verdict["at"], "reviewer")
        return fit and verdict["by"] not in self.labelled(name, verdict["item"])

    # ---- problems

    @kept
    def problems(self, name: str, item: str) -> list[Told]:
        """What was found wrong with an item, each with whether something closed it."""
        told = self.of("verdict", batch=name, item=item)
        found = [each for each in told if each["verdict"] != "correct" or each["unsafe"]]
        ruled = self.ruling(name, item)
        if ruled is not None and ruled["outcome"] != "upheld":
            found.append(ruled)
        return [{**each, "closed": self._closed(name, each, ruled)} for each in found]

    def _closed(self, name: str, problem: Told, ruled: Told | None) -> bool:
        if ruled is not None and ruled["outcome"] == "rejected":
            return True
        stands = ruled is not None and ruled["outcome"] == "upheld" and ruled["seq"] > problem["seq"]
        if (
            ruled
            and stands
            and problem["kind"] == "verdict"
            and problem["label"]
            and problem["label"] == ruled["label"]
        ):
            return True
        upheld = {each["name"] for each in self.of("appeal-ruled") if each["ruling"] == "upheld"}
        if any(each["name"] in upheld for each in self.of("appeal", against=problem["seq"])):
            return True
        if any(problem["seq"] in each["problems"] for each in self.of("closed", batch=name)):
            return True
        overturned = [each for each in self.of("hit-ruled", batch=name) if not each["confirmed"]]
        reported = any(problem["seq"] in each["reports"] for each in overturned)
        return reported and problem.get("verdict") == "correct"

    @staticmethod
    def answers(correction: Told, problem: Told) -> bool:
        """Whether a correction is about a problem."""
        if problem["seq"] in correction["problems"]:
            return True
        return problem["kind"] == "verdict" and bool(problem["label"]) and problem["label"] == correction["before"]

    @kept
    def live(self, name: str, item: str) -> list[Told]:
        """The problems of an item that nothing answers."""
        done = [each for each in self.corrections(name, item) if self.stands(each)]
        return [
            each
            for each in self.problems(name, item)
            if not each["closed"] and not any(self.answers(one, each) for one in done)
        ]

    def waiting(self, name: str, item: str) -> Told | None:
        """The correction that waits for its re-review: none where a later ruling left nothing to correct."""
        tried = self.tried(name, item)
        return tried if tried is not None and tried["again"] is None and self.problems(name, item) else None

    def tried(self, name: str, item: str) -> Told | None:
        """The correction in force that is not the label of record."""
        told = [each for each in self.corrections(name, item) if not each["replaced"] and not self.stands(each)]
        return told[0] if told else None

    def covered(self, name: str, item: str) -> bool:
        """Whether the correction that waits answers everything that is open."""
        waits = self.waiting(name, item)
        return waits is not None and all(self.answers(waits, each) for each in self.live(name, item))

    @kept
    def touched(self, name: str) -> set[str]:
        """Items in which something was found wrong."""
        frozen = self.freeze(name)
        return {item for item in (frozen["items"] if frozen else ()) if self.problems(name, item)}

    @kept
    def open_items(self, name: str) -> set[str]:
        """Of these, those with something unanswered."""
        return {item for item in self.touched(name) if self.live(name, item)}

    def discarded(self, name: str) -> set[str]:
        """Items of which an arbitrator let no label stand."""
        found = {str(each["item"]) for each in self.of("ruled", batch=name)}
        return {item for item in found if (self.ruling(name, item) or {})["outcome"] == "rejected"}

    def approved(self, name: str) -> set[str]:
        """Items that were wrong, were corrected, and passed their re-review."""
        return {
            item
            for item in self.touched(name) - self.open_items(name)
            if not all(each["closed"] for each in self.problems(name, item))
        }

    # ---- hits, duties

    def reports(self, name: str, item: str) -> list[Told]:
        """Reports of suspected illegal or harmful content in an item."""
        told = [*self.of("verdict", batch=name, item=item), *self.of("re-reviewed", batch=name, item=item)]
        return [each for each in told if each["unsafe"] and not each["unsafe"].startswith("A.5")]

    @kept
    def hit(self, name: str, item: str) -> str:
        """What became of them: "" where there is none."""
        reports, ruled = self.reports(name, item), self.of("hit-ruled", batch=name, item=item)
        if not reports:
            return ""
        if any(each["confirmed"] for each in ruled):
            return "confirmed"
        seen = {seq for each in ruled for seq in each["reports"]}
        return "overturned" if all(each["seq"] in seen for each in reports) else "pending"

    def hits(self, name: str, state: str) -> set[str]:
        """The items of a functional batch whose hit is in a state."""
        frozen = self.freeze(name)
        if frozen is None or self.batch(name)["labeling"] == "safety":
            return set()
        return {item for item in frozen["items"] if self.hit(name, item) == state}

    @kept
    def held(self, name: str, person: str) -> set[str]:
        """The duties that somebody held in a batch, by what was done in it."""
        found = {"executor"} if person in self.labelled(name) else set()
        acts = {
            "verdict": "reviewer", "re-reviewed": "reviewer", "ruled": "arbitrator", "corrected": "executor",
            "appeal-ruled": "arbitrator", "supervised": "supervisor",
        }  # fmt: skip
        return found | {
            duty for kind, duty in acts.items() if any(x["by"] == person for x in self.of(kind, batch=name))
        }

    def verifies(self, name: str, person: str) -> bool:
        """Whether somebody was drawn to verify in a batch."""
        return any(person in each["verifiers"] for each in self.samples(name))

    def others(self, name: str, person: str, duty: str) -> bool:
        """Whether somebody holds another duty than this one in a batch, being drawn to verify included."""
        held = self.held(name, person) | ({"reviewer"} if self.verifies(name, person) else set())
        return bool(held - {duty})

    @kept
    def unqualified(self, name: str) -> int:
        """Answers by people who were not qualified when they gave them, as known at the freeze or by what came after."""
        frozen = self.freeze(name)
        if frozen is None:
            return 0
        return sum(self.unfit(name, each) for each in frozen["rows"])

    def unfit(self, name: str, row: dict[str, Any]) -> bool:
        """Whether an answer is by somebody who was not qualified then."""
        who, made = row["who"], row["made"]
        late = {each["who"] for each in self.of("decided") if each["seq"] > (self.freeze(name) or row)["seq"]}
        again = who in late and not self.qualified(who, self.line(name), made, "executor")
        return not row["fit"] or self.gone(who, made) or again

    def may_work(self, name: str, person: str, duty: str, at: datetime) -> list[str]:
        """What stands against somebody in a duty of a batch, whatever is done."""
        reasons = [] if duty in self.duties(person) else [f"no {duty}"]
        if not self.qualified(person, self.line(name), at, duty):
            reasons.append("not qualified")
        if self.gone(person, at):
            reasons.append("gone")
        return reasons

    def may_act(self, name: str, person: str, duty: str, at: datetime) -> list[str]:
        """The same, and whether somebody is assigned to another duty in it."""
        return self.may_work(name, person, duty, at) + self.elsewhere(name, person, {duty}, at)

    def elsewhere(self, name: str, person: str, duties: set[str], at: datetime) -> list[str]:
        """Whether somebody is assigned to a duty of a labeling task that is none of these, or held one in another round."""
        family = self.family(name)
        given = [each for one in family for each in self.of("assigned", who=person, batch=one) if each["at"] <= at]
        holds = [each for each in given if each["duty"] not in duties and not self.ended(each, at)]
        held = set[str]().union(*(self.held(one, person) for one in family if one != name)) - duties
        return (["assigned to another duty"] if holds else []) + (["another duty in another round"] if held else [])

    def ended(self, given: Told, at: datetime | None = None) -> bool:
        """Whether an assignment has ended, by a time where one is named."""
        ends = self.of("unassigned", who=given["who"], duty=given["duty"], batch=given["batch"])
        return any(
            (each["at"], each["seq"]) > (given["at"], given["seq"]) and (at is None or each["at"] <= at)
            for each in [*ends, *self.of("left", who=given["who"])]
        )
