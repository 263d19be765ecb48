"""The spot check on its page: labels, annotators, rules and fields apart, and accuracy corrected for reviewers."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from labelqa.errors import Message
from labelqa.i18n import LANGS, Speaker
from labelqa.records.accuracy import LabelScore, WeightedShare
from labelqa.records.accuracy_report import (
    AnnotatorAccuracy,
    CorrectedAccuracy,
    RuleAccuracy,
    StratumAccuracy,
    TeamAccuracy,
)
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.summary import AccuracyReport, Confusion

EN = Speaker("en")


def share(point: float, n: int = 100, method: str = "wilson") -> Estimate:
    return Estimate(
        point=point, low=max(0.0, point - 0.05), high=min(1.0, point + 0.05), confidence=0.95, method=method, n=n
    )


def annotator(name: str, *, model: bool = False, shrunken: Any = None) -> AnnotatorAccuracy:
    return AnnotatorAccuracy(
        person=f"p-{name}", name=name, model=model, correct=45, n=50, raw=share(0.9, 50),
        shrunken=shrunken or share(0.92, 50, "beta-binomial, empirical bayes, credible"),
    )  # fmt: skip


def report(**more: Any) -> AccuracyReport:
    told: dict[str, Any] = {
        "batch": "b", "sample": "b-1", "population": 1000, "drawn": 100, "reviewed": 100, "correct": 90, "incorrect": 10,
        "undecidable": 0, "critical": 1, "accuracy": share(0.9), "critical_rate": share(0.01), "target": 0.95,
        "per_label": (("yes", share(0.9)),), "confusions": (Confusion(first="yes", second="no", count=3),),
        "scores": (LabelScore(
            label="yes", reference=60, given=58, both=50, precision=share(0.862, 58), recall=share(0.833, 60),
            f1=share(0.847, 68, "wilson of the shared part, transformed"),
        ),),
        "team": TeamAccuracy(annotators=(annotator("王"), annotator("judge", model=True)), mean=0.93, weight=40.0),
        "rules": (RuleAccuracy(rule="S-01", labels=("yes",), items=500, checked=58, accuracy=share(0.862), named=4),),
        "strata": (StratumAccuracy(field="lang", value="", items=10, checked=3, accuracy=share(0.8, 3)),),
    }  # fmt: skip
    return AccuracyReport(**(told | more))


@pytest.fixture
def shown(laid_out):
    """Lays out the accuracy of a hand-made report."""

    def opened(found: AccuracyReport, say: Speaker = EN):
        check, scores = (importlib.import_module(f"parts.{name}") for name in ("batch_check", "batch_scores"))

        def both() -> None:
            check.accuracy(found, say)
            scores.lay_out(found, say)

        return laid_out(both)

    return opened


def table(app, *columns: str) -> Any:
    return next(each.value for each in app.dataframe if set(columns) <= set(each.value.columns))


def test_labels_have_precision_recall_and_f1_with_intervals(shown):
    found = table(shown(report()), "Precision", "Recall", "F1")
    assert list(found.iloc[0])[:4] == [
        "yes",
        "86.2% [81.2, 91.2] n=58",
        "83.3% [78.3, 88.3] n=60",
        "84.7% [79.7, 89.7] n=68",
    ]


def test_annotators_are_shown_as_counted_beside_the_drawn_figure_and_models_as_such(shown, everything):
    app = shown(report())
    found = table(app, "As counted", "Drawn towards the team")
    assert list(found["Annotator"]) == ["王", "judge (model)"]
    assert found["As counted"][0] == "90.0% [85.0, 95.0] n=50"
    assert found["Drawn towards the team"][0] == "92.0% [87.0, 97.0] n=50"
    assert "The team lies about 93.0%; that is worth 40 labels" in everything(app)


def test_where_the_team_teaches_nothing_the_raw_shares_stand_and_say_why(shown, everything):
    note = Message("{n} annotators are too few to learn from the team; it takes {fewest}", {"n": 2, "fewest": 3})
    silent = Unknown(reason="too-few", message=note)
    team = TeamAccuracy(annotators=(annotator("王", shrunken=silent),), mean=None, weight=None, note=note)
    app = shown(report(team=team))
    assert "Drawn towards the team" not in table(app, "As counted").columns
    assert "too few to learn from the team" in everything(app)


def test_corrected_accuracy_stands_beside_what_reviewers_said(shown, everything):
    corrected = CorrectedAccuracy(
        source="double-review", raw=share(0.9), accuracy=share(0.87, method="rogan-gladen of wilson"),
        sensitivity=share(0.8, 20), specificity=0.99, doubled=30, differing=4,
    )  # fmt: skip
    app = shown(report(corrected=corrected, answers=share(0.88)))
    assert [(each.label, each.value) for each in app.metric][3:] == [
        ("Accuracy, corrected for reviewers' errors", "87.0%"), ("Called right by reviewers", "90.0%"),
        ("Accuracy of single answers", "88.0%"),
    ]  # fmt: skip
    said = everything(app).replace("\\", "")
    assert "wrong labels called wrong: 80.0% [75.0, 85.0] n=20" in said
    assert "right labels called right: 99.0%" in said
    assert "30 items judged by two verifiers, who differ on 4" in said
    assert "95% corrected for reviewers' errors, Wilson" in said


def test_an_unequal_draw_says_what_it_is_worth(shown, everything):
    weighted = WeightedShare(figure=share(0.9), naive=share(0.7), effective_n=41.6)
    assert "worth 42 items of a simple draw; unweighted it would be 70.0%" in everything(
        shown(report(weighted=weighted))
    ).replace("\\", "")


def test_rules_and_fields_stand_apart(shown):
    app = shown(report())
    assert list(table(app, "Rule").iloc[0]) == ["S-01", "yes", 58, "86.2% [81.2, 91.2] n=100", 4]
    assert table(app, "Field")["Value"][0] == "without this field"


@pytest.mark.parametrize("lang", LANGS)
def test_an_old_report_without_the_new_fields_is_laid_out(shown, lang):
    plain = report(scores=(), team=None, rules=(), strata=())
    app = shown(plain, Speaker(lang))
    assert len(app.metric) == 3
    assert len(app.dataframe) == 2


def test_long_tables_are_cut_and_say_so(shown, everything):
    team = TeamAccuracy(annotators=(annotator("a"),) * 300, mean=None, weight=None)
    app = shown(report(team=team, rules=report().rules * 300, scores=report().scores * 300))
    assert max(len(each.value) for each in app.dataframe) == 200
    assert everything(app).count("200 of 300 rows are shown.") == 3
