"""What suppliers and officers write, checked for its form. No form here saves anything."""

from suppliers.forms.answering import (
    NO,
    YES,
    AnswerForm,
    ClauseForm,
    FileForm,
    MoneyField,
    PriceForm,
    SubmitForm,
    VerifyForm,
    VersionedForm,
)
from suppliers.forms.asking import AskForm, ReplyForm, SupplierChoiceForm
from suppliers.forms.organisations import CertificateForm, ProfileForm, RegisterForm

__all__ = [
    "NO",
    "YES",
    "AnswerForm",
    "AskForm",
    "CertificateForm",
    "ClauseForm",
    "FileForm",
    "MoneyField",
    "PriceForm",
    "ProfileForm",
    "RegisterForm",
    "ReplyForm",
    "SubmitForm",
    "SupplierChoiceForm",
    "VerifyForm",
    "VersionedForm",
]  # fmt: skip
