"""What each annotator answers: first by own skill and habit, then bent until the batch comes out as the story says.

Bending keeps everybody's character: who is careless, drifting or confused keeps the share of wrong answers; only
attentive people are moved, a few answers each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sample_making.cast import ANNOTATORS, CARELESS, CONFUSES, DRIFTING, STEADY, UNQUALIFIED, WEEKS, Annotator
from sample_making.items import Item
from sample_making.story import DISPUTES, HABIT, LABELS, NEAR, SILENT, Script
from sample_making.streams import Stream

PEOPLE = {person.name: person for person in ANNOTATORS}


@dataclass(slots=True, kw_only=True)
class Answers:
    """All answers of one batch: by item, then by person; ``silent`` are the skipped and the empty ones."""

    script: Script
    items: list[Item]
    given: dict[str, dict[str, str]]
    silent: dict[tuple[str, str], str]
    moved: Counter[str] = field(default_factory=Counter)  # how often an attentive person was bent

    def majority(self, item_id: str) -> str:
        """The label that more than half give, or "" when there is none."""
        labels = self.given[item_id]
        label, count = Counter(sorted(labels.values())).most_common(1)[0]
        return label if 2 * count > len(labels) else ""

    def wrong(self) -> list[str]:
        """Items whose majority is wrong."""
        return [item.id for item in self.items if self.majority(item.id) not in ("", item.label)]

    def disputed(self) -> list[str]:
        """Items without a majority."""
        return [item.id for item in self.items if not self.majority(item.id)]


def answers_of(script: Script, items: list[Item], seed: int) -> Answers:
    """Everybody's answers for one batch, with its number of wrong majorities as the script wants it."""
    stream = Stream(seed, f"answers/{script.name}")
    on_duty = [person for person in ANNOTATORS if person.works(script.project, script.week)]
    teams = _teams(script, items, on_duty, stream)
    silent = _silent(items, teams, stream)
    given = {
        item.id: {name: _answer(PEOPLE[name], item, stream) for name in teams[item.id] if (item.id, name) not in silent}
        for item in items
    }
    answers = Answers(script=script, items=items, given=given, silent=silent)
    traps = _set_traps(answers, stream)
    _repair(answers, traps, stream)
    _settle_gold(answers)
    _stir_disputes(answers, traps, stream)
    return answers


def _teams(script: Script, items: list[Item], on_duty: list[Annotator], stream: Stream) -> dict[str, list[str]]:
    """Who labels which item: gold goes to all on duty, the rest to two, three or four in turn."""
    load: Counter[str] = Counter()
    teams: dict[str, list[str]] = {}
    plain = stream.shuffled([item for item in items if not item.gold])
    for at, item in enumerate(plain):
        team = _pair(at) if script.cause == "pair" else []
        free = [person.name for person in on_duty if person.name not in team]
        if script.cause == "pair":
            free = [name for name in free if name not in (CARELESS, UNQUALIFIED)]
        ranked = sorted(stream.shuffled(free), key=lambda name: load[name])
        team = team + ranked[: _team_size(script.project, stream) - len(team)]
        load.update(team)
        teams[item.id] = team
    for item in items:
        if item.gold:
            teams[item.id] = [person.name for person in on_duty]
    return teams


def _pair(at: int) -> list[str]:
    """In one week the careless and the unqualified annotator get mostly the same items."""
    if at < 60:
        return [CARELESS, UNQUALIFIED]
    return [CARELESS] if at < 80 else [UNQUALIFIED] if at < 92 else []


def _team_size(project: str, stream: Stream) -> int:
    if project == "safety":
        return 4 if stream.chance(0.1) else 3
    return 3 if stream.chance(0.55) else 2


def _silent(items: list[Item], teams: dict[str, list[str]], stream: Stream) -> dict[tuple[str, str], str]:
    silent: dict[tuple[str, str], str] = {}
    roomy = [item for item in items if not item.gold and len(teams[item.id]) >= 3]
    kinds = [kind for kind, count in SILENT.items() for _ in range(count)]
    for item, kind in zip(stream.shuffled(roomy), kinds, strict=False):
        attentive = [name for name in teams[item.id] if name in STEADY]
        if attentive:
            silent[item.id, stream.pick(attentive)] = kind
    return silent


def _answer(person: Annotator, item: Item, stream: Stream) -> str:
    if person.confusion and item.label in person.confuses and item.project == "safety":
        first, second = person.confuses
        if stream.chance(person.confusion):
            return second if item.label == first else first
    skill = person.skill[item.project][WEEKS.index(item.week)]
    if item.lang == "en":
        skill = min(0.99, skill + person.english)
    return item.label if stream.chance(skill) else _mistake(person, item, stream)


