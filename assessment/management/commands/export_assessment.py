"""`manage.py export_assessment SLUG`: the whole assessment of a challenge as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.models import Ranking, Round, RoundKind, RoundState
from assessment.queries import assessment_export, document_of


class Command(BaseCommand):
    help = "Print a ranked assessment as JSON, to be recomputed by anyone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("challenge_slug")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["challenge_slug"]
        rounds = Round.objects.filter(challenge__slug=slug, kind=RoundKind.SUBMISSIONS).select_related("challenge")
        round_ = rounds.first()
        if round_ is None:
            raise CommandError(f"No assessment was opened for a challenge “{slug}”.")
        try:
            # How firmly a ranking stands is nobody's to know before the decision (A15).
            export = document_of(round_) if round_.state == RoundState.DECIDED else assessment_export(round_)
        except Ranking.DoesNotExist as error:
            raise CommandError(f"The assessment of “{slug}” is not ranked yet.") from error
        self.stdout.write(json.dumps(export, indent=2, ensure_ascii=False))
