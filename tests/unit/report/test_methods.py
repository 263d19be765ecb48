"""Every way of making a number has a name and a sentence in both languages; so has every number."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.adapters.report import measures, names, text
from labelqa.adapters.report.methods import METHODS
from labelqa.i18n import Speaker
from labelqa.records.agreement import Apart
from labelqa.records.annotation import ControlKind, Origin
from labelqa.stats.agreement.benchmark import SCALES
from labelqa.stats.agreement.capabilities import CAPABILITIES
from labelqa.stats.agreement.metrics import LEVELS
from labelqa.stats.agreement.weights import WEIGHTS
from labelqa.stats.kinds import DISTANCES, TABLE

EN, ZH = Speaker("en"), Speaker("zh")
ROOT = Path(__file__).resolve().parents[3] / "labelqa"
# What stands in the places of a method that are not numbers; a number is 11.
PLACES: dict[str, tuple[str, ...]] = {
    "METHOD": ("assumed items, beta",),
    "check.METHOD": ("anytime, beta-binomial mixture",),
    "groups": ("", ", 200 groups"),
    "few": ("", ", few items decide"),
    "over": ("items", "groups of items"),
    "by": ("items", "groups of items"),
    "what": ("items", "200 groups of items"),
    "scale.__name__": ("logit", "arctanh"),
    "form.mcgraw_wong": ("ICC(1)", "ICC(A,1)", "ICC(C,k)"),
    "shared.method": ("wilson", "assumed items, beta, t(11), few items decide"),
    "figure.method": ("census", "wilson", "wilson of the shared part, transformed"),
    "apparent.method": ("wilson", "clopper-pearson", "hypergeometric"),
    "linearised.how": ("gwet-linearised", "linearised with ranks", "linearised over items"),
    "skill.how": ("observed information", "observed information, others held"),
    "weighted_share.name": ("hajek", "horvitz-thompson", "difference", "tuned difference", "difference within strata"),
    "resample.name": ("percentile", "BCa"),
}
OTHERS = ("minimize", "multivariate_hypergeometric", "Matching")  # whose method is none of ours


def written(node: ast.expr, module: str) -> list[str]:
    """The texts that an expression can be; none where it only passes on what it was given."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return written(node.body, module) + written(node.orelse, module)
    if isinstance(node, ast.BoolOp):
        return [each for part in node.values for each in written(part, module)]
    if isinstance(node, ast.JoinedStr):
        parts = [
            written(part, module) if isinstance(part, ast.Constant) else filled(part, module) for part in node.values
        ]
        return ["".join(each) for each in itertools.product(*parts)]
    return list(PLACES.get(f"{module}.{node.id}", ())) if isinstance(node, ast.Name) else []


def filled(part: ast.expr, module: str) -> tuple[str, ...]:
    assert isinstance(part, ast.FormattedValue)
    place = ast.unparse(part.value)
    return PLACES.get(f"{module}.{place}") or PLACES.get(place) or ("11",)


