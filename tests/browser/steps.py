"""What many tests do in a tab: press what leads to another page, sign in, wait until the page has saved itself."""

from playwright.sync_api import Locator, Page, Response, expect

from accounts.models import User
from tests import factories
from tests.factories.accounts import confirmed


def press(what: Locator) -> Response | None:
    """Click on what leads to another page, and wait until that page is there whole: a click alone does not."""
    with what.page.expect_navigation() as coming:
        what.click()
    return coming.value


def sign_in(tab: Page, who: User) -> None:
    """Sign in by password on the page in the tab, and wait for what comes next."""
    tab.get_by_label("Email").fill(confirmed(who).email)
    tab.get_by_label("Password").fill(factories.PASSWORD)
    press(tab.locator("main").get_by_role("button", name="Sign in", exact=True))


def without_second_factor(who: User) -> User:
    """This person, for whom the password is enough, as it is for suppliers."""
    who.authenticator_set.all().delete()
    return who


def saved(page: Page) -> None:
    """Wait until the page says that it has saved itself."""
    expect(page.get_by_role("status").filter(has_text="Saved at")).to_be_visible()
