"""A picture that was published stays as it is: it changes by an amendment alone, which names another (C1)."""

import re
from typing import Any

from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.signals import pre_delete, pre_save
from wagtail.images import get_image_model

from audit.transitions import Refused
from challenges.models import Amendment
from cms.models import ChallengePage

STAYS = "This picture stands on a published challenge, or stood there before an amendment, so it stays as it is."
INSTEAD = "Add another picture, put it into the draft of the challenge, and publish that by an amendment."


def refuse_another_file(sender: type[Model], instance: Any, **more: Any) -> None:
    """A receiver of `pre_save`: the file of a published picture is not exchanged."""
    stored: Any = sender._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    if stored is not None and stored.file.name != instance.file.name and was_published(instance.pk):
        raise Refused(STAYS, INSTEAD)


def refuse_removal(sender: type[Model], instance: Any, **more: Any) -> None:
    """A receiver of `pre_delete`: a published picture is not taken away."""
    if was_published(instance.pk):
        raise Refused(STAYS, INSTEAD)


def was_published(number: int) -> bool:
    """Whether a published challenge shows this picture, or did until an amendment."""
    return _names(ChallengePage.objects.live(), "story", number) or _names(Amendment.objects, "difference", number)


def keep_pictures() -> None:
    """Hear of every change of a picture; called from AppConfig.ready."""
    pre_save.connect(refuse_another_file, sender=get_image_model())
    pre_delete.connect(refuse_removal, sender=get_image_model())


def _names(rows: QuerySet[Any] | Any, column: str, number: int) -> bool:
    # Stored as JSON, which is searched as text: what is found is looked at again, because 12 also begins 123.
    found = rows.annotate(as_text=Cast(column, TextField())).filter(as_text__contains=f'"image": {number}')
    return any(re.search(rf'"image": {number}\b', text) for text in found.values_list("as_text", flat=True))
