"""What stands against each step in the life of a batch, and what a batch would be concluded to be, told by plain lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.property.weeks_labels import LINES
from tests.property.weeks_model import Model
from tests.property.weeks_people import Told, kept

LIMIT = 0.05  # of the items of a safety batch that may fail their first review


class Steps(Model):
    """The model with all its steps."""

    def why_not_declare(self, name: str, labeling: str, release: str) -> list[str]:
        """Why a batch cannot be declared."""
        reasons = ["name taken"] if self.of("declared", batch=name) else []
        return reasons + ([] if release.startswith(LINES[labeling]) else ["rulebook of the other kind"])

    def _settled(self, name: str) -> list[str]:
        return ["settled"] if self.end(name) else []

    def why_not_freeze(self, name: str, rows: list[Told]) -> list[str]:
        """Why a batch cannot be frozen; ``rows`` are the answers that are free for it."""
        return self._settled(name) + (["frozen"] if self.freeze(name) else []) + ([] if rows else ["empty"])

    def why_not_plan(self, name: str, design: str, purpose: str) -> list[str]:
        """Why a check cannot be planned."""
        safety = self.batch(name)["labeling"] == "safety"
        return self._settled(name) + (["census"] if safety and design != "census" and not purpose else [])

    def purpose(self, plan: Told) -> str:
        """In which capacity verdicts by a plan are given."""
        usual = "review" if self.batch(plan["batch"])["labeling"] == "safety" else "verification"
        return str(plan["purpose"] or usual)

    def next_plan(self, name: str) -> Told | None:
        """The plan that is drawn next: of those made before anything was labelled the last for each purpose counts."""
        plans, used = self.of("plan", batch=name), {each["plan"] for each in self.samples(name)}
        early: dict[str, Told] = {}
        for each in plans:
            if each["early"]:
                early[self.purpose(each)] = each
        first = [each for each in early.values() if each["number"] not in used]
        later = [each for each in plans if not each["early"] and each["number"] not in used]
        return next(iter([*first, *later]), None)

    def pool(self, name: str, purpose: str, at: datetime) -> set[str]:
        """Who may be drawn to verify."""
        out = set[str]().union(*(self.participants(one) for one in (name, *self.before(name))))
        if purpose != "review":
            out |= self.judged_before(name)
            inside = [each for each in self.samples(name) if each["purpose"] == "review"]
            out |= {each["by"] for one in inside for each in self.verdicts(one["sample"])}
            out |= {person for one in inside for person in one["verifiers"]}
        else:
            outside = [each for each in self.samples(name) if each["purpose"] == "verification"]
            out |= {person for one in outside for person in one["verifiers"]}
        known = {str(each["who"]) for each in self.of("person")}
        return {who for who in known - out if not self.may_act(name, who, "reviewer", at)}

    @kept
    def participants(self, name: str) -> set[str]:
        """Everybody with a duty in a batch beside those who judge."""
        kinds = ("ruled", "corrected", "appeal-ruled", "supervised")
        after = [each for kind in kinds for each in self.of(kind, batch=name)]
        return self.labelled(name) | {str(each["by"]) for each in after}

    def why_not_draw(self, name: str, people: int, at: datetime) -> list[str]:
        """Why no sample can be drawn now."""
        plan, frozen = self.next_plan(name), self.freeze(name)
        if plan is None or frozen is None:
            return ["no plan" if plan is None else "not frozen", *self._settled(name)]
        reasons = self._settled(name)
        if self.open_disputes(name) or self.sent_back(name):
            reasons.append("items without a label of record")
        if len(self.pool(name, self.purpose(plan), at)) < people:
            reasons.append("too few verifiers")
        return reasons

    def why_not_verdict(self, sample: Told, item: str, by: str, said: Told, at: datetime, now: datetime) -> list[str]:
        """Why a verdict cannot be given; ``said`` has verdict, defect and unsafe."""
        name, drawn = sample["batch"], dict(sample["items"])
        reasons = self._settled(name) + self.may_act(name, by, "reviewer", at)
        if item not in drawn:
            reasons.append("not drawn")
        elif sample["purpose"] == "verification" and drawn[item] != by:
            reasons.append("another verifier's")
        outside = [each for each in self.samples(name) if each["purpose"] == "verification"]
        if sample["purpose"] == "review" and any(by in each["verifiers"] for each in outside):
            reasons.append("verifies it from outside")
        if any(by in self.participants(one) for one in (name, *self.before(name))):
            reasons.append("two duties")
        if (said["verdict"] == "incorrect") != bool(said["defect"]):
            reasons.append("defect")
        if said["verdict"] == "correct" and item in drawn and not self.judged(sample, item):
            reasons.append("no label to be correct")
        if not sample["at"] <= at <= now + timedelta(minutes=10):
            reasons.append("time")
        return reasons

    def why_not_rule(self, name: str, item: str, by: str, label: str, outcome: str, at: datetime) -> list[str]:
        """Why a dispute cannot be ruled on so."""
        frozen, drawn = self.freeze(name), self.samples(name)
        if frozen is None or item not in self.disputed(name):
            return ["not disputed"]
        reasons = self._settled(name) + self.may_act(name, by, "arbitrator", at)
        if (outcome == "upheld") != bool(label) or (label and label not in self.batch(name)["labels"]):
            reasons.append("label")
        if drawn:
            now = [self.record(name, item)[0], *(self.judged(each, item) for each in drawn)]
            if not self._waits(name, item) or (outcome == "upheld" and label not in now):
                reasons.append("drawn")
        if self.others(name, by, "arbitrator"):
            reasons.append("two duties")
        return reasons

    def why_not_dispute(self, name: str, item: str) -> list[str]:
        """Why an item cannot be disputed."""
        frozen = self.freeze(name)
        reasons = self._settled(name)
        if frozen is None or item not in frozen["items"]:
            return [*reasons, "not in it"]
        return reasons + (["waits"] if item in self.open_disputes(name) else [])

    def original(self, name: str, item: str) -> tuple[str, datetime]:
        """The label that a correction replaces, and when it was made."""
        label, source = self.record(name, item)
        rows = sorted(self.rows(name, item), key=lambda each: (each["made"], each["who"]))
        if source is not None and source["kind"] == "corrected":
            return label, source["at"]
        mine = [each for each in rows if label in ("", each["label"])]
        ruled = self.ruling(name, item)
        if not mine and ruled is not None and ruled["outcome"] == "upheld":
            return label, ruled["at"]
        said = [str(each["label"]) for each in rows]
        shown = " / ".join(sorted(set(said), key=lambda each: (-said.count(each), each)))
        return label or shown, (mine or rows)[0]["made"]

    def why_not_correct(self, name: str, item: str, by: str, label: str, at: datetime, now: datetime) -> list[str]:
        """Why a label cannot be corrected so."""
        frozen = self.freeze(name)
        if frozen is None or item not in frozen["items"] or not self.live(name, item):
            return ["nothing open"]
        before, made = self.original(name, item)
        reasons = self._settled(name) + self.may_act(name, by, "executor", at)
        failed = [each for each in self.corrections(name, item) if each["again"] and not each["passed"]]
        if (
            label not in self.batch(name)["labels"]
            or label == before
            or (before, label) in [(x["before"], x["after"]) for x in failed]
        ):
            reasons.append("label")
        if self.others(name, by, "executor"):
            reasons.append("two duties")
        if not (frozen["at"] <= at <= now + timedelta(minutes=10) and made <= at):
            reasons.append("time")
        return reasons

    def _own(self, name: str, item: str, by: str) -> list[str]:
        hands = self.labelled(name, item) | {str(each["by"]) for each in self.of("corrected", batch=name, item=item)}
        return ["own work"] if by in hands else []

    def why_not_re_review(self, name: str, item: str, by: str, at: datetime) -> list[str]:
        """Why a correction cannot be looked at."""
        reasons = [] if self.freeze(name) and self.waiting(name, item) else ["nothing waits"]
        reasons += self._settled(name) + self.may_act(name, by, "reviewer", at) + self._own(name, item, by)
        return reasons + (["two duties"] if self.others(name, by, "reviewer") else [])

    def why_not_close(self, name: str, item: str, by: str, at: datetime) -> list[str]:
        """Why a problem cannot be closed without a correction."""
        frozen = self.freeze(name)
        if frozen is None or item not in frozen["items"] or not self.live(name, item) or self.covered(name, item):
            return ["nothing to close"]
        mine = [each for each in ("reviewer", "arbitrator", "supervisor") if each in self.duties(by)]
        reasons = self._settled(name) + self._own(name, item, by)
        reasons += self.may_work(name, by, mine[0], at) if mine else ["no duty"]
        reasons += self.elsewhere(name, by, {"reviewer", "arbitrator", "supervisor"}, at)
        return reasons + (["two duties"] if "executor" in self.held(name, by) else [])

    def why_not_rule_hit(self, name: str, item: str, by: str, at: datetime) -> list[str]:
        """Why a suspected hit cannot be ruled on."""
        if self.batch(name)["labeling"] == "safety" or self.freeze(name) is None or self.hit(name, item) != "pending":
            return ["nothing pending"]
        reasons = self._settled(name)
        if by in self.labelled(name) or by in {each["by"] for each in self.reports(name, item)}:
            reasons.append("second person")
        if all(self.may_work(name, by, duty, at) for duty in ("reviewer", "arbitrator")):
            reasons.append("not fit")
        return reasons + self.elsewhere(name, by, {"reviewer", "arbitrator", "supervisor"}, at)

    # ---- the conclusion

    def decision(self, sample: Told) -> str:
        """What the verdicts of a sample decide: read in the order drawn, up to the first that is missing."""
        held = self.counted(sample)
        wrong = right = 0
        for item, _ in sample["items"]:
            if item not in held:
                break
            wrong, right = wrong + self.against(held[item]), right + (not self.against(held[item]))
        if wrong > sample["c"]:
            return "reject"
        enough = right >= sample["n"] - sample["c"]
        return "accept" if enough else "go-on"

    def counted(self, sample: Told) -> dict[str, Told]:
        """The verdicts of a sample that count and hold."""
        return {str(each["item"]): each for each in self.verdicts(sample["sample"]) if self.counts(each)}

    def deciding(self, name: str) -> Told | None:
        """The sample that decides."""
        safety = self.batch(name)["labeling"] == "safety"
        return next((each for each in self.samples(name) if not safety or each["purpose"] == "review"), None)

    def failed_first(self, sample: Told) -> set[str]:
        """Items whose first verdict that counts speaks against the label."""
        first: dict[str, Told] = {}
        for each in self.verdicts(sample["sample"]):
            if self.counts(each):
                first.setdefault(str(each["item"]), each)
        return {item for item, each in first.items() if self.against(each)}

    def _decided(self, sample: Told) -> bool:
        found = self.decision(sample)
        if found == "accept" and sample["design"] == "census":
            return len(self.counted(sample)) == sample["n"]
        return found != "go-on"

    @kept
    def conclude(self, name: str, relabel: bool) -> tuple[str, list[str]]:
        """What becomes of a batch, and what stands against saying so."""
        frozen, sample = self.freeze(name), self.deciding(name)
        if self.end(name) or frozen is None:
            return "", ["settled" if frozen else "open"]
        if self.hits(name, "confirmed"):
            return "void", []
        if sample is None:
            return "", ["no sample"]
        safety, reasons = self.batch(name)["labeling"] == "safety", list[str]()
        others = [each for each in self.samples(name) if each is not sample]
        full = set(frozen["items"]) <= self.counted(sample).keys() | self.discarded(name)
        if not (full if safety else self._decided(sample)):
            reasons.append("not all reviewed")
        waits = any(self.decision(each) == "go-on" and len(self.current(each["sample"])) < each["n"] for each in others)
        reasons += ["another sample waits"] if waits else []
        void = safety and len(self.failed_first(sample)) > LIMIT * len(frozen["items"])
        if void:
            return "void", reasons
        reasons += ["disputes"] if self.open_disputes(name) else []
        reasons += ["hits"] if self.hits(name, "pending") else []
        against = [each for each in others if self.decision(each) == "reject"]
        rejected = frozen["left_out"] > 0 if safety else self.decision(sample) == "reject"
        if self.unqualified(name) or rejected or against:
            return "relabel", reasons
        unapproved = {item for item, each in self.counted(sample).items() if self.against(each)}
        unapproved -= self.approved(name) | self.discarded(name)
        if relabel:
            some = self.open_items(name) or (safety and unapproved)
            return "relabel", reasons + ([] if some or reasons else ["nothing open"])
        return "accept", reasons + self._not_ready(name, others, unapproved if safety else set())

    def waiting_appeals(self, name: str) -> list[Told]:
        """The appeals in a batch that nobody has ruled on."""
        ruled = {each["name"] for each in self.of("appeal-ruled")}
        return [each for each in self.of("appeal", batch=name) if each["name"] not in ruled]

    def _not_ready(self, name: str, others: list[Told], unapproved: set[str]) -> list[str]:
        reasons = ["open problems"] if self.open_items(name) else []
        reasons += ["appeals"] if self.waiting_appeals(name) else []
        reasons += [] if self.of("card", batch=name) else ["no card"]
        reasons += ["unapproved"] if unapproved else []
        if self.batch(name)["labeling"] == "safety":
            outside = [each for each in others if each["purpose"] == "verification"]
            if all(self.decision(each) == "go-on" for each in outside):
                reasons.append("not verified outside")
        return reasons
