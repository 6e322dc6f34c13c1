"""The readings API: JSON or NDJSON in, with a pilot's token; each row is answered for."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import OperationalError, connection
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import clock
from audit.actors import TokenActor
from audit.transitions import NotPermitted, Refused
from pilots import actions, rules
from pilots.models import Pilot, Source
from pilots.queries import senders
from pilots.quick_rows import JSON_LINE, JSON_LIST, Row
from pilots.reading_files import FileRefusedError, TooManyRowsError, json_rows, ndjson_rows, within_cap
from pilots.serializers import IntakeSerializer, ProblemSerializer, ReadingSerializer

_JSON, _NDJSON = (JSON_LIST.decode, json_rows), (JSON_LINE.decode_lines, ndjson_rows)
# Each type with its quick reader, for bodies in the usual shape, and the one that finds out what is wrong with a row.
READERS: dict[str, tuple[Callable[[bytes], list[Row]], Callable[[str], list[Any]]]] = {
    "application/json": _JSON, "application/x-ndjson": _NDJSON, "application/ndjson": _NDJSON,
}  # fmt: skip
DRAINED = 4
CHUNK = 64 * 1024
KEY_LENGTH = 255
REASON_LENGTH = 500
UNKNOWN = "This token is unknown or was revoked: ask the pilot manager for a new one."
AWAY = "The database cannot take the batch just now: send it again in a moment. What was kept is not kept twice."
logger = logging.getLogger(__name__)


class _Answer(Exception):  # noqa: N818 - an answer given early, from within
    def __init__(self, status: int, *sentences: str) -> None:
        super().__init__(*sentences)
        self.status, self.sentences = status, list(sentences)


class ReadingsView(APIView):
    """Takes readings of one pilot."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = ()

    @extend_schema(
        operation_id="send_readings",
        summary="Send readings of a pilot",
        description="A JSON list (application/json) or one object a line (application/x-ndjson), at most 10,000 rows. "
        "Good rows are kept, bad ones are reported one by one. Sending a row again changes nothing. "
        "422 when every row was refused, or when an Idempotency-Key comes again with another body.",
        request={name: ReadingSerializer(many=True) for name in READERS},
        responses={200: IntakeSerializer, 422: IntakeSerializer}
        | dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 503), ProblemSerializer),
        parameters=[
            OpenApiParameter(
                "Authorization", str, "header", required=True, description="Bearer, then the pilot's token."
            ),
            OpenApiParameter(
                "correction",
                str,
                "query",
                description="Why these rows replace other values that are here (published). Without it, such rows are "
                "refused.",
            ),
            OpenApiParameter(
                "preview",
                str,
                "query",
                enum=["yes", "no"],
                description="yes: answers what would be taken and what would be refused, and keeps nothing.",
            ),
            OpenApiParameter(
                "Idempotency-Key", str, "header", description="The same key and body get the same answer."
            ),
        ],
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Check the token, read the rows, take them in."""
        try:
            return self._receive(request, public_id)
        except _Answer as answer:
            response = Response({"sentences": answer.sentences}, status=answer.status)
            if answer.status == 401:
                response["WWW-Authenticate"] = "Bearer"
            return response
        except OperationalError as error:
            if connection.vendor == "sqlite" and "locked" not in str(error):
                raise
            logger.warning("readings of %s not taken: %s", public_id, error)
            return Response({"sentences": [AWAY]}, status=503, headers={"Retry-After": "5"})

    def _receive(self, request: Request, public_id: UUID) -> Response:
        pilot, actor = _sender(request, public_id)
        try:
            asked = _asked(request)
        except _Answer:
            if not rules.token_is_valid(actor, pilot, clock.now()):
                raise _Answer(401, UNKNOWN) from None  # who may not send is not told what is wrong with the body
            raise
        sent = {"pilot": pilot, "rows": asked.rows, "actor": actor, "correction": asked.correction}
        try:
            answered = _foreseen(sent) if asked.is_preview else _take(sent, asked.key, asked.body)
        except NotPermitted:
            raise _Answer(401, UNKNOWN) from None
        except Refused as refused:
            raise _Answer(409, *refused.sentences) from None
        return _respond(answered)


@dataclass(frozen=True)
class _Asked:
    body: bytes
    rows: list[Any]
    key: str
    correction: str
    is_preview: bool


def _asked(request: Request) -> _Asked:
    """What a request asks for, its rows read but not judged."""
    body = _body(request)
    rows = _rows(request, body)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LENGTH:
        raise _Answer(400, f"An Idempotency-Key has at most {KEY_LENGTH} characters.")
    correction = request.query_params.get("correction", "").strip()
    if len(correction) > REASON_LENGTH:
        raise _Answer(400, f"The reason for a correction has at most {REASON_LENGTH} characters.")
    if (preview := request.query_params.get("preview", "no")) not in ("yes", "no"):
        raise _Answer(400, "Write preview=yes to keep nothing, or leave it out to have the readings kept.")
    return _Asked(body, rows, key, correction, preview == "yes")


def _take(sent: dict[str, Any], key: str, body: bytes) -> actions.Answered:
    if not key:
        return actions.Answered(actions.ingest(source=Source.API, at=None, **sent).as_data())
    try:
        return actions.ingest_once(key=key, body=body, at=clock.now(), **sent)
    except actions.KeyReusedError:
        raise _Answer(422, "This Idempotency-Key was used before with another body: use a new key.") from None


def _foreseen(sent: dict[str, Any]) -> actions.Answered:
    return actions.Answered(actions.try_out(at=clock.now(), **sent).as_data() | {"is_preview": True})


def _respond(answered: actions.Answered) -> Response:
    data = answered.data
    response = Response(data, status=422 if data["refused"] == data["received"] else 200)
    if answered.is_replay:
        response["Idempotency-Replayed"] = "true"
    return response


def _sender(request: Request, public_id: UUID) -> tuple[Pilot, TokenActor]:
    """The pilot, and who sends; mostly remembered. Whether the token is revoked is asked with the pilot held."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    sender = senders.sender_of(actions.token_hash(secret.strip()))
    is_ours = sender is not None and sender.public_id == public_id
    if not is_ours:
        get_object_or_404(Pilot.objects.only("pk"), public_id=public_id)
    if scheme.lower() != "bearer" or not secret.strip():
        raise _Answer(401, "Send this pilot's token: “Authorization: Bearer …”.")
    if sender is None:
        raise _Answer(401, UNKNOWN)
    if not is_ours:
        raise _Answer(403, "This token belongs to another pilot.")
    return sender.pilot(), sender.actor


def _body(request: Request) -> bytes:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        _drain(request, most)
    return request.body


def _drain(request: Request, most: int) -> NoReturn:
    """Read on for a while before the answer: a client that is still sending would see a reset instead of it."""
    for _ in range(DRAINED * most // CHUNK):
        if not request.read(CHUNK):
            break
    raise _Answer(413, f"A request carries at most {most // 2**20} MB: send the readings in several.")


def _quickly(read: Callable[[bytes], list[Row]], body: bytes) -> list[Row]:
    """The rows of a body in the usual shape; none where anything in it is unusual."""
    try:
        return read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def _rows(request: Request, body: bytes) -> list[Any]:
    readers = READERS.get(request.content_type.partition(";")[0].strip().lower())
    if readers is None:
        raise _Answer(415, "Send application/json or application/x-ndjson.")
    quick, careful = readers
    try:
        rows = _quickly(quick, body)
        return within_cap(rows) if rows else careful(body.decode())
    except UnicodeDecodeError:
        raise _Answer(400, "The body is not UTF-8 text.") from None
    except TooManyRowsError as refused:
        raise _Answer(413, str(refused)) from None
    except FileRefusedError as refused:
        raise _Answer(400, str(refused)) from None
