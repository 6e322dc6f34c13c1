"""One e-mail a day for those who asked for it: due work per person and morning, so that it goes out once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit import clock
from notifications.models import Delivery
from notifications.reports import service_id_of
from work.actions import finish, handles, schedule
from work.models import DueWork

KIND = "notifications.digest"
AT = time(7, 0)
PLACE = ZoneInfo("Europe/London")


def next_morning(at: datetime) -> datetime:
    """The next seven o'clock in London after an instant."""
    here = at.astimezone(PLACE)
    today = datetime.combine(here.date(), AT, PLACE)
    return today if here < today else datetime.combine(here.date() + timedelta(days=1), AT, PLACE)


def announce(user_ids: set[int], at: datetime) -> None:
    """Make sure that these people get a digest next morning."""
    for user_id in sorted(user_ids):
        schedule(kind=KIND, subject_id=user_id, due_at=next_morning(at))


def send_due(row: DueWork, at: datetime) -> None:
    """Send what waits for one person. Sent again after a crash, the mail carries the same id."""
    service_id = ""
    waiting = list(Delivery.objects.for_the_digest(row.subject_id))
    user = User.objects.filter(pk=row.subject_id, is_active=True).first()
    if user is not None and waiting:
        mail = _mail(row, user, waiting)
        mail.send()
        service_id = service_id_of(mail)
    with transaction.atomic():
        now = clock.now()
        unsent = Delivery.objects.filter(pk__in=[each.pk for each in waiting], sent_at=None)
        unsent.update(sent_at=now, service_id=service_id)
        finish(row, now)


def open_to_work() -> None:
    """Tell the work room who sends digests; called once everything is loaded."""
    handles(KIND, send_due)


def _mail(row: DueWork, user: User, waiting: list[Delivery]) -> EmailMessage:
    count = f"{len(waiting)} message{'' if len(waiting) == 1 else 's'}"
    parts = [f"{each.subject}\n{each.body}\n{settings.PUBLIC_URL}{each.path}" for each in waiting]
    change = f"{settings.PUBLIC_URL}{reverse('message_preferences')}"
    foot = f"You get one e-mail a day. Change that: {change}\n\n{settings.WAGTAIL_SITE_NAME}\n"
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return EmailMessage(
        subject=f"{count} from {settings.WAGTAIL_SITE_NAME}", body="\n\n---\n\n".join([*parts, foot]), to=[user.email],
        headers={"Message-ID": f"<digest-{row.pk}.person-{user.pk}@{domain}>"}, connection=get_connection(),
    )  # fmt: skip
