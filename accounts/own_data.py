"""What is kept about one person, read off the tables themselves, so that a new table cannot be forgotten.

A row that Django would delete with the person (memberships, addresses, messages, devices) is theirs: it stands in the
export whole, without secrets, and goes when they close their account. A row that protects itself or outlives them is a
trace of what they did in an office: the export names it, and it stays (R2).
"""

from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.db import models

from accounts.models import User
from audit.models import Event

# Working notes of others hang on these, and what somebody said about a draft is a trace of the work.
KEPT = frozenset({"wagtailcore.Comment", "wagtailcore.CommentReply"})
SECRET = frozenset({"data", "session_key", "key_hash", "password"})


def own_relations() -> list[models.ForeignObjectRel]:
    """The relations whose rows belong to a person and go with them."""
    return [each for each in _relations() if _on_delete(each) is models.CASCADE and _label(each) not in KEPT]


def rows_of(relation: models.ForeignObjectRel, user: User) -> models.QuerySet[Any]:
    """The rows of one relation that point at this person."""
    return relation.related_model._default_manager.filter(**{relation.field.name: user.pk}).order_by("pk")


def export(user: User) -> dict[str, Any]:
    """Everything kept about a person, as plain data for a JSON file."""
    return {
        "person": _plain(user),
        "kept": {_key(each): [_plain(row) for row in rows_of(each, user)] for each in own_relations()},
        "sign_in_attempts": _attempts(user),
        "held_in_offices": {_key(each): list(_numbers(each, user)) for each in _traces()},
        "done": list(_done(user)),
    }


def _relations() -> list[models.ForeignObjectRel]:
    return [each for each in User._meta.related_objects if not each.many_to_many]


def _traces() -> list[models.ForeignObjectRel]:
    own = own_relations()
    return [each for each in _relations() if each not in own]


def _on_delete(relation: Any) -> Any:
    return relation.on_delete


def _label(relation: models.ForeignObjectRel) -> str:
    return relation.related_model._meta.label


def _key(relation: models.ForeignObjectRel) -> str:
    return f"{_label(relation)}.{relation.field.name}"


def _plain(row: models.Model) -> dict[str, Any]:
    fields = [each for each in row._meta.concrete_fields if each.name not in SECRET]
    return {each.name: getattr(row, each.attname) for each in fields if not isinstance(each, models.BinaryField)}


def _numbers(relation: models.ForeignObjectRel, user: User) -> models.QuerySet[Any]:
    return rows_of(relation, user).values_list("pk", flat=True)


def _done(user: User) -> models.QuerySet[Any]:
    done = Event.objects.filter(actor_key=user.actor_key).order_by("pk")
    return done.values("id", "at", "verb", "subject_type", "subject_id", "reason")


def _attempts(user: User) -> list[dict[str, Any]]:
    shown = ("attempt_time", "username", "ip_address", "user_agent")
    found = (model.objects.filter(username=user.email).order_by("pk").values(*shown) for model in TRIED)
    return [row for rows in found for row in rows]


TRIED = (AccessAttempt, AccessLog)
