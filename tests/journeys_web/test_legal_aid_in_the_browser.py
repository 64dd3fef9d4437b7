"""A dismissal with five days left, on the phone to its rating: lawyers, private words, papers, a hearing."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload

from server.core.clock import today
from tests.cases.files.conftest import jpeg
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import EXPECTED, Phone
from tests.live import LiveServer

COORDINATOR, REPORTS = "L0001", "DEMO01"
STORY = "站长在群里说我不用来了，也没给个说法"
PRIVATE = "我有站长的语音，能当证据吗？"


class Office:
    """Those of the union, each in a browser of their own."""

    def __init__(self, app: Flask, chromium: Browser, server: LiveServer) -> None:
        self._made = (app, chromium, server)
        self.clerks: dict[str, Clerk] = {}

    def __getitem__(self, number: str) -> Clerk:
        if number not in self.clerks:
            app, chromium, server = self._made
            self.clerks[number] = Clerk(chromium, server).enter(Desk(app).sign_in(number))
        return self.clerks[number]

    def step(self, number: str, no: str, words: str, text: str = "", at: str = "") -> None:
        """Make a step of the case."""
        clerk = self[number]
        clerk.open(f"/console/cases/{no}")
        clerk.page.locator(f".actions .btn:has-text('{words}')").first.click()
        panel = clerk.page.locator(".act-panel")
        if text:
            panel.locator("textarea").fill(text)
        if at:
            panel.locator("input[type=datetime-local]").fill(at)
        panel.locator("button[type=submit]").click()

    def assign(self, no: str) -> str:
        """Give the case to whoever is suggested, who takes it: their number."""
        self.step(COORDINATOR, no, "指派律师")
        self[COORDINATOR].see("办好了：指派律师")
        found = re.search(r"（(L\d+)）\s*还没答复", self[COORDINATOR].page.locator("main").inner_text())
        assert found
        self.step(found[1], no, "我接")
        self[found[1]].see("办好了：我接")
        return found[1]


@pytest.fixture
def office(app: Flask, chromium: Browser, server: LiveServer, town: None) -> Office:
    return Office(app, chromium, server)


def told(phone: Phone) -> str:
    """Tell the union, with a picture, as somebody whose name is not known yet: its number."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/cases/form/form?key=grievance")
    phone.choose("实名")
    phone.choose("请工会帮忙")
    phone.choose("报酬")
    phone.write("说说经过", STORY)
    phone.write("公司或平台", "演示配送站")
    phone.choose("帮我解决")
    with phone.page.expect_file_chooser() as chooser:
        phone.press("加照片")
    chooser.value.set_files([FilePayload(name="群聊.jpg", mimeType="image/jpeg", buffer=jpeg())])
    phone.see("群聊.jpg")
    phone.agree()
    phone.press("提交")
    phone.see("已收到")
    found = re.search(r"SQ[0-9]+-[0-9]+-[A-Z]", phone.text(".page"))
    assert found
    phone.press("看进展")
    return found[0]


def dismissed(phone: Phone) -> str:
    """Go on from what was told, look it over and send it: its number."""
    # The picture may arrive after the words.
    phone.see("看附件 1")
    phone.press("接着办：请律师帮忙")
    phone.see("带过来的")
    assert phone.field("说说经过").input_value() == STORY
    assert phone.field("名称").input_value() == "演示配送站"
    phone.press("带上原来的文件")
    phone.see("原来的文件 1")
    phone.page.locator("uni-toast").wait_for(state="hidden")
    assert phone.hindrances() == []
    # A draft like any other: it is there when the page is opened again, and nothing is brought along twice.
    phone.page.reload()
    phone.see("原来的文件 1")
    assert not phone.sees("带上原来的文件")
    phone.choose("被辞退")
    phone.page.locator("#f-known_on input").fill(f"{today() - timedelta(days=360):%Y%m%d}")
    phone.choose("没签，但站点排班")
    phone.page.locator("#f-still_working .choice:has-text('是')").first.click()
    phone.choose("还没找过谁")
    phone.choose("替我去仲裁")
    phone.page.locator("#f-migrant .choice:has-text('是')").first.click()
    phone.see("还有 5 天")
    phone.see("也可以自己先去仲裁委申请")
    phone.agree()
    phone.press("提交")
    phone.see("不等于已经申请仲裁")
    phone.see(f"最迟 {today() + timedelta(days=5)} 前")
    found = re.search(r"FY[0-9]+-[0-9]+-[A-Z]", phone.text(".page"))
    assert found
    phone.press("看进展")
    return found[0]


def verify(phone: Phone) -> None:
    phone.press("去认证")
    phone.write("证件号", "990304198809231178")
    phone.write("姓名", "周大勇")
    phone.choose("外卖")
    phone.agree()
    phone.press("提交认证")
    phone.press("好")


