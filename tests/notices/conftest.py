"""A worker who can be reached by WeChat and by phone, and a day on which to reach them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from server.core.access import Level
from server.core.clock import SHANGHAI, now
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.identity.consents import GivenConsent, consent_texts, record_consents
from server.identity.models import ConsentKey, WeChatLogin
from server.identity.service import OPENID as OPENID_PURPOSE
from server.notices import grants
from server.notices.delivery import deliver
from server.notices.models import Delivery, SubscriptionAnswer
from server.notices.plans import plans
from server.notices.service import notify
from server.notices.worded import worded
from tests.people import person
from tests.pushing import OPENID
from tests.sign_in import SignIn
from tests.standins import StandIn

DAY = datetime(2026, 3, 12, 10, 0, tzinfo=SHANGHAI)
QUESTION = "case.need_more"
"""✉ and ☎: by WeChat, else by SMS, else by a person."""


@dataclass(frozen=True)
class Reached:
    """A worker, and what the stand-ins were given for them since this test began."""

    worker_id: uuid.UUID
    phone: str
    wechat: StandIn
    sms: StandIn
    app: Flask

    def tell(self, kind: str = QUESTION) -> uuid.UUID:
        """A notice; returns its id."""
        notify(
            worker_id=self.worker_id, kind=kind, title="请你补充", body=worded("SQ1 还差一点情况"), link="/cases/SQ1"
        )
        with transaction() as session:
            newest = session.query(Delivery.notice_id).order_by(Delivery.created_at.desc(), Delivery.notice_id.desc())
            return newest.first()[0]

    def allow(self, kind: str = QUESTION, times: int = 1) -> None:
        """The worker accepts the template in WeChat's dialog."""
        template = plans()[kind].template
        for _ in range(times):
            grants.report(worker_id=self.worker_id, results={template: SubscriptionAnswer.ACCEPT})

    def remaining(self, kind: str = QUESTION) -> int:
        template = plans()[kind].template
        found = {one.template.id: one.grant for one in grants.subscriptions_of(worker_id=self.worker_id)}[template]
        return found.remaining if found else 0

    def work(self) -> None:
        """Let the job worker do what is due, and then what that made due."""
        for _ in range(2):
            db.session.remove()
            run_worker(self.app, wait=False, periodic_tasks=False)
        db.session.remove()

    def delivery(self, notice_id: uuid.UUID) -> Delivery:
        db.session.remove()
        with transaction() as session:
            return session.get_one(Delivery, notice_id)

    def now_due(self, notice_id: uuid.UUID) -> None:
        """The pause is over."""
        with transaction() as session:
            session.get_one(Delivery, notice_id).due_at = now()
        deliver(notice_id=str(notice_id))

    @property
    def by_wechat(self) -> list[dict[str, object]]:
        asked = [
            call for call in self.wechat.calls("/cgi-bin/message/subscribe/send") if call["body"]["touser"] == OPENID
        ]
        return [call for call in asked if isinstance(call["answer"], dict) and call["answer"].get("errcode") == 0]

    @property
    def by_sms(self) -> list[dict[str, object]]:
        return [call for call in self.sms.calls("/v1/messages") if call["status"] == 200]


@pytest.fixture
def reached(
    app: Flask,
    sign_in: SignIn,
    wechat_standin: StandIn,
    sms_standin: StandIn,
    freeze: Callable[[datetime], None],
) -> Reached:
    """It is ten in the morning."""
    freeze(DAY)
    who = person(777)
    worker_id = sign_in(Level.L2, who=who).worker_id
    with transaction() as session:
        session.add(
            WeChatLogin(worker_id=worker_id, openid=OPENID, openid_hmac=keyed_hmac(OPENID, purpose=OPENID_PURPOSE))
        )
    version = consent_texts()[ConsentKey.CONTACT].version
    record_consents(worker_id=worker_id, given=[GivenConsent(ConsentKey.CONTACT, version)])
    return Reached(worker_id, who.phone, wechat_standin, sms_standin, app)
