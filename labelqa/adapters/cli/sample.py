"""``labelqa draw`` and ``sample``: which items are checked, by whom, and the proof of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, PairWord, Whole, in_zone
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.results import SampleProgress
from labelqa.records.review import Drawn

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.drawing.sample_told import SampleTold


@command(
    "draw",
    says=N_("Draw the items of a frozen batch and the verifiers, by the declared plan."),
    more=(
        N_(
            "Where the plan's seed is public, give what was published with --seed and when with --published; where "
            "it is made of parts, those that are not kept here with --part."
        ),
    ),
    examples=(
        "labelqa draw safety-w46 --verifiers 3",
        "labelqa draw sft-w46 --part requester=dice-4-2-6",
    ),
    words=(
        argument("batch"),
        option("--seed", default="", says=N_("The seed, when the plan's was kept elsewhere or is public.")),
        option(
            "--part",
            word=PairWord("PARTY=TEXT"),
            multiple=True,
            says=N_("A party's part of a joint seed; may be given several times."),
        ),
        option("--published", word=MomentWord(), says=N_("When a public seed was published.")),
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
def draw(
    session: Session,
    *,
    batch: str,
    seed: str,
    part: Sequence[tuple[str, str]],
    published: datetime | None,
    n: int | None,
    verifiers: int,
) -> None:
    """Draws the sample."""
    from labelqa.workflows.drawing.draws import draw_sample
    from labelqa.workflows.drawing.sample_told import sample_told
    from labelqa.workflows.servers.connecting import server_lines

    parts = dict(part)
    if len(parts) != len(part):
        raise WrongUsage(N_("--part names the same party twice"))
    with session.desk() as desk:
        moment = None if published is None else in_zone(published, desk.settings.zone, published)
        drawn = draw_sample(desk, batch, seed=seed, parts=parts, published=moment, n=n, verifiers=verifiers)
        told, names = sample_told(desk, drawn.sample), _names(desk, drawn.verifiers)
        there = any(not each.ended for each in server_lines(desk))
    if session.json:
        return session.screen.json(drawn)
    _print_draw(session, told, names)
    text = N_("Next: `labelqa review sheet {sample} --format xlsx`.")
    if there:
        text = N_(
            "Next: `labelqa review send {sample}`, or on work sheets `labelqa review sheet {sample} --format xlsx`."
        )
    session.screen.line(text, sample=drawn.sample)
    return None


def _names(desk: Desk, people: Sequence[str]) -> str:
    from labelqa.records.names import PersonId
    from labelqa.workflows.people import shown_name

    return ", ".join(shown_name(desk, PersonId(each)) for each in people)


def _print_draw(session: Session, told: SampleTold, names: str) -> None:
    screen, drawn = session.screen, told.sample
    screen.line(
        N_("Drew {n} of {population} items as {sample}; {decides}."),
        n=drawn.resolved.n,
        population=drawn.resolved.population,
        sample=drawn.sample,
        decides=told.decides,
    )
    if told.plans > 1:
        screen.line(N_("It follows plan {plan}, one of {n} that were declared."), plan=drawn.plan, n=told.plans)
    screen.line(N_("Verifiers: {names}, drawn from {pool} eligible."), names=names, pool=len(drawn.pool))
    if drawn.doubles:
        screen.line(N_("{n} of them go to a second verifier as well."), n=drawn.doubles)
    print_seed(session, told)
    _print_strata(session, told)


def print_seed(session: Session, told: SampleTold) -> None:
    """The seed, what the order of facts proves of it, and why it is unproven where it is."""
    screen, drawn = session.screen, told.sample
    screen.line(
        N_("Seed {seed} ({standing}); sample digest {digest}."),
        seed=drawn.seed,
        standing=named(drawn.standing, session.say),
        digest=drawn.digest,
    )
    for party, part in drawn.parts:
        screen.line(N_("  part of {party}: {part}"), party=party, part=part)
    for reason in told.why:
        screen.line(N_("  {reason}"), reason=reason)


def _print_strata(session: Session, told: SampleTold) -> None:
    strata = told.sample.strata
    if not strata:
        return
    session.screen.title(N_("Strata"))
    heads = (N_("no."), N_("stratum"), N_("items"), N_("drawn"), N_("errors expected"))
    session.screen.table(
        heads, ((at, each.name, each.items, each.n, f"{each.expected:.1%}") for at, each in enumerate(strata, start=1))
    )


def sample_named(desk: Desk, text: str) -> str:
    """A sample's own name; of a batch, its only sample."""
    from labelqa.workflows.drawing.sample_told import sample_called

    return sample_called(desk, text)


