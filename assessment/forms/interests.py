"""What people declare about themselves."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.fields import InstantField
from assessment.actions import Point, SupplierInterest
from assessment.forms.texts import choice, text
from assessment.models import AdviserField, OfficerRuling, Outcome, Question, Ruling
from assessment.queries import Party, SupplierName

NONE, SOME = "none", "interest"
INTERESTS = [(NONE, "No interest"), (SOME, "I have an interest to declare")]
WHAT_COUNTS = (
    "A personal, professional or financial link, direct or through somebody close to you: also to one of the partners "
    "and subcontractors that are named."
)


class ChallengeInterestForm(forms.Form):
    """The first declaration: about the challenge as a whole, before any name or answer is shown."""

    interest = choice("Do you have an interest in this challenge?", INTERESTS, help_text=WHAT_COUNTS)
    detail = text("What the interest is", 3, "Only if you declare one.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("interest") == SOME and not cleaned.get("detail", "").strip():
            self.add_error("detail", "Say what the interest is.")
        return cleaned

    @property
    def has_interest(self) -> bool:
        return bool(self.cleaned_data["interest"] == SOME)


class SupplierInterestsForm(forms.Form):
    """One question per supplier, by name."""

    def __init__(self, *args: Any, suppliers: Iterable[SupplierName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = list(suppliers)
        for each in self.suppliers:
            self.fields[f"interest-{each.supplier_id}"] = choice(
                f"{each.name} (company number {each.company_number})", INTERESTS,
                initial=(SOME if each.has_interest else NONE) if each.has_declared else None,
            )  # fmt: skip
            self.fields[f"detail-{each.supplier_id}"] = text(f"Your interest in {each.name}", 2)
            self.initial[f"detail-{each.supplier_id}"] = each.detail

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for each in self.suppliers:
            key = each.supplier_id
            if cleaned.get(f"interest-{key}") == SOME and not cleaned.get(f"detail-{key}", "").strip():
                self.add_error(f"detail-{key}", f"Say what your interest in {each.name} is.")
        return cleaned

    def interests(self) -> list[SupplierInterest]:
        """What was declared, supplier by supplier."""
        given = self.cleaned_data
        return [
            SupplierInterest(key, given[f"interest-{key}"] == SOME, given[f"detail-{key}"])
            for key in (each.supplier_id for each in self.suppliers)
        ]


class RulingForm(forms.Form):
    """Whether a declared interest is a conflict, and why."""

    ruling = choice("Your decision", [(each.value, each.label) for each in (Ruling.RECUSED, Ruling.MAY_JUDGE)])
    reason = text("Why", 3, "It goes into the register of interests.", True)


class InstantForm(forms.Form):
    """An instant to look back at, in the time of London."""

    at = InstantField(label="At", required=False, help_text="Leave it empty for now.")


class VerificationForm(forms.Form):
    """One outcome for each question about each party."""

    def __init__(self, *args: Any, parties: Iterable[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = [(party, question) for party in parties for question in party.questions]
        for number, (party, question) in enumerate(self.points):
            self.fields[f"outcome-{number}"] = choice(
                f"{party.name}: {Question(question).label.lower()}", Outcome.choices
            )
            self.fields[f"found-{number}"] = text(
                f"What was found about {party.name}: {Question(question).label.lower()}", 2,
                "Where you looked, and what you found. Needed unless nothing was found.",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number, _ in enumerate(self.points):
            silent = not cleaned.get(f"found-{number}", "").strip()
            if silent and cleaned.get(f"outcome-{number}") in (Outcome.ACCEPTED, Outcome.EXCLUDED):
                self.add_error(f"found-{number}", "Write down what was found, and why it is so decided.")
        return cleaned

    def given(self) -> list[Point]:
        """What was found, point by point."""
        found = self.cleaned_data
        return [
            Point(party.name, question, Outcome(found[f"outcome-{number}"]), found[f"found-{number}"])
            for number, (party, question) in enumerate(self.points)
        ]


class OfficerInterestForm(ChallengeInterestForm):
    """What somebody who works on a procurement declares, before its first notice and whenever it changes (D7)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interest"].label = "Do you have an interest in this procurement?"
        self.fields["interest"].help_text = (
            "A personal, professional or financial link, direct or through somebody close to you, to the matter or to "
            "anybody who may answer."
        )


class OfficerRulingForm(forms.Form):
    """Whether a colleague's declared interest is a conflict, and why."""

    ruling = choice("Your decision", [(each.value, each.label) for each in OfficerRuling if each != OfficerRuling.OPEN])
    reason = text("Why", 3, "It goes into the register of interests.", True)


class StepBackForm(forms.Form):
    """Why somebody no longer works on a procurement."""

    reason = text("Why", 2, "For example: moved to another team. It stays on the record.", True)


class AdviserForm(forms.Form):
    """Who advises the council on a challenge, and on what."""

    email = forms.EmailField(label="Their e-mail address")
    field = choice("They advise on", AdviserField.choices)
