"""Walking decision steps, and the shape of their graph, against a plain recursive reference."""

from __future__ import annotations

import random

from labelqa.rulebook.model import Answer, Step, Text
from labelqa.rulebook.steps import Graph, Stop, cycles, reached, walk

YES, NO = Answer.YES, Answer.NO


def made(**targets: tuple[str, str]) -> Graph:
    steps = {name: Step(id=name, question=Text("问", "Ask"), yes=yes, no=no) for name, (yes, no) in targets.items()}
    return Graph(steps, frozenset({"good", "bad"}))


def test_walk_arrives_and_keeps_its_way() -> None:
    walked = walk("a", {"a": YES, "b": NO}, through=made(a=("b", "bad"), b=("bad", "good")))
    assert (walked.passed, walked.stop, walked.end) == (("a", "b"), Stop.ARRIVED, "good")


def test_walk_says_why_it_stopped() -> None:
    through = made(a=("b", "nowhere"), b=("a", "good"))
    assert walk("a", {}, through=through).stop is Stop.UNANSWERED
    assert walk("a", {"a": NO}, through=through).stop is Stop.DANGLING
    assert walk("a", {"a": NO}, through=through).end == "nowhere"
    assert walk("a", {"a": YES, "b": YES}, through=through).stop is Stop.CYCLE


def _circular_by_hand(through: Graph) -> bool:
    """Slow and obvious: some step can be met again from one of its targets."""
    return any(step in reached(through.targets(step), through=through) for step in through.steps)


def test_cycles_agree_with_the_obvious_way() -> None:
    chance = random.Random(7)
    circular = 0
    for _ in range(500):
        names = [f"s{n}" for n in range(chance.randint(1, 7))]
        ends = [*names, "good", "bad", "good", "bad", "good"]
        through = made(**{name: (chance.choice(ends), chance.choice(ends)) for name in names})
        found = cycles(through)
        assert bool(found) == _circular_by_hand(through)
        assert all(target in through.targets(step) for step, target in found)
        circular += bool(found)
    assert 50 < circular < 450  # both kinds were tried


def test_a_long_chain_does_not_overflow() -> None:
    chain = made(**{f"s{n}": (f"s{n + 1}", "bad") for n in range(50_000)}, s50000=("good", "bad"))
    assert cycles(chain) == ()
    assert len(reached(["s0"], through=chain)) == 50_001
    assert walk("s0", dict.fromkeys(chain.steps, YES), through=chain).end == "good"
