"""Receipts, for anybody: verify one, and the key it is verified with."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from suppliers import queries, sealing
from suppliers.forms import VerifyForm


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a receipt is ours and unchanged. Nothing is looked up or kept: the signature says it all."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    current, *earlier = queries.public_keys()
    page: dict[str, Any] = {"form": form, "key_id": current.key_id, "earlier": earlier, "checked": False}
    code = 422 if form.is_bound else 200
    if form.is_valid():
        receipt = _parsed(form.content())
        page |= {"checked": True, "receipt": receipt, "reason": queries.why_not_trusted(receipt)}
        page["received_at"] = None if page["reason"] else datetime.fromisoformat(receipt["received_at"])
        code = 422 if page["reason"] else 200
    return render(request, "suppliers/verify.html", page, status=code)


@require_safe
def platform_key(request: HttpRequest) -> HttpResponse:
    """The public keys, for those who verify on their own machine."""
    response = HttpResponse(queries.bundle(), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="platform-key.pem"'
    return response


def _parsed(text: bytes) -> Any:
    try:
        return sealing.parsed(text)
    except ValueError:
        return None
