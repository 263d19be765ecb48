"""Who is in the story: sixteen invented people, how well each labels, and what each was taught and passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WEEKS: Final = ("2026-W44", "2026-W45", "2026-W46", "2026-W47")
RELEASES: Final = {"safety": "genai-safety@1.0.0", "sft": "genai-sft@1.0.0"}
ORGANIZERS: Final = ("云帆数据", "启明标注")
TOPICS: Final = ("rule-safety", "platform", "verification", "data-security", "risk-cases", "law-awareness")
PASS_MARK: Final = 0.8
Skill = tuple[float, float, float, float]  # share answered rightly in each of the four weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """An executor: where they work, how often they are right, how long they take."""

    name: str
    account: int
    organizer: str
    story: str  # steady, careless, drifting, confuses, unqualified, non-native, newcomer
    skill: dict[str, Skill]  # by project; a project that is missing is not worked on
    seconds: dict[str, float]  # median seconds an item
    exam: dict[str, float]  # score by project
    english: float = 0.0  # added to the skill on English items
    confuses: tuple[str, str] = ("", "")  # two labels of the safety project, each taken for the other
    confusion: float = 0.0  # how often

    def works(self, project: str, week: str) -> bool:
        """Whether this person labels in that project that week."""
        return project in self.skill and self.skill[project][WEEKS.index(week)] > 0


def _annotator(
    name: str, account: int, organizer: int, story: str, safety: Skill | float, sft: Skill | float,
    seconds: tuple[float, float], exam: tuple[float, float], **more: object,
) -> Annotator:  # fmt: skip
    skills = {"safety": _weekly(safety), "sft": _weekly(sft)}
    return Annotator(
        name=name,
        account=account,
        organizer=ORGANIZERS[organizer],
        story=story,
        skill={project: skill for project, skill in skills.items() if any(skill)},
        seconds={"safety": seconds[0], "sft": seconds[1]},
        exam={project: score for project, score in zip(("safety", "sft"), exam, strict=True) if score},
        **more,  # type: ignore[arg-type]
    )


def _weekly(skill: Skill | float) -> Skill:
    return skill if isinstance(skill, tuple) else (skill, skill, skill, skill)


CARELESS: Final = "王梓涵"
DRIFTING: Final = "张若琳"
CONFUSES: Final = "赵一鸣"
UNQUALIFIED: Final = "周子墨"
DRIFT: Final = (0.97, 0.88, 0.76, 0.65)
ANNOTATORS: Final = (
    _annotator("陈思远", 11, 0, "steady", 0.985, 0.985, (31, 58), (0.97, 0.96)),
    _annotator("李雨桐", 12, 0, "steady", 0.98, 0.0, (27, 0), (0.94, 0)),
    _annotator(CARELESS, 13, 1, "careless", 0.62, 0.62, (5.5, 9), (0.82, 0.84)),
    _annotator(DRIFTING, 14, 0, "drifting", DRIFT, DRIFT, (25, 47), (0.93, 0.92)),
    _annotator(
        CONFUSES, 15, 1, "confuses", 0.97, 0.0, (29, 0), (0.85, 0), confuses=("A2", "A4"), confusion=0.45
    ),
    _annotator("刘佳宁", 16, 1, "steady", 0.975, 0.98, (34, 66), (0.91, 0.93)),
    _annotator("Daniel Okafor", 17, 0, "non-native", 0.95, 0.955, (48, 92), (0.88, 0.9), english=0.04),
    _annotator("孙晓彤", 18, 1, "newcomer", 0.955, 0.96, (38, 74), (0.86, 0.87)),
    _annotator(UNQUALIFIED, 19, 1, "unqualified", (0, 0, 0.85, 0), 0.97, (21, 52), (0.64, 0.9)),
    _annotator("Marta Lindqvist", 20, 1, "steady", 0.97, 0.975, (36, 61), (0.92, 0.95), english=0.02),
)  # fmt: skip
# name, account, organizer, duty, exam score, how often a wrong label is overlooked
CHECKERS: Final = (
    ("郑明哲", 31, 0, "reviewer", 0.98, 0.01),
    ("何静怡", 32, 1, "reviewer", 0.96, 0.02),
    ("宋博文", 33, 0, "reviewer", 0.95, 0.02),
    ("林可欣", 34, 1, "reviewer", 0.97, 0.01),
    ("徐婉清", 41, 0, "arbitrator", 0.99, 0.0),
    ("高志远", 51, 1, "supervisor", 0.97, 0.0),
)
STEADY: Final = frozenset(person.name for person in ANNOTATORS if person.story in {"steady", "non-native", "newcomer"})
EDITOR: Final = ANNOTATORS[0]  # tidied up a few answers of others in place, as the labeling page allows