@command(
    "verify",
    says=N_("Draw a sample again from the ledger and the frozen batch, and compare it with what was recorded."),
    more=(N_("Exit code 1 when it differs. A batch's name stands for its only sample."),),
    examples=("labelqa sample verify safety-w46/1",),
    words=(argument("sample"),),
    reports=True,
)
def verify(session: Session, *, sample: str) -> int:
    """Redraws the sample."""
    from labelqa.workflows.drawing.draws import verify_sample
    from labelqa.workflows.drawing.sample_told import sample_told

    with session.desk() as desk:
        name = sample_named(desk, sample)
        findings = verify_sample(desk, name)
        told = None if findings else sample_told(desk, name)
    if session.json:
        session.screen.json({"sample": name, "findings": findings})
    elif told is None:
        session.screen.findings(findings)
    else:
        session.screen.line(N_("{sample}: the same items and verifiers come out again."), sample=name)
        print_seed(session, told)
    return Exit.FAILED if findings else Exit.FINE


@command(
    "extend",
    says=N_("Draw more items of a sample; those drawn before keep their place, verifier and verdict."),
    examples=("labelqa sample extend sft-w46/1 --n 400", "labelqa sample extend sft-w46 --more 100"),
    words=(
        argument("sample"),
        option("--n", word=Whole(), says=N_("How many items it has in all afterwards.")),
        option("--more", word=Whole(), says=N_("How many items are added.")),
    ),
    reports=True,
)
def extend(session: Session, *, sample: str, n: int | None, more: int | None) -> None:
    """Draws more."""
    from labelqa.workflows.drawing.draws import extend_sample
    from labelqa.workflows.drawing.sample_told import sample_told

    if (n is None) == (more is None):
        raise WrongUsage(N_("give --n or --more, and not both"))
    with session.desk() as desk:
        before = sample_told(desk, sample).sample
        longer = extend_sample(desk, before.sample, n=n, more=more)
        told = sample_told(desk, longer.sample)
    if session.json:
        return session.screen.json(longer)
    session.screen.line(
        N_("{sample} has {n} of {population} items now, {more} of them new; {decides}."),
        sample=longer.sample, n=longer.resolved.n, population=longer.resolved.population,
        more=longer.resolved.n - before.resolved.n, decides=told.decides,
    )  # fmt: skip
    session.screen.line(N_("Sample digest {digest}."), digest=longer.digest)
    return _print_strata(session, told)


@command(
    "show",
    says=N_("Show how far the review of a sample is, and its items."),
    examples=("labelqa sample show safety-w46",),
    words=(argument("sample"),),
    reports=True,
)
def show(session: Session, *, sample: str) -> None:
    """Prints the progress and the drawn items."""
    from labelqa.workflows.drawing.draws import drawn_items
    from labelqa.workflows.drawing.sample_told import sample_told
    from labelqa.workflows.reviewing.progress import sample_progress

    with session.desk() as desk:
        told = sample_told(desk, sample)
        name = told.sample.sample
        progress, items = sample_progress(desk, name), drawn_items(desk, name)
    if session.json:
        return session.screen.json({"progress": progress, "items": items})
    print_progress(session, progress, told)
    print_seed(session, told)
    _print_strata(session, told)
    return _print_items(session, items, {person: shown for person, shown, _, _ in progress.by_verifier})


def _print_items(session: Session, items: Sequence[Drawn], names: dict[str, str]) -> None:
    """The items in order; columns that say the same of all are left out."""
    session.screen.title(N_("Items in the order drawn"))
    heads = [N_("no."), N_("item"), N_("verifier"), N_("ticket")]
    columns = [
        [str(each.order) for each in items],
        [each.item_id for each in items],
        [names.get(each.verifier, each.verifier) for each in items],
        [each.ticket for each in items],
    ]
    if any(each.second for each in items):
        heads.insert(3, N_("second verifier"))
        columns.insert(3, [names.get(each.second, each.second) if each.second else "" for each in items])
    if len({each.chance for each in items}) > 1:
        heads.insert(2, N_("chance"))
        columns.insert(2, [f"{each.chance:.3f}" for each in items])
    if any(each.stratum for each in items):
        heads.insert(2, N_("stratum"))
        columns.insert(2, [str(each.stratum + 1) for each in items])
    session.screen.table(heads, zip(*columns, strict=True))


def print_progress(session: Session, progress: SampleProgress, told: SampleTold) -> None:
    """How much of a sample is reviewed, and by whom."""
    screen = session.screen
    screen.line(
        N_(
            "{sample}: {reviewed} of {n} reviewed: {correct} correct, {incorrect} incorrect, {undecidable} "
            "undecidable, {unsafe} "
            "suspected harmful; {decides}."
        ),
        sample=progress.sample,
        reviewed=progress.reviewed,
        n=progress.n,
        correct=progress.correct,
        incorrect=progress.incorrect,
        undecidable=progress.undecidable,
        unsafe=progress.unsafe,
        decides=told.decides,
    )
    if progress.doubles:
        screen.line(
            N_("{doubled} of {doubles} second opinions are there."), doubled=progress.doubled, doubles=progress.doubles
        )
    heads = (N_("verifier"), N_("person"), N_("given"), N_("done"))
    screen.table(heads, ((shown, person, given, done) for person, shown, given, done in progress.by_verifier))


sample = noun("sample", says=N_("Show, extend and verify drawn samples."), commands=[show, extend, verify])
