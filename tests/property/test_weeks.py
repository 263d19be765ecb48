"""Random weeks: random people try legal and illegal steps at a real workspace, and a slow plain model looks on.

After every step the model and the workspace agree on what was allowed, where every batch stands and who held two duties;
nothing that is void comes back, the chain holds, and the state is the one that a rebuild from the facts gives. Answers
given for a time in the past stay what they were, whatever comes to be known later.

Ten thousand steps in CI: PARTS parts of LEAST steps at the least, each with seeds of its own.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from labelqa.ledger.verify import verify
from labelqa.ledger.view import Listed
from labelqa.records.people import Duty
from labelqa.workflows.batches import batch_lines
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.people import person_lines
from labelqa.workflows.state import fold, read_state
from tests.cluster import PASSWORD, Cluster
from tests.property import weeks_batches as batches
from tests.property import weeks_findings as findings
from tests.property import weeks_questions as questions
from tests.property import weeks_returns as returns
from tests.property import weeks_staff as staff
from tests.property.weeks_acts import Act, Table
from tests.property.weeks_desk import ADDRESSES, ENVIRONMENT, RELEASES, Standing, forget, reached
from tests.property.weeks_labels import LINES

PARTS, LEAST = 4, 2_500
ON_POSTGRESQL = 300
RUNS, STEPS = 3, 120  # weeks at a time, until there are enough steps
OFTEN = 2  # times that every legal step succeeds in each part at the least
LEGAL = (
    "accept", "appeal", "arbitrate", "assign", "cancel", "card", "close", "correct", "declare", "dispute", "draw",
    "end duty", "examine", "freeze", "hear appeal", "hire", "hit", "label", "late verdict", "leave", "lift",
    "look at work", "pick work", "plan", "policy", "re-review", "relabel", "return", "settle", "supervise", "suspend",
    "teach", "verdict", "void",
)  # fmt: skip
LUCK = st.integers(0, 2**31)
DUTIES = ("", "executor", "reviewer", "arbitrator", "supervisor")


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    yield
    forget()


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same weeks in every process: Hypothesis mixes in numbers from whatever modules the process happens to hold."""
    monkeypatch.setattr("hypothesis.internal.conjecture.providers._get_local_constants", Constants, raising=False)


