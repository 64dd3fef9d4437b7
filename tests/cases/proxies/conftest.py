"""Two at a desk, and what they typed for somebody."""

import pytest
from flask import Flask

from server.cases.proxies import filing
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey
from tests.cases.conftest import consents, submission
from tests.cases.proxies.accounts import SOMEBODY, AidFor
from tests.desk import Desk, desk_of
from tests.staff import make_staff, make_street


@pytest.fixture
def desks(app: Flask) -> tuple[Desk, Desk]:
    """Two who work in the street, a third, and two of finance."""
    street = make_street("440304011")
    both = desk_of(app, "S1", "street_worker", union=street), desk_of(app, "S2", "street_worker", union=street)
    make_staff("S3", "street_worker", union=street)
    for number in ("F1", "F2"):
        make_staff(number, "finance")
    return both


@pytest.fixture
def aid_for(desks: object) -> AidFor:
    """Aid typed at the desk for somebody; returns its number."""

    def send(service: str = "hardship_aid", phone: str | None = SOMEBODY.phone, mode: str = "named") -> str:
        body = submission(service)
        agreed = [*body["consents"], *consents("contact")]
        told = filing.Told(
            service=service,
            mode=mode,
            answers={key: answer for key, answer in body["answers"].items() if key not in {"phone", "name"}},
            consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in agreed],
            name=SOMEBODY.name if mode == "named" else None,
            phone=phone,
        )
        return filing.file_at_desk(told, staff_no="S1").case.no

    return send
