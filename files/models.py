"""Files that people hand in. The name on disk is random; what the sender called it is kept beside it, or sealed."""

import uuid

from django.db import models


class FileState(models.TextChoices):
    QUARANTINED = "quarantined", "Waiting to be checked"
    CLEAN = "clean", "Checked"
    REFUSED = "refused", "Refused"


class StoredFile(models.Model):
    """Bytes in private storage, with their hash and what was found about them. Never under a public URL (S3)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    storage_name = models.CharField(max_length=120, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    is_sealed = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=FileState, default=FileState.QUARANTINED)
    refusal = models.CharField(max_length=300, blank=True)
    waits_because = models.CharField("why it is not checked yet", max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField("scanner; empty where there was none", max_length=60, blank=True)
    # What lies on the disk, for the check of all files: a sealed file's `size` and `sha256` are its content's later on.
    kept_size = models.PositiveBigIntegerField(null=True)
    kept_sha256 = models.CharField(max_length=64, blank=True)
    owner_type = models.CharField(max_length=80)
    owner_id = models.BigIntegerField()
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="file_owner")]

    def __str__(self) -> str:
        return f"file {self.public_id}"
