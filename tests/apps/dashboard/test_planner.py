"""The planner page: questions with the usual values set, designs beside each other, and the command to copy."""

from __future__ import annotations

import importlib
import shlex

import pytest

from labelqa.adapters.cli.main import root
from labelqa.i18n import LANGS
from labelqa.records.batch import Condition, Kind, Operator
from labelqa.records.designs import Design
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.planning.compare import compared
from tests.building import RELEASE, agreeing, staffed, take_in


def slider(app, key):
    return next(each for each in (*app.select_slider, *app.slider) if each.key == key)


def number(app, key):
    return next(each for each in app.number_input if each.key == key)


def table(app, column):
    return next(each.value for each in app.dataframe if column in each.value.columns)


def command(app):
    return [each.value for each in app.code if each.value.startswith("labelqa plan")][-1]


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_batch_it_answers_for_any_number(empty, open_page, everything, lang):
    app = open_page(empty, "planner", lang=lang)
    assert len(app.main.info) == 1
    assert command(app).startswith("labelqa plan BATCH --design sequential --accuracy 0.95 --risk 0.05")
    made = compared(10_000, accuracy=0.95)
    hours = {"en": "Hours", "zh": "工时（小时）"}[lang]
    assert list(table(app, hours)[hours]) == [f"{each.hours:,.1f}" for each in made.options]
    assert "{" not in everything(app).replace("\\", "")


def test_what_is_asked_is_what_is_worked_out(empty, open_page):
    app = open_page(empty, "planner")
    number(app, "plan-population").set_value(2000)
    slider(app, "plan-accuracy").set_value(0.9)
    slider(app, "plan-minutes").set_value(6.0)
    app.run()
    made = compared(2000, accuracy=0.9)
    shown = table(app, "Hours")
    assert list(shown["Draws"]) == [f"{each.n:,}" for each in made.options]
    assert list(shown["Hours"]) == [f"{3 * each.hours:,.1f}" for each in made.options]
    assert list(shown["Advice"]).index("recommended") == [each.design for each in made.options].index(made.recommended)
    assert not app.exception


def test_the_expected_accuracy_stays_above_the_one_to_be_proven(empty, open_page):
    app = open_page(empty, "planner")
    slider(app, "plan-accuracy").set_value(0.99)
    app.run()
    assert "--accuracy 0.99 --risk 0.05 --expected 0.998" in command(app)
    assert not app.warning


def test_a_cut_and_a_contract_join(empty, open_page):
    app = open_page(empty, "planner")
    number(app, "plan-cut").set_value(400)
    number(app, "plan-n").set_value(500)
    app.run()
    assert "contract" in list(table(app, "Hours")["Design"])
    assert command(app).endswith("--cut 400")  # what the sequential design reads, and nothing of the contract


def test_another_design_gets_its_own_words_and_command(empty, open_page, everything):
    app = open_page(empty, "planner", design="two-point")
    assert "--design two-point" in command(app)
    made = next(each for each in compared(10_000, accuracy=0.95).options if each.design is Design.TWO_POINT)
    said = everything(app).replace("\\", "")
    assert all(str(sentence) in said for sentence in made.explained)


@pytest.mark.parametrize("preset", ["tc260-manual", "safety-census"])
def test_a_text_states_its_own_figures(empty, open_page, preset):
    app = open_page(empty, "planner")
    next(each for each in app.selectbox if each.key == "plan-preset").set_value(preset)
    app.run()
    assert not app.exception
    assert not app.warning
    assert slider(app, "plan-accuracy").disabled
    assert command(app) == f"labelqa plan BATCH --preset {preset}"


def test_words_that_do_not_fit_together_get_one_sentence(empty, open_page):
    app = open_page(empty, "planner")
    slider(app, "plan-sensitivity").set_value(0.7)
    number(app, "plan-population").set_value(1)
    app.run()
    assert not app.exception


def test_a_batch_brings_its_own_number_of_items(empty, open_page):
    staffed(empty)
    declare_batch(empty, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_batch(empty, "b2", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org",
                  where=[Condition(field="item_id", operator=Operator.EQUAL, value="none")])  # fmt: skip
    take_in(empty, agreeing(80))
    freeze_batch(empty, "b1")
    app = open_page(empty, "planner", batch="b1")
    assert next(each.value for each in app.metric) == "80"
    assert command(app).startswith("labelqa plan b1 ")
    assert not [each for each in app.number_input if each.key == "plan-population"]
    app = open_page(empty, "planner", batch="b2")
    assert next(each.label for each in app.number_input) == "Items expected"
    assert command(app).startswith("labelqa plan b2 ")
    assert not app.warning


def test_the_command_is_one_that_the_program_takes(empty, open_page):
    app = open_page(empty, "planner")
    number(app, "plan-cut").set_value(400)
    slider(app, "plan-sensitivity").set_value(0.9)
    slider(app, "plan-minutes").set_value(3.5)
    app.run()
    words = shlex.split(command(app))
    known = {opt for each in root().get_command(None, "plan").params for opt in each.opts}  # type: ignore[arg-type]
    assert {word for word in words if word.startswith("--")} <= known
    assert {"--cut", "--sensitivity", "--minutes"} <= set(words)


def test_every_term_has_an_option_of_its_own():
    from labelqa.adapters.report.design_tables import declaring
    from labelqa.records.designs import Terms
    from labelqa.workflows.planning.terms import BELONGS

    known = {opt for each in root().get_command(None, "plan").params for opt in each.opts}  # type: ignore[arg-type]
    terms = Terms(
        minutes=3.0, double=0.1, pass_lines={"accuracy": 3.0}, margin=0.02, n=400, share=0.2, pass_rate=0.9, decimals=1,
        unit="data.dialogue", one_vote=("critical", "unsafe"), defects=4, cut=90, futility=0.1, sensitivity=0.9,
        specificity=0.99, strata=("label", "data.topic"), minimum=3, score="speed", floor=0.5, aql="1.0", level="III",
        stream="s", seed_source="lottery", parties=("a", "b"), kind="acceptance", confidence=0.9,
    )  # fmt: skip
    made, seen = compared(1000, accuracy=0.95), set()
    for design in Design:
        words = shlex.split(declaring("b1", made, design, terms=terms))
        options = [word for word in words if word.startswith("--")]
        assert set(options) <= known
        seen |= set(options)
        for name, designs in BELONGS.items():
            assert ("--" + name.replace("_", "-") in options) == (design in designs and name in terms.stored())
    assert {"--party", "--pass-line", "--for", "--one-vote", "--seed-source"} <= seen


def test_the_navigation_knows_the_page():
    links = importlib.import_module("parts.links")
    assert links.PLANNER == "views/planner.py"