def methods_in(path: Path) -> Iterator[str]:
    """All that a module gives as ``method=`` or ``normal=``, directly or by way of a name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and any(ast.unparse(each) == "method" for target in node.targets for each in
                                                (target.elts if isinstance(target, ast.Tuple) else [target])):  # fmt: skip
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for value in values:
                yield from written(value, path.stem)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] not in OTHERS:
            for keyword in node.keywords:
                if keyword.arg in ("method", "normal"):
                    yield from written(keyword.value, path.stem)
                elif keyword.arg == "how":  # of the linearised coefficients, which put their degrees of freedom behind
                    yield from (f"{each}, t(11)" for each in written(keyword.value, path.stem))


def in_use() -> list[str]:
    found = {code for part in ("stats", "workflows") for path in sorted(ROOT.glob(f"{part}/**/*.py"))
             for code in methods_in(path)}  # fmt: skip
    return sorted(found - {""})


def test_the_methods_in_use_are_found():
    found = in_use()
    assert len(found) > 40
    assert {"wilson", "assumed items, beta, 200 groups, t(11), few items decide", "bradley-terry, wald",
            "hajek, hajek-rosen variance, korn-graubard", "rogan-gladen of wilson", "linearised, normal",
            "bootstrap over items, BCa, 11 replicates", "clopper-pearson, upper"} <= set(found)  # fmt: skip


@pytest.mark.parametrize("code", [*in_use(), "stratified-by-batch", "alpha-by-label-set", "recovered"])
def test_every_method_in_use_has_a_name_a_family_and_a_note_in_both_languages(code):
    for say in (EN, ZH):
        assert text.method_note(code, say), code
        assert "{" not in text.method_name(code, say) + text.method_family(code, say)
    assert text.method_name(code, ZH) != code
    assert "11" not in text.method_family(code, EN)
    assert not text.method_note(code, ZH).isascii()


def test_no_code_fits_two_methods_and_every_method_is_used():
    codes = [*in_use(), "stratified-by-batch", "alpha-by-label-set", "recovered"]
    fitting = {code: [each for each in METHODS if re.fullmatch(each.pattern, code)] for code in codes}
    assert {code: len(found) for code, found in fitting.items() if len(found) != 1} == {}
    used = {each.pattern for found in fitting.values() for each in found}
    assert {each.pattern for each in METHODS} - used == set()


def test_a_method_within_a_method_is_named_too():
    code = "rogan-gladen of clopper-pearson"
    assert text.method_name(code, EN) == "corrected for reviewers' errors, Clopper–Pearson"
    assert text.method_name(code, ZH) == "校正审核误差，Clopper–Pearson"
    assert text.method_family(code, EN) == "corrected for reviewers' errors"
    code = "wilson of the shared part, transformed, widened for 3 not known"
    assert text.method_name(code, EN) == "Wilson, transformed, widened for 3 not known"
    assert text.method_name(code, ZH) == "Wilson（变换），因 3 条未知而加宽"


def coefficients() -> list[str]:
    """Every coefficient that is worked out for some kind of answer, or that has declared capabilities."""
    of_kinds = {name for row in TABLE.values() for name in (*row.coefficients, *row.also)}
    return sorted(of_kinds | set(CAPABILITIES))


@pytest.mark.parametrize("code", coefficients())
def test_every_coefficient_has_a_name_in_both_languages(code):
    family, _, form = code.partition(":")
    assert family in measures.COEFFICIENTS
    assert not form or form in measures.FORMS
    assert code not in (text.coefficient_name(code, EN), text.coefficient_name(code, ZH))


def test_a_coefficient_is_named_with_its_metric_or_weights():
    assert text.coefficient_name("krippendorff-alpha:ordinal", EN) == "Krippendorff's alpha, ordinal"
    assert text.coefficient_name("krippendorff-alpha:ordinal", ZH) == "Krippendorff α（有序）"
    assert text.coefficient_name("gwet-ac2:quadratic", ZH) == "Gwet AC2（平方权重）"
    assert text.coefficient_name("new:thing", ZH) == "new:thing"


@pytest.mark.parametrize("form", sorted({*LEVELS, *WEIGHTS}))
def test_every_metric_and_every_weights_have_a_name(form):
    assert not Speaker("zh")(measures.FORMS[form]).isascii()


@pytest.mark.parametrize("code", DISTANCES)
def test_every_distance_has_a_name_in_both_languages(code):
    assert text.distance_name(code, EN) != code
    assert not text.distance_name(code, ZH).isascii()


def test_kinds_origins_and_parts_have_names():
    for each in (*ControlKind, *Origin, *Apart):
        assert str(each) in names.ENUMS[type(each).__name__]
        assert not text.name_of(each, ZH).isascii()
    for apart, parts in measures.PARTS.items():
        assert apart in set(Apart)
        for part in parts:
            assert text.part_name(apart, part, EN) != part
            assert not text.part_name(apart, part, ZH).isascii()
    assert text.part_name("week", "2026-W47", ZH) == "2026-W47"
    assert text.part_name("stratum", "", EN) == "without this field"


def test_scales_of_words_and_their_bands_have_names_in_both_languages():
    assert set(measures.SCALES) == set(SCALES)
    for scale, bands in SCALES.items():
        assert text.scale_name(scale, ZH) != scale
        for band, _ in bands:
            assert not ZH(band).isascii()


def test_shares_are_those_coefficients_that_are_no_correction_for_chance():
    assert [code for code in coefficients() if text.is_share(code)] == [
        "ks",
        "mean-agreement",
        "percent-agreement",
        "sigma",
    ]