class Week(RuleBasedStateMachine):
    """A workspace, and what people try in it. A step is one thing tried or asked, with all that always holds after it."""

    steps: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.kept: list[tuple[Callable[[Desk], Any], Any]] = []  # a question about a known time, and its answer
        self.looked: dict[str, int] = {}  # the last fact that an invariant has seen

    def teardown(self) -> None:
        """The run ends: everything is checked once more, and the workspace goes."""
        try:
            self._same_again(self.kept)
            self._opened_anew()
            assert verify(self.table.desk.ledger)[2] == []
        finally:
            type(self).done.update(self.table.done)
            self.table.close()

    def _do(self, luck: int, *acts: Act) -> None:
        """One step: some time passes, and somebody does one of some things, or the work goes on as it should."""
        chance = random.Random(luck + (self.table.tries << 32))  # the same luck twice is not the same step twice
        self.table.tick(chance)
        before = (self.table.tries, len(self.kept))
        (chance.choice(acts) if chance.random() < 0.6 else batches.advance)(self.table, chance)
        type(self).steps += before != (self.table.tries, len(self.kept))

    # ---- people

    @rule(luck=LUCK)
    def school(self, luck: int) -> None:
        """Somebody is hired, taught or examined."""
        self._do(luck, staff.hire, staff.teach, staff.examine, staff.teach, staff.examine)

    @rule(luck=LUCK)
    def authority(self, luck: int) -> None:
        """Somebody is suspended, reinstated or leaves; a policy is declared."""
        self._do(luck, staff.judge, staff.judge, staff.judge, staff.part, staff.part, staff.rule_out)

    @rule(luck=LUCK)
    def duty(self, luck: int) -> None:
        """Somebody is assigned, or an assignment ends."""
        self._do(luck, staff.give_duty, staff.give_duty, staff.end_assignment)

    @precondition(lambda self: self.table.model.of("verdict") or self.table.model.of("decided"))
    @rule(luck=LUCK)
    def appeal(self, luck: int) -> None:
        """Somebody appeals, or an appeal is ruled on."""
        self._do(luck, staff.claim)

    # ---- batches

    @precondition(lambda self: len(self.open_batches) < 3)
    @rule(luck=LUCK)
    def prepare(self, luck: int) -> None:
        """A batch is declared, or goes back."""
        self._do(luck, batches.declare, batches.declare, returns.give_back)

    @precondition(lambda self: self.open_batches)
    @rule(luck=LUCK)
    def produce(self, luck: int) -> None:
        """A batch is labelled, frozen or drawn from."""
        self._do(luck, batches.card, batches.plan, returns.label, batches.freeze, batches.draw)

    @precondition(lambda self: self.table.model.of("drawn"))
    @rule(luck=LUCK, many=st.sampled_from((1, 1, 30)))
    def review(self, luck: int, many: int) -> None:
        """Verdicts are given."""
        self._do(luck, lambda table, chance: findings.review(table, chance, at_most=many))

    @precondition(lambda self: self.table.model.of("frozen"))
    @rule(luck=LUCK)
    def disagree(self, luck: int) -> None:
        """Something is disputed, or ruled on."""
        self._do(luck, findings.dispute, findings.arbitrate, findings.arbitrate)

    @precondition(lambda self: any(self.table.model.touched(name) for name in self.open_batches))
    @rule(luck=LUCK)
    def mend(self, luck: int) -> None:
        """What was found is corrected, looked at again, or closed."""
        self._do(luck, findings.correct, findings.look_again, findings.close, findings.look_at_hit)

    @precondition(lambda self: self.table.model.of("frozen"))
    @rule(luck=LUCK)
    def settle(self, luck: int) -> None:
        """A batch is settled, ready or not, or all but ready."""
        self._do(luck, batches.settle, batches.brink, batches.brink)

    @precondition(lambda self: self.table.model.of("declared"))
    @rule(luck=LUCK)
    def watch(self, luck: int) -> None:
        """A supervisor looks at everybody's work."""
        self._do(luck, returns.supervise)

    @rule(luck=LUCK)
    def morning(self, luck: int) -> None:
        """Work goes on as it should."""
        self._do(luck, batches.advance)

    @rule(luck=LUCK)
    def noon(self, luck: int) -> None:
        """And so again."""
        self._do(luck, batches.advance)

    @rule(luck=LUCK)
    def evening(self, luck: int) -> None:
        """And so again, as far as a conclusion."""
        self._do(luck, batches.advance, batches.brink)

    # ---- questions

    @rule(luck=LUCK)
    def ask(self, luck: int) -> None:
        """Keep what is answered now, as known now; the answers are asked for again later."""
        self._do(luck, self._ask)

    def _ask(self, table: Table, chance: random.Random) -> None:
        known, at = table.now, table.ago(chance)
        who, labeling = chance.choice(sorted(table.people)), chance.choice(tuple(RELEASES))
        word = chance.choice(DUTIES)
        question = questions.standing(table.person(who), RELEASES[labeling], Duty(word) if word else None, at, known)
        answer = question(table.desk)
        assert answer.standing == table.model.standing(who, LINES[labeling], at, word)
        asked = [question, questions.stages(known), questions.duties(at, known)]
        asked += [questions.open_problems(str(each["batch"]), known) for each in table.model.of("frozen")]
        self.kept += [(each, each(table.desk)) for each in asked]

    @rule(luck=LUCK)
    def reopen(self, luck: int) -> None:
        """Somebody opens the workspace anew, or asks everything again."""
        if luck % 3 == 0:
            self._opened_anew()
            type(self).steps += 1
        else:
            self._do(luck, batches.advance)

    def _same_again(self, some: list[tuple[Callable[[Desk], Any], Any]]) -> None:
        for question, answer in some:
            assert question(self.table.desk) == answer, "what was known then has changed"

    def _opened_anew(self) -> None:
        """Opened by somebody else, everything says the same."""
        mine = self.table.desk
        with reached(self.table.folder, Standing(self.table.now)) as other:
            assert batch_lines(other) == batch_lines(mine)
            assert person_lines(other) == person_lines(mine)
            assert questions.told(other, read_state(other)) == questions.told(mine, read_state(mine))

    # ---- what always holds

    @property
    def open_batches(self) -> list[str]:
        """The batches that are not settled."""
        model = self.table.model
        return [str(each["batch"]) for each in model.of("declared") if not model.end(each["batch"])]

    def _news(self, invariant: str) -> bool:
        """Whether something was recorded since an invariant was looked at: what facts alone decide cannot change else."""
        before, self.looked[invariant] = self.looked.get(invariant), self.table.head[0]
        return before != self.table.head[0]

    @invariant()
    def batches_agree(self) -> None:
        """Every batch is where the model has it, and accepted ones were ready."""
        state, model = read_state(self.table.desk), self.table.model
        assert set(state.batches) == {each["batch"] for each in model.of("declared")}
        for name, batch in state.batches.items():
            end = model.end(name)
            assert (str(batch.stage), batch.conclusion) == (model.stage(name), end["conclusion"] if end else None)

    @invariant()
    def void_is_final(self) -> None:
        """A void batch stays void, and none of its items is ever in another frame."""
        model = self.table.model
        for each in model.of("settled", conclusion="void"):
            assert read_state(self.table.desk).batches[each["batch"]].conclusion == "void"
            gone, frozen = set((model.freeze(each["batch"]) or {})["items"]), each["seq"]
            for later in model.of("frozen"):
                assert later["seq"] < frozen or not gone & set(later["items"])

    @invariant()
    def nobody_has_two_duties(self) -> None:
        """Nobody held two duties in one labeling task, and the check of duties says so."""
        if self._news("duties"):
            model, names = self.table.model, self.table.names
            found = check_duties(self.table.desk).doubles
            assert {names[each.person] for each in found} == model.doubles()
            for each in found:
                assert any(names[each.person] in model.labelled(name) for name in each.batches), "refused it had to be"

    @invariant()
    def a_rebuild_says_the_same(self) -> None:
        """Folded from a plain list of the facts as they are stored, everything says the same."""
        if self._news("rebuild"):
            mine = self.table.desk
            assert len(self.table.listed) == self.table.head[0]
            listed = fold(Listed(self.table.listed), mine.settings.qualification_days)
            assert questions.told(mine, listed) == questions.told(mine, read_state(mine))

    @invariant()
    def what_was_known_stays(self) -> None:
        """Some of the answers kept are given again; at the end all of them are."""
        if self._news("known"):
            chance = random.Random(self.table.head[0])
            self._same_again(chance.sample(self.kept, min(3, len(self.kept))))


