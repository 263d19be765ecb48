"""``labelqa seed``: the parts of a joint seed, committed before the frame is known, and what the order of facts proves."""

from __future__ import annotations

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_


@command(
    "commit",
    says=N_("Commit one party's part of a joint seed by its digest; best before the batch is frozen."),
    more=(
        N_(
            "The plan names the parties (--party). Without --seed the part is drawn at random and kept in the "
            "workspace, readable by its owner only; with --seed keep it secret until the draw yourself as well."
        ),
        N_(
            "A party that shows its part to nobody before the draw gives --digest: the sha256 of the words `labelqa "
            "seed`, byte 0x1F and the part, as `printf 'labelqa seed\\037%s' TEXT | sha256sum` prints it."
        ),
    ),
    examples=("labelqa seed commit sft-w46 --party organizer",),
    words=(
        argument("batch"),
        option("--party", required=True, says=N_("Whose part it is, as the plan names it.")),
        option("--seed", default="", says=N_("The part, when it comes from outside, such as the requester's dice.")),
        option("--digest", default="", says=N_("The digest of a part that the party keeps to itself until the draw.")),
    ),
    reports=True,
)
def commit(session: Session, *, batch: str, party: str, seed: str, digest: str) -> None:
    """Commits a part."""
    from labelqa.workflows.drawing.seeds import commit_seed

    with session.desk() as desk:
        made = commit_seed(desk, batch, party=party, seed=seed, digest=digest)
    if session.json:
        return session.screen.json(made)
    screen = session.screen
    screen.line(N_("Committed the part of {party}: digest {digest}."), party=made.party, digest=made.digest)
    if made.file:
        screen.line(N_("It is kept in {file} until the draw."), file=made.file)
    else:
        screen.line(N_("Give the part at the draw: `labelqa draw {batch} --part {party}=TEXT`."), batch=batch,
                    party=party)  # fmt: skip
    return None


@command(
    "show",
    says=N_("Show where the seed of each plan of a batch comes from, and what the order of facts proves of it."),
    examples=("labelqa seed show sft-w46",),
    words=(argument("batch"),),
    reports=True,
)
def show(session: Session, *, batch: str) -> None:
    """Prints one stretch a plan."""
    from labelqa.workflows.drawing.seeds_told import seeds_told

    with session.desk() as desk:
        told = seeds_told(desk, batch)
        zone = desk.settings.zone
    if session.json:
        return session.screen.json(told)
    screen, say = session.screen, session.say
    if not told:
        screen.line(N_("Batch {batch} has no plan yet."), batch=batch)
    for each in told:
        screen.line(N_("Plan {plan} of {batch}: {standing}."), plan=each.plan, batch=each.batch,
                    standing=named(each.standing, say))  # fmt: skip
        for reason in each.why:
            screen.line(N_("  {reason}"), reason=reason)
        if each.digest:
            screen.line(N_("  committed by its digest {digest}"), digest=each.digest)
        if each.seed_source:
            screen.line(N_("  published by: {source}"), source=each.seed_source)
        if each.sample:
            screen.line(N_("  revealed at the draw of {sample}: {seed}"), sample=each.sample, seed=each.seed)
        if each.parts:
            heads = (N_("party"), N_("committed"), N_("blind"), N_("digest"))
            rows = [
                (
                    part.party,
                    part.at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if part.at else say(N_("not yet")),
                    say(N_("yes")) if part.blind else say(N_("no")) if part.at else "",
                    part.digest or "",
                )
                for part in each.parts
            ]  # fmt: skip
            screen.table(heads, rows)
    return None


seed = noun("seed", says=N_("Commit and show the parts of a joint seed."), commands=[commit, show])
