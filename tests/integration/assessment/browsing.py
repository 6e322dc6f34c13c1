"""How the page tests sign in, find addresses, and plant what must not leak."""

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from accounts.rules import needs_second_factor
from assessment.models import Round
from challenges.models import Challenge
from suppliers import drafts
from suppliers import queries as supplier_queries
from suppliers.models import Submission
from tests.factories import open_challenge
from tests.factories import suppliers as supply
from tests.factories.accounts import confirm_again

PRICE = ("31337.00", "987654.00")


def client_of(who: User) -> Client:
    """A browser in which this person is signed in, with a second factor where their role needs one."""
    if needs_second_factor(who) and not Authenticator.objects.filter(user=who).exists():
        Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    confirm_again(client, who)
    return client


def leaky_challenge(n: int = 2) -> tuple[Challenge, Submission]:
    """Submissions whose supplier's name, price, file name and evidence address must not reach an assessor."""
    challenge = open_challenge()
    leaky = supply.drafted(
        challenge, supply.supplier("Leaky Shelters Limited"), price=PRICE, files={"prospect-of-leaky.txt": b"text"}
    )
    first = supplier_queries.clauses_asked(challenge)[0][0]
    value = {"accepted": True, "level": None, "text": "Yes.", "url": "https://leaky-shelters.example/evidence"}
    supply.save(leaky, drafts.clause_section(first.code), value)
    supply.submit(leaky)
    for _ in range(n - 1):
        supply.submitted(challenge)
    return supply.unseal(challenge), leaky


def urls(round_: Round, pseudonym: str = "submission-1") -> dict[str, str]:
    """Every page of a round by a short name."""
    slug, code = round_.challenge.slug, "outcome"
    return {
        "round": f"/assess/{slug}/",
        "submission": f"/assess/{slug}/submissions/{pseudonym}/",
        "mark": f"/assess/{slug}/submissions/{pseudonym}/{code}/",
        "sheet": f"/assess/{slug}/sheets/{pseudonym}/",
        "moderation": f"/assess/{slug}/moderation/",
        "moderate": f"/assess/{slug}/moderation/{pseudonym}/{code}/",
        "clauses": f"/assess/{slug}/clauses/{pseudonym}/",
        "freeze": f"/assess/{slug}/freeze/",
        "panel": f"/workspace/challenges/{slug}/panel/",
        "board": f"/workspace/challenges/{slug}/panel/progress/",
        "prices": f"/workspace/challenges/{slug}/prices/",
        "result": f"/workspace/challenges/{slug}/result/",
        "decision": f"/workspace/challenges/{slug}/decision/",
    }


def statuses(who, round_, pseudonym="submission-1"):
    client = client_of(who)
    return {name: client.get(url).status_code for name, url in urls(round_, pseudonym).items()}
