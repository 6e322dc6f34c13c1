"""Readings from people: a file, shown before it is taken, each refused row with its reason; or one typed in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted, Refused
from pilots import actions, examples, mappings, rules
from pilots.models import Device, Pilot, Source
from pilots.reading_files import FileRefusedError
from pilots.reading_forms import ColumnsForm, CorrectionForm, TypedForm, UploadForm
from pilots.tables import Table, read_csv, read_table
from pilots.views.desk import pilot_for

SHOWN = 100


@login_required
def pilot_upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, say what its columns hold, look at what would be taken, take it."""
    pilot = _sender_only(request, slug)
    if request.method != "POST":
        return _page(request, pilot, {"form": UploadForm()})
    if "text" in request.POST:
        return _look_or_take(request, pilot)
    form = UploadForm(request.POST, request.FILES)
    table = _table(form) if form.is_valid() else None
    if table is None:
        return _page(request, pilot, {"form": form}, 422)
    columns = _columns_form(pilot, table)
    if mappings.is_ours(table):
        return _preview(request, pilot, table, mappings.AS_IT_IS, columns)
    names = ", ".join(name or "an empty cell" for name in table.header)
    return _page(request, pilot, {"columns": columns, "text": table.as_csv(), "names": names}, 422)


@login_required
def pilot_typed(request: HttpRequest, slug: str) -> HttpResponse:
    """Type one reading in."""
    pilot = _sender_only(request, slug)
    at, actor = clock.now(), person(request)
    devices = Device.objects.filter(site__pilot=pilot).select_related("site").order_by("site__code", "code")
    form = TypedForm(request.POST or None, devices=devices, metrics=pilot.metrics.order_by("pk"), initial=request.GET)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent: Any = {"pilot": pilot, "rows": [form.row], "source": Source.TYPED, "actor": actor, "at": at}
        try:
            intake = actions.ingest(correction=given["correction"], **sent)
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(None, refused.sentences)
        else:
            if not intake.refused:
                messages.success(request, _typed_words(intake))
                return redirect(f"{request.path}?device={given['device']}&metric={given['metric']}")
            form.add_error(None, [each.sentence for each in intake.refused])
    page = {"pilot": pilot, "form": form, "takes": _takes(pilot)}
    return render(request, "pilots/typed.html", page, status=422 if form.is_bound and form.errors else 200)


def _sender_only(request: HttpRequest, slug: str) -> Pilot:
    pilot = pilot_for(request, slug)
    if not rules.may_send_readings(request.user, pilot, clock.now()):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager send readings.")
    return pilot


def _table(form: UploadForm) -> Table | None:
    file = form.cleaned_data["file"]
    if file.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2:
        form.add_error("file", "The file is too large: send at most 10,000 rows at a time.")
        return None
    try:
        table = read_table(file.read())
    except FileRefusedError as refused:
        form.add_error("file", str(refused))
        return None
    if len(table.as_csv().encode()) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2:
        form.add_error("file", "The table is too large: send fewer rows, or only the columns that are needed.")
        return None
    return table


def _columns_form(pilot: Pilot, table: Table, data: Any = None) -> ColumnsForm:
    codes = list(Device.objects.filter(site__pilot=pilot).order_by("code").values_list("code", flat=True))
    return ColumnsForm(data, table=table, metrics=list(pilot.metrics.order_by("pk")), devices=codes)


def _look_or_take(request: HttpRequest, pilot: Pilot) -> HttpResponse:
    """The table comes back as text, with what was said about its columns."""
    text = request.POST["text"]
    try:
        table = read_csv(text, separators=",")
    except FileRefusedError as refused:
        return _page(request, pilot, {"form": UploadForm(), "sentences": [str(refused)]}, 422)
    form, columns = _columns_form(pilot, table), mappings.AS_IT_IS
    if "device" in request.POST or not mappings.is_ours(table):
        form = _columns_form(pilot, table, request.POST)
        if not form.is_valid():
            return _page(request, pilot, {"columns": form, "text": text}, 422)
        columns = form.columns
    if request.POST.get("step") == "look":
        return _preview(request, pilot, table, columns, form)
    return _take(request, pilot, table, columns, form)


def _preview(
    request: HttpRequest, pilot: Pilot, table: Table, columns: mappings.Columns, form: ColumnsForm,
    correction: CorrectionForm | None = None,
) -> HttpResponse:  # fmt: skip
    rows, at = mappings.rows_of(table, columns), clock.now()
    intake = actions.preview(pilot=pilot, rows=rows, at=at)
    replaced = actions.preview(pilot=pilot, rows=rows, at=at, is_correction=True).corrected
    context = {
        "form": UploadForm(), "intake": intake, "refused": intake.refused[:SHOWN], "text": table.as_csv(),
        "mapped": form if form.is_bound else None, "replaced": replaced, "correction": correction or CorrectionForm(),
    }  # fmt: skip
    return _page(request, pilot, context, 422 if intake.refused else 200)


def _take(
    request: HttpRequest, pilot: Pilot, table: Table, columns: mappings.Columns, form: ColumnsForm
) -> HttpResponse:
    actor, correction = person(request), ""
    if request.POST.get("step") == "correct":
        why = CorrectionForm(request.POST)
        if not why.is_valid():
            return _preview(request, pilot, table, columns, form, why)
        correction = why.cleaned_data["correction"]
    rows = mappings.rows_of(table, columns)
    intake = actions.ingest(
        pilot=pilot, rows=rows, source=Source.FILE, actor=actor, at=clock.now(), correction=correction
    )
    corrected = f"{_were(intake.corrected)} corrected, " if correction else ""
    added = "1 reading was" if intake.added == 1 else f"{intake.added:,} readings were"
    words = f"{added} added. {corrected}{_were(intake.unchanged)} here already, {_were(len(intake.refused))} refused."
    messages.success(request, words)
    return redirect("pilot_upload", slug=pilot.slug)


def _were(number: int) -> str:
    return f"{number:,} {'was' if number == 1 else 'were'}"


def _typed_words(intake: actions.Intake) -> str:
    if intake.corrected:
        return "The reading is corrected. What it said before is kept."
    return "The reading is added." if intake.added else "This reading was here already, with the same value."


def _takes(pilot: Pilot) -> str:
    """What is taken in now: readings, only corrections, or nothing (empty)."""
    at = clock.now()
    if rules.takes_readings(pilot, at):
        return "readings"
    return "corrections" if rules.takes_corrections(pilot, at) else ""


def _page(request: HttpRequest, pilot: Pilot, context: dict[str, Any], status: int = 200) -> HttpResponse:
    metrics = list(pilot.metrics.select_related("outcome").order_by("pk"))
    example = examples.as_csv(examples.rows_of(pilot, metrics, clock.now()))
    context |= {"pilot": pilot, "takes": _takes(pilot), "metrics": metrics, "example": example}
    return render(request, "pilots/upload.html", context, status=status)
