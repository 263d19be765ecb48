"""``labelqa exam gold``: what somebody answered on gold items in everyday work, as an exam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.exam_papers import LEAST, shares
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, ReleaseWord, Share, Whole, in_zone
from labelqa.adapters.report.names import ENUMS
from labelqa.i18n import N_

LEFT_OUT = {
    "other-release": N_("made under another release"),
    "no-release": N_("bound to no release"),
    "no-label": N_("without a label"),
    "no-time": N_("without a time"),
    "outside": N_("outside the period"),
    "repeat": N_("answered again"),
}


@command(
    "gold",
    says=N_("Examine somebody on the gold items that were answered in everyday work."),
    more=(
        N_(
            "Gold comes from labelqa's own register; flags of other programs never count. Only answers bound to the release "
            "count, and of several on one item the first. With fewer items than --fewest it is refused."
        ),
    ),
    examples=("labelqa exam gold 陈思远 --release genai-safety@1.0.0 --pass-mark 0.85 --reason 试标平均水平",),
    words=(
        argument("person"),
        option("--release", word=ReleaseWord(), required=True, says=N_("What is examined.")),
        option("--pass-mark", word=Share(), required=True, says=N_("Share of points to be reached.")),
        option("--reason", required=True, says=N_("Why this pass mark: no text sets one.")),
        LEAST,
        option("--fewest", word=Whole(), default=20, metavar="N", says=N_("How many gold items are needed.")),
        option("--from", word=MomentWord(), says=N_("Only answers made from then on.")),
        option("--to", word=MomentWord(), says=N_("Only answers made before.")),
    ),
    reports=True,
)
def exam_gold(
    session: Session, *, person: str, release: str, pass_mark: float, reason: str, least: Sequence[tuple[str, str]],
    fewest: int, **period: datetime | None,
) -> None:  # fmt: skip
    """Examines one person."""
    from labelqa.adapters.cli.exam_results import print_exam
    from labelqa.workflows.people import find_person
    from labelqa.workflows.training.gold_exam import GoldTerms, gold_exam

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        start, end = (in_zone(period[name], zone, now) if period[name] else None for name in ("from", "to"))
        terms = GoldTerms(release=release, pass_mark=pass_mark, reason=reason, fewest=fewest, start=start, end=end,
                          least=shares(least, "--least"))  # fmt: skip
        done = gold_exam(desk, find_person(desk, person), terms)
    if session.json:
        return session.screen.json(done)
    wrong = [each for each in done.answers if not each.right]
    if wrong:
        heads = (N_("item"), N_("ability"), N_("gold"), N_("labelled as"))
        names = ENUMS["Ability"]
        session.screen.table(
            heads, [(each.item, session.say(names[each.ability]), each.gold, each.given) for each in wrong]
        )
    for why, n in done.left_out.items():
        session.screen.line(N_("{n} {n:answer|answers} did not count: {why}."), n=n, why=session.say(LEFT_OUT[why]))
    return print_exam(session, done.line, person)
