"""``labelqa rulebook config``: the Label Studio form and instruction of a rulebook."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.i18n import N_
from labelqa.records.finding import Finding


@command(
    "config",
    says=N_("Make the Label Studio labeling config of a rulebook, and the instruction that annotators read."),
    more=(
        N_(
            "RULEBOOK is a file or NAME@VERSION. Every label stores its value, shows its title and carries its definition "
            "with the ids of its rules; --lang says in which language. Paste the config under Settings, Labeling Interface, Code; the instruction under "
            "Settings, Annotation."
        ),
        N_("Only examples for the handbook are in the instruction, never those of exams or gold."),
    ),
    examples=(
        "labelqa rulebook config genai-safety@1.0.0 --lang zh",
        "labelqa rulebook config rulebooks/genai-sft/draft.yaml --lang en --out config.xml --instruction help.html",
    ),
    words=(
        argument("rulebook"),
        option("--out", word=FILE, metavar="FILE.xml", says=N_("The file to write; else it is printed.")),
        option("--instruction", word=FILE, metavar="FILE.html", says=N_("Write the instruction too.")),
    ),
)
def config(session: Session, *, rulebook: str, out: Path | None, instruction: Path | None) -> None:
    """Prints or writes the form; what it cannot show as asked is said on standard error."""
    from labelqa.adapters.cli.rulebook_named import named_rulebook, write_text
    from labelqa.adapters.label_studio import form, form_instruction

    source, screen, lang = named_rulebook(session, rulebook), session.screen, session.lang
    xml = form.labeling_config(source.book, lang)
    found = form.form_findings(source.book, file=rulebook)
    if instruction is not None:
        text = form_instruction.instruction(source.book, lang, digest=source.digest)
        write_text(session.start / instruction, text + "\n")
    if out is None:
        screen.out.write(xml + "\n")
        return _aside(session, found)
    write_text(session.start / out, xml + "\n")
    screen.line(N_("{path}: the form of {release}, {n} labels."), path=out, release=source.release,
                n=len(source.book.labels))  # fmt: skip
    if instruction is not None:
        screen.line(N_("{path}: the instruction of {release}."), path=instruction, release=source.release)
    return screen.findings(found)


def _aside(session: Session, found: list[Finding]) -> None:
    """Findings beside a form that is piped into a file."""
    import sys

    from labelqa.adapters.cli.output import finding_text

    sys.stderr.writelines(finding_text(each, session.say) + "\n" for each in found)
