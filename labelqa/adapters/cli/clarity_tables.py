"""The tables of ``labelqa rulebook clarity``: what to mend first, then what it rests on; nothing wider than a terminal.

Why a number is unknown is said once under its table. What a table has no room for is in ``--json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from labelqa.adapters.cli.accuracy_tables import said, spread
from labelqa.adapters.cli.agreement_tables import cut
from labelqa.adapters.cli.output import Screen, figure_text
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_, Speaker
from labelqa.records.clarity import LabelTrend, RulebookClarity, RulePair, TrendGroup
from labelqa.records.estimate import Estimate, Figure, Unknown

ROWS, PAIRS, LABELS = 40, 15, 40  # rows shown at most
_RULE: Final = 12  # columns of a rule's id


def print_clarity(session: Session, found: RulebookClarity) -> None:
    """All tables of a rulebook's clarity."""
    screen = session.screen
    _head(screen, found)
    _ranking(screen, found)
    _pairs(screen, found)
    _agreement(screen, found)
    _found_wrong(screen, found)
    _doubts(screen, found)
    _times(screen, found)
    _labels(screen, found)
    for note in found.notes:
        said(screen, note)


def _head(screen: Screen, found: RulebookClarity) -> None:
    text = N_(
        "{name}: {answers} answers to {items} items, {twice} of them answered twice or more; {checked} items checked, "
        "{disputes} disputes, {rulings} rulings."
    )
    said(
        screen, text, name=f"{found.name} {found.version}".strip(), answers=found.answers, items=found.items,
        twice=found.items_with_pairs, checked=found.checked, disputes=found.disputes, rulings=found.rulings,
    )  # fmt: skip
    if found.batches:
        said(screen, N_("Batches: {batches}"), batches=", ".join(found.batches))
    said(screen, N_("Krippendorff's alpha, all labels: {figure}"), figure=figure_text(found.alpha, screen.say))


def _table(
    screen: Screen,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    most: int,
    whys: Iterable[tuple[str, Figure]] = (),
) -> None:
    """A table of at most ``most`` rows; a column without any number is left out. Under it why numbers are unknown."""
    held = [tuple(row) for row in rows]
    if not held:
        return
    kept = [at for at in range(len(heads)) if not all(isinstance(row[at], Unknown) for row in held)]
    screen.title(title)
    screen.table([heads[at] for at in kept], ([_cell(row[at], screen.say) for at in kept] for row in held[:most]))
    if len(held) > most:
        screen.line(N_("{n} of {all} are shown; --json has all of them."), n=most, all=len(held))
    reasons: dict[str, list[str]] = {}
    for name, figure in whys:
        if isinstance(figure, Unknown):
            reasons.setdefault(screen.say(figure.message), []).append(screen.say(name))
    for sentence, names in reasons.items():
        told = ", ".join(dict.fromkeys(names))
        said(screen, N_("{names}: unknown: {sentence}"), names=cut(told, 60), sentence=sentence)


def _cell(value: object, say: Speaker) -> str:
    return spread(value, say) if isinstance(value, Estimate | Unknown) else str(value)


def _ranking(screen: Screen, found: RulebookClarity) -> None:
    say = screen.say
    statements = {each.rule: each.statement.get(say.lang) or each.statement.get("zh", "") for each in found.rules}

    def number(figure: Figure) -> str:
        if isinstance(figure, Unknown):
            return say(N_("unknown"))
        return f"{figure.point:.1f} [{figure.low:.1f}, {figure.high:.1f}]"

    rows = [
        ("–" if each.rank is None else each.rank, cut(each.rule, _RULE), number(each.expected),
         cut(each.neighbour, _RULE) or "–", cut(statements.get(each.rule, ""), 36))
        for each in found.ranking
    ]  # fmt: skip
    title = N_("Rules to mend first, by the items out of {items} that each is expected to spoil")
    heads = (N_("rank"), N_("rule"), N_("items"), N_("most often against"), N_("what it says"))
    whys = [(each.rule, each.expected) for each in found.ranking]
    _table(screen, say(title, items=found.items), heads, rows, most=ROWS, whys=whys)
    if found.ranking:
        text = N_(
            "Items = all items × (chance that two annotators of one item differ with the rule on one side + chance that "
            "they are of one mind, and wrong, by it). Ordered by the lower limit, so that few items put no rule in front; "
            "what stands between two rules counts for both."
        )
        said(screen, text)


def _pairs(screen: Screen, found: RulebookClarity) -> None:
    say = screen.say
    rows = [
        (_both(each), say(N_("yes")) if each.declared else say(N_("no")), each.items, each.share,
         "–" if not any(each.corrections) else f"{each.corrections[0]} / {each.corrections[1]}", cut(_where(each), 26))
        for each in found.pairs
    ]  # fmt: skip
    heads = (N_("two rules"), N_("neighbours"), N_("items"), N_("exchanged"), N_("set right"), N_("labels, step"))
    _table(screen, N_("Rules that are taken for each other"), heads, rows, most=PAIRS)
    if rows:
        text = N_(
            "Exchanged: of every two answers to one item, one of them under either rule, the share that stand between the "
            "two rules. Neighbours: one of the two names the other in its boundaries. Set right: labels of the first rule "
            "that should have been the second's / the reverse."
        )
        said(screen, text)


def _both(pair: RulePair) -> str:
    return f"{cut(pair.first, 10)} × {cut(pair.second, 10)}" if pair.first != pair.second else cut(pair.first, 20)


def _where(pair: RulePair) -> str:
    labels = "/".join(pair.labels[0][:2]) if pair.labels else ""
    return f"{labels} @ {pair.steps[0]}" if pair.steps else labels


