"""``labelqa ledger``: what was recorded, and whether it still stands as it was written."""

from __future__ import annotations

import json

from labelqa.adapters.cli.command import command, noun, option
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Whole
from labelqa.errors import Exit
from labelqa.i18n import N_


@command(
    "verify",
    says=N_("Verify that no fact, frozen batch, import or release was altered."),
    more=(
        N_(
            "Exit code 1 when anything is found, which is then named. --head compares the chain with a digest that "
            "was written "
            "down earlier, such as the one printed on a weekly report."
        ),
    ),
    examples=("labelqa ledger verify", "labelqa ledger verify --head 3f0c…"),
    words=(option("--head", default="", metavar="DIGEST", says=N_("A head of the ledger as it was noted earlier.")),),
    reports=True,
)
def verify(session: Session, *, head: str) -> int:
    """Verifies the whole workspace."""
    from labelqa.workflows.integrity import verify_ledger

    with session.desk() as desk:
        state = verify_ledger(desk, head=head)
    if session.json:
        session.screen.json(state)
    else:
        session.screen.findings(state.findings)
        session.screen.line(
            N_("{facts} facts, head {head}: {n} findings."),
            facts=state.facts,
            head=state.head or "–",
            n=len(state.findings),
        )
    return Exit.FAILED if state.findings else Exit.FINE


@command(
    "show",
    says=N_("Show the last facts of the ledger."),
    examples=("labelqa ledger show --kind review.recorded --last 20", "labelqa ledger show --subject batch:safety-w46"),
    words=(
        option("--kind", default="", says=N_("Only facts of this kind, such as batch.frozen.")),
        option("--subject", default="", says=N_("Only facts about this subject, such as batch:safety-w46.")),
        option("--last", word=Whole(), default=50, says=N_("How many, the newest last.")),
    ),
    reports=True,
)
def show(session: Session, *, kind: str, subject: str, last: int) -> None:
    """Prints facts."""
    from labelqa.adapters.report.data import plain
    from labelqa.workflows.integrity import facts

    with session.desk() as desk:
        found, zone = facts(desk, kind=kind, subject=subject, last=last), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    heads = (N_("no."), N_("recorded"), N_("kind"), N_("by"), N_("subjects"), N_("body"))
    session.screen.table(
        heads,
        (
            (
                each.seq,
                when(each.recorded_at, zone),
                each.kind,
                each.actor,
                " ".join(each.subjects),
                json.dumps(plain(each.body, session.lang), ensure_ascii=False),
            )
            for each in found
        ),
    )
    return None


ledger = noun("ledger", says=N_("Show the recorded facts and verify that none was altered."), commands=[verify, show])
