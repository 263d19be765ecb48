"""The certificate on the page of the spot check: decision, sentence, what was read, what remains, and the lower bound."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from labelqa.errors import Message
from labelqa.i18n import LANGS, Speaker
from labelqa.records.batch import Kind
from labelqa.records.designs import Certificate, Decision, Design
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.review import Verdict
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from tests.building import RELEASE, agreeing, staffed, take_in

EN = Speaker("en")


def certificate(**more: Any) -> Certificate:
    told: dict[str, Any] = {
        "sample": "b/1", "design": Design.SEQUENTIAL, "decision": Decision.GO_ON, "population": 1000, "drawn": 240,
        "given": 50, "read": 48, "wrong": 1, "stopped_at": None, "target": 0.95, "risk": 0.05, "p_value": 0.31,
        "accuracy": Estimate(point=0.98, low=0.901, high=0.999, confidence=0.9, method="wilson", n=48),
        "fewest_more": 75, "rule": None, "proven": None, "statement": Message("not proven yet <b>"),
    }  # fmt: skip
    whole = told | more
    return Certificate(**({"to_give": whole["fewest_more"]} | whole))


@pytest.fixture
def shown(laid_out):
    """Lays a certificate out."""

    def laid(found: Certificate, say: Speaker = EN):
        part = importlib.import_module("parts.certificate_card")
        return laid_out(lambda: part.card(found, say))

    return laid


def metrics(app):
    return {each.label: each.value for each in app.metric}


def test_it_says_what_remains_and_what_is_proven(shown, everything):
    app = shown(certificate())
    assert metrics(app) == {
        "Verdicts read in ticket order": "48", "Accuracy by these verdicts": "98.0%", "Further reviews that would do": "75"
    }  # fmt: skip
    said = everything(app).replace("\\", "")
    for part in ("not decided yet", "not proven yet <b>", "2 more came out of turn", "at least 90.1% right", "p = 0.31",
                 "to be proven: 95% at a risk of 5%", "1 of them count against"):  # fmt: skip
        assert part in said
    assert "<b>" not in everything(app).replace("\\<b\\>", "")


@pytest.mark.parametrize(
    ("decision", "colour", "words"),
    [(Decision.ACCEPT, "green", "decided: accepted"), (Decision.REJECT, "red", "decided: not accepted")],
)
def test_a_decision_says_that_reviewing_may_stop(shown, everything, decision, colour, words):
    app = shown(certificate(decision=decision, stopped_at=40, fewest_more=0))
    assert f":{colour}-badge[" in everything(app)
    assert words in everything(app).replace("\\", "")
    assert metrics(app)["Further reviews that would do"] == "0"
    assert "decided after 40" in everything(app)


def test_what_was_taken_back_is_said(shown):
    app = shown(certificate(retracted=Message("Taken back"), changed=2))
    assert [each.value for each in app.warning] == ["Taken back"]


def test_where_nothing_would_do_no_number_is_invented(shown, everything):
    silent = Unknown(reason="nothing-checked", message=Message("nothing has been checked yet"))
    app = shown(certificate(fewest_more=None, accuracy=silent, p_value=None, read=0, given=0, wrong=0))
    assert metrics(app) == {
        "Verdicts read in ticket order": "0", "Accuracy by these verdicts": "unknown", "Further reviews that would do": "—"
    }  # fmt: skip
    assert "p =" not in everything(app)


def test_an_estimate_proves_nothing_and_does_not_seem_to(shown, everything):
    app = shown(certificate(design=Design.ESTIMATE, p_value=None, fewest_more=12))
    assert "to be proven" not in everything(app).replace("\\", "")
    assert metrics(app)["Planned reviews that remain"] == "12"


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_the_certificate_of_the_workspace(empty, open_page, everything, lang):
    staffed(empty)
    declare_batch(empty, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(empty, "b1", seed="the seed of b1", design=Design.SEQUENTIAL, accuracy=0.9)
    take_in(empty, agreeing(120))
    freeze_batch(empty, "b1")
    sample = draw_sample(empty, "b1", verifiers=2).sample
    for each in drawn_items(empty, sample)[:10]:
        record_review(empty, sample, each.item_id, verdict=Verdict.CORRECT, by=each.verifier)
    app = open_page(empty, "batch", lang=lang, batch="b1", show="check")
    found = certificate_named(empty, "b1")
    label = {"en": "Further reviews that would do", "zh": "最少还需核验条数"}[lang]
    assert metrics(app)[label] == str(found.fewest_more)
    assert Speaker(lang)(found.statement) in everything(app).replace("\\", "")
    assert len(app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")) >= 1
