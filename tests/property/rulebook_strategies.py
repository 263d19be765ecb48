"""Draws rulebooks of every shape, odd texts and unknown fields included; and chains of versions that resemble each other."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from hypothesis import strategies as st

from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model

ODD = [
    "",
    " ",
    "no",
    "1.0",
    "~",
    "null",
    "- a",
    "a: b",
    "#",
    "a #b",
    "'",
    '"',
    "\n",
    "a\n b\n",
    "a\n\n",
    "\ta",
    "x\u2028y",
    "\x85",
    "\ufeff",
]
WORDS = st.one_of(st.text(max_size=30), st.sampled_from(ODD), st.text("雨 \n:#-'\"{}[],&*!|>%@`\\", max_size=12))
TEXTS = st.builds(model.Text, WORDS, WORDS)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
VALUES = st.one_of(IDS, st.sampled_from(["正面", "no", "1", "a: b", "#x", "- y", "'q'", "null", "off topic"]))
TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(WORDS, st.sampled_from(["no", "1.50", "abc", ""]).map(model.Bare)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
EXTRA = st.dictionaries(IDS.map(lambda name: f"x_{name}"), TREES, max_size=2)
SEVERITIES = st.sampled_from(DefectSeverity)


def few(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=2).map(tuple)


CASES = few(st.builds(model.Case, content=TEXTS, answer=TEXTS, extra=EXTRA))
GUIDANCE = st.builds(model.Guidance, text=TEXTS, examples=CASES, extra=EXTRA)
EXCEPTIONS = few(st.builds(model.LintException, code=IDS, reason=WORDS, extra=EXTRA))
STEPS = few(st.builds(model.Step, id=IDS, question=TEXTS, yes=VALUES, no=VALUES, extra=EXTRA))
EXAMPLES = few(
    st.builds(
        model.Example,
        id=IDS,
        kind=st.sampled_from(model.ExampleKind),
        content=TEXTS,
        expected=VALUES,
        answers=st.dictionaries(WORDS, st.sampled_from(model.Answer), max_size=3),
        reason=TEXTS,
        use=st.sampled_from(model.ExampleUse),
        extra=EXTRA,
    )
)
SECONDS = st.none() | st.integers(1, 86_400)
SHARES = st.none() | st.integers(0, 10**6).map(lambda part: part / 10**6)
VERSIONS = st.tuples(*[st.integers(0, 12)] * 3).map(lambda parts: ".".join(map(str, parts)))
PLANS = st.builds(
    model.CheckPlan, design=st.sampled_from(Design), preset=IDS, accuracy=SHARES, risk=SHARES, expected=SHARES,
    power=SHARES, extra=EXTRA,
)  # fmt: skip
SHOWN = st.builds(model.Shown, name=VALUES, shown_as=st.sampled_from(model.ShownAs), title=TEXTS, extra=EXTRA)
FORMS = st.builds(
    model.Form, answers=st.sampled_from(ControlKind), shows=few(SHOWN), highest=st.none() | st.integers(1, 100),
    extra=EXTRA,
)  # fmt: skip
CHANGES = st.builds(
    model.Changes,
    since=VERSIONS,
    summary=TEXTS,
    labels=few(st.builds(model.LabelChange, before=few(VALUES), after=few(VALUES), extra=EXTRA)),
    same_meaning=few(st.builds(model.SameMeaning, part=WORDS, by=IDS, reason=TEXTS, extra=EXTRA)),
    clarifications=few(st.integers(1, 10**6)),
    extra=EXTRA,
)
BASES = st.builds(model.Basis, articles=few(WORDS), clauses=few(WORDS), risks=few(WORDS), extra=EXTRA)
RULES = few(
    st.builds(
        model.Rule,
        id=IDS,
        statement=TEXTS,
        labels=few(VALUES),
        severity=SEVERITIES,
        definition=TEXTS,
        use_when=few(TEXTS),
        avoid_when=few(TEXTS),
        boundaries=few(st.builds(model.Boundary, text=TEXTS, rule=IDS, extra=EXTRA)),
        time_budget=SECONDS,
        basis=BASES,
        steps=STEPS,
        examples=EXAMPLES,
        lint_exceptions=EXCEPTIONS,
        extra=EXTRA,
    )
)
BOOKS = st.builds(
    model.Rulebook,
    format=st.just(2),
    name=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True),
    version=st.tuples(*[st.integers(0, 12)] * 3).map(lambda parts: ".".join(map(str, parts))),
    kind=st.sampled_from(Kind),
    task_type=st.sampled_from(model.TaskType),
    title=TEXTS,
    control=VALUES,
    labels=few(st.builds(model.Label, value=VALUES, title=TEXTS, definition=TEXTS, parent=VALUES, extra=EXTRA)),
    rules=RULES,
    objective=TEXTS,
    data_format=TEXTS,
    method=st.builds(model.Method, execution=TEXTS, review=TEXTS, extra=EXTRA),
    quality_metrics=few(st.builds(model.Metric, name=TEXTS, target=WORDS, extra=EXTRA)),
    verification=st.builds(model.Verification, text=TEXTS, plan=st.none() | PLANS, extra=EXTRA),
    form=FORMS,
    time_budget=SECONDS,
    terms=few(st.builds(model.Term, term=TEXTS, definition=TEXTS, extra=EXTRA)),
    taxonomy=IDS,
    changes=st.none() | CHANGES,
    wrong_labels=GUIDANCE,
    defects=few(st.builds(model.Defect, code=IDS, title=TEXTS, severity=SEVERITIES, extra=EXTRA)),
    emergency=TEXTS,
    risk_recognition=GUIDANCE,
    guided_responses=GUIDANCE,
    uncovered_risks=few(st.builds(model.Uncovered, code=IDS, reason=TEXTS, extra=EXTRA)),
    lint_exceptions=EXCEPTIONS,
    extra=EXTRA,
)


# Versions that resemble each other: each is made from the one before by a few edits out of small pools, so that ids
# repeat, edits are undone, and what disappeared comes back as something else.
FEW_IDS = st.sampled_from(["a", "b", "c", "d/e"])
FEW_WORDS = st.sampled_from(["", " ", "one", "one ", "two", "at most 5%", "at most  0.05", "at most 6%"])
FEW_TEXTS = st.builds(model.Text, FEW_WORDS, FEW_WORDS)
STEP_IDS = FEW_IDS | st.sampled_from(["s-a", "s-b", "s-c"])
FEW_LABELS = st.builds(model.Label, value=FEW_IDS, title=FEW_TEXTS, definition=FEW_TEXTS)
FEW_STEPS = st.builds(model.Step, id=STEP_IDS, question=FEW_TEXTS, yes=STEP_IDS, no=STEP_IDS)
FEW_EXAMPLES = st.builds(
    model.Example, id=FEW_IDS, kind=st.sampled_from(model.ExampleKind), content=FEW_TEXTS, expected=FEW_IDS
)
BOUNDARIES = st.builds(model.Boundary, text=FEW_TEXTS, rule=FEW_IDS)
FEW_RULES = st.builds(
    model.Rule, id=FEW_IDS, statement=FEW_TEXTS, labels=few(FEW_IDS), severity=SEVERITIES, definition=FEW_TEXTS,
    use_when=few(FEW_TEXTS), avoid_when=few(FEW_TEXTS), steps=few(FEW_STEPS), examples=few(FEW_EXAMPLES),
    boundaries=few(BOUNDARIES),
)  # fmt: skip
FEW_DEFECTS = st.builds(model.Defect, code=FEW_IDS, title=FEW_TEXTS, severity=SEVERITIES)
ENTRIES: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (model.Rulebook, "labels"): FEW_LABELS,
    (model.Rulebook, "rules"): FEW_RULES,
    (model.Rulebook, "terms"): st.builds(model.Term, term=FEW_TEXTS, definition=FEW_TEXTS),
    (model.Rulebook, "quality_metrics"): st.builds(model.Metric, name=FEW_TEXTS, target=FEW_WORDS),
    (model.Rulebook, "defects"): FEW_DEFECTS,
    (model.Rulebook, "uncovered_risks"): st.builds(model.Uncovered, code=FEW_IDS, reason=FEW_TEXTS),
    (model.Rule, "labels"): FEW_IDS,
    (model.Rule, "use_when"): FEW_TEXTS,
    (model.Rule, "avoid_when"): FEW_TEXTS,
    (model.Rule, "boundaries"): BOUNDARIES,
    (model.Rule, "steps"): FEW_STEPS,
    (model.Rule, "examples"): FEW_EXAMPLES,
    (model.Form, "shows"): st.builds(model.Shown, name=FEW_IDS, title=FEW_TEXTS),
    (model.Guidance, "examples"): st.builds(model.Case, content=FEW_TEXTS, answer=FEW_TEXTS),
    (model.Basis, "articles"): FEW_WORDS,
    (model.Basis, "clauses"): FEW_WORDS,
    (model.Basis, "risks"): FEW_WORDS,
}
FEW_SECONDS = st.none() | st.integers(1, 3)
ANSWERS = st.dictionaries(STEP_IDS, st.sampled_from(model.Answer), max_size=2)
VALUE_OF: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (model.Rulebook, "kind"): st.sampled_from(Kind),
    (model.Rulebook, "changes"): st.none() | st.builds(model.Changes, since=VERSIONS, summary=FEW_TEXTS),
    (model.Verification, "plan"): st.none() | PLANS,
    (model.Example, "kind"): st.sampled_from(model.ExampleKind),
    (model.Example, "answers"): ANSWERS,
    (model.Step, "id"): STEP_IDS,
    (model.Step, "yes"): STEP_IDS,
    (model.Step, "no"): STEP_IDS,
    (model.Form, "answers"): st.sampled_from(ControlKind),
    (model.Metric, "target"): FEW_WORDS,
    (model.CheckPlan, "expected"): SHARES,
}
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "format": st.just(2), "version": st.sampled_from(["1.0.0", "1.1.0"]), "task_type": st.sampled_from(model.TaskType),
    "severity": SEVERITIES, "time_budget": FEW_SECONDS, "highest": FEW_SECONDS, "shown_as": st.sampled_from(model.ShownAs),
    "use": st.sampled_from(model.ExampleUse), "design": st.sampled_from(Design), "lint_exceptions": EXCEPTIONS,
    "extra": st.dictionaries(FEW_IDS, FEW_WORDS, max_size=2),
    **dict.fromkeys(("accuracy", "risk", "power"), SHARES),
}  # fmt: skip


def _other(draw: st.DrawFn, value: Any) -> Any:
    """The value with one edit somewhere in it."""
    names = [each.name for each in fields(value)]
    name = draw(st.sampled_from(names))
    part, kind = getattr(value, name), (type(value), name)
    if kind in ENTRIES:
        return replace(value, **{name: _relisted(draw, part, ENTRIES[kind])})
    if isinstance(part, model.Text):
        return replace(value, **{name: draw(FEW_TEXTS)})
    if is_dataclass(part) and kind not in VALUE_OF:
        return replace(value, **{name: _other(draw, part)})
    return replace(value, **{name: draw(VALUE_OF.get(kind, BY_NAME.get(name, FEW_IDS)))})


def _relisted(draw: st.DrawFn, entries: tuple[Any, ...], entry: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    """The list with an entry added, taken away, moved or edited."""
    what = draw(st.sampled_from(["edit", "edit", "edit", "add", "remove", "shuffle", "other"]))
    place = draw(st.integers(0, max(len(entries) - 1, 0)))
    if what == "add" or not entries:
        return (*entries[:place], draw(entry), *entries[place:])
    if what == "remove":
        return (*entries[:place], *entries[place + 1 :])
    if what == "shuffle":
        return tuple(draw(st.permutations(entries)))
    old = entries[place]
    edited = (
        _other(draw, old) if what == "edit" and is_dataclass(old) and not isinstance(old, model.Text) else draw(entry)
    )
    return (*entries[:place], edited, *entries[place + 1 :])


@st.composite
def small_books(draw: st.DrawFn) -> model.Rulebook:
    """A small book with the labels a, b and c, and ids that repeat now and then."""
    title = model.Text("一", "One")
    labels = tuple(model.Label(value=value, title=title) for value in "abc")
    rules = draw(st.lists(FEW_RULES, max_size=3).map(tuple))
    return model.Rulebook(
        format=2, name="a", version="1.0.0", kind=Kind.SAFETY, task_type=model.TaskType.TEXT, title=title, control="c",
        labels=labels, rules=rules,
    )  # fmt: skip


@st.composite
def versions(draw: st.DrawFn, count: int = 3) -> tuple[model.Rulebook, ...]:
    """Versions of one book, each a few edits away from the one before; some go back to an earlier one."""
    made = [draw(small_books())]
    for _ in range(count - 1):
        book = draw(st.sampled_from(made))
        for _ in range(draw(st.integers(0, 3))):
            book = _other(draw, book)
        made.append(book)
    return tuple(made)
