"""Checks of decision steps and examples: the steps lead somewhere, and every example arrives where it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.lint.similar import shown
from labelqa.rulebook.model import Example, ExampleKind, Rule
from labelqa.rulebook.positions import Path
from labelqa.rulebook.steps import Graph, Stop, Walk, cycles, reached, walk


def _steps(subject: Subject) -> Iterator[tuple[Path, Rule, int]]:
    for path, rule in subject.rules():
        for index in range(len(rule.steps)):
            yield (*path, "steps", index), rule, index


def rule_without_steps(subject: Subject) -> Iterator[Hit]:
    """A rule by which nobody can decide."""
    for path, rule in subject.rules():
        if not rule.steps:
            message = Message("rule {rule} has no decision steps", {"rule": rule.id})
            yield Hit((*path, "steps"), message, Message("write the questions that lead to a label"))


def dangling_step(subject: Subject) -> Iterator[Hit]:
    """An answer that leads neither to a step nor to a label."""
    known = subject.graph.steps.keys() | subject.graph.labels
    for path, rule, index in _steps(subject):
        step = rule.steps[index]
        for answer, target in (("yes", step.yes), ("no", step.no)):
            if target not in known:
                message = Message(
                    "step {step}: {answer} leads to {target}, which is neither a step nor a label",
                    {"step": step.id, "answer": answer, "target": target},
                )
                yield Hit((*path, answer), message, Message("name a step of this rulebook or a label"))


def circular_steps(subject: Subject) -> Iterator[Hit]:
    """Steps that lead back to where they came from."""
    closing = dict.fromkeys(cycles(subject.graph))
    for path, rule, index in _steps(subject) if closing else ():
        step = rule.steps[index]
        for answer, target in (("yes", step.yes), ("no", step.no)):
            if (step.id, target) in closing and subject.graph.steps[step.id] is step:
                message = Message("step {step} leads back to {target}", {"step": step.id, "target": target})
                yield Hit((*path, answer), message, Message("let every way end at a label"))


def unreachable_step(subject: Subject) -> Iterator[Hit]:
    """A step that no rule's first step leads to."""
    starts = [rule.steps[0].id for rule in subject.book.rules if rule.steps]
    met = reached(starts, through=subject.graph)
    for path, rule, index in _steps(subject):
        if rule.steps[index].id not in met:
            message = Message("no way leads to step {step}", {"step": rule.steps[index].id})
            yield Hit(path, message, Message("let another step lead to it, or delete it"))


def ambiguous_target(subject: Subject) -> Iterator[Hit]:
    """A step whose id is a label too, so that a target could mean either."""
    for path, rule, index in _steps(subject):
        if rule.steps[index].id in subject.graph.labels:
            message = Message("step {step} has the name of a label", {"step": rule.steps[index].id})
            yield Hit((*path, "id"), message, Message("give the step another id"))


def idle_step(subject: Subject) -> Iterator[Hit]:
    """A question whose answer changes nothing."""
    for path, rule, index in _steps(subject):
        step = rule.steps[index]
        if step.yes == step.no:
            message = Message("step {step} leads to {target} on both answers", {"step": step.id, "target": step.yes})
            yield Hit(path, message, Message("let the answers lead to different places, or delete the step"))


def broken_example(subject: Subject) -> Iterator[Hit]:
    """An example whose recorded answers do not lead to its expected label."""
    for path, rule, example in subject.examples():
        if not rule.steps or example.expected not in subject.graph.labels:
            continue  # reported as RB301 and RB307
        walked = walk(rule.steps[0].id, example.answers, through=subject.graph)
        wrong = _astray(example, walked)
        if wrong is not None:
            mend = Message("mend the answers, the steps or the expected label until they agree")
            yield Hit((*path, "answers"), wrong, mend)


def _astray(example: Example, walked: Walk) -> Message | None:
    """What is wrong with a walk; None when it arrived, or when the steps themselves are to blame."""
    values = {"example": example.id, "end": walked.end, "expected": example.expected}
    if walked.stop is Stop.UNANSWERED:
        return Message("example {example} does not answer step {end}", values)
    if walked.stop is not Stop.ARRIVED:
        return None
    if walked.end != example.expected:
        return Message("example {example}: its answers lead to {end}, expected is {expected}", values)
    idle = [step for step in example.answers if step not in walked.passed]
    if idle:
        return Message(
            "example {example} answers steps that it never meets: {steps}", values | {"steps": ", ".join(idle)}
        )
    return None


