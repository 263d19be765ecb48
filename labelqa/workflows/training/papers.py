"""Exam papers on record: registered with their pass mark and its reason, kept with their key, and handed out without it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from labelqa.batches.checks import in_force
from labelqa.errors import Altered, BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import Fact, PaperRegistered
from labelqa.records.finding import Finding, Severity, finding
from labelqa.records.training import ABILITIES
from labelqa.rulebook.exam import Ability, KeyedPaper, Paper, WrittenQuestion, keyed, read_keyed
from labelqa.rulebook.exam.questions import unknown_rules
from labelqa.rulebook.model import Text
from labelqa.workflows.desk import Desk
from labelqa.workflows.registers.attachments import attached, keep
from labelqa.workflows.rulebooks.sources import Source
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_share, draft_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """What is declared with a paper: the marks as shares, and why; ``least`` is by ability."""

    pass_mark: float
    reason: str
    least: Mapping[str, float]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A registered paper."""

    paper: str  # digest
    title: str
    version: str
    release: str
    questions: int
    abilities: Mapping[str, int]
    pass_mark: float
    least: Mapping[str, float]
    reason: str
    origin: str
    fact: int
    missing: tuple[str, ...]  # abilities that it does not examine


def compose_paper(
    source: Source, *, drawn: Paper | None, written: Sequence[WrittenQuestion], seed: str, title: str
) -> tuple[KeyedPaper, list[Finding]]:
    """A paper of a rulebook's questions and written ones, and what is to be said of it.

    Errors are questions on rules that the rulebook does not have; an ability that is not examined is a warning
    (GB/T 45674—2025, 7.1 b)). BadInput when there is nothing to ask.
    """
    found = unknown_rules(written, [rule.id for rule in source.book.rules])
    if drawn is None and not written:
        raise BadInput("there is nothing to ask: give a paper of a rulebook, a file of questions, or --common N")
    name = Text(title, title) if title else source.book.title
    paper = keyed(source.book, digest=source.digest, drawn=drawn, written=written, seed=seed, title=name)
    keys = [each.key for each in paper.questions]
    if len(set(keys)) < len(keys):
        raise BadInput("the paper asks a question twice: leave it once")
    if missing := missing_abilities(paper.abilities):
        found.append(
            finding(
                "EX003", "the paper does not examine: {abilities}", abilities=_named(missing),
                severity=Severity.WARNING, mend=Message("add questions on them: --questions FILE, or --common N"),
            )
        )  # fmt: skip
    return paper, found


def _named(abilities: Iterable[str]) -> Message:
    """The abilities in words, in one text."""
    names = [Message(ABILITIES[each]) for each in abilities]
    return reduce(lambda some, name: Message("{some}, {one}", {"some": some, "one": name}), names)


def missing_abilities(abilities: Mapping[str, int]) -> tuple[str, ...]:
    """The abilities of GB/T 45674—2025, 7.1 b) that nothing is asked about."""
    return tuple(each.value for each in Ability if not abilities.get(each.value))


def register_paper(desk: Desk, paper: KeyedPaper, terms: PaperTerms, *, origin: str = "rulebook") -> PaperLine:
    """Record a paper and keep its file with the key; registered again with other marks it supersedes itself.

    BadInput for marks that are no shares and for a reason that is missing; Refused where the release has another text,
    where an ability is asked a least share that the paper does not examine, and for the same terms once more.
    """
    state = read_state(desk)
    _check_terms(paper, terms)
    if state.release(paper.release).digest != paper.book:
        raise Refused("the paper was made from another text than the release {release}: make it from the release",
                      release=paper.release)  # fmt: skip
    title = terms.title.strip() or paper.title.zh or paper.title.en or paper.release
    before = {body.paper: (fact, body) for fact, body in papers_in(state.facts)}.get(paper.digest)
    versions = [body for _, body in papers_in(state.facts) if body.title == title and body.paper != paper.digest]
    body = PaperRegistered(
        paper=paper.digest, title=title, version=before[1].version if before else str(len(versions) + 1),
        release=paper.release, questions=len(paper.questions), abilities=paper.abilities,
        pass_mark=float(terms.pass_mark), reason=terms.reason.strip(), least=dict(terms.least), origin=origin,
    )  # fmt: skip
    if before and before[1] == body:
        raise Refused("this paper is registered with these terms already, as {title} version {version}", title=title,
                      version=body.version)  # fmt: skip
    last = state.facts.last

    def unless(facts: Facts) -> None:
        newer = facts.of(PaperRegistered)
        if newer and newer[-1].seq > last:
            raise Refused("another paper was registered meanwhile: register this one again")

    _keep(desk, paper)
    draft = draft_of(
        desk, body, (f"paper:{paper.digest}", f"release:{paper.release}"), None,
        supersedes=before[0].seq if before else None,
    )  # fmt: skip
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return _line(fact, body)


def _check_terms(paper: KeyedPaper, terms: PaperTerms) -> None:
    check_share(terms.pass_mark, Message(N_("pass mark")))
    if not terms.pass_mark:
        raise BadInput("a pass mark of 0 lets everybody pass: declare one above it")
    if not terms.reason.strip():
        raise BadInput("a pass mark needs its reason: no text sets one, so the team declares why")
    for ability, share in terms.least.items():
        if ability not in set(Ability):
            raise BadInput("{word} is none of the five abilities: {known}", word=ability, known=", ".join(Ability))
        check_share(share, Message(N_("least share")))
        if ability not in paper.abilities:
            raise Refused("nobody could pass: the paper does not examine {ability}, for which a least share is declared",
                          ability=ability)  # fmt: skip


def _keep(desk: Desk, paper: KeyedPaper) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.json"
        file.write_bytes(paper.data)
        if keep(desk, file) != paper.digest:
            raise ValueError("a paper is kept under its digest")


def papers_in(facts: Facts) -> list[tuple[Fact, PaperRegistered]]:
    """The registered papers in force, in the order of the ledger."""
    return list(in_force(facts.of(PaperRegistered), PaperRegistered))


def papers(desk: Desk) -> tuple[PaperLine, ...]:
    """Every registered paper."""
    return tuple(_line(fact, body) for fact, body in papers_in(read_state(desk).facts))


def _line(fact: Fact, body: PaperRegistered) -> PaperLine:
    return PaperLine(
        paper=body.paper, title=body.title, version=body.version, release=body.release, questions=body.questions,
        abilities=body.abilities, pass_mark=body.pass_mark, least=body.least, reason=body.reason, origin=body.origin,
        fact=fact.seq, missing=missing_abilities(body.abilities),
    )  # fmt: skip


def find_paper(state: State, text: str) -> PaperRegistered:
    """The paper behind a digest, its first six digits or more, TITLE@VERSION, or a title; the last of several versions."""
    known = [body for _, body in papers_in(state.facts)]
    title, sign, version = text.rpartition("@")
    exact = [body for body in known if body.paper == text or (sign and (body.title, body.version) == (title, version))]
    begun = [body for body in known if len(text) >= 6 and body.paper.startswith(text)]
    found = exact or begun or [body for body in known if body.title == text][-1:]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput("{text} means several papers: give more digits", text=text)
    raise BadInput("no paper is registered as {text}: labelqa exam papers shows them", text=text)


def kept_paper(desk: Desk, digest: str) -> KeyedPaper:
    """A registered paper with its key, its file checked against its digest; Altered when it is not what was kept."""
    try:
        return read_keyed(attached(desk, digest).read_bytes())
    except ValueError:
        raise Altered("the exam paper {paper} cannot be read: restore it from a backup", paper=digest[:12]) from None
