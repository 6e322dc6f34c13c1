"""People and councils. E-mail is the login; what a person may do comes from memberships, never from flags."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from accounts.invitations import PURPOSES, token_of


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    email = models.EmailField("e-mail address", unique=True)
    full_name = models.CharField("your name", max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.full_name or ("a person who has left" if self.closed_at else f"person {self.pk}")

    @property
    def actor_key(self) -> str:
        return f"user:{self.pk}"

    @property
    def actor_label(self) -> str:
        """What the record keeps for ever: no name, because nobody could take it out again (R2)."""
        return f"person {self.pk}"

    # Wagtail asks for these two.
    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Nation(models.TextChoices):
    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


class Council(models.Model):
    """A public authority that publishes challenges."""

    name = models.CharField(max_length=160, unique=True)
    slug = models.SlugField(unique=True)
    nation = models.CharField(max_length=20, choices=Nation, default=Nation.ENGLAND)
    identifier_scheme = models.CharField(max_length=20, default="GB-LAE")
    identifier = models.CharField(max_length=20)
    contact_email = models.EmailField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    # The most, in pounds and without VAT, that its officers approve of an award by themselves; None: nothing is set.
    delegated_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delegated_limit=None) | models.Q(delegated_limit__gte=0),
                name="council_delegated_limit_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CouncilRole(models.TextChoices):
    """What a person does for a council. The sentence is what people read where roles are given."""

    OWNER = "owner", "Problem owner: writes the challenge and its measures"
    PROCUREMENT_LEAD = "procurement_lead", "Procurement lead: approves, unseals, awards"
    PILOT_MANAGER = "pilot_manager", "Pilot manager: registers and runs pilots"
    AUDITOR = "auditor", "Auditor: reads everything after the fact, changes nothing"


class CouncilMembership(models.Model):
    """One role of one person in one council."""

    council = models.ForeignKey(Council, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="council_memberships")
    role = models.CharField(max_length=20, choices=CouncilRole)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "user", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.council}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def to(self, organisation: models.Model, purpose: str) -> "InvitationQuerySet":
        """Those into one organisation."""
        return self.filter(purpose=purpose, organisation_id=organisation.pk)

    def open(self, at: datetime) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn, and not yet expired."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """One person asked, by e-mail, to take a role in an organisation; which kind of organisation, `purpose` says.

    The link is signed, not stored: whoever reads this table cannot accept for somebody else.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=20)
    organisation_id = models.BigIntegerField()
    organisation_name = models.CharField(max_length=160)
    role = models.CharField(max_length=20)
    email = models.EmailField("e-mail address")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations_accepted")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["purpose", "organisation_id"], name="invitation_organisation")]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "organisation_id", "role", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None), name="invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.organisation_name}"

    @property
    def token(self) -> str:
        return token_of(self.public_id)

    @property
    def role_words(self) -> str:
        return str(PURPOSES[self.purpose].roles(self.role).label)
