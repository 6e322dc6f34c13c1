"""The assessment file, for the council's auditor once the decision is recorded (A15, A16)."""

from collections.abc import Iterator
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.signed_in import person
from assessment import archives, queries, rules
from assessment.models import Round
from assessment.queries import Standing
from assessment.views.doors import neutral_name, round_by
from assessment.visibility import NOTHING, visible_fields
from audit import clock
from audit.transitions import NotPermitted, Refused
from files import access
from files.models import StoredFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def assessment_file(request: HttpRequest, slug: str) -> HttpResponse:
    """What the assessment file holds, and its downloads."""
    round_ = _for_auditor(request, slug)
    context = {
        "round": round_, "challenge": round_.challenge, "tables": queries.tables_of(round_),
        "digest": round_.ranking.digest,
    }  # fmt: skip
    return render(request, "assessment/file.html", context)


@login_required
@require_safe
def assessment_csv(request: HttpRequest, slug: str, table: str) -> StreamingHttpResponse:
    """One table, line by line."""
    tables = {each.name: each for each in queries.tables_of(_for_auditor(request, slug))}
    if table not in tables:
        raise Http404
    response = StreamingHttpResponse(archives.csv_lines(tables[table]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file(slug)}-{table}.csv"'
    return response


@login_required
@require_safe
def assessment_xlsx(request: HttpRequest, slug: str) -> FileResponse:
    """All tables as one workbook."""
    book = archives.workbook(queries.tables_of(_for_auditor(request, slug)))
    return FileResponse(book, as_attachment=True, filename=f"{_file(slug)}-assessment.xlsx", content_type=XLSX)


@login_required
@require_safe
def assessment_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The document that `verify_result` recomputes."""
    document = queries.document_of(_for_auditor(request, slug))
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{_file(slug)}-assessment.json"'
    return response


@login_required
@require_safe
def assessment_zip(request: HttpRequest, slug: str) -> FileResponse:
    """Everything in one archive with an index."""
    round_ = _for_auditor(request, slug)
    about = {"challenge": round_.challenge, "round": round_, "digest": round_.ranking.digest, "at": clock.now()}
    files = _attached(queries.standing_of(round_, person(request)), person(request))
    made = archives.archive(queries.tables_of(round_), queries.document_of(round_), about, files)
    return FileResponse(
        made, as_attachment=True, filename=f"{_file(slug)}-assessment.zip", content_type="application/zip"
    )


def _attached(standing: Standing, auditor: User) -> Iterator[archives.Enclosed]:
    """The checked files of every submission under the names that the panel saw; each is noted on the record (S3)."""
    for slug, name, stored in queries.attached(standing):
        yield archives.Enclosed(
            name=f"attachments/{slug}/{neutral_name(name, stored.content_type)}",
            about=f"What was attached to {slug.replace('-', ' ')}.",
            read=partial(_bytes, stored, auditor),
        )


def _bytes(stored: StoredFile, auditor: User) -> bytes:
    return access.hand_over(stored, actor=auditor, at=clock.now()).data


def _file(slug: str) -> str:
    """A round as a file's name begins."""
    return slug.replace("/", "-")


def _for_auditor(request: HttpRequest, slug: str) -> Round:
    """The decided round, for its auditor; the wall is asked as for any other reader."""
    round_, user = round_by(slug), person(request)
    if not rules.may_audit(user, round_):
        raise NotPermitted("Only the council's auditor can open the assessment file.")
    standing = queries.standing_of(round_, user)
    if visible_fields(standing.viewer, standing.phase, None) == NOTHING:
        raise Refused(
            f"The assessment file is there once the decision is recorded; this round is in the step "
            f"“{round_.get_state_display()}”."
        )
    return round_
