"""The agreement of a batch on its page: what is told, what is left out with a sentence, and how much is shown."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from labelqa.errors import Message
from labelqa.i18n import LANGS, Speaker
from labelqa.records.agreement import Apart, Coefficient, DisputedItem, Membership, PartAgreement, Unchanged
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.summary import AgreementReport, Confusion, LabelAgreement, PairAgreement

EN = Speaker("en")
NO_KAPPA = Unknown(
    reason="compared", message=Message("kappa is for answers that can be counted, not for compared ones")
)


def figure(point: float, *, n: int = 40, method: str = "assumed items, beta, t(39)") -> Estimate:
    return Estimate(point=point, low=point - 0.1, high=point + 0.1, confidence=0.95, method=method, n=n)


def report(**more: Any) -> AgreementReport:
    """A batch of single labels about which everything is known."""
    told: dict[str, Any] = {
        "batch": "b", "control": "label", "labels": ("yes", "no"), "items": 50, "items_with_pairs": 40,
        "annotations": 120, "annotators": 3, "kind": "choice", "distance": "exact", "headline": "krippendorff-alpha",
        "reason": Message("labels have no order, so two answers are the same or not"),
        "coefficients": (
            Coefficient(name="krippendorff-alpha", figure=figure(0.7)),
            Coefficient(name="percent-agreement", figure=figure(0.85)),
        ),
        "per_label": (LabelAgreement(label="yes", count=70, share=0.6, agreement=figure(0.8), alpha=figure(0.7)),),
        "pairs": (
            PairAgreement(first="A", second="B", shared=30, agreement=figure(0.85), kappa=figure(0.6)),
            PairAgreement(first="A", second="C", shared=10, agreement=figure(0.55), kappa=figure(0.2)),
        ),
        "confusions": (Confusion(first="yes", second="no", count=9),),
        "membership": (
            Membership(scale="landis-koch", word="moderate", probability=0.07),
            Membership(scale="landis-koch", word="substantial", probability=0.93),
            Membership(scale="landis-koch", word="poor", probability=0.0001),
        ),
        "parts": (
            PartAgreement(apart=Apart.ORIGIN, name="afresh", items=30, agreement=figure(0.8), alpha=figure(0.6)),
            PartAgreement(apart=Apart.ORIGIN, name="prelabelled", items=10, agreement=figure(0.89), alpha=figure(0.8)),
            PartAgreement(apart=Apart.STRATUM, name="", items=10, agreement=figure(0.8), alpha=figure(0.6), field="lang"),
        ),
        "unchanged": (Unchanged(name="A", prelabelled=12, share=figure(0.75, n=12, method="wilson")),),
        "influence": (
            AnnotatorInfluence(annotator="A", without=figure(0.65), change=-0.05),
            AnnotatorInfluence(annotator="C", without=figure(0.8), change=0.1),
            AnnotatorInfluence(annotator="B", without=NO_KAPPA, change=None),
        ),
        "disputed": (
            DisputedItem(item="i-7", annotations=3, disagreement=1.0, entropy=0.918, answers=(("no", 2), ("yes", 1))),
        ),
        "notes": (Message("specific agreement is for labels of whole items, not of stretches"),),
    }  # fmt: skip
    return AgreementReport(**(told | more))


def spans(**more: Any) -> AgreementReport:
    """A batch of spans: labels have alpha alone, pairs have no kappa, answers are stored as JSON."""
    unknown = Unknown(
        reason="stretches", message=Message("specific agreement is for labels of whole items, not of stretches")
    )
    told: dict[str, Any] = {
        "kind": "spans", "distance": "span-overlap", "headline": "unitizing-alpha", "confusions": (), "membership": (),
        "coefficients": (Coefficient(name="unitizing-alpha", figure=figure(0.7)),),
        "per_label": (LabelAgreement(label="drug", count=70, share=1.0, agreement=unknown, alpha=figure(0.7)),),
        "pairs": (PairAgreement(first="A", second="B", shared=30, agreement=figure(0.85), kappa=NO_KAPPA),),
        "disputed": (DisputedItem(
            item="i-7", annotations=2, disagreement=0.9, entropy=None,
            answers=(('[{"start":0,"end":4,"labels":["drug"],"text":"阿司匹林"}]', 1), ("[]", 1)),
        ),),
    }  # fmt: skip
    return report(**(told | more))


@pytest.fixture
def shown(laid_out):
    """Lays out the section of a hand-made report."""

    def opened(found: AgreementReport, say: Speaker = EN):
        part = importlib.import_module("parts.batch_agreement")
        answers = {"agreement_report": found, "annotators_in": {"p-1": "A", "p-2": "B"}, "shown_item": {"text": "…"}}
        view = SimpleNamespace(say=say, ask=lambda question, *_: answers[question.__name__])
        return laid_out(lambda: part.lay_out(view, SimpleNamespace(name="b")))

    return opened


def tables(app) -> list[Any]:
    return [each.value for each in app.dataframe]


def table(app, *columns: str) -> Any:
    return next(each for each in tables(app) if set(columns) <= set(each.columns))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("found", [report(), spans()], ids=["choice", "spans"])
def test_no_code_reaches_a_reader(shown, everything, found, lang):
    app = shown(found, Speaker(lang))
    said = everything(app).replace("\\", "") + "".join(map(str, tables(app)))
    for code in ("krippendorff-alpha", "span-overlap", "unitizing-alpha", "landis-koch", "prelabelled", '{"'):
        assert code not in said


def test_the_number_to_quote_stands_first_with_its_kind_and_what_it_is_called(shown, everything):
    app = shown(report())
    assert [(each.label, each.value) for each in app.metric] == [("Krippendorff's alpha", "0.700")]
    said = everything(app).replace("\\", "")
    assert "[0.600, 0.800]" in said
    assert "Kind of answer: one label" in said
    assert "compared by: the same or not" in said
    assert "scale of Landis and Koch, with its probability: substantial 93%, moderate 7%\n" in said  # after the number
    assert list(table(app, "Coefficient", "Figure")["Figure"]) == ["0.700", "85.0%"]


def test_few_deciding_items_are_said_in_the_method(shown, everything):
    few = figure(0.7, method="assumed items, beta, t(3), few items decide")
    app = shown(report(coefficients=(Coefficient(name="krippendorff-alpha", figure=few),)))
    assert "few items decide" in everything(app)
    assert table(app, "Coefficient")["Method"][0].endswith("few items decide")


def test_parts_stand_apart_with_intervals(shown, everything):
    app = shown(report())
    parts = [each for each in tables(app) if "Part" in each.columns]
    assert [list(each["Part"]) for each in parts] == [
        ["answered afresh", "begun from a pre-label"],
        ["without this field"],
    ]
    assert parts[0]["Alpha"][0] == "0.600 [0.500, 0.700] n=40"
    assert "by lang" in everything(app)
    assert table(app, "Left unchanged")["Left unchanged"][0] == "75.0% [65.0, 85.0] n=12"


def test_influence_is_sorted_by_change_and_unknown_is_said(shown):
    found = table(shown(report()), "Change")
    assert list(found["Without"]) == ["C", "A", "B"]
    assert list(found["Change"]) == ["+0.100", "−0.050", "unknown"]


def test_pairs_come_lowest_first_with_what_they_share(shown):
    found = table(shown(report()), "Shared items")
    assert list(found["Second"]) == ["C", "B"]
    assert list(found["Shared items"]) == [10, 30]


def test_a_column_that_nobody_can_know_is_a_sentence(shown, everything):
    app = shown(spans())
    assert "Kappa" not in table(app, "Shared items").columns
    said = everything(app).replace("\\", "")
    assert "Kappa: unknown (kappa is for answers that can be counted, not for compared ones)" in said
    assert "Agreement on this label" not in table(app, "Label").columns
    assert "Nobody gave the same item another label" not in said  # which would be wrong of spans


def test_disputed_answers_are_words_not_json(shown):
    found = table(shown(spans()), "Disagreement")
    assert list(found["Answers"]) == ["drug “阿司匹林” × 1; nothing marked × 1"]
    assert "Entropy (bits)" not in found.columns


def test_kinds_without_labels_say_so(shown, everything):
    app = shown(spans(kind="boxes", distance="box-overlap", headline="distance-alpha", per_label=()))
    assert "there is no table of single labels" in everything(app)
    assert not any("Label" in each.columns for each in tables(app))


def test_nothing_known_is_laid_out_with_sentences(shown, everything):
    alone = Unknown(
        reason="one-annotator", message=Message("agreement is between annotators, and here there are fewer than two")
    )
    app = shown(report(
        coefficients=(Coefficient(name="krippendorff-alpha", figure=alone),), per_label=(), pairs=(), confusions=(),
        membership=(), parts=(), unchanged=(), influence=(), disputed=(), notes=(),
    ))  # fmt: skip
    assert app.metric[0].value == "unknown"
    assert "fewer than two" in everything(app)
    assert {each.value for each in app.info} == {
        "No label was given by two annotators.", "There is nothing to take this batch apart by.",
        "No item is known on which annotators differ.", "Agreement without single annotators is not known here.",
        "No two annotators labelled the same item.",
    }  # fmt: skip


def test_an_old_report_without_the_new_fields_is_laid_out(shown):
    plain = report(kind="", distance="", headline="", reason=Message(""), membership=(), parts=(), unchanged=(),
                   influence=(), disputed=())  # fmt: skip
    app = shown(plain)
    assert app.metric == []
    assert len(table(app, "Coefficient")) == 2


def test_long_tables_are_cut_and_say_so(shown, everything):
    pair = report().pairs[0]
    one, label = report().influence[0], report().per_label[0]
    many = shown(report(
        pairs=(pair,) * 5_000, influence=(one,) * 1_000, per_label=(label,) * 300,
        parts=(report().parts[0],) * 300, confusions=report().confusions * 400,
    ))  # fmt: skip
    assert max(map(len, tables(many))) == 200
    said = everything(many)
    for there in ("5,000", "1,000", "300", "400"):
        assert f"200 of {there} rows are shown." in said


def test_the_way_from_a_disputed_item_leads_to_items_like_it():
    like = importlib.import_module("parts.batch_disputed").like
    item = report().disputed[0]
    assert like(item, ("yes", "no")) == {"label": "no", "against": "yes"}
    assert like(spans().disputed[0], ("drug",)) == {"only": "disputed"}
