"""``labelqa qualify badge``: a qualification as an Open Badges 3.0 credential."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.rulebook_named import write_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.train_export import HOME_SAYS, home_page
from labelqa.adapters.cli.words import FILE, ReleaseWord
from labelqa.i18n import N_


@command(
    "badge",
    says=N_("Write somebody's qualification as an Open Badge (3.0)."),
    more=(
        N_("It names the facts of training and exam by their hashes; people stand in it by pseudonym unless --names."),
        N_(
            "Without --key it is unsigned: a statement, not a verifiable credential. With an Ed25519 key in PEM it is signed "
            "as a JWT (EdDSA) and holds the public key."
        ),
    ),
    examples=("labelqa qualify badge 陈思远 genai-safety@1.0.0 --out badge.json",),
    words=(
        argument("person"),
        argument("release", word=ReleaseWord()),
        option(
            "--out",
            word=FILE,
            required=True,
            metavar="FILE",
            says=N_("Where to write: JSON, or a JWT where it is signed."),
        ),
        option("--key", word=FILE, says=N_("An Ed25519 private key in PEM, without a passphrase.")),
        flag("--names", says=N_("Tell names too: then the file holds personal data.")),
        option("--home", default="", metavar="URL", says=HOME_SAYS),
    ),
    reports=True,
)
def qualify_badge(
    session: Session, *, person: str, release: str, out: Path, key: Path | None, names: bool, home: str
) -> None:
    """Writes one badge."""
    from labelqa.adapters.xapi import words
    from labelqa.adapters.xapi.badges import credential, credential_text, private_key, signed
    from labelqa.workflows.people import find_person
    from labelqa.workflows.training.exported import badge_facts

    base = home_page(home) or words.HOME
    secret = private_key(session.start / key) if key else None
    with session.desk() as desk:
        badge = badge_facts(desk, find_person(desk, person), release, names=names)
    told = credential(badge, home=base)
    write_text(session.start / out, signed(told, secret) + "\n" if secret else credential_text(told))
    if session.json:
        return session.screen.json({"path": str(out), "signed": secret is not None, "credential": told})
    text = (
        N_("{path}: {person} is qualified under {release}; signed with the key given.")
        if secret
        else N_(
            "{path}: {person} is qualified under {release}; the badge is not signed, so nobody can verify who made it."
        )
    )
    return session.screen.line(text, path=out, person=person, release=release)
