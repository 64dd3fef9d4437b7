"""Two workers, one phone: each finds what is theirs, and the other does not."""

from datetime import UTC, datetime

import sqlalchemy as sa

from server.core.db import transaction
from server.identity.models import LoginSession, Worker
from server.identity.service import confirm_phone
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident
from tests.journeys_web.test_rights_in_the_browser import prove

PIN, WRONG = "271828", "314159"
WORDS = "站点无故罚款，没有说明"


def choose_a_pin(phone: Phone, label: str, pin: str = PIN) -> None:
    phone.write(label, pin)
    phone.write("再输一遍", pin)


def set_a_pin(phone: Phone) -> None:
    """From the page where it is chosen."""
    choose_a_pin(phone, "想一个解锁码")
    phone.press("设解锁码")
    prove(phone)
    phone.see("解锁码设好了")


def write_and_press_at_once(phone: Phone) -> None:
    """Faster than the tenth of a second for which a field holds back what is typed: here that never ends."""
    phone.page.clock.install()
    phone.page.clock.pause_at(datetime.now(UTC))
    for pin in ("314", PIN):
        choose_a_pin(phone, "想一个解锁码", pin)
    phone.press("设解锁码")
    phone.page.clock.resume()


def confirm(phone: Phone) -> None:
    phone.page.locator(".uni-modal__btn_primary").click()


def type_pin(phone: Phone, pin: str, label: str = "解锁码", go: str = "打开") -> None:
    phone.write(label, pin)
    phone.page.locator(f'[role="dialog"]:visible .btn:has-text("{go}")').click()


def forget_the_ten_minutes() -> None:
    with transaction() as session:
        session.execute(sa.update(LoginSession).values(pin_checked_until=None))


def add_another_person(phone: Phone) -> None:
    """陈小雨 sets a PIN, which the page asks for first, and opens an account for somebody else."""
    phone.open("/pages/me/me")
    phone.tap("换人、加人")
    phone.see("没设解锁码，别人点一下就能换成你")
    phone.press("加一个人")
    confirm(phone)
    set_a_pin(phone)
    phone.press("加一个人")
    confirm(phone)
    phone.see("还没登录")


def test_two_workers_on_one_phone_see_each_their_own(phone: Phone, resident: Resident) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/card/card")
    phone.see("给驿站工作人员看")
    phone.open("/cases/form/form?key=grievance")
    phone.write("说说经过", WORDS)
    phone.see("已存在手机里")
    add_another_person(phone)

    # The other one: no name, no draft, no card, nothing of hers behind any page.
    kept = phone.page.evaluate(
        "Object.keys(localStorage).filter((key) => !key.startsWith('wb.draft.')).map((key) => localStorage[key]).join()"
    )
    assert "陈" not in kept
    assert phone.page.evaluate("localStorage['wb.card']") is None
    phone.open()
    phone.see("现在是 还没实名的人")
    assert not phone.sees("没填完")
    phone.open("/cases/form/form?key=grievance")
    assert phone.field("说说经过").input_value() == ""
    phone.open(f"/cases/case/case?no={resident.case_no}")
    phone.see("没有找到")

    # Back to her, who alone knows how.
    phone.open()
    phone.tap("不是我，换人")
    phone.tap("陈*")
    type_pin(phone, WRONG, "他自己的解锁码", "换过去")
    phone.see("还可以试 4 次")
    type_pin(phone, PIN, "他自己的解锁码", "换过去")
    phone.see("现在是 陈*")
    phone.see("没填完：反映问题")
    phone.open("/cases/form/form?key=grievance")
    assert phone.field("说说经过").input_value() == WORDS
    phone.open("/cases/mine/mine")
    phone.see(resident.case_no)
    phone.open("/account/card/card")
    phone.see("给驿站工作人员看")
    assert phone.page.evaluate("localStorage['wb.card']") is None, "behind a PIN nothing is kept"
    phone.see("设了解锁码，要有网才能打开")
    phone.page.route("**/api/v1/me/card", lambda route: route.abort())
    phone.open("/account/card/card")
    phone.see("会员卡不存在手机里")
    phone.page.unroute("**/api/v1/me/card")

    # Ten minutes later whoever picks the phone up is asked, once for a whole page, and may leave it.
    forget_the_ten_minutes()
    phone.open()
    phone.see("输入解锁码，看跟你有关的事")
    assert not phone.sees("条新消息")
    phone.tap("输入解锁码，看跟你有关的事")
    type_pin(phone, PIN)
    phone.see("条新消息")
    forget_the_ten_minutes()
    phone.open("/account/inbox/inbox")
    phone.see("现在是 陈*")
    phone.page.locator('[role="dialog"]:visible [aria-label="关上"]').click()
    phone.see("要先输入解锁码")
    phone.press("输入解锁码")
    type_pin(phone, PIN)
    phone.page.locator(".notice:visible").first.wait_for()


def test_a_forgotten_pin_is_set_anew_by_sms_unless_others_read_the_number_s_messages(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/pin/pin")
    choose_a_pin(phone, "想一个解锁码", "123456")
    phone.press("设解锁码")
    phone.see("太好猜了")
    write_and_press_at_once(phone)
    prove(phone)
    phone.see("解锁码设好了")

    forget_the_ten_minutes()
    phone.open("/cases/mine/mine")
    phone.see("输入你的解锁码")
    phone.tap("忘了解锁码")
    phone.see("用短信确认是你本人")
    choose_a_pin(phone, "新解锁码", WRONG)
    phone.press("换成这个解锁码")
    phone.see("解锁码设好了")

    with transaction() as session:
        mine = session.scalars(sa.select(Worker).where(Worker.phone_hmac.is_not(None))).all()
        number = next(one.phone for one in mine if one.name == "陈小雨")
        other = next(one for one in mine if one.name != "陈小雨")
        session.execute(sa.update(LoginSession).values(pin_checked_until=None))
    assert number is not None
    confirm_phone(worker_id=other.id, phone=number)
    phone.open("/account/pin/pin?forgot=1")
    choose_a_pin(phone, "新解锁码")
    phone.press("换成这个解锁码")
    phone.see("要到服务中心取消")
