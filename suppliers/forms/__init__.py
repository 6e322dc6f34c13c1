"""What suppliers and officers write, checked for its form. No form here saves anything."""

from suppliers.forms.answering import (
    NO,
    YES,
    AnswerForm,
    ClauseForm,
    FileForm,
    PassageForm,
    PriceForm,
    SectionForm,
    SubmitForm,
    VerifyForm,
)
from suppliers.forms.asking import AskForm, CorrectionForm, ReplyForm, SupplierChoiceForm
from suppliers.forms.fit import ReasonsForm
from suppliers.forms.organisations import (
    CertificateForm,
    InviteForm,
    ProfileForm,
    PublicPageForm,
    RegisterForm,
    RoleForm,
)
from suppliers.forms.standing import DeclarationForm, PartnerForm

__all__ = [
    "NO",
    "YES",
    "AnswerForm",
    "AskForm",
    "CertificateForm",
    "ClauseForm",
    "CorrectionForm",
    "DeclarationForm",
    "FileForm",
    "InviteForm",
    "PartnerForm",
    "PassageForm",
    "PriceForm",
    "ProfileForm",
    "PublicPageForm",
    "ReasonsForm",
    "RegisterForm",
    "ReplyForm",
    "RoleForm",
    "SectionForm",
    "SubmitForm",
    "SupplierChoiceForm",
    "VerifyForm",
]  # fmt: skip
