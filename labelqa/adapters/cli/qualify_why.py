"""``labelqa qualify why``: may this person work under this release at that time? One sentence, then every fact."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.train_sessions import topic_names
from labelqa.adapters.cli.words import MomentWord, OneOf, in_zone
from labelqa.i18n import N_
from labelqa.records.people import Duty

if TYPE_CHECKING:
    from labelqa.records.why import Why, WhyFact


@command(
    "why",
    says=N_("Say whether a person may work under a release at a time, and every fact that makes it so."),
    more=(
        N_(
            "Without --release it asks for the release in force then of each rulebook that the person learned; without "
            "--duty for any duty. --known answers by what was recorded until then: such an answer never changes."
        ),
    ),
    examples=(
        "labelqa qualify why 陈思远 --release genai-safety@1.0.0 --at 2026-11-16",
        "labelqa qualify why 陈思远 --duty reviewer --at 2026-11-16 --known 2026-11-20 --json",
    ),
    words=(
        argument("person"),
        option("--release", default="", metavar="NAME@VERSION", says=N_("Only this release.")),
        option("--duty", word=OneOf.named(Duty), says=N_("For this duty; else for any.")),
        option("--at", word=MomentWord(), says=N_("When, in the workspace's time zone; else now.")),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
    names=True,
)
def why(
    session: Session, *, person: str, release: str, duty: Duty | None, at: datetime | None, known: datetime | None
) -> None:
    """Prints the answer."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.qualifying.why import why_qualified

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = [in_zone(each, zone, now) if each else None for each in (at, known)]
        found = shown(desk, why_qualified(desk, person, release=release, duty=duty, at=moments[0], known=moments[1]))
    if session.json:
        return session.screen.json(found)
    for place, each in enumerate(found):
        if place:
            session.screen.line()
        _answer(session, each, zone)
    return None


def _answer(session: Session, told: Why, zone: tzinfo) -> None:
    session.screen.line(told.sentence)
    heads = (N_("fact"), N_("what the fact says"), N_("was so"), N_("recorded"), N_("by"), N_("identity"))
    session.screen.table(heads, (_row(session, each, zone) for each in told.facts))
    if told.declared is None:
        session.screen.line(
            N_(
                "A passed exam is good for {days} {days:day|days}: the workspace's setting, as no policy was declared by then."
            ),
            days=told.valid_days,
        )
    if told.lacking:
        session.screen.title(N_("What is missing, and what to do:"))
    for lack in told.lacking:
        session.screen.line(N_("- {what}: {mend}"), what=lack.message, mend=lack.mend)


def _row(session: Session, each: WhyFact, zone: tzinfo) -> tuple[object, ...]:
    said = session.say(each.message)
    if each.topics:
        topics = topic_names(each.topics, session.say)
        said = session.say(N_("{text}; topics: {topics}"), text=said, topics=topics)
    if each.abilities:
        between = "、" if session.say.lang == "zh" else ", "
        shares = between.join(f"{_ability(name, session)} {share:.2f}" for name, share in each.abilities)
        said = session.say(N_("{text}; abilities: {shares}"), text=said, shares=shares)
    if not each.counts:
        said = session.say(N_("{text} [does not count any more]"), text=said)
    return (
        each.fact, said, when(each.at, zone), when(each.recorded_at, zone), each.actor, named(each.identity, session.say),
    )  # fmt: skip


def _ability(code: str, session: Session) -> str:
    from labelqa.rulebook.exam import Ability

    return named(Ability(code), session.say) if code in set(Ability) else code
