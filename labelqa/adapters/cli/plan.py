"""``labelqa plan``: what a spot check has to prove, which designs would do, and what each of them costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.cli.command import argument, command, flag, option, under
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.plan_page import page_target, write_page
from labelqa.adapters.cli.plan_tables import print_comparison, print_explained
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, Number, OneOf, PairWord, Share, Whole
from labelqa.errors import WrongUsage
from labelqa.i18n import N_
from labelqa.records.designs import Allocation, Counts, Design, DesignComparison, Preset, Terms, Undecided
from labelqa.records.results import PlanResult
from labelqa.records.review import Plan, Resolved, VerdictKind

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

_LISTS: Final = ("strata", "one_vote", "parties")
_FIGURES: Final = ("accuracy", "risk", "expected", "power")
_FOR: Final = OneOf([VerdictKind.VERIFICATION, VerdictKind.ACCEPTANCE])

_NEED = under(
    N_("What has to be proven:"),
    option("--accuracy", word=Share(), shown="0.95", says=N_("Accuracy to be proven.")),
    option("--risk", word=Share(), shown="0.05", says=N_("Largest chance to accept a batch that misses it.")),
    option("--expected", word=Share(), says=N_("Accuracy at which the plan should usually pass; else a fifth of the errors allowed.")),
    option("--power", word=Share(), shown="0.9", says=N_("Smallest chance to accept a batch as good as expected.")),
    option("--counts", word=OneOf.named(Counts), says=N_("What counts against the batch: every error, or unsafe content alone.")),
    option("--minutes", word=Number(), default=2.0, says=N_("What one review costs, in minutes.")),
)  # fmt: skip
_CHOICE = under(
    N_("Which design:"),
    option("--design", word=OneOf.named(Design), metavar="DESIGN", says=N_("sequential, two-point, zero-acceptance, discovery, estimate, contract, stratified, aql or census.")),
    option("--preset", word=OneOf.named(Preset), metavar="PRESET", says=N_("The figures of a text: tc260-manual, tc260-technical, tc260-source, safety-census or functional-batch.")),
    option("--for", "kind", word=_FOR, says=N_("In which capacity the verdicts are given, where the kind of labeling does not say it.")),
    flag("--as-rulebook", says=N_("The plan that the batch's rulebook asks for; other options add to it.")),
    flag("--compare", says=N_("Compare only; declare nothing.")),
    option("--population", word=Whole(), says=N_("Compare for so many items; needs no batch, or one whose labels are still to come.")),
    flag("--explain", says=N_("Say in plain words what the design does, and what it does not promise.")),
    option("--out", word=FILE, metavar="FILE.html", says=N_("Write the designs with their charts as one HTML page too.")),
)  # fmt: skip
_VERDICTS = under(
    N_("How verdicts count:"),
    option("--undecidable", word=OneOf.named(Undecided), shown="incorrect", says=N_("What becomes of items that cannot be judged; they may be left out only where nothing is certified.")),
    option("--double", word=Share(), shown="0", says=N_("Share of the drawn items that a second verifier judges as well.")),
    option("--pass-line", word=PairWord("DIM=SCORE"), multiple=True, says=N_("Lowest score of a dimension that passes, such as accuracy=3; repeatable.")),
)  # fmt: skip
_STEPWISE = under(
    N_("Sequential and stratified designs:"),
    option("--cut", word=Whole(), says=N_("Reviews after which it is given up.")),
    option("--futility", word=Share(), shown="0.05", says=N_("Chance to give up a batch that has what is to be proven.")),
    option("--sensitivity", word=Share(), shown="1", says=N_("Chance that a reviewer calls a wrong label wrong.")),
    option("--specificity", word=Share(), shown="1", says=N_("Chance that a reviewer calls a right label right.")),
    option("--strata", multiple=True, says=N_("annotator, label, risk, source or a field such as data.topic; repeatable, or with commas.")),
    option("--allocation", word=OneOf.named(Allocation), shown="proportional", says=N_("How the reviews are shared out over the strata.")),
    option("--cost", word=PairWord("STRATUM=MINUTES"), multiple=True, says=N_("What a review costs in one stratum, for --allocation cost-optimal; repeatable.")),
    option("--minimum", word=Whole(), shown="2", says=N_("Items from each stratum, at least.")),
    option("--score", says=N_("Where errors are likely: disagreement, posterior, speed, or a field such as data.p_wrong.")),
)  # fmt: skip
_OTHERS = under(
    N_("Contract, estimate, discovery, AQL:"),
    option("--n", word=Whole(), says=N_("Items that a contract checks; with --share the larger of both.")),
    option("--share", word=Share(), says=N_("Share of the batch that a contract checks.")),
    option("--pass-rate", word=Share(), says=N_("Lowest pass rate that the contract accepts; else the accuracy.")),
    option("--decimals", word=Whole(0), says=N_("Decimals of a percentage to which the rate is rounded before it is compared.")),
    option("--unit", shown="item", says=N_("What passes or fails: item, or a field whose items go together, such as data.dialogue.")),
    option("--one-vote", multiple=True, says=N_("Severities, defect codes or unsafe of which one fails the batch; repeatable, or with commas.")),
    option("--margin", word=Share(), says=N_("Half the width of an estimate's interval; else half of the errors allowed.")),
    option("--confidence", word=Share(), shown="0.95", says=N_("How sure an estimate's interval is.")),
    option("--floor", word=Share(), shown="0.25", says=N_("Share of the chances that every item has alike when a score steers an estimate.")),
    option("--defects", word=Whole(), says=N_("Discovery: so many wrong items would have been noticed.")),
    option("--aql", says=N_("AQL as the standard writes it, such as 1.0.")),
    option("--level", shown="II", says=N_("Inspection level: I, II, III or S-1 to S-4.")),
    option("--stream", says=N_("Batches that the switching rules take together; else those of one organizer and kind.")),
)  # fmt: skip
_SEED = under(
    N_("Where the seed comes from:"),
    option("--seed", default="", says=N_("The seed itself, when somebody chose it; else a random one is kept until the draw.")),
    option("--seed-source", metavar="WORDS", says=N_("Public randomness that is published later: who, what, which number.")),
    option("--party", "parties", multiple=True, says=N_("Who commits a part of a joint seed; once for each of them.")),
)  # fmt: skip


@command(
    "plan",
    says=N_("Compare designs of a spot check, and declare one; best before the batch is frozen."),
    more=(
        N_(
            "--accuracy is what has to be proven and --risk the chance to accept a batch that does not have it; "
            "--power is the chance to accept a batch whose accuracy is --expected. The seed is drawn now and kept secret "
            "until the draw; its digest goes into the ledger."
        ),
        N_(
            "Without --design: every item for safety labeling, the contract for an acceptance, else reviews until it is "
            "proven. An option that only one design reads tells that design."
        ),
    ),
    examples=(
        "labelqa plan sft-w46",
        "labelqa plan sft-w46 --design two-point --accuracy 0.95 --risk 0.05 --expected 0.99",
        "labelqa plan --compare --population 10000 --accuracy 0.98 --explain",
        "labelqa plan sft-w46 --for acceptance --n 500 --pass-rate 0.98 --party organizer --party requester",
    ),
    words=(
        argument("batch", required=False), *_CHOICE, *_NEED, *_VERDICTS, *_STEPWISE, *_OTHERS, *_SEED,
    ),
    reports=True,
)  # fmt: skip
def plan(
    session: Session,
    *,
    batch: str | None,
    compare: bool,
    explain: bool,
    population: int | None,
    seed: str,
    out: Path | None,
    as_rulebook: bool,
    **words: Any,
) -> None:
    """Shows the designs side by side, and declares the chosen one."""
    if as_rulebook:
        words = _as_rulebook(session, batch, words)
    said = {name: words[name] for name in (*_FIGURES, "preset")}
    said["terms"] = terms_of_words(words)
    page = page_target(session, out)
    if batch is None or compare:
        told = said | {"design": words["design"], "seed": seed}
        return _compare_only(session, batch, population, explain, told, page)
    from labelqa.workflows.planning.plans import declare_plan

    with session.desk() as desk:
        made = declare_plan(desk, batch, design=words["design"], seed=seed, **said)
        compared = _compared(desk, made.plan, population) if page or not session.json else None
    if session.json:
        write_page(session, page, compared, made.plan.terms)
        return session.screen.json(made)
    if compared:
        print_comparison(session, compared, chosen=made.plan.design)
    _print_plan(session, made)
    if compared and explain:
        print_explained(session, compared, (made.plan.design,))
    return write_page(session, page, compared, made.plan.terms)


def _as_rulebook(session: Session, batch: str | None, words: Mapping[str, Any]) -> dict[str, Any]:
    from labelqa.workflows.planning.ruled import ruled_plan

    if batch is None:
        raise WrongUsage("--as-rulebook needs a batch, whose rulebook names the plan")
    with session.desk() as desk:
        asked = ruled_plan(desk, batch)
    return {**words, **{name: value for name, value in asked.items() if words.get(name) is None}}


def terms_of_words(words: Mapping[str, Any]) -> Terms:
    """The terms that the options say; what was not said stays as usual."""
    told: dict[str, Any] = {each.name: words[each.name] for each in fields(Terms) if words.get(each.name) is not None}
    told.pop("preset", None)  # said beside the terms
    for name in _LISTS:
        told[name] = _parts(words[name], split=name != "parties")
    told["pass_lines"] = _lines(words["pass_line"], _LINE)
    told["costs"] = _lines(words["cost"], _COST)
    return Terms(**told)


def _parts(said: Sequence[str], *, split: bool) -> tuple[str, ...]:
    """Repeated words; those with commas are several."""
    parts = [part.strip() for each in said for part in (each.split(",") if split else [each])]
    return tuple(dict.fromkeys(part for part in parts if part)) if split else tuple(parts)


_LINE: Final = N_("a pass line is a dimension and its lowest score that passes, such as accuracy=3; got {name}={value}")
_COST: Final = N_("a cost is a stratum and the minutes of a review there, such as 法律=6; got {name}={value}")


def _lines(said: Sequence[tuple[str, str]], wanted: str) -> dict[str, float]:
    lines: dict[str, float] = {}
    for name, value in said:
        try:
            lines[name] = float(value)
        except ValueError:
            raise WrongUsage(wanted, name=name, value=value) from None
    return lines


def _compare_only(
    session: Session,
    batch: str | None,
    population: int | None,
    explain: bool,
    said: Mapping[str, Any],
    page: Path | None,
) -> None:
    """The table for a batch, or for a number of items that is only thought of; nothing is declared."""
    told = {name: value for name, value in said.items() if name not in ("design", "seed")}
    if batch is not None:
        from labelqa.workflows.planning.compare import compare_designs

        with session.desk() as desk:
            made = compare_designs(desk, batch, population=population, **told)
    elif population is None:
        raise WrongUsage(N_("name the batch to plan for, or give --population to compare designs without one"))
    else:
        from labelqa.workflows.planning.compare import compared

        made = compared(population, **told)
    if session.json:
        write_page(session, page, made, told["terms"])
        return session.screen.json(made)
    chosen = said["design"] or made.recommended
    print_comparison(session, made, chosen=chosen)
    if explain:
        named_one = (said["design"],) if said["design"] else tuple(each.design for each in made.options)
        print_explained(session, made, named_one)
    session.screen.line()
    session.screen.line(N_("Nothing was declared."))
    return write_page(session, page, made, told["terms"])


def _compared(desk: Desk, plan: Plan, population: int | None) -> DesignComparison | None:
    """The designs beside the one that was declared; None while no item matches and no number is given."""
    from labelqa.errors import InsufficientData
    from labelqa.workflows.planning.compare import compare_designs

    try:
        return compare_designs(
            desk, plan.batch, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected, power=plan.power,
            terms=plan.terms, population=population,
        )  # fmt: skip
    except InsufficientData:
        return None


def _print_plan(session: Session, made: PlanResult) -> None:
    screen, told = session.screen, made.plan
    if made.already:
        text = N_("Plan {number} of {batch} is this very plan: nothing was recorded.")
        return screen.line(text, number=told.number, batch=told.batch)
    screen.line(
        N_("Declared plan {number} of {batch} ({design}), {remarks}."), number=told.number, batch=told.batch,
        design=named(told.design, session.say), remarks=plan_remarks(session, told),
    )  # fmt: skip
    if made.earlier:
        screen.line(N_("It is plan number {n} of this batch; the earlier ones stay in the ledger."), n=made.earlier + 1)
        turn = N_("The next draw follows it: a plan may be thought over until something of the batch is labelled.")
        other = N_("The next draw follows plan {next}: once labels are there a later plan only adds a further sample.")
        beside = N_("The next draw follows plan {next}, which is for another purpose; this one is drawn after it.")
        waits = beside if told.before_labels else other
        screen.line(turn if made.next == told.number else waits, next=made.next)
    if made.preview is None:
        screen.line(N_("No item matches the batch yet; the sizes are worked out at the draw."))
    else:
        _print_preview(session, told, made.preview)
    return _print_seed(session, made)


def _print_preview(session: Session, plan: Plan, preview: Resolved) -> None:
    values = {
        "population": preview.population, "n": preview.n, "c": preview.c, "risk": preview.risk, "power": preview.power,
    }  # fmt: skip
    text = N_("With {population} items: draw {n}, accept with at most {c} incorrect; attained risk {risk:.4f}, power {power:.4f}.")  # fmt: skip
    if plan.design is Design.ESTIMATE:
        text = N_("With {population} items: draw {n}; nothing is decided by them.")
    elif preview.c is None:
        text = N_(
            "With {population} items: draw {n} and read them in turn until it is decided; risk at most {risk:.4f}, "
            "power {power:.4f}."
        )
    session.screen.line(text, **values)


def _print_seed(session: Session, made: PlanResult) -> None:
    screen, terms = session.screen, made.plan.terms
    if made.seed_file:
        screen.line(N_("The seed is kept in {file} until the draw."), file=made.seed_file)
    for party in terms.parties:
        screen.line(
            N_("Next, for {party}: `labelqa seed commit {batch} --party {party}`."), party=party, batch=made.plan.batch
        )
    if terms.seed_source:
        screen.line(
            N_("No seed is kept: it is what {source} publishes after the freeze, and is given at the draw."),
            source=terms.seed_source,
        )


def plan_remarks(session: Session, plan: Plan) -> str:
    """What the order of facts says about a plan."""
    before = N_("before the freeze") if plan.before_freeze else N_("after the freeze")
    told = [session.say(before)] + ([session.say(N_("after results were known"))] if plan.after_results else [])
    return ", ".join(told)
