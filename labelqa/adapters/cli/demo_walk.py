"""The order of the demo: three weeks as they happened, one of them step by step, and a fourth that is under way.

Numbers are read off what the use cases gave back; nothing is told that was not measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from labelqa.adapters.cli import demo_batch as steps
from labelqa.adapters.cli import demo_life as life
from labelqa.adapters.cli import demo_opening as opening
from labelqa.adapters.cli.demo_scene import Scene, Told, command
from labelqa.adapters.cli.demo_story import BEGUN, TAUGHT, Script, at
from labelqa.adapters.cli.output import figure_text, named
from labelqa.i18n import N_

STEPS: Final = 55  # lines that the walk gives back


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The walk through the story in one workspace; ``reports`` are the files that it wrote."""

    scene: Scene
    reports: list[Path] = field(default_factory=list)

    def steps(self) -> Iterator[Told]:
        """Everything, in the order in which it happened."""
        scene = self.scene
        scene.clock.go(BEGUN)
        yield opening.people(scene)
        yield from opening.release(scene)
        scene.clock.go(TAUGHT)
        for step in (opening.taught, opening.qualified, opening.gold):
            yield step(scene)
        *told_short, walked, unfinished = scene.story.weeks
        for week in told_short:
            yield self._briefly(week)
        yield from self._walk(walked)
        yield from self._start_last(unfinished)
        yield from self._close(unfinished)

    def _briefly(self, week: str) -> Told:
        """A whole week in one line."""
        scripts = self._monday(week)
        for each in scripts:
            steps.declare(self.scene, each)
            steps.plan(self.scene, each)
            life.card(self.scene, each)
        self._weekend(week)
        for each in scripts:
            steps.read(self.scene, each)
            steps.freeze(self.scene, each)
        self._monday_after(week)
        ended = []
        for each in scripts:
            steps.rule(self.scene, each)
            steps.draw(self.scene, each)
            list(steps.review(self.scene, each))
            life.finish(self.scene, each)
            chosen = (each.kind, each.outcome) == ("safety", "relabel")  # rather than corrected
            ended.append(steps.settle(self.scene, each, relabel=chosen)[1])
        say = self.scene.say
        found = "; ".join(
            f"{each.name}: {named(each.conclusion, say)} ({figure_text(each.accuracy, say)})" for each in ended
        )
        done = say(N_("{week}: the same steps, from declaring to settling"), week=week)
        return Told(done, found, command("batch", "show", ended[0].name))

    def _walk(self, week: str) -> Iterator[Told]:
        """One week step by step."""
        scene, scripts = self.scene, self._monday(week)
        yield from (steps.declare(scene, each) for each in scripts)
        yield from (steps.plan(scene, each) for each in scripts)
        yield from (life.card(scene, each) for each in scripts)
        self._weekend(week)
        yield from (steps.read(scene, each) for each in scripts)
        yield from (steps.freeze(scene, each) for each in scripts)
        yield from (steps.agreement(scene, each) for each in scripts)
        self._monday_after(week)
        for each in scripts:
            yield steps.rule(scene, each)
            yield steps.draw(scene, each)
            yield from steps.review(scene, each)
            yield steps.estimate(scene, each)
            if each.kind == "functional":
                yield life.hits(scene, each)
            yield steps.settle(scene, each)[0]
            yield steps.prove(scene, each)

    def _start_last(self, week: str) -> Iterator[Told]:
        """The last week stays unfinished: one batch is in review, the other still open."""
        scene, scripts = self.scene, self._monday(week)
        yield from (steps.declare(scene, each) for each in scripts)
        yield from (steps.plan(scene, each) for each in scripts)
        yield from (life.card(scene, each) for each in scripts)
        self._weekend(week)
        yield from (steps.read(scene, each) for each in scripts)
        in_review = scripts[0]
        yield steps.freeze(scene, in_review)
        yield steps.rule(scene, in_review)
        yield steps.draw(scene, in_review)
        yield from steps.review(scene, in_review, whole=False)
        yield life.correct(scene, in_review)

    def _close(self, week: str) -> Iterator[Told]:
        told, files = opening.report(self.scene, week)
        self.reports.extend(files)
        yield told
        yield opening.verified(self.scene)

    def _monday(self, week: str) -> tuple[Script, ...]:
        scripts = self.scene.story.of_week(week)
        self.scene.clock.go(at(scripts[0].monday, 9))
        return scripts

    def _weekend(self, week: str) -> None:
        """Sunday evening; in the last week Friday evening, as the story ends there."""
        last = week == self.scene.story.weeks[-1]
        self.scene.clock.go(at(self.scene.story.of_week(week)[0].monday + timedelta(days=4 if last else 6), 19))

    def _monday_after(self, week: str) -> None:
        self.scene.clock.go(at(self.scene.story.of_week(week)[0].monday + timedelta(days=7), 7))
