"""The readings API: JSON or NDJSON in, with a pilot's token; each row is answered for."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import DataError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from audit import clock
from audit.actors import TokenActor
from audit.transitions import NotPermitted, Refused
from files.middleware import drain
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
KEY_LENGTH = 255
REASON_LENGTH = 500
NOWHERE = "Nothing is taken at this address: copy it from the pilot's page."
HOW = (
    "Readings are sent to this address with POST; there is nothing to read here. {} describes how, and the "
    "pilot's page “Tokens for automatic readings” has a request that works as it stands."
)
NO_PILOT = "There is no pilot at this address: copy it from the pilot's page."
UNKEEPABLE = "The request holds a character that cannot be kept, such as a null character. Take it out."
UNKNOWN = "This token is unknown or was revoked: ask the pilot manager for a new one."
AWAY = "The database cannot take the batch just now: send it again in a moment. What was kept is not kept twice."
logger = logging.getLogger(__name__)


class _Answer(Exception):  # noqa: N818 - an answer given early, from within
    def __init__(self, status: int, *sentences: str) -> None:
        super().__init__(*sentences)
        self.status, self.sentences = status, list(sentences)
        self.headers = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}.get(status)


class ReadingsView(APIView):
    """Takes readings of one pilot.

    DRF describes it. It does not touch a batch: of its formats, parsers and renderers none is needed, and they cost as
    much as a hundred rows.
    """

    http_method_names = ("post",)
    authentication_classes = ()
    permission_classes = ()
    parser_classes = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A batch goes straight to `post`; whoever asks otherwise, as a browser does, is told where it says how."""
        if request.method == "POST":
            return self.post(request, **kwargs)
        return _turn_away(request, _Answer(405, HOW.format(request.build_absolute_uri(reverse("api_schema")))))

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
    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Check the token, read the rows, take them in."""
        try:
            return self._receive(request, public_id)
        except _Answer as answer:
            return _turn_away(request, answer)
        except DataError as error:
            logger.error("refused by the database (%s): readings of %s", type(error.__cause__).__name__, public_id)
            return _json({"sentences": [UNKEEPABLE]}, 400)
        except OperationalError as error:
            if connection.vendor == "sqlite" and "locked" not in str(error):
                raise
            logger.warning("readings of %s not taken: %s", public_id, error)
            return _json({"sentences": [AWAY]}, 503, {"Retry-After": "5"})

    def _receive(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
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


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """A machine with a mistyped address is told so, as it is told everything else."""
    return _json({"sentences": [NOWHERE]}, 404)


@dataclass(frozen=True)
class _Asked:
    body: bytes
    rows: list[Any]
    key: str
    correction: str
    is_preview: bool


def _asked(request: HttpRequest) -> _Asked:
    """What a request asks for, its rows read but not judged."""
    body = _body(request)
    rows = _rows(request, body)
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(key) > KEY_LENGTH:
        raise _Answer(400, f"An Idempotency-Key has at most {KEY_LENGTH} characters.")
    asked = request.GET if request.META.get("QUERY_STRING") else {}
    correction = asked.get("correction", "").strip()
    if "\0" in correction:
        raise _Answer(400, UNKEEPABLE)  # SQLite would keep and publish it
    if len(correction) > REASON_LENGTH:
        raise _Answer(400, f"The reason for a correction has at most {REASON_LENGTH} characters.")
    if (preview := asked.get("preview", "no")) not in ("yes", "no"):
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


def _respond(answered: actions.Answered) -> HttpResponse:
    data = answered.data
    status = 422 if data["refused"] == data["received"] else 200
    return _json(data, status, {"Idempotency-Replayed": "true"} if answered.is_replay else None)


def _turn_away(request: HttpRequest, answer: _Answer) -> HttpResponse:
    """The answer, once what is still being sent is read: who cannot finish sending never reads it."""
    drain(request, _length(request))
    return _json({"sentences": answer.sentences}, answer.status, answer.headers)


def _length(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _json(data: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(data), "application/json", status, headers=headers)


def _sender(request: HttpRequest, public_id: UUID) -> tuple[Pilot, TokenActor]:
    """The pilot, and who sends; mostly remembered. Whether the token is revoked is asked with the pilot held."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    sender = senders.sender_of(actions.token_hash(secret.strip()))
    is_ours = sender is not None and sender.public_id == public_id
    if not is_ours and not Pilot.objects.filter(public_id=public_id).exists():
        raise _Answer(404, NO_PILOT)
    if scheme.lower() != "bearer" or not secret.strip():
        raise _Answer(401, "Send this pilot's token: “Authorization: Bearer …”.")
    if sender is None:
        raise _Answer(401, UNKNOWN)
    if not is_ours:
        raise _Answer(403, "This token belongs to another pilot.")
    return sender.pilot(), sender.actor


def _body(request: HttpRequest) -> bytes:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if _length(request) > most:
        raise _Answer(413, f"A request carries at most {most // 2**20} MB: send the readings in several.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise _Answer(415, "The body is compressed (Content-Encoding), which is not read here: send it as it is.")
    return request.body


def _quickly(read: Callable[[bytes], list[Row]], body: bytes) -> list[Row]:
    """The rows of a body in the usual shape; none where anything in it is unusual."""
    try:
        return read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def _rows(request: HttpRequest, body: bytes) -> list[Any]:
    readers = READERS.get((request.content_type or "").strip().lower())
    if readers is None:
        raise _Answer(415, "Send application/json or application/x-ndjson.")
    quick, careful = readers
    try:
        rows = _quickly(quick, body)
        return within_cap(rows) if rows else careful(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Answer(400, "The body is not UTF-8 text: send it as it is, not compressed.") from None
    except TooManyRowsError as refused:
        raise _Answer(413, str(refused)) from None
    except FileRefusedError as refused:
        raise _Answer(400, str(refused)) from None