def _mistake(person: Annotator, item: Item, stream: Stream) -> str:
    """A wrong label: by habit for those who do not read, else one that lies near."""
    habit = HABIT[item.project]
    by_habit = {"careless": 0.5, "drifting": 0.4, "unqualified": 0.6}.get(person.story, 0.0)
    if item.label != habit and stream.chance(by_habit):
        return habit
    if person.story == "careless":
        return stream.pick([label for label in LABELS[item.project] if label != item.label])
    return NEAR[item.label][1 if stream.chance(0.3) else 0]


def _set_traps(answers: Answers, stream: Stream) -> frozenset[str]:
    """Make the wanted number of majorities wrong, beginning where somebody weak is wrong already."""
    wanted = stream.between(*answers.script.wrong)
    plain = [item for item in answers.items if not item.gold and not item.unsafe and len(answers.given[item.id]) > 1]
    if answers.script.cause == "rule-gap":
        chosen = [(item, HABIT[item.project]) for item in stream.shuffled(plain) if item.label == "incomplete"]
    else:
        if answers.script.cause == "pair":
            plain = [item for item in plain if {CARELESS, UNQUALIFIED} <= answers.given[item.id].keys()]
        chosen = sorted(
            ((item, _tempting(answers, item)) for item in stream.shuffled(plain)),
            key=lambda pair: not _already(answers, *pair),
        )
    for item, label in chosen[:wanted]:
        _mislead(answers, item, label, stream)
    return frozenset(item.id for item, _ in chosen[:wanted])


def _tempting(answers: Answers, item: Item) -> str:
    label = answers.given[item.id].get(CARELESS, item.label)
    return label if label != item.label else NEAR[item.label][0]


def _already(answers: Answers, item: Item, label: str) -> bool:
    return answers.given[item.id].get(CARELESS) == label


def _mislead(answers: Answers, item: Item, label: str, stream: Stream) -> None:
    """Let people give ``label`` until it has the majority; under a rule gap nearly everybody does."""
    labels = answers.given[item.id]
    weak = [name for name in (CARELESS, UNQUALIFIED, DRIFTING) if labels.get(name) == label]
    pair = [name for name in (CARELESS, UNQUALIFIED) if answers.script.cause == "pair" and name not in weak]
    steady = [name for name in labels if name in STEADY]
    rest = sorted(stream.shuffled(steady), key=lambda name: answers.moved[name])
    last = [name for name in labels if name not in {*weak, *pair, *rest}]
    everybody = answers.script.cause == "rule-gap"
    for name in [*weak, *pair, *rest, *last]:
        if answers.majority(item.id) != label or (everybody and stream.chance(0.8)):
            answers.moved[name] += labels[name] != label
            labels[name] = label


def _repair(answers: Answers, traps: frozenset[str], stream: Stream) -> None:
    """Undo wrong majorities that nobody wanted: attentive people see the truth, weak ones err differently."""
    for item in answers.items:
        labels = answers.given[item.id]
        if item.id in traps or answers.majority(item.id) in ("", item.label):
            continue
        wrong = answers.majority(item.id)
        agreeing = [name for name in labels if labels[name] == wrong]
        for name in sorted(agreeing, key=lambda name: (name not in STEADY, name == CONFUSES, name)):
            if answers.majority(item.id) != wrong:
                break
            others = [label for label in LABELS[item.project] if label not in (wrong, item.label)]
            labels[name] = item.label if name in STEADY or len(labels) == 1 else stream.pick(others)


def _settle_gold(answers: Answers) -> None:
    """Gold items are clear ones: enough attentive people know the answer for a right majority."""
    for item in answers.items:
        labels = answers.given[item.id]
        for name in labels:
            if item.gold and name in STEADY and not answers.majority(item.id):
                labels[name] = item.label


def _stir_disputes(answers: Answers, traps: frozenset[str], stream: Stream) -> None:
    """See to it that some items have no majority: hard ones, on which an attentive person slips."""
    shuffled = stream.shuffled([item for item in answers.items if not item.gold and item.id not in traps])
    one_wrong_first = sorted(shuffled, key=lambda item: set(answers.given[item.id].values()) == {item.label})
    for item in one_wrong_first:
        if len(answers.disputed()) >= DISPUTES:
            return
        labels = answers.given[item.id]
        right = [name for name in labels if name in STEADY and labels[name] == item.label]
        for name in sorted(stream.shuffled(right), key=lambda name: answers.moved[name])[:1]:
            if answers.majority(item.id):
                _split(answers, item, name)


def _split(answers: Answers, item: Item, name: str) -> None:
    """Give ``name`` a wrong label that leaves the item without a majority, if there is one."""
    labels = answers.given[item.id]
    for label in [*NEAR[item.label], *LABELS[item.project]]:
        labels[name] = label
        if not answers.majority(item.id):
            answers.moved[name] += 1
            return
    labels[name] = item.label
