"""The verification record of a batch (GB/T 45674—2025, 8.1 g) as one page: read on a screen, printed, filed.

Sentences and names of codes only; what they say was worked out before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from labelqa.adapters.files.correction_sheets import problem_text, state_text
from labelqa.adapters.report import text
from labelqa.adapters.report.form_words import Rows, check_words, digest_rows, fates, moment_in
from labelqa.adapters.report.html import pages
from labelqa.adapters.report.names import name_of
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.corrections import Correction, ItemProblems
from labelqa.records.review import Check, CheckResult, SeedStanding, Verdict
from labelqa.records.verification import VerificationForm, VerifiedSample, VerifierLine

Line = tuple[str, ...]
_VERIFIERS = (
    N_("verifier"), N_("items"), N_("correct"), N_("incorrect"), N_("undecidable"), N_("first verdict"), N_("last verdict"),
)  # fmt: skip
_PROBLEMS = (N_("item"), N_("problem"), N_("found by"), N_("found at"), N_("state"), N_("measure"))


def verification_html(form: VerificationForm, lang: Lang) -> str:
    """The whole form as one HTML document; the same form gives the same text."""
    say = Speaker(lang)
    page = pages().get_template("verification.html.j2")
    return (
        page.render(
            say=say, html_lang="zh-CN" if lang == "zh" else "en", batch=form.batch.name, parties=_parties(form, say),
            samples=[_sample(each, form, say) for each in form.samples], verifier_heads=list(map(say, _VERIFIERS)),
            problem_heads=list(map(say, _PROBLEMS)), rate=_rate(form, say),
            problems=[line for item in form.completeness.items for line in _problems(item, form, say)],
            matters=[(say(N_("disputes")), fates(form.disputes, say)),
                     (say(N_("suspected illegal or harmful hits")), fates(form.hits, say))],
            files=digest_rows(form.batch, form.head, say),
        )
        + "\n"
    )  # fmt: skip


def _parties(form: VerificationForm, say: Speaker) -> Rows:
    batch = form.batch
    conclusion = name_of(batch.conclusion, say) if batch.conclusion else say(N_("not settled"))
    return [
        (say(N_("batch")), batch.name),
        (say(N_("organizer")), batch.organizer),
        (say(N_("requester")), batch.requester or "–"),
        (say(N_("kind of labeling")), name_of(batch.kind, say)),
        (say(N_("rulebook release")), f"{batch.release} ({form.release_digest[:16]}…)"),
        (say(N_("items")), text.count(batch.freeze.n_items if batch.freeze else 0)),
        (say(N_("conclusion")), conclusion),
        (say(N_("written at")), f"{moment_in(form.made_at, form.zone)} ({form.zone})"),
    ]


def _sample(sample: VerifiedSample, form: VerificationForm, say: Speaker) -> Mapping[str, object]:
    said = check_words(sample.check, say)
    return {
        **{name: said[name] for name in ("kind", "plan", "statement", "explained")}, "name": sample.check.sample,
        "facts": _facts(sample, say), "verifiers": [_verifier(each, form) for each in sample.verifiers],
    }  # fmt: skip


def _facts(sample: VerifiedSample, say: Speaker) -> Rows:
    """How items and people were chosen, and what of the three checks is on record."""
    told = N_("{n} of {all} verdicts record all three checks")
    rows = [
        (say(N_("drawn from")), text.count(sample.population)),
        (say(N_("seed")), name_of(SeedStanding(sample.standing), say)),
        (say(N_("frame")), sample.frame),
        (say(N_("verdicts that report a risk")), text.count(sample.unsafe)),
        (say(N_("three checks (8.1 d)")), say(told, n=text.count(sample.all_checked), all=text.count(sample.judged))),
    ]
    for check, results in sample.checks.items():
        parts = [f"{_result(result, say)} {text.count(n)}" for result, n in sorted(results.items(), reverse=True)]
        rows.append((name_of(Check(check), say), ("，" if say.lang == "zh" else ", ").join(parts) or "–"))
    return rows


def _result(result: str, say: Speaker) -> str:
    return name_of(CheckResult(result), say) if result else say(N_("not recorded"))


def _verifier(each: VerifierLine, form: VerificationForm) -> Line:
    counts = (each.judged, *(each.results.get(verdict, 0) for verdict in Verdict))
    return (
        each.name, *map(text.count, counts), moment_in(each.first_at, form.zone), moment_in(each.last_at, form.zone),
    )  # fmt: skip


def _rate(form: VerificationForm, say: Speaker) -> str:
    told = form.completeness
    return say(
        N_(
            "{problems} {problems:item|items} with problems: {corrected} corrected, {closed} closed, {open} open ({waiting} of them wait for "
            "a re-review); closing rate {rate}."
        ),
        problems=told.problems, corrected=told.corrected, closed=told.closed, open=told.open, waiting=told.waiting,
        rate=text.figure_text(told.rate, say),
    )  # fmt: skip


def _problems(item: ItemProblems, form: VerificationForm, say: Speaker) -> Iterator[Line]:
    """A line a problem; what was done about the item stands once, with the first."""
    measures = "; ".join([*(_correction(each, form, say) for each in item.corrections), *_closures(item, form, say)])
    for place, each in enumerate(item.problems):
        yield (
            item.item_id, problem_text(each, say), form.names.get(each.by, each.by), moment_in(each.at, form.zone),
            name_of(item.status, say) if not place else "", (measures or "–") if not place else "",
        )  # fmt: skip


def _correction(each: Correction, form: VerificationForm, say: Speaker) -> str:
    seen = each.review
    at = _at(each.corrected_at, form)
    made = say(N_("{before} corrected to {after} by {who}, {at}"), before=each.before, after=each.after,
               who=form.names.get(each.corrector, each.corrector), at=at)  # fmt: skip
    if seen is None:
        return f"{made}: {state_text(each, say)}"
    again = say(
        N_("re-reviewed by {who}, {at}"), who=form.names.get(seen.reviewer, seen.reviewer), at=_at(seen.at, form)
    )
    return f"{made}; {again}: {state_text(each, say)}"


def _closures(item: ItemProblems, form: VerificationForm, say: Speaker) -> Iterator[str]:
    closed = dict.fromkeys((each.closed, each.closed_by) for each in item.problems if each.closed is not None)
    for how, fact in closed:
        if how is not None:
            reason = form.texts.get(fact, "")
            yield f"{name_of(how, say)}: {reason}" if reason else name_of(how, say)


def _at(at: datetime, form: VerificationForm) -> str:
    return moment_in(at, form.zone)
