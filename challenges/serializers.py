"""What the public API says of a challenge."""

from rest_framework import serializers

from challenges.models import Challenge


class ChallengeSerializer(serializers.ModelSerializer):
    """Public facts only; nothing of who works on it (R4)."""

    council = serializers.CharField(source="council.name")
    phase = serializers.SerializerMethodField()

    class Meta:
        model = Challenge
        fields = [
            "slug", "title", "strapline", "council", "theme", "phase", "state", "conclusion", "route", "currency",
            "pilot_budget", "contract_ceiling", "max_pilots", "published_at", "opens_at", "questions_close_at",
            "answers_due_at", "closes_at", "terms_hash", "is_demonstration",
        ]  # fmt: skip

    def get_phase(self, challenge: Challenge) -> str:
        return challenge.phase(self.context["at"]).value
