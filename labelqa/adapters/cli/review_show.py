"""``labelqa review show``: what others said of a drawn item, once its verdicts are in; and how far reviewers agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.output import figure_text, named, when
from labelqa.adapters.cli.sample import sample_named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.files import words
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.review import Review
from labelqa.records.reviewers import RevealedItem, ReviewerAgreement


@command(
    "show",
    says=N_("Show what others said of a drawn item; only when every verdict due on it is in."),
    examples=("labelqa review show safety-w46 s-0042",),
    words=(argument("sample"), argument("item")),
    reports=True,
)
def show(session: Session, *, sample: str, item: str) -> None:
    """Prints who labelled the item how, and every verdict on it."""
    from labelqa.workflows.reviewing.revealed import revealed_item

    with session.desk() as desk:
        found, zone = revealed_item(desk, sample_named(desk, sample), item), desk.settings.zone
    return session.screen.json(found) if session.json else _print(session, found, zone)


def _print(session: Session, found: RevealedItem, zone: tzinfo) -> None:
    screen = session.screen
    screen.pairs((Message("{text}", {"text": name}), text) for name, text in found.content.items())  # names as they are
    label = " ".join(dict.fromkeys(filter(None, (found.label, found.titles[session.lang]))))
    screen.line(N_("{item} of {sample}: label of record {label}"), item=found.item_id, sample=found.sample, label=label)
    if found.gold:
        screen.line(N_("gold answer {label}"), label=found.gold)
    screen.title(N_("Who labelled it how"))
    screen.table((N_("annotator"), N_("label")), ((name, said) for _, name, said in found.votes))
    screen.title(N_("Verdicts, changed ones too"))
    heads = (
        N_("given at"),
        N_("reviewer"),
        N_("identity"),
        N_("role"),
        N_("verdict"),
        N_("what was found"),
        N_("comment"),
    )
    screen.table(heads, (_row(session, found, each, zone) for each in found.reviews))


def _row(session: Session, found: RevealedItem, each: Review, zone: tzinfo) -> tuple[str, ...]:
    role = N_("second opinion") if each.second else N_("decides")
    return (
        when(each.at, zone), found.names[each.reviewer], named(each.identity, session.say), session.say(role),
        named(each.verdict, session.say),
        "; ".join(_found(session, each)), found.comments.get(each.fact, ""),
    )  # fmt: skip


def _found(session: Session, each: Review) -> Iterator[str]:
    """What a verdict says besides correct or incorrect."""
    say = session.say
    obstacle = words.shown(words.VERDICT_CHOICES, f"undecidable:{each.obstacle}", say.lang) if each.obstacle else ""
    yield from filter(None, (obstacle, each.rule, each.defect, named(each.severity, say) if each.severity else ""))
    yield from filter(None, (words.shown(words.SAFETY, each.safety, say.lang) if each.safety else "", each.unsafe))
    if each.correct_label:
        yield say(N_("should be {label}"), label=each.correct_label)
    if each.blind:
        yield say(N_("given blind"))
    for name, result in each.checks.items():
        yield f"{words.shown(words.CHECKS, name, say.lang)} – {words.shown(words.CHECK_RESULTS, result, say.lang)}"
    yield from (f"{name}={score:g}" for name, score in each.scores.items())


def print_reviewer_agreement(session: Session, found: ReviewerAgreement) -> None:
    """How far two verifiers agree, and how often the verdicts that decide are wrong; nothing where none were planned."""
    if not found.doubles:
        return
    screen = session.screen
    screen.title(N_("Reviewers, from {n} of {doubles} items that two of them judge"), n=found.n, doubles=found.doubles)
    rows = (
        (N_("agreement"), found.agreement),
        (N_("Krippendorff's alpha"), found.alpha),
        (N_("Gwet's AC1"), found.ac1),
        (N_("sensitivity: wrong labels called wrong"), found.sensitivity),
        (N_("specificity: right labels called right"), found.specificity),
    )
    screen.pairs((name, figure_text(figure, session.say)) for name, figure in rows)
    for note in found.notes:
        screen.line(note)
