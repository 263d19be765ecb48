"""``labelqa round``: send a batch back as a rework round, and see all rounds with the risk that they carry together."""

from __future__ import annotations

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, ReleaseWord, Share
from labelqa.adapters.report.form_words import risk_lines
from labelqa.i18n import N_
from labelqa.records.production import RoundScope
from labelqa.records.rounds import RoundChain, RoundLine, TotalRisk


@command(
    "return",
    says=N_("Send a batch that is to be labelled again back, as a batch of its own with a draw of its own."),
    more=(
        N_(
            "The round holds the items that were found wrong or labelled by people who were not qualified, or the whole batch; "
            "only annotations made after the return count. It is planned, frozen, drawn and reviewed like any batch, by "
            "verifiers who took part in no round before."
        ),
        N_("What does not go back stays unaccepted: return it later with --scope whole."),
    ),
    examples=("labelqa round return sft-w46 --by 王主管 --reason '抽检不合格'",),
    words=(
        argument("batch"),
        option("--scope", word=OneOf.named(RoundScope), says=N_("What goes back; else by policy relabel.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who returns it: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("What was wrong, in one sentence.")),
        option("--name", default="", shown="", says=N_("What the round is called; else BATCH-r1, -r2 and so on.")),
        option("--rulebook", word=ReleaseWord(), says=N_("Its release; else the one in force for new work.")),
    ),
    reports=True,
)  # fmt: skip
def return_(
    session: Session, *, batch: str, scope: RoundScope | None, by: str, reason: str, name: str, rulebook: str | None
) -> None:
    """Returns a batch."""
    from labelqa.workflows.rounds.returning import return_batch

    with session.desk() as desk:
        done = return_batch(desk, batch, scope=scope, by=by, reason=reason, name=name, release=rulebook or "")
    if session.json:
        return session.screen.json(done)
    screen = session.screen
    screen.line(
        N_("{batch} went back as {child}, rework round {round}: {items} {items:item|items} ({scope}) under {release}."),
        batch=done.batch, child=done.child, round=done.round, items=done.items,
        scope=named(done.scope, session.say), release=done.release,
    )  # fmt: skip
    if done.left:
        screen.line(
            N_("{n} {n:item|items} of {batch} did not go back and {n:is|are} not accepted."),
            n=done.left,
            batch=done.batch,
        )
    if not done.card:
        screen.line(N_("{batch} has no card: record one for the round with `labelqa card record {child}`."),
                    batch=done.batch, child=done.child)  # fmt: skip
    return screen.line(N_("Plan its spot check before its labels come: `labelqa plan {child}`."), child=done.child)


@command(
    "show",
    says=N_("Show all rounds of a batch: what each came to, and the risk that they carry together."),
    more=(
        N_(
            "Every round is another chance to accept a batch that never got better. The total is 1 − ∏(1 − α) over the plans "
            "declared: an upper bound that holds because each draw is fresh, whatever the rounds before showed."
        ),
    ),
    examples=("labelqa round show sft-w46", "labelqa round show sft-w46 --total 0.1"),
    words=(
        argument("batch"),
        option("--total", word=Share(), says=N_("A total risk that was agreed: how much of it is left for one more round.")),
    ),
    reports=True,
)  # fmt: skip
def show(session: Session, *, batch: str, total: float | None) -> None:
    """Prints the rounds."""
    from labelqa.workflows.rounds.chain import round_chain

    with session.desk() as desk:
        chain = round_chain(desk, batch, limit=total)
    if session.json:
        return session.screen.json(chain)
    heads = (
        N_("batch"), N_("round"), N_("state"), N_("items"), N_("left out"), N_("drawn"), N_("reviewed"), N_("defects"),
        N_("accuracy"), N_("found"), N_("labels corrected"), N_("went back"),
    )  # fmt: skip
    session.screen.table(heads, (_row(session, each) for each in chain.lines))
    return _total(session, chain)


def _row(session: Session, each: RoundLine) -> tuple[object, ...]:
    say = session.say
    state = named(each.conclusion, say) if each.conclusion else named(each.stage, say)
    return (
        each.batch, each.round, state, each.items or each.returned, each.left_out, each.drawn, each.reviewed, each.defects,
        figure_text(each.accuracy, say, brief=True), each.found, each.corrected, each.went_back,
    )  # fmt: skip


def _total(session: Session, chain: RoundChain) -> None:
    screen, total = session.screen, chain.total
    screen.line()
    screen.line(N_("{n} {n:item is|items are} in accepted rounds, each counted once."), n=chain.accepted)
    for line in risk_lines(total, session.say):
        screen.line("{line}", line=line)
    _left(session, total)


def _left(session: Session, total: TotalRisk) -> None:
    if total.left is None or total.limit is None:
        return
    if total.left <= 0:
        session.screen.line(N_("Nothing is left of the total of {limit:.2%}."), limit=total.limit)
        return
    text = N_("Of the total of {limit:.2%} the plan of one more round may take {left:.2%}.")
    session.screen.line(text, limit=total.limit, left=total.left)


round_ = noun("round", says=N_("Send batches back as rework rounds, and see what all rounds come to."), commands=[return_, show])  # fmt: skip
