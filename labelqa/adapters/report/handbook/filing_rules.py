"""One rule as an article of the form that is filed: statement, limits, decision steps, basis, and handbook examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.adapters.report.handbook import words
from labelqa.adapters.report.handbook.decisions import Box, Exit, Leads, Ways
from labelqa.adapters.report.handbook.parts import Heading, Items, Line, Part, Table
from labelqa.adapters.report.handbook.view import known_risks, shown_examples
from labelqa.i18n import N_, Speaker
from labelqa.rulebook.model import Answer, Rule, Rulebook, Text

_QUESTION: Final = N_("question {n} · {id}")


def article_of(book: Rulebook, rule: Rule, place: int, say: Speaker) -> Iterator[Part]:
    """The parts of one article, numbered as articles of a law are."""
    number = words.numeral(place, say)
    yield Heading(3, say(N_("Article {number}  {rule}"), number=number, rule=rule.id))
    yield Line(words.told(rule.statement, say))
    yield from _particulars(book, rule, say)
    yield from _decision(book, rule, say)
    yield from _basis(book, rule, say)
    yield _examples(book, rule, say)


def _particulars(book: Rulebook, rule: Rule, say: Speaker) -> Iterator[Part]:
    titles = _titles(book, say)
    labels = [
        say(N_("{label} ({title})"), label=value, title=titles[value]) if titles.get(value) else value
        for value in rule.labels
    ]
    yield Line(say(N_(", ")).join(labels) or say(N_("none")), say(N_("Labels")))
    yield Line(say(words.WEIGHTS[rule.severity]), say(N_("Severity")))
    if rule.time_budget:
        yield Line(words.duration(rule.time_budget, say), say(N_("Time for an item")))
    if rule.definition:
        yield Line(words.told(rule.definition, say), say(N_("Definition")))
    for name, texts in ((N_("Use when"), rule.use_when), (N_("Avoid when"), rule.avoid_when)):
        if texts:
            yield Items(tuple(words.told(each, say) for each in texts), name=say(name))
    if rule.boundaries:
        ends = tuple(_boundary(each.text, each.rule, say) for each in rule.boundaries)
        yield Items(ends, name=say(N_("Where the rule ends")))


def _boundary(text: Text, neighbour: str, say: Speaker) -> str:
    told = words.told(text, say)
    return say(N_("(against {rule}) {text}"), rule=neighbour, text=told) if neighbour else told


def _decision(book: Rulebook, rule: Rule, say: Speaker) -> Iterator[Part]:
    boxes = Ways(book).boxes(rule)
    if boxes:
        below = (*(each.id for each in boxes[1:]), "")
        told = tuple(_asked(each, after, say) for each, after in zip(boxes, below, strict=True))
        yield Items(told, ordered=True, name=say(N_("Decision steps")))


def _asked(box: Box, below: str, say: Speaker) -> str:
    ways = {each: _target(out, say) for out in box.exits for each in (out.answer,)}
    ways |= {each: say(_QUESTION, n=box.number + 1, id=below) for each in box.down}
    return say(
        N_("{id} · {question} Yes: {yes}; no: {no}."),
        id=box.id,
        question=words.told(box.question, say),
        yes=ways[Answer.YES],
        no=ways[Answer.NO],
    )


def _target(out: Exit, say: Speaker) -> str:
    if out.leads is Leads.LABEL:
        return say(N_("label {label}"), label=out.target)
    if out.leads is Leads.STEP:
        return say(_QUESTION, n=out.number, id=out.step)
    if out.leads is Leads.RULE:
        return say(N_("question {n} · {id} of {rule}"), rule=out.target, n=out.number, id=out.step)
    return out.target


def _basis(book: Rulebook, rule: Rule, say: Speaker) -> Iterator[Part]:
    names = {each.code: words.told(each.name, say) for each in known_risks(book)}
    articles = [words.article(each, say) for each in rule.basis.articles]
    parts = [say(N_("Interim Measures, {articles}"), articles=say(N_(", ")).join(articles))] if articles else []
    parts += rule.basis.clauses
    parts += [f"{code} {names.get(code, '')}".strip() for code in rule.basis.risks]
    if parts:
        yield Line(say(N_("; ")).join(parts), say(N_("Legal basis")))


def _titles(book: Rulebook, say: Speaker) -> dict[str, str]:
    return {each.value: words.untwice(each.value, words.told(each.title, say)) for each in book.labels}


def _examples(book: Rulebook, rule: Rule, say: Speaker) -> Part:
    titles = _titles(book, say)
    heads = tuple(map(say, (N_("Kind"), N_("Example"), N_("Expected label"), N_("Reason"))))
    rows = tuple(
        (
            say(words.EXAMPLES[each.kind]),
            words.told(each.content, say),
            f"{each.expected} {titles.get(each.expected, '')}".strip(),
            words.told(each.reason, say),
        )
        for each in shown_examples(rule)
    )
    return Table(heads, rows, widths=(13, 40, 17, 30), empty=say(N_("No example of this rule is meant for the handbook.")))  # fmt: skip
