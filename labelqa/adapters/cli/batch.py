"""``labelqa batch``: declare the population, lock it, look at it."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.batch_tables import facts, left_out, print_plans_and_samples, row
from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import ConditionWord, OneOf, ReleaseWord
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Condition, Kind, RecordRule, Repeats

WHERE_SAYS = N_(
    "Which annotations belong to it: FIELD OPERATOR VALUE, on data.*, meta.*, project, created_at, "
    "annotator …; may be given several times, all must hold; else every annotation."
)


@command(
    "declare",
    says=N_("Declare a batch: the population that a statement is about, best before it is labelled."),
    examples=(
        (
            "labelqa batch declare safety-w46 --kind safety --rulebook genai-safety@1.0.0 --organizer 'Lantern Data' "
            "--where 'data.week = 2026-W46'"
        ),
    ),
    words=(
        argument("name"),
        option("--kind", word=OneOf.named(Kind), required=True, says=N_("Functional or safety labeling.")),
        option("--rulebook", word=ReleaseWord(), says=N_("The release it is labelled under.")),
        option(
            "--labels",
            default="",
            metavar="LABEL,…",
            says=N_("The labels of a trial batch without a release; it can be measured, never settled."),
        ),
        option(
            "--answers",
            word=OneOf.named(ControlKind),
            says=N_("Which kind of answers it holds, where they are no labels; else it is told from them."),
        ),
        option("--organizer", required=True, says=N_("Who runs the labeling.")),
        option("--requester", default="", says=N_("Who ordered it.")),
        option("--where", word=ConditionWord(), multiple=True, says=WHERE_SAYS),
        option(
            "--control",
            default="",
            shown="",
            says=N_("Which control of the labeling form holds the label; else the rulebook's."),
        ),
        option(
            "--record", word=OneOf.named(RecordRule), default="majority", says=N_("How the label of record is found.")
        ),
    ),
    reports=True,
)
def declare(
    session: Session,
    *,
    name: str,
    kind: Kind,
    rulebook: str | None,
    labels: str,
    answers: ControlKind | None,
    organizer: str,
    requester: str,
    where: Sequence[Condition],
    control: str,
    record: RecordRule,
) -> None:
    """Declares the batch and says what its first steps are."""
    from labelqa.workflows.batches import declare_batch

    with session.desk() as desk:
        made = declare_batch(
            desk, name, kind=kind, release=rulebook or "",
            labels=[part.strip() for part in labels.split(",") if part.strip()], organizer=organizer,
            requester=requester, where=where, control=control, record_rule=record, answers=answers,
        )  # fmt: skip
    if session.json:
        return session.screen.json(made)
    trial = N_("Declared the batch {name} as a trial without a rulebook.")
    under = N_("Declared the batch {name} under {release}.")
    session.screen.line(under if made.release else trial, name=made.name, release=made.release)
    if made.late:
        session.screen.line(N_("It is marked late: labeling had begun before it was declared."))
    session.screen.line(N_("Next: `labelqa plan {name}` before it is frozen, then `labelqa import`."), name=made.name)
    return None


@command(
    "freeze",
    says=N_("Freeze a batch: its annotations and items are written once and named by their digest."),
    more=(
        N_(
            "--repeats says what becomes of several answers of one annotator for one item: the first or the last "
            "counts, the "
            "freeze is refused, or all are kept."
        ),
    ),
    examples=("labelqa batch freeze safety-w46 --repeats last",),
    words=(
        argument("name"),
        option("--repeats", word=OneOf.named(Repeats), default="last", says=N_("Which of several answers counts.")),
    ),
    reports=True,
)
def freeze(session: Session, *, name: str, repeats: Repeats) -> None:
    """Freezes the batch and says what stayed out."""
    from labelqa.workflows.batches import freeze_batch

    with session.desk() as desk, session.screen.bar(N_("Freezing")) as told:
        made = freeze_batch(desk, name, repeats=repeats, progress=told)
    if session.json:
        return session.screen.json(made)
    print_freeze(session, made)
    session.screen.line(N_("Next: `labelqa agreement {name}` and `labelqa draw {name}`."), name=name)
    return None


def print_freeze(session: Session, made: Batch) -> None:
    """What was locked, under which policy, and what stayed out."""
    if made.freeze is None:
        return
    session.screen.line(
        N_("Froze {name}: {annotations} annotations of {items} items, {disputed} of them disputed."),
        name=made.name,
        annotations=made.freeze.n_annotations,
        items=made.freeze.n_items,
        disputed=made.freeze.n_disputed,
    )
    session.screen.line(N_("Repeated answers: {policy}."), policy=named(made.freeze.repeats, session.say))
    session.screen.line(N_("Left out: {what}."), what=left_out(session, made.freeze.exclusions))
    session.screen.line(N_("Frame digest: {digest}"), digest=made.freeze.frame)


@command(
    "list",
    says=N_("List the batches: where each stands and who must act."),
    more=(N_("With --json one object: `batches`, and `unbatched` for annotations that belong to no declared batch."),),
    examples=("labelqa batch list --json",),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints the batches, and what belongs to none."""
    from labelqa.workflows.batches import batch_lines, unbatched

    with session.desk() as desk:
        lines, loose = batch_lines(desk), unbatched(desk)
    if session.json:
        return session.screen.json({"batches": lines, "unbatched": loose})
    if lines:
        heads = (
            N_("batch"),
            N_("kind"),
            N_("stage"),
            N_("items"),
            N_("annotations"),
            N_("disputes open"),
            N_("reviewed"),
            N_("drawn"),
            N_("problems open"),
            N_("card"),
            N_("conclusion"),
            N_("next step"),
        )
        session.screen.table(heads, (row(session, each) for each in lines))
    else:
        session.screen.line(N_("No batch was declared yet: `labelqa batch declare --help` shows an example."))
    for each in loose:
        session.screen.line(
            N_("{n} annotations of {items} items in {project} belong to no declared batch."),
            n=each.annotations,
            items=each.items,
            project=each.project or "–",
        )
    return None


@command(
    "show",
    says=N_("Show one batch: its facts, plans, samples and numbers."),
    examples=("labelqa batch show safety-w46",),
    words=(argument("name"),),
    reports=True,
)
def show(session: Session, *, name: str) -> None:
    """Prints everything that stands behind a batch's line."""
    from labelqa.workflows.batches import batch_detail, batch_line

    with session.desk() as desk:
        line, detail, zone = batch_line(desk, name), batch_detail(desk, name), desk.settings.zone
    if session.json:
        return session.screen.json({"line": line, "detail": detail})
    session.screen.pairs(facts(session, line, detail.batch, zone))
    for each in line.life.missing:
        session.screen.line(N_("In the way: {reason}"), reason=each)
    print_plans_and_samples(session, detail, zone)
    return None


batch = noun("batch", says=N_("Declare, freeze and show batches."), commands=[declare, freeze, list_, show])
