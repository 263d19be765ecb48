"""What each alert says, how grave it is, and what to do about it. Nothing here counts or decides anything."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.alerts import Noticed
from labelqa.records.finding import Severity


class _Said(NamedTuple):
    severity: Severity
    text: str
    mend: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE
_OUT: Final = N_("take {name} off the work, have the answers checked or made again, and see why the account could work")
_WHY: Final = N_("look with labelqa qualify why; train and examine {name}, and have the answers made again")
_LOOK: Final = N_("look at the answers with labelqa items before the batch is frozen")
_ASK: Final = N_("look at some of the answers and ask {name}; it is a reason to look, never a judgement")

SAID: Final[dict[str, _Said]] = {
    "unqualified": _Said(
        _E, N_("{name} gave or changed {n} {n:answer|answers} under {release} without being qualified: {standing}"), _WHY
    ),
    "suspended-working": _Said(
        _E, N_("{name} gave or changed {n} {n:answer|answers} under {release} while suspended or cancelled"), _OUT
    ),
    "after-leaving": _Said(_E, N_("{name} gave or changed {n} {n:answer|answers} after leaving"), _OUT),
    "no-person": _Said(
        _E, N_("{n} {n:answer|answers} by the account behind {name}, which belongs to nobody who is registered"),
        N_("register the person with labelqa people add, with this account; nobody shares an account"),
    ),
    "two-duties": _Said(
        _E, N_("{name} gave or changed {n} {n:answer|answers} in {place} and holds another duty there: {duties}"),
        N_("look with labelqa duties check; end one of the duties and have the work of the other done by somebody else"),
    ),
    "wrong-release": _Said(
        _E, N_("{n} {n:answer|answers} by {name} {n:carries|carry} {release}, while {place} is labelled under {wanted}"),
        N_("look at the form and release of the project, and have the answers made under the right release"),
    ),
    "unknown-release": _Said(
        _E, N_("{n} {n:answer|answers} by {name} {n:carries|carry} {release}, which was never released here"),
        N_("correct what stamps the answers, or release that version with labelqa rulebook release"),
    ),
    "no-release": _Said(
        _N, N_("{n} {n:answer|answers} from {place} {n:is|are} bound to no release, so nobody can say who was qualified"),
        N_("push a release to the project, stamp the answers, or declare the batch"),
    ),
    "no-time": _Said(
        _W, N_("nobody knows when {name} made {n} {n:answer|answers} under {release}, so nobody can say who was qualified"),
        N_("export the answers with their times"),
    ),
    "gold-below": _Said(
        _E, N_("{name} is right on {right} of {checked} gold answers under {line}: {rate:.1%} ({low:.1%} to {high:.1%} at {confidence:.0%}, Wilson), wholly below {below:.0%}"),
        N_("look with labelqa qualify propose; a named person decides whether to suspend"),
    ),
    "gold-drift": _Said(
        _W, N_("{name} errs more often on gold under {line}: {wrong} of {since} wrong before the last of {n} {n:signal|signals} (at {good:.0%} errors there is one in {false:.0f} answers)"),
        N_("look at the work of {name} since then, and train anew where it is needed"),
    ),
    "stop-sample": _Said(
        _N, N_("sample {sample}: stop, the result stands after {stopped} of {drawn} verdicts: {decision}"),
        N_("give no more verdicts; labelqa settle reaches the conclusion"),
    ),
    "edited-by-another": _Said(_W, N_("{name} changed {n} {n:answer|answers} that somebody else had given"), _LOOK),
    "made-for-another": _Said(_W, N_("{n} {n:answer|answers} in the name of {name} {n:was|were} made by another account"), _LOOK),
    "empty-answer": _Said(_W, N_("{name} submitted {n} {n:answer|answers} with nothing in {n:it|them}"), _LOOK),
    "not-in-release": _Said(
        _W, N_("{n} {n:answer|answers} by {name} {n:has|have} a label that {release} does not have"),
        N_("look at the form of the project: labelqa rulebook config writes the one of the release"),
    ),
    "skipped": _Said(_N, N_("{name} skipped {n} {n:item|items}"), N_("look at what was skipped, and answer what is unclear")),
    "fast": _Said(_N, N_("{name} gave {n} {n:answer|answers} in less than {floor:g} s"), _ASK),
    "straight-lining": _Said(_N, N_("{name} gave the same answer up to {run} times in a row, {n} {n:run|runs} with a chance below {rare:g}"), _ASK),
    "not-watched": _Said(
        _N, N_("an import holds {rows} answers; alerts looked at the first {most}"),
        N_("labelqa duties check, labelqa qualify and labelqa annotators look at all of them"),
    ),
}  # fmt: skip


def severity_of(code: str) -> Severity:
    """How grave an alert of this code is."""
    return SAID[code].severity if code in SAID else Severity.WARNING


def said_of(noticed: Noticed, name: str) -> tuple[Message, Message]:
    """The sentence of an alert, and what to do; ``name`` is how the person may be shown."""
    found = SAID.get(noticed.code)
    if found is None:  # made by another version of labelqa
        return Message("{code} ({n})", {"code": noticed.code, "n": noticed.count}), Message("labelqa alerts rebuild")
    values: dict[str, Any] = {"place": noticed.place.partition(":")[2]} | dict(noticed.values)
    values |= {"name": name, "n": noticed.count}
    for each in ("standing", "decision"):
        if each in values:
            values[each] = Message(_WORDS.get(str(values[each]), str(values[each])))
    if isinstance(values.get("duties"), list):
        values["duties"] = _listed([_WORDS.get(each, each) for each in values["duties"]])
    return Message(found.text, values), Message(found.mend, {"name": name})


_WORDS: Final = {
    "not-trained": N_("not trained"), "not-examined": N_("not examined"), "failed": N_("exam not passed"),
    "expired": N_("qualification expired"), "stale": N_("release no longer in force"),
    "wrong-release": N_("qualified under another release only"),
    "executor": N_("annotator"), "reviewer": N_("reviewer"), "arbitrator": N_("arbitrator"),
    "supervisor": N_("supervisor"), "passes": N_("it passes"), "fails": N_("it fails"),
}  # fmt: skip


def _listed(words: list[str]) -> Message:
    found = Message(words[0]) if words else Message("–")
    for each in words[1:]:
        found = Message("{some}, {one}", {"some": found, "one": Message(each)})
    return found
