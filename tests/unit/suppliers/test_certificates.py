from datetime import date

import pytest

from suppliers.certificates import Standing, standing

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [
        (None, Standing("met", "No end", needs_care=False)),
        (date(2026, 5, 31), Standing("fail", "Expired", needs_care=True)),
        (date(2026, 6, 1), Standing("attention", "Expires today", needs_care=True)),
        (date(2026, 6, 2), Standing("attention", "Expires tomorrow", needs_care=True)),
        (date(2026, 7, 31), Standing("attention", "Expires in 60 days", needs_care=True)),
        (date(2026, 8, 1), Standing("met", "In date", needs_care=False)),
    ],
)
def test_where_a_certificate_stands(expires_on: date | None, expected: Standing) -> None:
    assert standing(expires_on, TODAY) == expected
