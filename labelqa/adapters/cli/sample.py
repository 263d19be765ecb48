"""``labelqa plan``, ``draw`` and ``sample``: how many items are checked, which ones, by whom, and the proof of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Share, Whole
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.designs import Design
from labelqa.records.results import PlanResult, SampleProgress
from labelqa.records.review import Plan, Sample

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk


@command(
    "plan",
    says=N_("Declare how a batch is spot-checked; best before it is frozen."),
    more=(
        N_(
            "--accuracy is what has to be proven and --risk the chance to accept a batch that does not have it; "
            "--power is the "
            "chance to accept a batch whose accuracy is --expected. The seed is drawn now and kept secret until "
            "the draw; its "
            "digest goes into the ledger."
        ),
        N_("Without --design: every item for safety labeling, a two-point plan for functional labeling."),
    ),
    examples=("labelqa plan sft-w46 --accuracy 0.95 --risk 0.05 --expected 0.99 --power 0.9",),
    words=(
        argument("batch"),
        option("--design", word=OneOf.named(Design), says=N_("How the number of items is found.")),
        option("--accuracy", word=Share(), default=0.95, says=N_("Accuracy to be proven.")),
        option("--risk", word=Share(), default=0.05, says=N_("Largest chance to accept a batch that is not better.")),
        option("--expected", word=Share(), says=N_("Accuracy at which the plan should usually pass.")),
        option("--power", word=Share(), default=0.9, says=N_("Smallest chance to accept a batch as good as expected.")),
        option(
            "--seed", default="", says=N_("The seed, when it comes from outside, such as a published lottery draw.")
        ),
    ),
    reports=True,
)
def plan(
    session: Session,
    *,
    batch: str,
    design: Design | None,
    accuracy: float,
    risk: float,
    expected: float | None,
    power: float,
    seed: str,
) -> None:
    """Declares a plan and shows what it asks for."""
    from labelqa.workflows.plans import declare_plan

    with session.desk() as desk:
        made = declare_plan(
            desk, batch, design=design, accuracy=accuracy, risk=risk, expected=expected, power=power, seed=seed
        )
    return session.screen.json(made) if session.json else _print_plan(session, made)


def _print_plan(session: Session, made: PlanResult) -> None:
    screen, told = session.screen, made.plan
    screen.line(
        N_("Declared plan {number} of {batch} ({design}), {remarks}."),
        number=told.number,
        batch=told.batch,
        design=named(told.design, session.say),
        remarks=plan_remarks(session, told),
    )
    if made.earlier:
        screen.line(N_("It is plan number {n} of this batch; the earlier ones stay in the ledger."), n=made.earlier + 1)
    if made.preview is None:
        screen.line(N_("No item matches the batch yet; the sizes are worked out at the draw."))
    else:
        screen.line(
            N_(
                "With {population} items: draw {n}, accept with at most {c} incorrect; attained risk {risk:.4f}, "
                "power {power:.4f}."
            ),
            population=made.preview.population,
            n=made.preview.n,
            c=made.preview.c,
            risk=made.preview.risk,
            power=made.preview.power,
        )
    if made.seed_file:
        screen.line(N_("The seed is kept in {file} until the draw."), file=made.seed_file)


def plan_remarks(session: Session, plan: Plan) -> str:
    """What the order of facts says about a plan."""
    before = N_("before the freeze") if plan.before_freeze else N_("after the freeze")
    told = [session.say(before)] + ([session.say(N_("after results were known"))] if plan.after_results else [])
    return ", ".join(told)


@command(
    "draw",
    says=N_("Draw the items of a frozen batch and the verifiers, by the declared plan."),
    examples=("labelqa draw safety-w46 --verifiers 3",),
    words=(
        argument("batch"),
        option("--seed", default="", says=N_("The seed, when the plan's was kept elsewhere.")),
        option("--n", word=Whole(), says=N_("More items than the plan asks for.")),
        option(
            "--verifiers",
            word=Whole(),
            default=2,
            says=N_("How many verifiers are drawn from those who took no part; nobody picks them."),
        ),
    ),
    reports=True,
)
def draw(session: Session, *, batch: str, seed: str, n: int | None, verifiers: int) -> None:
    """Draws the sample."""
    from labelqa.workflows.draws import draw_sample

    with session.desk() as desk:
        drawn = draw_sample(desk, batch, seed=seed, n=n, verifiers=verifiers)
        names = _names(desk, drawn.verifiers)
    if session.json:
        return session.screen.json(drawn)
    return _print_draw(session, drawn, names)


def _names(desk: Desk, people: Sequence[str]) -> str:
    from labelqa.records.names import PersonId
    from labelqa.workflows.people import shown_name

    return ", ".join(shown_name(desk, PersonId(each)) for each in people)


def _print_draw(session: Session, drawn: Sample, names: str) -> None:
    screen = session.screen
    screen.line(
        N_("Drew {n} of {population} items as {sample}; accepted with at most {c} incorrect."),
        n=drawn.resolved.n,
        population=drawn.resolved.population,
        sample=drawn.sample,
        c=drawn.resolved.c,
    )
    screen.line(N_("Verifiers: {names}, drawn from {pool} eligible."), names=names, pool=len(drawn.pool))
    screen.line(
        N_("Seed {seed} ({standing}); sample digest {digest}."),
        seed=drawn.seed,
        standing=named(drawn.standing, session.say),
        digest=drawn.digest,
    )
    screen.line(N_("Next: `labelqa review sheet {sample} --format xlsx`."), sample=drawn.sample)


def sample_named(desk: Desk, text: str) -> str:
    """A sample's own name; of a batch, its latest sample."""
    from labelqa.workflows.reviews import sample_progress

    return sample_progress(desk, text).sample


