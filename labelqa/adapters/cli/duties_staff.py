"""``labelqa duties staff``: how many people a batch needs, who is there, and how long an item takes really."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Number, PairWord
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.duties import Staffing
from labelqa.records.people import Duty


@command(
    "staff",
    says=N_("Declare how many people a batch needs, or show the plan beside who is there and how long items take."),
    more=(
        N_(
            "With --need a plan is declared, with --items-a-day, --seconds and --reason; a later one supersedes it and both "
            "stay on record. Without, the plan is shown; exit code 1 where it is too tight, people are lacking, or work was "
            "implausibly fast."
        ),
    ),
    examples=(
        "labelqa duties staff sft-w46",
        "labelqa duties staff sft-w46 --need executor=6 --need reviewer=2 --items-a-day 400 --seconds 45 --reason 试标中位数",
    ),
    words=(
        argument("batch"),
        option("--need", word=PairWord("DUTY=N"), multiple=True, says=N_("How many people in a duty; may be given several times.")),
        option("--items-a-day", word=Number(), says=N_("Items planned for one annotator in a day.")),
        option("--seconds", word=Number(), says=N_("Seconds planned for one item.")),
        option("--reason", default="", shown="", says=N_("How the numbers were found.")),
    ),
    reports=True,
)  # fmt: skip
def staff(
    session: Session,
    *,
    batch: str,
    need: Sequence[tuple[str, str]],
    items_a_day: float | None,
    seconds: float | None,
    reason: str,
) -> int:
    """Declares a plan, or shows it."""
    from labelqa.workflows.duties.staffing import StaffingPlan, declare_staffing, staffing_of

    if not need and (items_a_day is not None or seconds is not None or reason):
        raise WrongUsage("a staffing plan needs people: --need executor=6, and so on for the other duties")
    with session.desk() as desk:
        if need:
            if items_a_day is None or seconds is None:
                raise WrongUsage("a staffing plan needs --items-a-day and --seconds as well")
            plan = StaffingPlan(needs=_needs(need), items_a_day=items_a_day, seconds=seconds, reason=reason)
            found = declare_staffing(desk, batch, plan)
        else:
            found = staffing_of(desk, batch)
    _print(session, found)
    return Exit.FAILED if found.findings and not need else Exit.FINE


def _needs(pairs: Sequence[tuple[str, str]]) -> dict[Duty, int]:
    found: dict[Duty, int] = {}
    for duty, number in pairs:
        if duty not in set(Duty) or not number.isdigit() or not number.isascii():
            raise WrongUsage(
                "--need {text}: write DUTY=N with one of {duties}", text=f"{duty}={number}", duties=", ".join(Duty)
            )
        found[Duty(duty)] = int(number)
    return found


def _print(session: Session, found: Staffing) -> None:
    if session.json:
        return session.screen.json(found)
    if found.version:
        session.screen.line(
            N_("Staffing plan of {batch}, version {version}: {reason}"),
            batch=found.batch, version=found.version, reason=found.reason,
        )  # fmt: skip
    else:
        session.screen.line(N_("No staffing plan of {batch} was declared."), batch=found.batch)
    heads = (N_("duty"), N_("planned"), N_("assigned"), N_("at work"))
    session.screen.table(
        heads,
        (
            (named(each.duty, session.say), "–" if each.planned is None else each.planned, each.assigned, each.working)
            for each in found.duties
        ),
    )
    planned = "–" if found.planned_seconds is None else f"{found.planned_seconds:g}"
    a_day = "–" if found.planned_a_day is None else f"{found.planned_a_day:g}"
    session.screen.line(
        N_("Seconds an item: {planned} planned, {real} in the median."),
        planned=planned, real=figure_text(found.seconds, session.say),
    )  # fmt: skip
    session.screen.line(
        N_("Items of one annotator in a day: {planned} planned, {real} in the median."),
        planned=a_day, real=figure_text(found.a_day, session.say),
    )  # fmt: skip
    return session.screen.findings(found.findings)
