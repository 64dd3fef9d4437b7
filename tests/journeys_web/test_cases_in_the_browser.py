"""J5 and J6: legal aid for unpaid wages, and an anonymous grievance followed to its rating."""

import re

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Route, expect
from sqlalchemy.orm import Session

from server.cases import working
from server.cases.models import Case
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident, kept_script
from tests.sign_in import end_sign_ins


def ask_for_wages(phone: Phone) -> None:
    """Everything that the form of legal aid requires."""
    phone.choose("欠我钱")
    phone.write("说说经过", "干了三个月，站点一直拖着工钱不发")
    phone.choose("没签，但站点排班")
    phone.page.locator("#f-other_parties .btn:has-text('加一行')").click()
    phone.write("名称", "演示配送站")
    phone.page.locator("#f-still_working .choice:has-text('不是')").click()
    phone.page.locator("#f-last_day input").fill("20260228")
    phone.page.locator("#f-wages .btn:has-text('加一行')").click()
    for key, words in (("哪个月", "2026-02"), ("应该给", "6000"), ("给了", "1500")):
        phone.write(key, words)
    phone.choose("还没找过谁")
    phone.choose("帮我跟公司谈")
    phone.page.locator("#f-migrant .choice:has-text('是')").first.click()


def test_unpaid_wages_become_a_case_with_its_time_limit_and_a_promise(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open()
    phone.tap("欠我钱，帮我要")
    phone.see("我们什么时候答复")
    phone.press("开始填")
    ask_for_wages(phone)
    phone.see("最迟 2027-02-28 前，以仲裁委认定为准")
    phone.see("合计欠 4,500 元")
    phone.press("提交")
    phone.see("要先同意才能交")
    phone.agree()
    phone.press("提交")
    phone.see("已收到")
    assert phone.hindrances() == []
    assert re.search(r"最晚 \d+月\d+日（周.）", phone.text(".page"))

    phone.press("看进展")
    phone.see("工会在办")
    phone.see("2027-02-28")
    phone.open("/cases/mine/mine")
    phone.see("请律师帮忙")


def test_what_the_union_asks_of_somebody_it_knows_stands_in_a_card_with_what_to_do(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/form/form?key=legal_aid")
    ask_for_wages(phone)
    phone.agree(besides="（不同意也能交）")
    phone.press("提交")
    phone.see("已收到")
    found = re.search(r"FY\d{6}-\d+-\w", phone.text(".page"))
    assert found
    with app.app_context():
        for code, text in (("screen", None), ("ask_more", "请补：三月的考勤截图。")):
            working.staff_step(no=found[0], code=code, staff_no="L0001", text=text)
    phone.open(f"/cases/case/case?no={found[0]}", settled=True)
    card = phone.page.locator(".card", has=phone.page.get_by_role("heading", name="待你补充"))
    expect(card).to_contain_text("请补：三月的考勤截图。")
    expect(card).to_contain_text(re.compile("请在.+前补上；办理时间停下来等你。过了时间没有补，按撤回处理"))
    assert phone.hindrances() == []
    phone.press("补填、改填写的")
    phone.see("改我填的")


def test_what_was_typed_survives_a_login_that_ran_out_in_the_middle(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/form/form?key=legal_aid")
    ask_for_wages(phone)
    phone.agree()
    end_sign_ins()
    phone.press("提交")
    phone.see("登录过期了")
    phone.sign_in_as("陈小雨")
    phone.press("提交")
    phone.see("已收到")


def test_a_draft_is_there_after_the_page_was_closed(phone: Phone, context: BrowserContext) -> None:
    phone.open("/cases/form/form?key=grievance")
    phone.choose("匿名")
    phone.write("说说经过", "站点无故罚款，没有说明")
    phone.see("已存在手机里")
    phone.open()
    phone.see("没填完：反映问题")
    phone.tap("没填完")
    assert phone.field("说说经过").input_value() == "站点无故罚款，没有说明"


def grieve_anonymously(phone: Phone, words: str) -> tuple[str, str]:
    """Number and secret."""
    phone.open("/cases/service/service?key=grievance")
    phone.press("开始填")
    phone.choose("匿名")
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", words)
    phone.choose("帮我解决")
    phone.agree()
    phone.press("提交")
    phone.see("只出现这一次")
    receipt = phone.text(".page")
    assert words in receipt, "it proves what was said, not only when"
    # Each promise by its own day: nobody is promised an answer by the day on which it is taken.
    assert re.search(r"最晚 [^最]+接收 *最晚 [^最]+办理并答复你", re.sub(r"\s+", " ", receipt))
    number = re.search(r"SQ[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]", receipt)
    secret = re.search(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", receipt)
    assert number
    assert secret
    return number[0], secret[0]


def test_an_anonymous_grievance_is_followed_with_number_and_secret_and_no_token(phone: Phone) -> None:
    sent: list[dict[str, str]] = []
    phone.page.on("request", lambda request: sent.append(request.headers) if request.url.endswith("/cases") else None)
    number, secret = grieve_anonymously(phone, "站点从三月起每单多扣两元，没有说明")
    assert sent
    assert all("authorization" not in headers for headers in sent)
    assert secret not in phone.page.evaluate("JSON.stringify(localStorage)")
    assert secret not in phone.page.url

    phone.open("/cases/follow/follow")
    phone.write("编号", number)
    phone.write("暗号", "AAAA-AAAA-AAAA-AAAA-AAAA")
    phone.press("查")
    phone.see("编号或暗号不对")
    phone.write("暗号", secret)
    phone.press("查")
    phone.see("工会在办")
    phone.see("你填的")
    phone.see("站点从三月起每单多扣两元，没有说明")

    phone.press("写一句")
    phone.write("写一句", "还有一张截图，明天补")
    phone.page.locator(".sheet__close:visible").click()
    phone.press("写一句")
    expect(phone.field("写一句")).to_have_value("还有一张截图，明天补")
    phone.press("发出")
    phone.see("还有一张截图，明天补")

    phone.page.go_back()
    phone.see("凭编号查进展")
    phone.page.go_forward()
    phone.see("要先登录")
    assert not phone.sees("还有一张截图，明天补")


def test_an_anonymous_grievance_is_answered_and_rated(phone: Phone, app: Flask) -> None:
    number, secret = grieve_anonymously(phone, "站点从三月起每单多扣两元，没有说明")
    for step in (["accept"], ["reply", "--text", "站点已经撤销罚款规定，多扣的钱下月退。"]):
        done = app.test_cli_runner().invoke(args=["case", "do", number, *step, "--as", "DEMO01"])
        assert done.exit_code == 0, done.output

    phone.open("/cases/follow/follow")
    phone.write("编号", number)
    phone.write("暗号", secret)
    phone.press("查")
    phone.see("站点已经撤销罚款规定")
    phone.press("评一评")
    expect(phone.button("交评价")).to_be_in_viewport(ratio=1)
    assert {len(set(tops(phone, f'[aria-label="{asked}"] .choice'))) for asked in ("态度", "结果")} == {1}
    for question, answer in (("问题解决了吗？", "解决了"), ("态度", "5"), ("结果", "4")):
        phone.page.locator(f'[aria-label="{question}"]:visible .choice:has-text("{answer}")').first.click()
    phone.press("交评价")
    phone.see("你的评价")
    phone.see("已办结")


def test_in_large_type_each_service_begins_with_its_icon(phone: Phone) -> None:
    phone.open("/pages/services/services")
    phone.page.locator(".head__tap:visible").filter(has_text="大字").click()
    phone.page.locator(".wb--elder:visible .service__icon").first.wait_for()
    icons, names = tops(phone, ".service__icon"), tops(phone, ".service__name")
    assert [icon for icon, name in zip(icons, names, strict=True) if icon > name] == []


def tops(phone: Phone, selector: str) -> list[float]:
    """Where each of these begins, from above."""
    found: list[float] = phone.page.locator(f"{selector}:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().top)"
    )
    return found


def test_words_of_danger_show_whom_to_call_before_anything_is_sent(phone: Phone) -> None:
    calls: list[str] = []
    phone.page.on("request", lambda request: calls.append(request.url) if request.method == "POST" else None)
    phone.open("/cases/form/form?key=grievance")
    phone.choose("匿名")
    phone.write("说说经过", "站长持刀威胁我，快来人")
    phone.see("有人有危险？先打电话")
    for number in ("110", "120", "119", "12356"):
        assert phone.sees(number)
    assert calls == []
    # It blocks nothing.
    assert phone.button("提交").is_enabled()


def test_a_submission_that_a_broken_line_lost_is_one_case_when_it_is_sent_again(phone: Phone) -> None:
    keys: list[str] = []

    phone.open("/cases/form/form?key=grievance")
    phone.page.on(
        "request",
        lambda request: keys.append(request.headers["idempotency-key"]) if request.url.endswith("/cases") else None,
    )
    phone.choose("匿名")
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", "站点无故罚款两百元，没有说明")
    phone.choose("帮我解决")
    phone.agree()
    phone.page.route("**/api/v1/cases", lambda route: route.abort())
    phone.press("提交")
    # Not only in passing: it stays above the button until it is pressed again.
    phone.page.locator('.not-sent:visible:has-text("你填的都存着")').wait_for()
    phone.page.unroute("**/api/v1/cases")
    phone.press("提交")
    phone.see("只出现这一次")
    assert len(set(keys)) == 1
    assert len(keys) > 1


def test_what_is_changed_after_the_answer_was_lost_goes_as_another_case(phone: Phone, db_session: Session) -> None:
    phone.open("/cases/form/form?key=grievance")
    phone.choose("匿名")
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", "站点无故罚款两百元，没有说明")
    phone.choose("帮我解决")
    phone.agree()
    before = db_session.scalar(sa.select(sa.func.count()).select_from(Case)) or 0

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/api/v1/cases", lose)
    phone.press("提交")
    phone.page.locator('.not-sent:visible:has-text("你填的都存着")').wait_for()
    phone.page.unroute("**/api/v1/cases")
    phone.open("/cases/form/form?key=grievance")
    phone.write("说说经过", "站点无故罚款两百元，没有说明，昨天又罚")
    phone.press("提交")
    phone.see("只出现这一次")
    db_session.rollback()
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Case)) == before + 2


def test_what_is_new_is_counted_on_ones_own_page_until_it_is_read(
    phone: Phone, context: BrowserContext, resident: Resident
) -> None:
    context.add_init_script(resident.kept_session())
    phone.open("/pages/me/me")
    new = re.compile(r"^(\d+) 条新消息$")
    before = new.match(phone.see(new).inner_text())
    assert before
    phone.tap("消息")
    with phone.page.expect_response("**/api/v1/notices/*/read"):
        phone.page.locator(".notice:visible").first.click()
    phone.open("/pages/me/me", settled=True)
    left = int(before[1]) - 1
    if left:
        phone.see(f"{left} 条新消息")
    else:
        assert not phone.sees("条新消息")

    # The newest of them is told on the first page in the language of the page.
    context.add_init_script(kept_script("locale", "en"))
    phone.open()
    row = phone.see(re.compile(r"^\d+ new messages$")).locator("xpath=..")
    assert not re.search(r"[\u4e00-\u9fff]", row.inner_text())
