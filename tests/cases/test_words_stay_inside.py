"""What workers write in a case goes to nobody outside: WeChat judges what other
workers read, and of a case that is nothing. (A manager's reason for closing a place is: `tests/stations/managers`.)"""

import pytest
from flask import Flask

from server.cases.forms.fields import FieldType
from server.core.access import Level
from server.core.db import db
from server.core.jobs import run_worker
from tests.cases.conftest import Desk, Follow, Submit, consents
from tests.cases.declared import services
from tests.sign_in import SignIn
from tests.standins import StandIn

MARK = "青石巷口的三花猫记得每一单"
CHECKS = ("/wxa/msg_sec_check", "/wxa/media_check_async")
WRITTEN = {
    key: [field.key for field in service.asked.declaration.fields() if field.type is FieldType.LONG_TEXT]
    for key, service in services().items()
}
AGREED = {
    key: consents(*(rule.key for rule in service.consents if rule.condition is None and not rule.later))
    for key, service in services().items()
}
TOLD = [key for key, fields in WRITTEN.items() if fields and not services()[key].by_desk]


def test_what_is_told_in_confidence_is_among_what_is_looked_at() -> None:
    assert {"grievance", "legal_aid", "hardship_aid"} <= set(TOLD)


@pytest.mark.parametrize("service", TOLD)
def test_wechat_is_asked_nothing_about_what_was_written(
    app: Flask,
    submit: Submit,
    follow: Follow,
    desk: Desk,
    sign_in: SignIn,
    wechat_standin: StandIn,
    sms_standin: StandIn,
    service: str,
) -> None:
    who = sign_in(Level.L2)
    told = {"answers": dict.fromkeys(WRITTEN[service], MARK), "consents": AGREED[service]}
    case = submit(service, who, identity_mode="named", **told)
    assert MARK in str(follow(case, who).read()["answers"])
    desk.run("tell", case["no"], "--text", MARK)
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.rollback()
    assert [path for path in CHECKS if wechat_standin.calls(path)] == []
    assert [one for one in (*wechat_standin.calls(), *sms_standin.calls()) if MARK in str(one)] == []