def play(
    number: int,
    least: int,
    *,
    often: int = 0,
    started: Callable[[type[Week]], object] = lambda _machine: None,
    **told: Any,
) -> type[Week]:
    """Weeks with seeds of a part's own, until there are enough steps; comes back with what was counted.

    They go on, up to twice as many steps, until every legal step succeeded ``often``.
    """
    machine: type[Week] = type(f"Week{number}", (Week,), {"steps": 0, "done": Counter()})
    started(machine)
    chosen = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(HealthCheck), **told,
    )  # fmt: skip
    again = 0
    while machine.steps < least or (machine.steps < 2 * least and seldom(machine, often)):
        run_state_machine_as_test(seed(number * 1000 + again)(machine), settings=chosen)
        again += 1
    return machine


def seldom(machine: type[Week], often: int) -> dict[str, int]:
    """The legal steps that succeeded less often than they should, with how often."""
    return {step: machine.done[step] for step in LEGAL if machine.done[step] < often}


@pytest.mark.parametrize("number", range(1, PARTS + 1))
def test_weeks(number: int) -> None:
    """So many parts with seeds of their own, for as many processes."""
    machine = play(number, LEAST, often=OFTEN)
    assert machine.steps >= LEAST
    assert seldom(machine, OFTEN) == {}


def test_weeks_on_postgresql(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short part with every ledger on PostgreSQL."""
    monkeypatch.setitem(ENVIRONMENT, "PGPASSWORD", PASSWORD)
    numbers = count(1)
    ADDRESSES.append(lambda: str(postgres.at(f"weeks{next(numbers)}")))
    try:
        machine = play(9, ON_POSTGRESQL)
    finally:
        ADDRESSES.clear()
    assert machine.steps >= ON_POSTGRESQL


def test_ten_thousand_steps() -> None:
    """The parts come to ten thousand steps together."""
    assert PARTS * LEAST >= 10_000