def expected_unknown(subject: Subject) -> Iterator[Hit]:
    """An example that expects a label outside the label set."""
    for path, _, example in subject.examples():
        if example.expected not in subject.graph.labels:
            values = {"example": example.id, "label": example.expected}
            message = Message("example {example} expects the unknown label {label}", values)
            yield Hit((*path, "expected"), message, Message("use a value from labels"))


def conflicting_examples(subject: Subject) -> Iterator[Hit]:
    """Two examples that show the same and expect different labels."""
    first: dict[str, Example] = {}
    for path, _, example in subject.examples():
        for content in shown(example.content):
            other = first.setdefault(content, example)
            if other.expected != example.expected:
                values = {"first": other.id, "second": example.id, "one": other.expected, "two": example.expected}
                message = Message(
                    "examples {first} and {second} show the same, but one expects {one}, the other {two}", values
                )
                yield Hit((*path, "content"), message, Message("decide which is right and mend the other"))
                break


def contradicting_kind(subject: Subject) -> Iterator[Hit]:
    """A positive example without the rule's label, or a negative one with it."""
    for path, rule, example in subject.examples():
        if example.kind is ExampleKind.BORDERLINE or example.expected not in subject.graph.labels or not rule.labels:
            continue
        if (example.kind is ExampleKind.POSITIVE) != (example.expected in rule.labels):
            message = Message(
                "example {example} is {kind} for rule {rule}, but expects {label}",
                {"example": example.id, "kind": example.kind.value, "rule": rule.id, "label": example.expected},
            )
            mend = Message("a positive example has a label of its rule, a negative one has another")
            yield Hit((*path, "kind"), message, mend)


def label_not_reached(subject: Subject) -> Iterator[Hit]:
    """A label that a rule says it gives, but to which none of its steps lead."""
    labels = {label: 1 << at for at, label in enumerate(sorted(subject.graph.labels))}
    ends = _ends(subject.graph, labels)
    for path, rule in subject.rules():
        if not rule.steps or rule.steps[0].id not in ends:
            continue
        for index, label in enumerate(rule.labels):
            if label in labels and not ends[rule.steps[0].id] & labels[label]:
                message = Message("no step of rule {rule} leads to {label}", {"rule": rule.id, "label": label})
                yield Hit((*path, "labels", index), message, Message("add the step, or take the label from the rule"))


def _ends(through: Graph, labels: Mapping[str, int]) -> dict[str, int]:
    """The labels to which each step leads, as bits, each step looked at once; none where steps go round (RB303)."""
    ends: dict[str, int] = {}
    if cycles(through):
        return ends
    waiting = list(through.steps)
    while waiting:
        step = through.steps[waiting[-1]]
        open_still = [target for target in through.targets(step.id) if target not in ends]
        if open_still and step.id not in ends:
            waiting += open_still
            continue
        waiting.pop()
        ends[step.id] = labels.get(step.yes, 0) | labels.get(step.no, 0)
        for target in through.targets(step.id):
            ends[step.id] |= ends[target]
    return ends


def example_without_reason(subject: Subject) -> Iterator[Hit]:
    """An example that teaches nothing because it does not say why."""
    for path, _, example in subject.examples():
        if not example.reason:
            message = Message("example {example} gives no reason", {"example": example.id})
            yield Hit(path, message, Message("say in a sentence why the label is right"))


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB301", _E, N_("A rule has no decision steps"), rule_without_steps),
    Check("RB302", _E, N_("An answer leads to nothing"), dangling_step),
    Check("RB303", _E, N_("Decision steps go round in a circle"), circular_steps),
    Check("RB304", _E, N_("A decision step cannot be reached"), unreachable_step),
    Check("RB305", _E, N_("A step has the name of a label"), ambiguous_target),
    Check("RB306", _E, N_("An example's answers do not lead to its expected label"), broken_example),
    Check("RB307", _E, N_("An example expects an unknown label"), expected_unknown),
    Check("RB308", _E, N_("Two examples contradict each other"), conflicting_examples),
    Check("RB309", _E, N_("An example's kind contradicts its expected label"), contradicting_kind),
    Check("RB310", _E, N_("No step leads to a label that the rule gives"), label_not_reached),
    Check("RB311", _W, N_("An example gives no reason"), example_without_reason),
    Check("RB312", _W, N_("A question's answer changes nothing"), idle_step),
)
