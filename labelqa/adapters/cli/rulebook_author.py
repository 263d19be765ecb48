"""``labelqa rulebook new``, ``schema`` and ``upgrade``: a first draft, help for the editor, the latest format."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, FOLDER, OneOf
from labelqa.i18n import N_
from labelqa.records.batch import Kind


@command(
    "new",
    says=N_("Write the first draft of a rulebook, with every section to fill in and the schema for your editor."),
    more=(N_("labelqa rulebook lint lists what is still missing."),),
    examples=("labelqa rulebook new support-tone --kind functional",),
    words=(
        argument("name"),
        option("--kind", word=OneOf.named(Kind), required=True, says=N_("functional or safety.")),
        option("--into", word=FOLDER, default=Path("rulebooks"), says=N_("The folder of rulebooks.")),
    ),
)
def new(session: Session, *, name: str, kind: Kind, into: Path) -> None:
    """Writes the draft and the schema."""
    from labelqa.workflows.authoring import new_rulebook

    path = new_rulebook(session.start / into, name, kind)
    session.screen.line(N_("Wrote {file}. Next: labelqa rulebook lint {file}"), file=str(path))


@command(
    "schema",
    says=N_("Write the JSON Schema by which editors complete and explain the fields of a rulebook."),
    examples=("labelqa rulebook schema --out rulebooks/rulebook.schema.json",),
    words=(option("--out", word=FILE, metavar="FILE.json", says=N_("The file to write; else it is printed.")),),
)
def schema(session: Session, *, out: Path | None) -> None:
    """Prints or writes the schema."""
    from labelqa.rulebook.authoring import schema_text
    from labelqa.workflows.authoring import write_text

    if out is None:
        session.screen.out.write(schema_text())
        return
    write_text(session.start / out, schema_text())
    session.screen.line(N_("Wrote {file}."), file=str(out))


@command(
    "upgrade",
    says=N_("Rewrite a draft in the latest format of the file; comments are lost, and the old file is kept as .old."),
    more=(N_("Released files are never rewritten: older formats are read as they are."),),
    examples=("labelqa rulebook upgrade rulebooks/genai-sft/draft.yaml",),
    words=(argument("file", word=FILE),),
)
def upgrade(session: Session, *, file: Path) -> None:
    """Rewrites a draft."""
    from labelqa.workflows.authoring import upgrade_draft

    before, after = upgrade_draft(session.start / file)
    if before == after:
        return session.screen.line(N_("{file} is in format {format} already."), file=str(file), format=after)
    return session.screen.line(
        N_("{file} is in format {after} now; what it was in format {before} is in {old}."),
        file=str(file), after=after, before=before, old=f"{file}.old",
    )  # fmt: skip
