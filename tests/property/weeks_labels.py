"""Batches and their labels of record, told by plain lists; nothing is imported from the rules that are tested."""

from __future__ import annotations

from tests.property.weeks_people import People, Told, kept

LINES = {"functional": "genai-sft@1", "safety": "genai-safety@1"}
LATER = 10**9


class Labels(People):
    """Batches beside the people."""

    def batch(self, name: str) -> Told:
        """The declaration of a batch."""
        return self.of("declared", batch=name)[0]

    def line(self, name: str) -> str:
        """The line of the rulebook under which a batch is labelled."""
        return LINES[str(self.batch(name)["labeling"])]

    def freeze(self, name: str) -> Told | None:
        """The freeze of a batch."""
        return next(iter(self.of("frozen", batch=name)), None)

    def end(self, name: str) -> Told | None:
        """The conclusion of a batch."""
        return next(iter(self.of("settled", batch=name)), None)

    def samples(self, name: str) -> list[Told]:
        """The samples of a batch."""
        return self.of("drawn", batch=name)

    def rows(self, name: str, item: str = "") -> list[Told]:
        """The frozen answers of a batch, or of one of its items."""
        frozen = self.freeze(name)
        return [each for each in (frozen or {"rows": []})["rows"] if item in ("", each["item"])]

    @kept
    def labelled(self, name: str, item: str = "") -> set[str]:
        """Who labelled an item of a batch; of no item, everybody who ever answered one of its items before it was frozen."""
        if not item:
            return set((self.freeze(name) or {"hands": ()})["hands"])
        return {str(each["who"]) for each in self.rows(name, item)}

    # ---- rounds

    def before(self, name: str) -> list[str]:
        """The batches that a batch is a rework round of, the nearest first."""
        parent = str(self.batch(name)["parent"])
        return [parent, *self.before(parent)] if parent else []

    @kept
    def family(self, name: str) -> list[str]:
        """A batch with all rounds of it and of what it is a round of: one labeling task."""
        first = [name, *self.before(name)][-1]
        return [str(x["batch"]) for x in self.of("declared") if first in (x["batch"], *self.before(x["batch"]))]

    @kept
    def judged_before(self, name: str) -> set[str]:
        """Everybody who judged an earlier round of a batch."""
        kinds = ("verdict", "re-reviewed", "ruled", "hit-ruled", "appeal-ruled")
        return {str(each["by"]) for one in self.before(name) for kind in kinds for each in self.of(kind, batch=one)}

    # ---- labels of record

    @kept
    def frozen_label(self, name: str, item: str) -> str:
        """What most annotators said of an item; "" where more than half agree on nothing."""
        said = [str(each["label"]) for each in self.rows(name, item)]
        return next((label for label in said if 2 * said.count(label) > len(said)), "")

    @kept
    def ruling(self, name: str, item: str, upto: int = LATER) -> Told | None:
        """The last ruling on an item."""
        told = [each for each in self.of("ruled", batch=name, item=item) if each["seq"] < upto]
        return told[-1] if told else None

    @kept
    def corrections(self, name: str, item: str, upto: int = LATER) -> list[Told]:
        """The corrections of an item, each with whether something replaced it and what the re-review said."""
        told = [each for each in self.of("corrected", batch=name, item=item) if each["seq"] < upto]
        again = {each["correction"]: each for each in self.of("re-reviewed", batch=name) if each["seq"] < upto}
        ruled = [each for each in self.of("hit-ruled", batch=name) if each["seq"] < upto and not each["confirmed"]]
        harmless = {seq for each in ruled for seq in each["reports"]}
        found = []
        for each in told:
            said = again.get(each["seq"])
            passed = bool(said) and said["verdict"] == "correct" and (not said["unsafe"] or said["seq"] in harmless)
            replaced = each is not told[-1] and self._replaced(told, each)
            found.append({**each, "replaced": replaced, "again": said, "passed": passed})
        return found

    @staticmethod
    def _replaced(told: list[Told], each: Told) -> bool:
        return any(later["replaces"] == each["seq"] for later in told)

    @staticmethod
    def stands(correction: Told) -> bool:
        """Whether a correction is the label of record."""
        return not correction["replaced"] and bool(correction["passed"])

    @kept
    def record(self, name: str, item: str, upto: int = LATER) -> tuple[str, Told | None]:
        """The label of record of an item and what it comes from; "" where there is none."""
        ruled = self.ruling(name, item, upto)
        made = [each for each in self.corrections(name, item, upto) if self.stands(each)] + ([ruled] if ruled else [])
        if not made:
            return self.frozen_label(name, item), None
        last = max(made, key=lambda each: int(each["seq"]))
        return str(last["after"] if last["kind"] == "corrected" else last["label"]), last

    def judged(self, sample: Told, item: str) -> str:
        """The label that the verdicts of a sample are about."""
        return self.record(sample["batch"], item, sample["seq"])[0]

    # ---- disputes

    @kept
    def disputed(self, name: str) -> set[str]:
        """Items that the annotators or somebody disputes."""
        frozen = self.freeze(name)
        split = {item for item in (frozen["items"] if frozen else ()) if not self.frozen_label(name, item)}
        return split | {str(each["item"]) for each in self.of("disputed", batch=name)}

    def open_disputes(self, name: str) -> set[str]:
        """Those that wait for a ruling."""
        return {item for item in self.disputed(name) if self._waits(name, item)}

    def _waits(self, name: str, item: str) -> bool:
        ruled = self.ruling(name, item)
        raised = self.of("disputed", batch=name, item=item)
        return ruled is None or any(each["seq"] > ruled["seq"] for each in raised)

    @kept
    def sent_back(self, name: str) -> set[str]:
        """Items that an arbitrator sent back and nobody has corrected since."""
        found = set()
        for item in {str(each["item"]) for each in self.of("ruled", batch=name)}:
            ruled, source = self.ruling(name, item), self.record(name, item)[1]
            if (
                ruled is not None
                and ruled["outcome"] == "sent-back"
                and source is not None
                and source["seq"] == ruled["seq"]
            ):
                found.add(item)
        return found