def talk(phone: Phone) -> None:
    """Say it to the lawyer alone, over a line that breaks; nothing is lost and nothing said twice."""
    said: list[str] = []
    phone.page.on("request", lambda sent: said.append(sent.headers["idempotency-key"]) if "/talk" in sent.url else None)
    phone.page.route("**/talk", lambda route: route.abort())
    phone.press("单独写给律师")
    phone.write("单独写给律师", PRIVATE)
    phone.press("发出")
    phone.see("没发出去。写的还在")
    phone.page.locator(".sheet__close:visible").click()
    phone.page.locator(".sheet").wait_for(state="hidden")
    phone.page.unroute("**/talk")
    phone.press("单独写给律师")
    assert phone.field("单独写给律师").input_value() == PRIVATE
    assert phone.hindrances() == []
    phone.button("发出").dblclick()
    phone.page.locator(f".message--mine:has-text('{PRIVATE}')").wait_for()
    assert len(set(said)) == 1
    assert phone.page.locator(f".message:has-text('{PRIVATE}')").count() == 1


def rate(phone: Phone) -> None:
    phone.press("评一评")
    for question, answer in (("问题解决了吗？", "解决了"), ("态度", "5"), ("结果", "4")):
        phone.page.locator(f'[aria-label="{question}"]:visible .choice:has-text("{answer}")').first.click()
    phone.press("交评价")
    phone.see("你的评价")
    assert not phone.sees("评一评")


def test_a_dismissal_with_five_days_left_comes_to_its_rating(phone: Phone, office: Office) -> None:
    first_told = told(phone)
    no = dismissed(phone)
    office.step(COORDINATOR, no, "初审通过")
    office[COORDINATOR].see("办好了：初审通过")
    office[COORDINATOR].see(first_told)
    phone.press("接着这件办的")
    phone.see("你接着请了律师帮忙")
    phone.press("接着办了")
    office[REPORTS].open(f"/console/cases/{no}")
    office[REPORTS].page.locator("summary", has_text="现在不能办").click()
    office[REPORTS].see("工友还没有核实到“实名已核对”这一级")
    phone.see("先做实名认证")
    verify(phone)
    phone.see("审查中")
    assert not phone.sees("先做实名认证")
    office.step(REPORTS, no, "同意援助", "符合条件。")
    office[REPORTS].see("办好了：同意援助")

    first = office.assign(no)
    assert first_told not in office[first].page.content()
    for paper in ("劳动人事争议仲裁申请书", "证据清单", "授权委托书", "送达地址确认书"):
        office[first].press(f"写一份{paper}")
        office[first].see(f"写好了：{paper}")
    phone.open(f"/cases/case/case?no={no}", settled=True)
    talk(phone)
    assert PRIVATE not in office[COORDINATOR].page.content()
    for kind, suffix in (("PDF", "pdf"), ("Word", "docx")):
        with phone.page.expect_download() as kept:
            phone.press(kind)
        assert kept.value.suggested_filename == f"劳动人事争议仲裁申请书 {no}-W01.{suffix}"
    phone.page.locator("uni-toast").wait_for(state="hidden")
    assert phone.hindrances() == []

    # The page of a case that is somebody else's soon would go on asking who else looks at it.
    office[first].open("/console/")
    phone.press("换一位律师")
    phone.write("为什么要换？", "约了两次都没来")
    phone.press("发出")
    phone.see("正在换律师")
    second = office.assign(no)
    assert second != first
    phone.open(f"/cases/case/case?no={no}", settled=True)
    phone.press("把以前谈的给现在的律师看")
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.see("你也给了")
    assert not phone.sees("把以前谈的给现在的律师看")
    office[second].open(f"/console/cases/{no}/talk")
    office[second].see(PRIVATE)
    office[first].open(f"/console/cases/{no}/talk")
    office[first].see("没有找到这个页面")

    office.step(second, no, "签好手续")
    office[second].see("办好了：签好手续")
    office.step(second, no, "开庭时间定了", at=f"{today() + timedelta(days=12)}T09:30")
    office[second].see("办好了：开庭时间定了")
    phone.open(f"/cases/case/case?no={no}", settled=True)
    phone.see("09:30")
    office.step(second, no, "办完了", "裁决公司付清工钱和补偿。")
    office[second].see("办好了：办完了")
    office.step(second, no, "交结案报告", "裁决已经履行。")
    office[second].see("办好了：交结案报告")
    office.step(COORDINATOR, no, "和报告说的一样", "说钱收到了，谢谢律师。")
    office[COORDINATOR].see("办好了：回访打通了")
    phone.open(f"/cases/case/case?no={no}", settled=True)
    rate(phone)
    office[REPORTS].open("/console/report")
    # Of one alone no figure is shown; of nobody there would be a dash.
    assert re.search(r"满意度\s*人少不显示", office[REPORTS].page.locator("main").inner_text())
    for clerk in office.clerks.values():
        assert [said for said in clerk.complaints if not said.startswith(EXPECTED)] == []
        clerk.context.close()