def _agreement(screen: Screen, found: RulebookClarity) -> None:
    rows = [
        (cut(each.rule, _RULE), each.answers, each.items, each.agreement, each.alpha, each.differing)
        for each in found.rules
    ]
    heads = (N_("rule"), N_("answers"), N_("items"), N_("agreement"), N_("alpha"), N_("two that differ"))
    whys = [(each.rule, figure) for each in found.rules for figure in (each.agreement, each.alpha)]
    _table(screen, N_("Agreement rule by rule: its labels against all others"), heads, rows, most=ROWS, whys=whys)
    _methods(screen, [figure for each in found.rules for figure in (each.agreement, each.alpha, each.differing)])
    if shared := [each for each in found.rules if each.shared]:
        names = ", ".join(each.rule for each in shared)
        said(
            screen,
            N_("{rules} give some of the same labels; without cited rules they cannot be told apart."),
            rules=names,
        )


def _methods(screen: Screen, figures: Sequence[Figure]) -> None:
    """By which methods a table's intervals are made."""
    from labelqa.adapters.report.text import method_family, whole

    known = {
        (each.confidence, method_family(each.method, screen.say)) for each in figures if isinstance(each, Estimate)
    }
    for confidence in sorted({each for each, _ in known}):
        names = "; ".join(sorted(name for level, name in known if level == confidence))
        said(screen, N_("{confidence} intervals by: {methods}"), confidence=whole(confidence), methods=names)


def _found_wrong(screen: Screen, found: RulebookClarity) -> None:
    rows = [(cut(each.rule, _RULE), each.wrong, each.named, each.disputes, each.rulings) for each in found.rules]
    if not (found.checked or found.disputes):
        return
    heads = (N_("rule"), N_("wrong where checked"), N_("named as broken"), N_("of disputes"), N_("of rulings"))
    _table(screen, N_("What checks and disputes say of each rule"), heads, rows, most=ROWS)
    _methods(screen, [figure for each in found.rules for figure in (each.wrong, each.named, each.disputes)])


def _doubts(screen: Screen, found: RulebookClarity) -> None:
    if isinstance(found.doubts, Unknown) and not found.doubts.n:
        return
    every = (screen.say(N_("all rules")), found.doubts.n, found.doubts, "")
    rows = [every] + [
        (cut(each.rule, _RULE), each.doubts.n, each.doubts, cut("; ".join(each.doubted), 52))
        for each in found.rules if each.doubts.n
    ]  # fmt: skip
    heads = (N_("rule"), N_("answers"), N_("in doubt"), N_("noted"))
    _table(screen, N_("Doubts that annotators noted"), heads, rows, most=ROWS + 1)
    _methods(screen, [found.doubts, *(each.doubts for each in found.rules)])


def _times(screen: Screen, found: RulebookClarity) -> None:
    say = screen.say
    if isinstance(found.seconds, Unknown):
        return
    rows: list[tuple[object, ...]] = [_time(say(N_("all rules")), found.seconds, found.time_budget, say)]
    rows += [
        _time(cut(each.rule, _RULE), each.seconds, each.time_budget or found.time_budget, say) for each in found.rules
    ]
    heads = (N_("rule"), N_("n"), N_("median seconds"), N_("time budget"), N_("within it"))
    whys = [(each.rule, each.seconds) for each in found.rules]
    _table(screen, N_("Time of an answer"), heads, rows, most=ROWS + 1, whys=whys)
    _methods(screen, [found.seconds])


def _time(name: str, figure: Figure, budget: int | None, say: Speaker) -> tuple[object, ...]:
    shown, within = say(N_("unknown")), "–"
    if isinstance(figure, Estimate):
        shown = f"{figure.point:.1f} [{figure.low:.1f}, {figure.high:.1f}]"
        if budget is not None:
            over, under = figure.low > budget, figure.high <= budget
            within = say(N_("no")) if over else say(N_("yes")) if under else say(N_("not certain"))
    return name, figure.n, shown, "–" if budget is None else budget, within


def _labels(screen: Screen, found: RulebookClarity) -> None:
    rows = [(cut(each.label, 24), each.count, f"{each.share:.3f}", each.agreement, each.alpha) for each in found.labels]
    heads = (N_("label"), N_("n"), N_("share"), N_("specific agreement"), N_("alpha"))
    _table(screen, N_("Label by label"), heads, rows, most=LABELS)


def print_trend(session: Session, found: LabelTrend) -> None:
    """A table of shares for each group of labels, batches in the order in which they were declared."""
    screen, say = session.screen, session.say
    text = N_("{name}: {batches} batches under {versions}.")
    said(screen, text, name=found.name, batches=len(found.batches), versions=", ".join(found.versions))
    for at, group in enumerate(found.groups):
        rows = [
            (cut(each.batch, 30), each.release.partition("@")[2], each.items, each.answers, each.shares[at])
            for each in found.batches
        ]
        heads = (N_("batch"), N_("version"), N_("items"), N_("answers"), N_("share"))
        title = N_("Labels {labels}") if group.everywhere else N_("Labels {labels} (not in every version)")
        _table(
            screen, say(title, labels=cut(_group(group), 70)), heads, rows, most=ROWS,
            whys=[(each.batch, each.shares[at]) for each in found.batches],
        )  # fmt: skip
    _methods(screen, [share for each in found.batches for share in each.shares])
    for note in found.notes:
        said(screen, note)


def _group(group: TrendGroup) -> str:
    """The labels of a group, version by version where they changed."""
    sets = dict.fromkeys(labels for _, labels in group.labels if labels)
    return " → ".join(", ".join(each) for each in sets)
