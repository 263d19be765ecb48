"""``labelqa review send`` and ``review collect``: a drawn sample out to a Label Studio server, and the verdicts home."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.files import whole_text
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.sample import sample_named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, OneOf
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity, worst
from labelqa.records.review_projects import CollectResult, ReviewsSent, SentProject
from labelqa.records.servers import ReviewMode

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.sending.review_collect import Collecting


@command(
    "send",
    says=N_("Send a sample to a Label Studio server: one review project for each drawn verifier."),
    more=(
        N_(
            "Blind, the verifiers label again and the verdict is whether both answers agree; shown, the label of record is "
            "filled in and they say whether it is right. Else it is blind where the answers allow it."
        ),
        N_(
            "Said again it goes on where it stopped and sends what is missing, such as items that an extended sample drew "
            "since. The verdicts come home with `labelqa review collect`."
        ),
    ),
    examples=("labelqa review send safety-w46", "labelqa review send sft-w46 --mode shown --server vendor-a"),
    words=(
        argument("sample"),
        option("--mode", word=OneOf.named(ReviewMode), says=N_("What the verifiers see: blind or shown.")),
        option(
            "--server", default="", metavar="NAME", says=N_("Which connected server; needed where there are several.")
        ),
        option(
            "--config",
            word=FILE,
            says=N_("The annotators' labeling config; else that of the project in which most items were labelled."),
        ),
    ),
    reports=True,
)
def send(session: Session, *, sample: str, mode: ReviewMode | None, server: str, config: Path | None) -> int:
    """Sends the sample."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.adapters.label_studio.client.passes import alone
    from labelqa.adapters.label_studio.sent import LabelStudioForms
    from labelqa.workflows.sending.review_send import Sending, send_reviews

    form = whole_text(session.start / config) if config else ""
    with session.desk() as desk:
        name = sample_named(desk, sample)
        with (
            alone(desk, sending=True),  # two at once would each make a project for the same verifier
            writing(desk, server or sent_to(desk, name), session.env) as (there, reading, changing),
            session.screen.bar(N_("sending")) as told,
        ):
            how = Sending(mode=mode, lang=session.lang, config=form, progress=told)
            done = send_reviews(desk, reading, changing, there, name, forms=LabelStudioForms(), how=how)
    if session.json:
        session.screen.json(done)
        return _code(done.findings)
    return _sent(session, done)


def sent_to(desk: Desk, sample: str) -> str:
    """The server that a sample is out on already; "" where it is on none."""
    from labelqa.workflows.sending.review_projects import fold_review_projects

    known = fold_review_projects(desk.ledger.view(), sample)
    return next((each.sent.server for each in known.values()), "")


def _sent(session: Session, done: ReviewsSent) -> int:
    screen = session.screen
    screen.findings(done.findings)
    if not done.projects:
        screen.line(N_("Every verdict on {sample} is in: nothing was sent."), sample=done.sample)
        return _code(done.findings)
    heads = (N_("verifier"), N_("project"), N_("items"), N_("sent now"), N_("verifier's link"))
    screen.table(heads, map(_line, done.projects))
    screen.line(
        N_("Give each verifier the own link; then the verdicts come home with `labelqa review collect {sample}`."),
        sample=done.sample,
    )
    return _code(done.findings)


def _line(each: SentProject) -> tuple[object, ...]:
    return each.name, each.project, each.items, each.new, each.url


@command(
    "collect",
    says=N_("Bring verdicts home from review projects, and let the projects say how the check stands."),
    more=(
        N_(
            "Without a sample all open projects are read. A verdict counts when the drawn verifier's own account gave it; "
            "whatever else is there is named. Exit code 1 when answers were not taken."
        ),
        N_(
            "Where the check is decided a project says that reviewing may stop; when every verdict is in, or the batch is "
            "settled, it says that it is closed. Projects stay on the server unless --remove is said."
        ),
    ),
    examples=("labelqa review collect", "labelqa review collect sft-w46 --remove"),
    words=(
        argument("sample", required=False),
        option("--server", default="", metavar="NAME", says=N_("Read the projects of this server only.")),
        flag("--keep", says=N_("Leave projects open when every verdict is in: verdicts may still be changed there.")),
        flag("--remove", says=N_("Remove closed projects from the server, once all that is in them is on record.")),
    ),
    reports=True,
)
def collect(session: Session, *, sample: str | None, server: str, keep: bool, remove: bool) -> int:
    """Collects the verdicts."""
    needs_client()
    from labelqa.adapters.cli.review import certificates, print_standing
    from labelqa.workflows.sending.review_collect import Collecting

    if keep and remove:
        raise WrongUsage(N_("--keep and --remove exclude each other; say one of them."))
    with session.desk() as desk:
        names = [sample_named(desk, sample)] if sample else None
        done = collected(session, desk, names, server, Collecting(keep=keep, remove=remove))
        standing = certificates(desk, done.samples)
        if not session.json:
            _collected(session, desk, done)
            print_standing(session, standing)
    if session.json:
        session.screen.json({"projects": done.projects, "certificates": list(standing.values())})
    return _code(done.findings)


def collected(session: Session, desk: Desk, samples: list[str] | None, server: str, how: Collecting) -> CollectResult:
    """What a round of collecting from every server with review projects brings."""
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.adapters.label_studio.client.passes import alone
    from labelqa.adapters.label_studio.sent import collect_reviews
    from labelqa.workflows.sending.review_collect import servers_to_ask

    found: list[CollectResult] = []
    with alone(desk, sending=True):
        for name in servers_to_ask(desk, samples, server):
            with writing(desk, name, session.env) as (there, reading, changing):
                found.append(collect_reviews(desk, reading, changing, there, samples, how=how))
    return CollectResult(projects=tuple(each for one in found for each in one.projects))


def _collected(session: Session, desk: Desk, done: CollectResult) -> None:
    from labelqa.workflows.people import shown_name

    screen = session.screen
    screen.findings(done.findings)
    if not done.projects:
        return screen.line(N_("No review project is open: labelqa review send SAMPLE makes them."))
    heads = (
        N_("project"),
        N_("sample"),
        N_("verifier"),
        N_("verdicts recorded"),
        N_("known before"),
        N_("still open"),
        N_("state"),
    )
    return screen.table(
        heads,
        (
            (
                f"{each.server}/{each.project}", each.sample, shown_name(desk, each.verifier), each.recorded,
                each.unchanged, each.left, named(each.standing, session.say),
            )
            for each in done.projects
        ),
    )  # fmt: skip


def _code(findings: Iterable[Finding]) -> int:
    return Exit.FAILED if worst(findings) is Severity.ERROR else Exit.FINE