@command(
    "verify",
    says=N_("Draw a sample again from seed and frame, and compare it with what was recorded."),
    more=(N_("Exit code 1 when it differs. A batch's name stands for its latest sample."),),
    examples=("labelqa sample verify safety-w46/1",),
    words=(argument("sample"),),
    reports=True,
)
def verify(session: Session, *, sample: str) -> int:
    """Redraws the sample."""
    from labelqa.workflows.draws import verify_sample

    with session.desk() as desk:
        name = sample_named(desk, sample)
        findings = verify_sample(desk, name)
    if session.json:
        session.screen.json({"sample": name, "findings": findings})
    elif findings:
        session.screen.findings(findings)
    else:
        session.screen.line(N_("{sample}: the same items and verifiers come out again."), sample=name)
    return Exit.FAILED if findings else Exit.FINE


@command(
    "show",
    says=N_("Show how far the review of a sample is, and its items."),
    examples=("labelqa sample show safety-w46",),
    words=(argument("sample"),),
    reports=True,
)
def show(session: Session, *, sample: str) -> None:
    """Prints the progress and the drawn items."""
    from labelqa.workflows.draws import drawn_items
    from labelqa.workflows.reviews import sample_progress

    with session.desk() as desk:
        name = sample_named(desk, sample)
        progress, items = sample_progress(desk, name), drawn_items(desk, name)
    if session.json:
        return session.screen.json({"progress": progress, "items": items})
    print_progress(session, progress)
    session.screen.title(N_("Items in the order drawn"))
    names = {person: shown for person, shown, _, _ in progress.by_verifier}
    heads = (N_("no."), N_("item"), N_("verifier"), N_("ticket"))
    session.screen.table(
        heads, ((each.order, each.item_id, names.get(each.verifier, each.verifier), each.ticket) for each in items)
    )
    return None


def print_progress(session: Session, progress: SampleProgress) -> None:
    """How much of a sample is reviewed, and by whom."""
    screen = session.screen
    screen.line(
        N_(
            "{sample}: {reviewed} of {n} reviewed: {correct} correct, {incorrect} incorrect, {undecidable} "
            "undecidable, {unsafe} "
            "suspected harmful; at most {c} incorrect are allowed."
        ),
        sample=progress.sample,
        reviewed=progress.reviewed,
        n=progress.n,
        correct=progress.correct,
        incorrect=progress.incorrect,
        undecidable=progress.undecidable,
        unsafe=progress.unsafe,
        c=progress.c,
    )
    heads = (N_("verifier"), N_("person"), N_("given"), N_("done"))
    screen.table(heads, ((shown, person, given, done) for person, shown, given, done in progress.by_verifier))


sample = noun("sample", says=N_("Show and verify drawn samples."), commands=[show, verify])
