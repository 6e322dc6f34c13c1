"""The shapes of the readings API, for its schema."""

from rest_framework import serializers

from pilots.rows import REASONS


class ReadingSerializer(serializers.Serializer[dict[str, object]]):
    """One reading."""

    device = serializers.CharField(help_text="The device's code, as registered with the pilot.")
    metric = serializers.CharField(help_text="The metric's code.")
    taken_at = serializers.CharField(help_text="2026-06-01T09:30:00+01:00 with its zone, or a date alone.")
    value = serializers.FloatField()
    unit = serializers.CharField(help_text="The metric's unit, spelled as registered.")


class RefusalSerializer(serializers.Serializer[dict[str, object]]):
    """A row that was not taken, and why."""

    row = serializers.IntegerField(help_text="Counted from 1, without blank lines.")
    reason = serializers.ChoiceField(choices=REASONS)
    sentence = serializers.CharField(required=False, help_text="Of the first 200.")


class IntakeSerializer(serializers.Serializer[dict[str, object]]):
    """What became of the rows that were sent."""

    received = serializers.IntegerField()
    added = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Rows that were here already, with the same value.")
    corrected = serializers.IntegerField(help_text="Rows that replaced another value, where a correction was sent.")
    refused = serializers.IntegerField()
    refusals = RefusalSerializer(many=True, help_text="Every row that was refused.")
    is_preview = serializers.BooleanField(required=False, help_text="In the answer to a preview: nothing was kept.")


class ProblemSerializer(serializers.Serializer[dict[str, object]]):
    """Why a request as a whole was not taken."""

    sentences = serializers.ListField(child=serializers.CharField())
