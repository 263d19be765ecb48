"""Hand-made summaries for tests: a rich week, an empty one, and a large one with long names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from labelqa.errors import Message
from labelqa.records.batch import Conclusion, Exclusion, Kind, Stage
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.finding import Severity
from labelqa.records.people import Duty, Standing
from labelqa.records.summary import (
    Alert,
    AnnotatorFlag,
    AnnotatorLine,
    BatchLine,
    Confusion,
    LabelAgreement,
    Period,
    PersonLine,
    RulebookLine,
    Summary,
    Totals,
    TrendPoint,
)

ZONE = "Asia/Shanghai"
HEAD = "9f2c4e11" * 8
RELEASE = "genai-safety@1.2.0"
NO_VERDICTS = Unknown(reason="no-verdicts", message=Message("no verdict / 尚无"))


def share(point: float, low: float, high: float, n: int, method: str = "wilson") -> Estimate:
    return Estimate(point=point, low=low, high=high, confidence=0.95, method=method, n=n)


def alpha(point: float, low: float, high: float, n: int) -> Estimate:
    return Estimate(point=point, low=low, high=high, confidence=0.95, method=f"gwet-linearised, t({n - 1})", n=n)


def silent(reason: str, text: str, **values: object) -> Unknown:
    return Unknown(reason=reason, message=Message(text, values))


def period(week: int) -> Period:
    first = date.fromisocalendar(2026, week, 1)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=8)
    return Period(
        name=f"2026-W{week}",
        start=start,
        end=start + timedelta(days=7),
        first_day=first,
        last_day=first + timedelta(days=6),
        timezone=ZONE,
    )


def totals(**changes: object) -> Totals:
    plain = Totals(
        annotations=12480, items=4160, annotators=14, unbatched=37, unqualified=5, reviewed=450, settled=2, accepted=1,
        relabelled=1, voided=0, agreement=alpha(0.812, 0.791, 0.832, 4160), accuracy=share(0.9556, 0.9324, 0.9711, 450),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 11, day, hour, 30, tzinfo=UTC)


def batch(name: str, **changes: object) -> BatchLine:
    plain = BatchLine(
        name=name, kind=Kind.FUNCTIONAL, release="sentiment@2.0.1", organizer="数据标注一组", stage=Stage.OPEN, late=False,
        items=1200, annotations=3600, annotators=6, disputed=0, disputes_open=0, unqualified=0, drawn=0, reviewed=0,
        alpha=silent("not-frozen", "the batch is not frozen yet"), accuracy=NO_VERDICTS, target=None, conclusion=None,
        reason=Message(""), next_step=Message("label, then freeze"), next_duty="executor", next_command="",
        declared_at=at(9), frozen_at=None, settled_at=None,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def annotator(number: int, name: str, **changes: object) -> AnnotatorLine:
    plain = AnnotatorLine(
        person=f"p-{number:08x}", name=name, organizer="数据标注一组", annotations=900 + number, items=900, median_seconds=8.4,
        gold=share(0.952, 0.884, 0.981, 84), agreement=share(0.883, 0.861, 0.902, 900, "linearised ratio, t(899)"), unqualified=0,
        confusions=(), trend=(("2026-W46", share(0.94, 0.87, 0.97, 80)), ("2026-W47", share(0.952, 0.884, 0.981, 84))),
        flags=(),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def person(number: int, name: str, **changes: object) -> PersonLine:
    plain = PersonLine(
        person=f"p-{number:08x}", name=name, organizer="数据标注一组", duties=(Duty.EXECUTOR,), release=RELEASE,
        standing=Standing.QUALIFIED, trained_at=at(2), examined_at=at(3), score=0.94, pass_mark=0.9,
        until=at(3) + timedelta(days=365), facts=(12, 40),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


BATCHES = (
    batch(
        "week46-sentiment", stage=Stage.SETTLED, disputed=31, drawn=250, reviewed=250, target=0.95,
        alpha=alpha(0.842, 0.82, 0.862, 1200), accuracy=share(0.976, 0.949, 0.989, 250, "hypergeometric"),
        conclusion=Conclusion.ACCEPT, reason=Message("{n} defects found, {c} allowed", {"n": 6, "c": 7}),
        next_step=Message("nothing"), next_duty="", frozen_at=at(16), settled_at=at(18),
        exclusions=(Exclusion(reason="repeat", count=12), Exclusion(reason="other-release", count=3)),
    ),
    batch(
        "week46-安全-回复", kind=Kind.SAFETY, release=RELEASE, stage=Stage.SETTLED, drawn=200, reviewed=200, target=0.98,
        alpha=alpha(0.61, 0.55, 0.67, 800), accuracy=share(0.93, 0.886, 0.958, 200, "hypergeometric"),
        conclusion=Conclusion.RELABEL, reason=Message("{n} defects found, {c} allowed", {"n": 14, "c": 1}),
        next_step=Message("relabel"), next_duty="lead", next_command="labelqa batch declare week46-安全-回复-r2",
        frozen_at=at(16), settled_at=at(19), unqualified=5, items=800, annotations=2400,
    ),
    batch(
        "<script>alert(1)</script> & 批次|管道", stage=Stage.IN_REVIEW, late=True, drawn=120, reviewed=41, target=0.95,
        alpha=alpha(-0.04, -0.11, 0.03, 60), accuracy=share(0.878, 0.744, 0.947, 41), disputed=18, disputes_open=7,
        next_step=Message("finish checking"), next_duty="reviewer", next_command='labelqa reviews list --batch "a|b"',
        frozen_at=at(19),
    ),
    batch("week47-意图识别", organizer="=HYPERLINK(\"http\")", items=0, annotations=0, annotators=0),
)  # fmt: skip

ANNOTATORS = (
    annotator(1, "王小明"),
    annotator(
        2, "李思敏", gold=share(0.71, 0.6, 0.8, 79), agreement=share(0.742, 0.71, 0.771, 850, "linearised ratio, t(899)"),
        confusions=(Confusion(first="正面", second="中性", count=41), Confusion(first="中性", second="负面", count=9)),
        flags=(
            AnnotatorFlag(code="low-accuracy", message=Message("interval below the team's")),
            AnnotatorFlag(code="confuses", message=Message("")),
        ),
    ),
    annotator(3, "p-00000003", gold=silent("no-gold", "no gold item was answered"), median_seconds=None, organizer=""),
    annotator(4, "<b>Zoë</b> & Söhne | 外包", gold=share(1.0, 0.957, 1.0, 86), annotations=12480, median_seconds=62.0,
              flags=(AnnotatorFlag(code="fast", message=Message("median of {s} s", {"s": 2})),)),
    annotator(5, "王小明", gold=silent("few", "fewer than {n} gold items", n=10), agreement=silent("alone", "no item is shared")),
)  # fmt: skip

PEOPLE = (
    person(1, "王小明"),
    person(2, "李思敏", standing=Standing.EXPIRED, until=at(1), duties=(Duty.EXECUTOR, Duty.REVIEWER)),
    person(3, "p-00000003", standing=Standing.NOT_TRAINED, trained_at=None, examined_at=None, score=None, pass_mark=None,
           until=None, facts=(), organizer=""),
    person(6, "赵仲裁", duties=(Duty.ARBITRATOR,), standing=Standing.FAILED, score=0.85, until=None, facts=(13, 44)),
    person(7, "@钱监督", duties=(Duty.SUPERVISOR,)),
)  # fmt: skip

RULEBOOKS = (
    RulebookLine(
        name="genai-safety", version="1.2.0", title={"zh": "生成内容安全标注规则", "en": "Safety of generated content"},
        kind=Kind.SAFETY, digest="ab12" * 16, released_at=at(1), released_by="lead", labels=6, rules=31, examples=84,
        batches=("week46-安全-回复",),
    ),
    RulebookLine(
        name="sentiment", version="2.0.1", title={"zh": "情感分类"}, kind=Kind.FUNCTIONAL, digest="cd34" * 16,
        released_at=at(2), released_by="规则作者", labels=3, rules=12, examples=40, batches=(),
    ),
)  # fmt: skip

ALERTS = (
    Alert(code="exam-soon", severity=Severity.NOTE, message=Message("qualification ends within {n} days", {"n": 14}),
          duty="supervisor", command="labelqa people list", subject="person:p-00000001"),
    Alert(code="disputes", severity=Severity.WARNING, message=Message("{n} disputes wait for a ruling", {"n": 7}),
          duty="arbitrator", command="labelqa disputes list", subject="batch:<script>alert(1)</script> & 批次|管道"),
    Alert(code="unqualified", severity=Severity.ERROR, message=Message("5 annotations by people who were not qualified"),
          duty="lead", command="labelqa people standing --release genai-safety@1.2.0", subject="batch:week46-安全-回复"),
    Alert(code="gold", severity=Severity.WARNING, message=Message("look at the work"), duty="reviewer", command="",
          subject="person:p-00000002"),
)  # fmt: skip


def trend(values: tuple[Figure, ...], *, last: int = 47) -> tuple[TrendPoint, ...]:
    first = last - len(values) + 1
    return tuple(TrendPoint(week=f"2026-W{first + place}", figure=value) for place, value in enumerate(values))


def rich() -> Summary:
    """A week in which everything happened, with hostile names among the good ones."""
    unmeasured = silent("no-frozen-batch", "no batch was frozen")
    return Summary(
        workspace="客服语料标注 / care & <support>", period=period(47), before=period(46), now=totals(),
        last=totals(annotations=9900, items=3300, reviewed=380, settled=3, accepted=3, relabelled=0, unqualified=0,
                    agreement=alpha(0.803, 0.78, 0.826, 3300), accuracy=share(0.921, 0.89, 0.944, 380)),
        batches=BATCHES, annotators=ANNOTATORS, people=PEOPLE, rulebooks=RULEBOOKS,
        accuracy_trend=trend((share(0.9, 0.85, 0.94, 180), NO_VERDICTS, share(0.91, 0.87, 0.94, 300),
                              share(0.905, 0.87, 0.93, 320), share(0.921, 0.89, 0.944, 380),
                              share(0.9556, 0.9324, 0.9711, 450))),
        agreement_trend=trend((alpha(0.77, 0.73, 0.8, 2000), alpha(0.76, 0.72, 0.8, 1800), unmeasured,
                               alpha(0.803, 0.78, 0.826, 3300), alpha(0.812, 0.791, 0.832, 4160))),
        alerts=ALERTS, head=HEAD, facts=1284, made_at=at(23, 1), notes=(Message("sample data"),),
    )  # fmt: skip


def empty() -> Summary:
    """A workspace in which nothing has happened."""
    nothing = totals(
        annotations=0, items=0, annotators=0, unbatched=0, unqualified=0, reviewed=0, settled=0, accepted=0,
        relabelled=0, voided=0, agreement=silent("no-frozen-batch", "no batch was frozen"), accuracy=NO_VERDICTS,
    )  # fmt: skip
    return Summary(
        workspace="new", period=period(47), before=period(46), now=nothing, last=nothing, batches=(), annotators=(),
        people=(), rulebooks=(), accuracy_trend=(), agreement_trend=(), alerts=(), head="", facts=0, made_at=at(23, 1),
    )  # fmt: skip


def large(*, batches: int = 200, annotators: int = 300) -> Summary:
    """As many batches and people as a big provider has, with long Chinese names and counts of seven digits."""
    long = "面向客户服务场景的多轮对话意图识别与情感分类标注批次"
    names = [f"{long}-第{number:03d}期" for number in range(batches)]
    lines = tuple(
        replace(BATCHES[number % 2], name=name, items=1_234_567, annotations=3_703_701, organizer=long)
        for number, name in enumerate(names)
    )
    staff = tuple(
        replace(ANNOTATORS[number % 3], person=f"p-{number:08x}", name=f"欧阳{number:03d}·外包数据标注服务有限公司")
        for number in range(annotators)
    )
    register = tuple(
        replace(PEOPLE[number % 4], person=line.person, name=line.name) for number, line in enumerate(staff)
    )
    alerts = tuple(replace(ALERTS[number % 4], subject=f"batch:{name}") for number, name in enumerate(names[:60]))
    weeks = trend(tuple(share(0.9 + 0.003 * week, 0.88 + 0.003 * week, 0.92 + 0.003 * week, 900) for week in range(26)))
    books = tuple(replace(line, batches=tuple(names)) for line in RULEBOOKS)
    return replace(
        rich(), batches=lines, annotators=staff, people=register, alerts=alerts, accuracy_trend=weeks, rulebooks=books,
        now=totals(annotations=10_234_567, items=3_411_522),
    )  # fmt: skip


def label_agreement() -> tuple[LabelAgreement, ...]:
    """How well annotators agree label by label, one of them unknown."""
    return (
        LabelAgreement(label="正面", count=4100, share=0.41, agreement=share(0.9, 0.88, 0.92, 900), alpha=alpha(0.84, 0.8, 0.87, 1200)),
        LabelAgreement(label="中性", count=3300, share=0.33, agreement=share(0.7, 0.66, 0.74, 900), alpha=alpha(0.55, 0.5, 0.6, 1200)),
        LabelAgreement(label="<负面>", count=0, share=0.0, agreement=silent("unused", "nobody used it"), alpha=silent("unused", "nobody used it")),
    )  # fmt: skip
