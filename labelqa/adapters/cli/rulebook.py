"""``labelqa rulebook``: its commands, each in a module of its own."""

from __future__ import annotations

from labelqa.adapters.cli.command import noun
from labelqa.adapters.cli.rulebook_author import new, schema, upgrade
from labelqa.adapters.cli.rulebook_clarity import clarity, trend
from labelqa.adapters.cli.rulebook_config import config
from labelqa.adapters.cli.rulebook_coverage import coverage
from labelqa.adapters.cli.rulebook_diff import diff
from labelqa.adapters.cli.rulebook_exam import bank, exam, grade
from labelqa.adapters.cli.rulebook_handbook import filing, handbook
from labelqa.adapters.cli.rulebook_lint import lint
from labelqa.adapters.cli.rulebook_recheck import recheck
from labelqa.adapters.cli.rulebook_records import list_, log, verify
from labelqa.adapters.cli.rulebook_release import adopt, release, sign
from labelqa.adapters.cli.rulebook_retrain import retrain
from labelqa.i18n import N_

rulebook = noun(
    "rulebook",
    says=N_("Check, release and list rulebooks."),
    commands=[
        new,
        schema,
        upgrade,
        recheck,
        lint,
        diff,
        sign,
        release,
        adopt,
        list_,
        verify,
        log,
        clarity,
        trend,
        retrain,
        handbook,
        filing,
        config,
        exam,
        grade,
        bank,
        coverage,
    ],
)
