"""What codes are called when a person reads them, in both languages.

Stored spellings (``in-review``, ``low-accuracy``) are for machines and never change; these names are for pages,
reports and the command line. A code that is not known here is shown as it is stored, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from labelqa.adapters.report.account_names import ACCOUNT_ENUMS
from labelqa.adapters.report.correction_names import CORRECTION_ENUMS
from labelqa.adapters.report.duty_names import DUTY_ENUMS
from labelqa.adapters.report.identity_names import IDENTITY_ENUMS
from labelqa.adapters.report.life_names import LIFE_NAMES
from labelqa.adapters.report.measures import coefficient_name, distance_name
from labelqa.adapters.report.queue_names import QUEUE_ENUMS
from labelqa.adapters.report.register_names import REGISTER_ENUMS
from labelqa.adapters.report.server_names import SERVER_ENUMS
from labelqa.adapters.report.training_names import TRAINING_ENUMS
from labelqa.i18n import N_, Speaker

__all__ = [
    "DUTIES", "ENUMS", "EXCLUSIONS", "FLAGS", "SUBJECTS", "coefficient_name", "distance_name", "duty_name",
    "exclusion_name", "flag_name", "kind_name", "name_of", "subject_name",
]  # fmt: skip

ENUMS: Final[Mapping[str, Mapping[str, str]]] = LIFE_NAMES | {
    "Kind": {"functional": N_("functional labeling"), "safety": N_("safety labeling")},
    "Stage": {
        "open": N_("open for labeling"),
        "frozen": N_("frozen"),
        "in-review": N_("spot check under way"),
        "reviewed": N_("spot check complete"),
        "disputed": N_("items in dispute"),
        "correcting": N_("problems being corrected"),
        "blocked": N_("BLOCKED: suspected illegal or harmful content"),
        "settled": N_("settled"),
    },
    "Conclusion": {"accept": N_("accept"), "relabel": N_("relabel"), "void": N_("void")},
    "Duty": {
        "executor": N_("annotator"),
        "reviewer": N_("reviewer"),
        "arbitrator": N_("arbitrator"),
        "supervisor": N_("supervisor"),
    },
    "Standing": {
        "qualified": N_("qualified"),
        "not-trained": N_("not trained"),
        "not-examined": N_("not examined"),
        "failed": N_("exam not passed"),
        "expired": N_("qualification expired"),
        "stale": N_("release no longer in force"),
        "suspended": N_("qualification suspended"),
        "cancelled": N_("qualification cancelled"),
        "wrong-release": N_("qualified under another release only"),
        "time-unknown": N_("time of labeling not known"),
        "model": N_("model, not a person"),
        "not-registered": N_("account not registered"),
    },
    "QualificationAction": {"suspend": N_("suspended"), "lift": N_("suspension lifted"), "cancel": N_("cancelled")},
    "AppealRuling": {"upheld": N_("appeal upheld"), "rejected": N_("appeal rejected")},
    "Policy": {
        "qualification-days": N_("days that a passed exam is good for"),
        "expiring-days": N_("days before its end in which a qualification is called expiring"),
        "duties-per": N_("within what nobody holds two duties"),
        "relabel": N_("what a rejected functional batch returns: the items found, or the whole batch"),
        "appeal-days": N_("days in which a verdict may be appealed"),
        "suspend-below": N_("accuracy against gold below which a suspension is proposed"),
        "suspend-items": N_("gold answers that such a proposal needs at least"),
        "gold-exposures": N_("answers after which a gold item is rotated"),
        "retention-log-months": N_("months that logs are kept"),
        "retention-qa-years": N_("years that quality records are kept"),
        "retention-eu-years": N_("years that records under EU law are kept; 0 where it does not apply"),
        "dispute-rule": N_("what makes an item disputed: no label of record, or any difference"),
    },
    "Meaning": {"authorship": N_("written by"), "review": N_("reviewed by"), "approval": N_("approved by")},
    "ReleaseState": {
        "coming": N_("not yet in force"),
        "in-force": N_("in force"),
        "open-work": N_("for work begun under it only"),
        "ended": N_("no longer in force"),
    },
    "RulebookEvent": {
        "signed": N_("signed"),
        "released": N_("release made"),
        "adopted": N_("adopted"),
        "clarified": N_("clarified"),
    },
    "Bump": {
        "none": N_("no new version"),
        "patch": N_("patch version"),
        "minor": N_("minor version"),
        "major": N_("major version"),
    },
    "Severity": {"error": N_("error"), "warning": N_("warning"), "note": N_("note")},
    "Verdict": {
        "correct": N_("correct"),
        "incorrect": N_("incorrect"),
        "undecidable": N_("undecidable"),
    },
    "VerdictKind": {
        "review": N_("production review"),
        "verification": N_("spot check"),
        "re-review": N_("re-review"),
        "acceptance": N_("acceptance check"),
    },
    "Check": {
        "understanding": N_("understood rightly"),
        "consistency": N_("answer fits the question"),
        "quality": N_("quality kept"),
    },
    "CheckResult": {
        "passed": N_("passed"),
        "failed": N_("failed"),
        "not-applicable": N_("not applicable"),
    },
    "Obstacle": {
        "skipped": N_("skipped by the verifier"),
        "deleted": N_("deleted at its source"),
        "broken-media": N_("picture, sound or video cannot be opened"),
    },
    "Safety": {
        "safe": N_("safe"),
        "unsafe": N_("unsafe"),
        "unclear": N_("safety unclear"),
    },
    "DefectSeverity": {
        "critical": N_("critical defect"),
        "major": N_("major defect"),
        "minor": N_("minor defect"),
    },
    "Identity": {
        "authenticated": N_("signed in"),
        "imported": N_("from a signed file"),
        "asserted": N_("name typed in, not proven"),
    },
    "SeedStanding": {
        "committed": N_("seed committed before the frame"),
        "joint": N_("seed made of parts that several parties committed before the frame"),
        "public": N_("seed named before the frame and published after it"),
        "unproven": N_("order of the seed not proven"),
    },
    "Design": {
        "two-point": N_("two-point plan, both risks held"),
        "zero-acceptance": N_("no defect allowed"),
        "census": N_("every item checked"),
        "sequential": N_("reviewed until it is proven"),
        "discovery": N_("so many that one of k wrong ones is seen"),
        "estimate": N_("a share with its margin, nothing decided"),
        "contract": N_("as the contract counts"),
        "stratified": N_("over strata, until the whole is proven"),
        "aql": N_("AQL plan of ISO 2859-1"),
    },
    "Repeats": {
        "first": N_("the first answer counts"),
        "last": N_("the last answer counts"),
        "refuse": N_("repeated answers are refused"),
        "all": N_("all answers are kept"),
    },
    "RecordRule": {"single": N_("the only annotation"), "majority": N_("more than half of the annotators")},
    "ControlKind": {
        "choice": N_("one label"),
        "choices": N_("set of labels"),
        "taxonomy": N_("paths in a tree of labels"),
        "rating": N_("rating"),
        "number": N_("measured number"),
        "pairwise": N_("left or right"),
        "ranking": N_("ranking"),
        "spans": N_("spans of text"),
        "boxes": N_("boxes"),
        "polygons": N_("polygons"),
        "keypoints": N_("points on a picture"),
        "segments": N_("segments of time"),
        "text": N_("free text"),
        "relations": N_("relations"),
    },
    "Origin": {
        "human": N_("answered afresh by a person"),
        "prelabelled-unchanged": N_("pre-label left unchanged"),
        "prelabelled-edited": N_("pre-label edited"),
        "machine": N_("a model's own answer"),
    },
    "Apart": {
        "origin": N_("by origin"),
        "who": N_("by who answered"),
        "week": N_("by week"),
        "rule": N_("by rule"),
        "stratum": N_("by field of the items"),
    },
    **QUEUE_ENUMS,
    **REGISTER_ENUMS,
    **CORRECTION_ENUMS,
    **TRAINING_ENUMS,
    **DUTY_ENUMS,
    **IDENTITY_ENUMS,
    **ACCOUNT_ENUMS,
    **SERVER_ENUMS,
    "Operator": {
        "=": N_("equal to"),
        "!=": N_("not equal to"),
        "<": N_("less than"),
        "<=": N_("at most"),
        ">": N_("more than"),
        ">=": N_("at least"),
        "contains": N_("containing"),
        "in": N_("one of"),
    },
}

DUTIES: Final[Mapping[str, str]] = {**ENUMS["Duty"], "lead": N_("annotation lead")}

FLAGS: Final[Mapping[str, str]] = {
    "low-accuracy": N_("accuracy below the team"),
    "drift": N_("changing over the weeks"),
    "confuses": N_("mixes up two labels"),
    "fast": N_("unusually fast"),
    "straight-lining": N_("long run of one label"),
    "favourite": N_("one label nearly throughout"),
    "copies": N_("mistakes shared with a neighbour"),
    "unqualified": N_("labels without qualification"),
}

EXCLUSIONS: Final[Mapping[str, str]] = {
    "repeat": N_("repeated answer of one annotator"),
    "skipped": N_("skipped by the annotator"),
    "other-batch": N_("belongs to another batch"),
    "no-label": N_("carries no label"),
    "not-in-release": N_("label not in the rulebook release"),
    "other-release": N_("made under another release"),
    "later-release": N_("begun when a later release was in force"),
    "earlier-release": N_("begun before this release was in force"),
    "release-ended": N_("made after open work under the release had ended"),
    "machine-only": N_("answered by models alone"),
    "voided": N_("of an item in a void batch"),
    "before-return": N_("made before the batch was returned, or at a time that nobody knows"),
    "judged-before": N_("made by somebody who judged an earlier round"),
    "recheck-untouched": N_("items whose label the change does not touch"),
    "recheck-relabel": N_("items to be labelled anew"),
    "recheck-unsettled": N_("items without a label of record"),
}

SUBJECTS: Final[Mapping[str, str]] = {
    "batch": N_("batch {name}"),
    "person": N_("person {name}"),
    "item": N_("item {name}"),
    "rulebook": N_("rulebook {name}"),
    "incident": N_("incident {name}"),
    "risk": N_("risk {name}"),
}


def name_of(value: StrEnum, say: Speaker) -> str:
    """What a member of one of our enums is called; its stored spelling where it has no name.

    >>> from labelqa.records.batch import Stage
    >>> name_of(Stage.IN_REVIEW, Speaker("en"))
    'spot check under way'
    """
    return _said(ENUMS.get(type(value).__name__, {}), str(value), say)


def kind_name(code: str, say: Speaker) -> str:
    """What a kind of answer is called."""
    return _said(ENUMS["ControlKind"], code, say)


def duty_name(code: str, say: Speaker) -> str:
    """Who is meant by a duty, ``lead`` included; nothing for nobody."""
    return _said(DUTIES, code, say)


def flag_name(code: str, say: Speaker) -> str:
    """What a reason to look at somebody's work is called."""
    return _said(FLAGS, code, say)


def exclusion_name(code: str, say: Speaker) -> str:
    """Why annotations stayed out of a frozen batch."""
    return _said(EXCLUSIONS, code, say)


def subject_name(subject: str, say: Speaker, *, shown: Mapping[str, str] | None = None) -> str:
    """A subject such as ``batch:b1`` for a reader; ``shown`` gives other words for single subjects.

    >>> subject_name("batch:b1", Speaker("en"))
    'batch b1'
    """
    kind, _, name = subject.partition(":")
    if kind not in SUBJECTS or not name:
        return subject
    return say(SUBJECTS[kind], name=(shown or {}).get(subject, name))


def _said(names: Mapping[str, str], code: str, say: Speaker) -> str:
    return say(names[code]) if code in names else code
