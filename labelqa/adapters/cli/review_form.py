"""``labelqa review form``: the verification record of a batch, to be printed, signed and filed."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.forms import check_form, write_form
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.i18n import N_


@command(
    "form",
    says=N_("Write the verification record of a batch as PDF or HTML: verifiers, times, results, problems, measures."),
    more=(
        N_(
            "The one form that GB/T 45674—2025, 8.1 g) asks for, at any time after the draw: every sample with its plan and "
            "certificate, who verified when, how many verdicts record the three checks of 8.1 d), each problem with what was "
            "done about it, and the digests by which all of it can be checked. PDF needs the extra pdf."
        ),
    ),
    examples=("labelqa review form safety-w46 --out safety-w46.pdf --lang zh",),
    words=(
        argument("batch"),
        option("--out", word=FILE, required=True, says=N_("The file to write: .pdf or .html.")),
    ),
    reports=True,
    names=True,
)
def form(session: Session, *, batch: str, out: Path) -> None:
    """Writes the form."""
    from labelqa.adapters.report.verification_page import verification_html
    from labelqa.workflows.forms import Form
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.rounds.verification import verification_form

    check_form(session, out)
    with session.desk() as desk:
        told = shown(desk, verification_form(desk, batch))
        write_form(session, desk, Form.VERIFICATION, batch, out=out, page=verification_html(told, session.screen.lang))
    if session.json:
        return session.screen.json(told)
    return session.screen.line(N_("Wrote the verification record of {batch} to {file}."), batch=batch, file=out)
