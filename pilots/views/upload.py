"""Readings from people: a file, shown before it is taken, each refused row with its reason; or one typed in."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from audit.transitions import NotPermitted, Refused
from pilots import actions, examples, mappings, previews, rules
from pilots.headings import MOST_ABOVE
from pilots.models import Device, Pilot, Source
from pilots.reading_files import FileRefusedError
from pilots.reading_forms import ColumnsForm, CorrectionForm, SheetForm, TypedForm, UploadForm
from pilots.tables import MOST_SHEETS, Lines, Sheets, Table, csv_lines, lines_as_csv, read_sheets, table_of
from pilots.views.desk import pilot_for

SHOWN = 100
LONGEST_FILE = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2
TOO_LARGE = "The table is too large: send fewer rows, or only the columns that are needed."


@login_required
def pilot_upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, say what its columns hold, look at what would be taken, take it."""
    pilot = _sender_only(request, slug)
    if request.method != "POST":
        return _page(request, pilot, {"form": UploadForm()})
    if "text" in request.POST:
        return _look_or_take(request, pilot)
    if "sheets" in request.POST:
        return _of_sheet(request, pilot)
    form = UploadForm(request.POST, request.FILES)
    sheets = _sheets(form) if form.is_valid() else {}
    if len(sheets) > 1:
        return _which_sheet(request, pilot, sheets)
    table = _table(form, sheets)
    return _mapped_or_shown(request, pilot, table) if table else _page(request, pilot, {"form": form}, 422)


def _mapped_or_shown(request: HttpRequest, pilot: Pilot, table: Table) -> HttpResponse:
    """What would be taken of a table that is as ours are; of any other, the question what its columns hold."""
    columns = _columns_form(pilot, table)
    if mappings.is_ours(table):
        return _preview(request, pilot, table, mappings.AS_IT_IS, columns)
    return _ask_columns(request, pilot, table, columns)


def _ask_columns(request: HttpRequest, pilot: Pilot, table: Table, columns: ColumnsForm) -> HttpResponse:
    names = ", ".join(name or "an empty cell" for name in table.header)
    lines = list(enumerate((" | ".join(filter(None, line))[:80] for line in table.first(MOST_ABOVE)), start=1))
    context = {
        "columns": columns, "text": table.as_csv(), "names": names, "names_at": table.names_at, "lines": lines,
    }  # fmt: skip
    return _page(request, pilot, context, 422)


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


def _sheets(form: UploadForm) -> Sheets:
    """What the file holds; empty where it is refused, which the form says then."""
    file = form.cleaned_data["file"]
    if file.size > LONGEST_FILE:
        form.add_error("file", "The file is too large: send at most 10,000 rows at a time.")
        return {}
    try:
        return read_sheets(file.read())
    except FileRefusedError as refused:
        form.add_error("file", str(refused))
        return {}


def _table(form: UploadForm, sheets: Sheets) -> Table | None:
    """The table of a file that has one; the form says what is wrong with it."""
    for lines in sheets.values():
        try:
            return _small_enough(lines)
        except FileRefusedError as refused:
            form.add_error("file", str(refused))
    return None


def _small_enough(lines: Lines | FileRefusedError) -> Table:
    if isinstance(lines, FileRefusedError):
        raise lines
    table = table_of(lines)
    if len(table.as_csv().encode()) > LONGEST_FILE:
        raise FileRefusedError(TOO_LARGE)
    return table


def _which_sheet(request: HttpRequest, pilot: Pilot, sheets: Sheets) -> HttpResponse:
    """Several sheets have something in them: which one it is; those that cannot be read are told with why."""
    found = {name: lines for name, lines in sheets.items() if not isinstance(lines, FileRefusedError)}
    refused = [f"{name}: {lines}" for name, lines in sheets.items() if isinstance(lines, FileRefusedError)]
    texts = [lines_as_csv(lines) for lines in found.values()]
    if not found or sum(map(len, texts)) > LONGEST_FILE:
        words = refused or ["The sheets together are too large: save the one with the readings as a file of its own."]
        return _page(request, pilot, {"form": UploadForm(), "sentences": words}, 422)
    named = [(name, len(lines)) for name, lines in found.items()]
    return _sheet_page(request, pilot, named, texts, refused)


