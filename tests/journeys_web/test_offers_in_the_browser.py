"""J4, when it is full: waiting with an honest chance, a seat that is offered, taken, passed on, or missed."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.activities import planning
from server.activities.cards import find_card
from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.identity.models import WorkerGroup
from server.seats import offers
from server.seats import service as seats
from server.seats.claims import claims
from server.unions.models import TradeUnion
from tests.activities.conftest import new_activity
from tests.journeys_web.phone import Phone

SOMEBODY_ELSE = uuid.UUID(int=1)


@pytest.fixture
def full(town: None) -> uuid.UUID:
    """An activity whose one seat somebody else has; one may bring one person."""
    union = db.session.scalar(sa.select(TradeUnion).limit(1))
    assert union is not None
    wanted = new_activity(
        organiser=union,
        title="亲子科技馆一日游",
        seats=1,
        waiting_list=True,
        offers=True,
        companions=1,
        waiting_first=[WorkerGroup.FOOD_DELIVERY, WorkerGroup.COURIER],
    )
    activity_id = planning.announce(wanted, actor="system")
    sign_up(activity_id, SOMEBODY_ELSE)
    return activity_id


def sign_up(activity_id: uuid.UUID, holder_id: uuid.UUID) -> None:
    card = find_card(activity_id)
    assert card is not None
    seats.claim_seat(pool=card.groups[0].pool, holder_id=holder_id)


def show(phone: Phone, activity_id: uuid.UUID) -> None:
    phone.open(f"/activities/detail/detail?id={activity_id}")
    phone.see("服务器时间")


def wait_for_it(phone: Phone, activity_id: uuid.UUID) -> None:
    """Somebody with a phone number joins the line."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    show(phone, activity_id)
    phone.see("轮到时先问你要不要：白天给 2 小时")
    phone.see("先给快递、外卖的工友，再给别人")
    phone.choose("就我自己")
    phone.press("排队等名额")
    phone.see("你排在最前面")


def free_the_seat(phone: Phone, activity_id: uuid.UUID) -> None:
    """Somebody else cannot come; the page is opened from the message."""
    seats.release(scope_id=activity_id, holder_id=SOMEBODY_ELSE)
    show(phone, activity_id)
    phone.see("轮到你了，要不要？")


def test_who_waits_reads_the_place_the_chance_and_the_rule_and_takes_what_is_offered(
    phone: Phone, full: uuid.UUID
) -> None:
    wait_for_it(phone, full)
    phone.see("能不能轮到，说不准")
    phone.see("同类活动办得还少")
    free_the_seat(phone, full)
    phone.see("名额给你留到")
    phone.press("要这个名额")
    phone.see("报上了")
    phone.see("你是第 1 号")


def test_a_passed_on_seat_is_gone_and_the_list_says_so(phone: Phone, full: uuid.UUID) -> None:
    wait_for_it(phone, full)
    free_the_seat(phone, full)
    phone.open("/activities/mine/mine")
    phone.see("名额给你留到")
    show(phone, full)
    phone.press("让给别人")
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.see("名额让出去了，谢谢你")
    phone.open("/activities/mine/mine")
    phone.see("给了下一位")


def test_an_offer_that_runs_out_before_the_eyes_cannot_be_taken_any_more(phone: Phone, full: uuid.UUID) -> None:
    wait_for_it(phone, full)
    sign_up(full, new_id())
    seats.release(scope_id=full, holder_id=SOMEBODY_ELSE)
    with transaction() as session:
        soon = now() + timedelta(seconds=6)
        session.execute(claims.update().where(claims.c.offer_until.is_not(None)).values(offer_until=soon))
    show(phone, full)
    phone.see("名额要给下一位了")
    assert phone.button("要这个名额").get_attribute("aria-disabled") == "true"
    assert offers.expire() == 1
    show(phone, full)
    phone.see("轮到过你，名额后来给了下一位")
    phone.button("排队等名额").wait_for()
