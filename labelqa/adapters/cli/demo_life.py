"""What the demo does with one batch beside its check, a function a step: card, hits, corrections, verification."""

from __future__ import annotations

from labelqa.adapters.cli import demo_batch as steps
from labelqa.adapters.cli.demo_scene import Scene, Told, command
from labelqa.adapters.cli.demo_story import Script
from labelqa.i18n import N_

SCALE = 200  # items that were meant to be labelled in a week


def card(scene: Scene, script: Script) -> Told:
    """Where the items come from, before anything is frozen."""
    from labelqa.workflows.cards import CardForm, record_card

    generator = scene.say(N_("invented for the demo"))
    form = CardForm(
        batch=script.name, source="generated", generator=generator, ip_check="cleared", personal=False,
        modalities=("text",), languages=("zh-CN", "en"), scale=SCALE,
    )  # fmt: skip
    record_card(scene.desk, form)
    words = ["--source", "generated", "--generator", generator, "--ip-check", "cleared", "--personal", "no"]
    words += ["--modality", "text", "--language", "zh-CN,en", "--scale", str(SCALE)]
    return Told(
        scene.say(N_("Recorded the card of {name}"), name=script.name),
        scene.say(N_("source, checks, languages; before the freeze")),
        command("card", "record", script.name, *words),
    )


def hits(scene: Scene, script: Script) -> Told:
    """A second person looks at what the verifiers reported: the batch was blocked from the first report on."""
    from labelqa.workflows.hits import hit_lines, rule_hit

    who = str(scene.story.truth["arbitrator"])
    reason = scene.say(N_("harmful content, as reported"))
    found = [each for each in hit_lines(scene.desk, script.name) if each.blocks]
    for each in found:
        rule_hit(scene.desk, script.name, each.item_id, confirmed=True, by=who, reason=reason)
    item = found[-1].item_id if found else "ITEM"
    return Told(
        scene.say(N_("Confirmed the suspected hits in {name}"), name=script.name),
        scene.say(N_("{n} items, by {who}; the batch was blocked until then"), n=len(found), who=who),
        command("hit", "rule", script.name, item, "--confirm", "--by", who, "--reason", reason),
    )


def correct(scene: Scene, script: Script) -> Told:
    """What was found wrong is corrected by an annotator and looked at again by a reviewer."""
    from labelqa.records.review import Verdict
    from labelqa.workflows.correcting import completeness_of, re_review, record_correction
    from labelqa.workflows.state import read_state

    state = read_state(scene.desk)
    found = completeness_of(scene.desk, state, state.batch(script.name)).open_items
    by, again = next(iter(scene.story.truth["people"])), scene.story.truth["reviewers"][0]
    words = [script.name]
    for item in found:
        label = str(scene.story.truth["items"][item]["label"])
        record_correction(scene.desk, script.name, item, label=label, by=by)
        re_review(scene.desk, script.name, item, by=again, verdict=Verdict.CORRECT)
        words = [script.name, item, "--label", label, "--by", by]
    return Told(
        scene.say(N_("Corrected what was found wrong in {name}"), name=script.name),
        scene.say(N_("{n} items by {who}, re-reviewed by {again}"), n=len(found), who=by, again=again),
        command("correct", "record" if found else "list", *words),
    )


def verify(scene: Scene, script: Script) -> None:
    """People outside a safety batch verify a sample of it, beside the review of every item."""
    from labelqa.records.designs import Design, Terms
    from labelqa.workflows.drawing.draws import draw_sample
    from labelqa.workflows.planning.plans import declare_plan

    terms = Terms(kind="verification")
    declare_plan(
        scene.desk, script.name, design=Design.TWO_POINT, terms=terms, seed=f"labelqa demo {script.name} outside"
    )
    sample = draw_sample(scene.desk, script.name, verifiers=1)
    list(steps.review(scene, script, number=int(sample.sample.rpartition("/")[2])))


def finish(scene: Scene, script: Script) -> None:
    """All that a batch of a week told in short needs before it is settled as the story says."""
    if script.outcome != "accept":
        return
    correct(scene, script)
    if script.kind == "safety":
        verify(scene, script)