def _sheet_page(
    request: HttpRequest, pilot: Pilot, named: Sequence[tuple[str, int]], texts: Sequence[str], refused: Sequence[str],
    form: SheetForm | None = None,
) -> HttpResponse:  # fmt: skip
    pairs = [(f"sheet-{place}", name, text) for place, ((name, _), text) in enumerate(zip(named, texts, strict=True))]
    context = {"sheets": form or SheetForm(sheets=named), "pairs": pairs, "left_out": refused}
    return _page(request, pilot, context, 422)


def _of_sheet(request: HttpRequest, pilot: Pilot) -> HttpResponse:
    """The sheet that was chosen, of those that the page carried."""
    given = [(key, request.POST[key]) for key in request.POST if key.startswith("sheet-")][:MOST_SHEETS]
    names = request.POST.getlist("sheets")[: len(given)]
    named = [(name, text.count("\n")) for name, (_, text) in zip(names, given, strict=False)]
    form = SheetForm(request.POST, sheets=named)
    texts = [text for _, text in given][: len(named)]
    if not form.is_valid():
        return _sheet_page(request, pilot, named, texts, (), form)
    try:
        table = _small_enough(csv_lines(texts[form.place], ","))
    except FileRefusedError as refused:
        return _page(request, pilot, {"form": UploadForm(), "sentences": [str(refused)]}, 422)
    return _mapped_or_shown(request, pilot, table)


def _columns_form(pilot: Pilot, table: Table, data: Any = None) -> ColumnsForm:
    codes = list(Device.objects.filter(site__pilot=pilot).order_by("code").values_list("code", flat=True))
    return ColumnsForm(data, table=table, metrics=list(pilot.metrics.order_by("pk")), devices=codes)


def _look_or_take(request: HttpRequest, pilot: Pilot) -> HttpResponse:
    """The table comes back as text, with what was said about its columns."""
    names, step = whole(request.POST.get("names", "")) or 1, request.POST.get("step")
    try:
        table = table_of(csv_lines(request.POST["text"], ","), min(names, MOST_ABOVE + 1))
    except FileRefusedError as refused:
        return _page(request, pilot, {"form": UploadForm(), "sentences": [str(refused)]}, 422)
    form, columns = _columns_form(pilot, table), mappings.AS_IT_IS
    if step == "names":
        return _ask_columns(request, pilot, table, form)
    if "device" in request.POST or not mappings.is_ours(table):
        form = _columns_form(pilot, table, request.POST)
        if not form.is_valid() or step == "map":
            return _ask_columns(request, pilot, table, form)
        columns = form.columns
    elif step == "map":
        return _ask_columns(request, pilot, table, form)
    if step == "refused":
        return _refused_file(pilot, table, columns)
    if step == "look":
        return _preview(request, pilot, table, columns, form)
    return _take(request, pilot, table, columns, form)


def _refused_file(pilot: Pilot, table: Table, columns: mappings.Columns) -> HttpResponse:
    """The rows that would be refused, each with why: to be put right, and sent again as they are."""
    intake = actions.preview(pilot=pilot, rows=mappings.rows_of(table, columns), at=clock.now())
    response = HttpResponse(previews.refused_csv(table, intake.refused), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-refused.csv"'
    return response


def _preview(
    request: HttpRequest, pilot: Pilot, table: Table, columns: mappings.Columns, form: ColumnsForm,
    correction: CorrectionForm | None = None,
) -> HttpResponse:  # fmt: skip
    rows, at = mappings.rows_of(table, columns), clock.now()
    intake = actions.preview(pilot=pilot, rows=rows, at=at)
    replaced = actions.preview(pilot=pilot, rows=rows, at=at, is_correction=True).corrected
    seen, first, last = previews.as_read(rows, intake.refused)
    context = {
        "form": UploadForm(), "intake": intake, "refused": previews.refused_rows(table, intake.refused[:SHOWN]),
        "text": table.as_csv(), "names_at": table.names_at, "mapped": form if form.is_bound else None,
        "replaced": replaced, "correction": correction or CorrectionForm(), "seen": seen, "first": first, "last": last,
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
