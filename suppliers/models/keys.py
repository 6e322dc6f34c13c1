"""The keys that seal, always wrapped, and the public halves of those that signed."""

from django.db import models

from challenges.models import Challenge


class ChallengeKey(models.Model):
    """The two keys under which a challenge's submissions keep theirs, each wrapped by the platform's master key."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="sealing_key")
    key_id = models.CharField(max_length=32, unique=True)
    wrapped_content_key = models.BinaryField()
    wrapped_price_key = models.BinaryField()
    # Empty in rows that are older than the first rotation: then every master key that is known is tried.
    master_key_id = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id


class SigningKey(models.Model):
    """The public half of a key that signed receipts: an old receipt verifies for as long as there is this row."""

    key_id = models.CharField(max_length=16, unique=True)
    public_pem = models.TextField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id


class MasterKeyRotation(models.Model):
    """One change of the master key. Unfinished until every sealing key is wrapped by the new one."""

    key_id = models.CharField(max_length=16, unique=True)
    began_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"to master key {self.key_id}"
