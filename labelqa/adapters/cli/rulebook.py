"""``labelqa rulebook``: check a draft, release it, list what was released."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity, worst


@command(
    "lint",
    says=N_("Check a rulebook draft; every problem is named with its line and column."),
    more=(N_("Exit code 1 when there are errors; warnings alone leave it at 0."),),
    examples=("labelqa rulebook lint rulebooks/genai-safety/draft.yaml",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def lint(session: Session, *, file: Path) -> int:
    """Prints the findings of a draft."""
    from labelqa.workflows.rulebooks import lint_rulebook

    rulebook, findings = lint_rulebook(session.start / file)
    if session.json:
        session.screen.json(
            {"rulebook": rulebook and rulebook.name, "version": rulebook and rulebook.version, "findings": findings}
        )
    else:
        session.screen.findings(findings)
        _count(session, file, findings)
    return Exit.FAILED if worst(findings) is Severity.ERROR else Exit.FINE


def _count(session: Session, file: Path, findings: list[Finding]) -> None:
    errors = sum(each.severity is Severity.ERROR for each in findings)
    session.screen.line(
        N_("{file}: {errors} errors, {others} warnings and notes."),
        file=file,
        errors=errors,
        others=len(findings) - errors,
    )


@command(
    "release",
    says=N_("Release a rulebook: an immutable file, locked by its digest, and a fact in the ledger."),
    examples=("labelqa rulebook release rulebooks/genai-safety/draft.yaml",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def release(session: Session, *, file: Path) -> int:
    """Releases a draft that has no errors."""
    from labelqa.workflows.rulebooks import lint_rulebook, release_rulebook

    path = session.start / file
    with session.desk() as desk:
        _, findings = lint_rulebook(path)
        if worst(findings) is Severity.ERROR and not session.json:
            session.screen.findings(findings)
        line = release_rulebook(desk, path)
    if session.json:
        session.screen.json(line)
        return Exit.FINE
    session.screen.findings(findings)
    session.screen.line(
        N_("Released {release}: {labels} labels, {rules} rules, {examples} worked examples; digest {digest}."),
        release=f"{line.name}@{line.version}",
        labels=line.labels,
        rules=line.rules,
        examples=line.examples,
        digest=line.digest,
    )
    return Exit.FINE


@command(
    "list",
    says=N_("List the releases and the batches made under them."),
    examples=("labelqa rulebook list",),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints the releases."""
    from labelqa.workflows.rulebooks import rulebook_lines

    with session.desk() as desk:
        lines, zone = rulebook_lines(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("No rulebook was released yet: `labelqa rulebook release FILE`."))
    heads = (
        N_("release"),
        N_("title"),
        N_("kind"),
        N_("labels"),
        N_("rules"),
        N_("examples"),
        N_("released"),
        N_("batches"),
        N_("digest"),
    )
    session.screen.table(
        heads,
        (
            (
                f"{each.name}@{each.version}",
                each.title.get(session.lang, ""),
                named(each.kind, session.say),
                each.labels,
                each.rules,
                each.examples,
                when(each.released_at, zone),
                ", ".join(each.batches),
                each.digest,
            )
            for each in lines
        ),
    )
    return None


rulebook = noun("rulebook", says=N_("Check, release and list rulebooks."), commands=[lint, release, list_])
