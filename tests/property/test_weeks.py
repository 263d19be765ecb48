"""Random weeks: random people try legal and illegal steps at a real workspace, and a slow plain model looks on.

After every step the model and the workspace agree on what was allowed, where every batch stands and who held two duties;
nothing that is void comes back, and the chain holds. Answers given for a time in the past stay what they were.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from labelqa.ledger.verify import verify
from labelqa.ledger.view import Listed
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.workflows.batches import batch_lines
from labelqa.workflows.correcting import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.people import person_lines
from labelqa.workflows.state import State, fold, read_state
from tests.building import opened
from tests.property import weeks_batches as batches
from tests.property import weeks_findings as findings
from tests.property import weeks_staff as staff
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import RELEASES, Standing, forget
from tests.property.weeks_labels import LINES

RUNS, STEPS, LEAST = 7, 100, 400  # by part
LUCK = st.integers(0, 2**31)
DUTIES = ("", "executor", "reviewer", "arbitrator")


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    yield
    forget()


class Week(RuleBasedStateMachine):
    """A workspace, and what people try in it."""

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.kept: list[tuple[Callable[[Desk], Any], Any]] = []  # a question about a known time, and its answer
        self.void: dict[str, tuple[str, set[str]]] = {}  # batch -> its conclusion and items

    def teardown(self) -> None:
        """The run ends: everything is checked once more, and the workspace goes."""
        try:
            self._same_again()
            self._rebuilt()
            assert verify(self.table.desk.ledger)[2] == []
        finally:
            self.table.close()

    def _do(self, luck: int, *acts: Callable[[Table, random.Random], None]) -> None:
        """One step: some time passes, and somebody does something."""
        chance = random.Random(luck)
        type(self).steps += 1
        self.table.tick(chance)
        for act in acts:
            act(self.table, chance)

    # ---- people

    @rule(luck=LUCK)
    def school(self, luck: int) -> None:
        """Somebody is hired, taught or examined."""
        self._do(luck, random.Random(luck).choice((staff.hire, staff.teach, staff.examine, staff.teach, staff.examine)))

    @rule(luck=LUCK)
    def authority(self, luck: int) -> None:
        """Somebody is suspended, reinstated or leaves; a policy is declared."""
        self._do(luck, random.Random(luck).choice((staff.judge, staff.judge, staff.judge, staff.part, staff.rule_out)))

    @rule(luck=LUCK)
    def duty(self, luck: int) -> None:
        """Somebody is assigned, or an assignment ends."""
        self._do(luck, random.Random(luck).choice((staff.give_duty, staff.give_duty, staff.end_assignment)))

    @precondition(lambda self: self.table.model.of("verdict") or self.table.model.of("decided"))
    @rule(luck=LUCK)
    def appeal(self, luck: int) -> None:
        """Somebody appeals, or an appeal is ruled on."""
        self._do(luck, staff.claim)

    # ---- batches

    @precondition(lambda self: len(self.open_batches) < 3)
    @rule(luck=LUCK)
    def prepare(self, luck: int) -> None:
        """A batch is declared, often with its card and its plan."""
        more = random.Random(luck).random() < 0.7
        self._do(luck, batches.declare, *((batches.card, batches.plan) if more else ()))

    @precondition(lambda self: self.open_batches)
    @rule(luck=LUCK, act=st.sampled_from((batches.card, batches.plan, batches.label, batches.freeze, batches.draw)))
    def produce(self, luck: int, act: Callable[[Table, random.Random], None]) -> None:
        """A batch is labelled, frozen or drawn from."""
        self._do(luck, act)

    @precondition(lambda self: self.table.model.of("drawn"))
    @rule(luck=LUCK, many=st.sampled_from((1, 1, 30)))
    def review(self, luck: int, many: int) -> None:
        """Verdicts are given."""
        self._do(luck, lambda table, chance: findings.review(table, chance, at_most=many))

    @precondition(lambda self: self.table.model.of("frozen"))
    @rule(luck=LUCK, act=st.sampled_from((findings.dispute, findings.arbitrate, findings.arbitrate)))
    def disagree(self, luck: int, act: Callable[[Table, random.Random], None]) -> None:
        """Something is disputed, or ruled on."""
        self._do(luck, act)

    @precondition(lambda self: any(self.table.model.touched(name) for name in self.open_batches))
    @rule(luck=LUCK, act=st.sampled_from((findings.correct, findings.look_again, findings.close, findings.look_at_hit)))
    def mend(self, luck: int, act: Callable[[Table, random.Random], None]) -> None:
        """What was found is corrected, looked at again, or closed."""
        self._do(luck, act)

    @precondition(lambda self: self.table.model.of("frozen"))
    @rule(luck=LUCK)
    def settle(self, luck: int) -> None:
        """A batch is settled, ready or not."""
        self._do(luck, batches.settle)

    @rule(luck=LUCK)
    def morning(self, luck: int) -> None:
        """Work goes on as it should."""
        self._do(luck, batches.advance)

    @rule(luck=LUCK)
    def noon(self, luck: int) -> None:
        """Work goes on as it should, by two."""
        self._do(luck, batches.advance, batches.advance)

    @rule(luck=LUCK)
    def evening(self, luck: int) -> None:
        """Work goes on as it should, by three."""
        self._do(luck, batches.advance, batches.advance, batches.advance)

    # ---- questions

    @rule(luck=LUCK)
    def ask(self, luck: int) -> None:
        """Keep what is answered now, as known now, and ask some of the old questions again."""
        chance = random.Random(luck)
        self._do(luck)
        known = self.table.now
        at = self.table.ago(chance)
        who, labeling = chance.choice(sorted(self.table.people)), chance.choice(tuple(RELEASES))
        word = chance.choice(DUTIES)
        question = _standing(self.table.person(who), RELEASES[labeling], Duty(word) if word else None, at, known)
        answer = question(self.table.desk)
        assert answer.standing == self.table.model.standing(who, LINES[labeling], at, word)
        asked = [question, _stages(known), _duties(at, known)]
        asked += [_open_problems(str(each["batch"]), known) for each in self.table.model.of("frozen")]
        self.kept += [(each, each(self.table.desk)) for each in asked]
        self._same_again(chance.sample(self.kept, min(6, len(self.kept))))

    @rule(luck=LUCK)
    def rebuild(self, luck: int) -> None:
        """Somebody opens the workspace anew."""
        self._do(luck)
        if luck % 3 == 0:
            self._rebuilt()

    def _same_again(self, some: list[tuple[Callable[[Desk], Any], Any]] | None = None) -> None:
        for question, answer in self.kept if some is None else some:
            assert question(self.table.desk) == answer, "what was known then has changed"

    def _rebuilt(self) -> None:
        """Opened anew, and folded from a plain list of facts, everything says the same."""
        mine = self.table.desk
        with opened(self.table.folder, clock=Standing(self.table.now)) as other:
            assert batch_lines(other) == batch_lines(mine)
            assert person_lines(other) == person_lines(mine)
            assert _told(other, read_state(other)) == _told(mine, read_state(mine))
        listed = fold(Listed(mine.ledger.facts()), mine.settings.qualification_days)
        assert _told(mine, listed) == _told(mine, read_state(mine))

    # ---- what always holds

    @property
    def open_batches(self) -> list[str]:
        """The batches that are not settled."""
        model = self.table.model
        return [str(each["batch"]) for each in model.of("declared") if not model.end(each["batch"])]

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
        """Nobody held two duties in one batch, and the check of duties says so."""
        model, names = self.table.model, self.table.names
        found = check_duties(self.table.desk).doubles if model.doubles() or not self.steps % 10 else ()
        assert {names[each.person] for each in found} == model.doubles()
        assert all(set(model.labelled(each.batches[0])) & {names[each.person]} for each in found), (
            "refused it had to be"
        )


def _standing(
    person: PersonId, release: str, duty: Duty | None, at: datetime, known: datetime
) -> Callable[[Desk], Any]:
    return lambda desk: read_state(desk, known=known).qualification(person, release, at, duty)


def _stages(known: datetime) -> Callable[[Desk], Any]:
    return lambda desk: list(read_state(desk, known=known).batches.values())


def _duties(at: datetime, known: datetime) -> Callable[[Desk], Any]:
    return lambda desk: check_duties(desk, at=at, known=known)


def _open_problems(name: str, known: datetime) -> Callable[[Desk], Any]:
    def ask(desk: Desk) -> Any:
        state = read_state(desk, known=known)
        return completeness_of(desk, state, state.batch(name))

    return ask


def _told(desk: Desk, state: State) -> list[Any]:
    """Everything that a state says of people and batches."""
    names = list(state.batches)
    return [
        dict(state.people), dict(state.trainings), dict(state.exams), dict(state.decisions), state.policies,
        dict(state.plans), dict(state.samples), [state.batches[name] for name in names],
        [state.reviews_of(name) for name in names], [dict(state.rulings.get(name, {})) for name in names],
        [completeness_of(desk, state, state.batches[name]) for name in names],
    ]  # fmt: skip


SETTINGS = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize=True, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_weeks(number: int) -> None:
    """Four parts with seeds of their own, for as many processes."""
    machine: type[Week] = seed(number)(type(f"Week{number}", (Week,), {"steps": 0}))
    run_state_machine_as_test(machine, settings=SETTINGS)
    assert machine.steps >= LEAST, f"only {machine.steps} steps"
