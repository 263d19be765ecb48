"""The spot checks of a report: one row a sample, the sentence to be signed, and a pair of curves a design."""

from __future__ import annotations

from dataclasses import replace

from labelqa.adapters.report.check_tables import MOST_CURVES, checks, planned
from labelqa.adapters.report.html import render_html
from labelqa.adapters.report.markdown import render_markdown
from labelqa.errors import Message
from labelqa.i18n import Speaker
from labelqa.records.designs import Certificate, CheckLine, Decision, Design
from labelqa.records.estimate import Estimate
from labelqa.workflows.planning.compare import compared
from tests.unit.report.sample_summary import rich

FIGURE = Estimate(point=1.0, low=0.951, high=1.0, confidence=0.9, method="anytime, beta-binomial mixture", n=55)


def line(sample: str, decision: Decision, *, population: int = 400, said: str = "five in a hundred") -> CheckLine:
    made = compared(population, accuracy=0.95)
    alone = replace(
        made, batch=sample, options=tuple(each for each in made.options if each.design is Design.SEQUENTIAL)
    )
    certificate = Certificate(
        sample=f"{sample}/1", design=Design.SEQUENTIAL, decision=decision, population=population, drawn=114, given=56,
        read=55, wrong=0, stopped_at=55, target=0.95, risk=0.05, p_value=0.049, accuracy=FIGURE, fewest_more=0, rule=None,
        proven=True, statement=Message(said), retracted=Message("taken back"),
    )  # fmt: skip
    return CheckLine(batch=sample, certificate=certificate, planned=alone)


def test_every_check_has_a_row_with_its_sentence_and_what_was_taken_back():
    summary = replace(rich(), checks=(line("one", Decision.ACCEPT), line("two", Decision.GO_ON)))
    table = checks(summary, Speaker("en"))
    assert [[cell.value for cell in row[:6]] for row in table.rows] == [
        ["one/1", "sequential", 114, 56, 55, 0], ["two/1", "sequential", 114, 56, 55, 0],
    ]  # fmt: skip
    assert [row[6].tone for row in table.rows] == ["good", "warn"]
    assert table.rows[0][7].value is FIGURE
    assert table.rows[0][8].value == "five in a hundred taken back"
    assert "one/1" in render_markdown(summary, "zh")


def test_each_design_is_drawn_once_and_not_too_many():
    same = replace(rich(), checks=(line("one", Decision.ACCEPT), line("two", Decision.REJECT)))
    assert [each.batch for each in planned(same)] == ["one"]
    many = replace(
        same, checks=tuple(line(f"b{n}", Decision.ACCEPT, population=100 + n) for n in range(MOST_CURVES + 2))
    )
    assert len(planned(many)) == MOST_CURVES
    page = render_html(same, "en")
    assert page.count("Chance to accept the batch") >= 1
    assert "<script" not in page


def test_a_period_without_a_check_says_so_in_both_languages():
    assert "No sample was drawn or judged in this period." in render_html(rich(), "en")
    assert "本期间没有抽取或核验任何样本。" in render_html(rich(), "zh")
