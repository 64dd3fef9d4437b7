"""Files on a bad network: they go on, also after the page was closed and after the case that they belong to."""

import random
import re
from collections import Counter

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FilePayload, Route, expect

from tests.cases.files.conftest import jpeg, pdf_with
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident
from tests.live import LiveServer

PLAYS = "film => new Promise(done => film.addEventListener('timeupdate', () => film.currentTime > 0.3 && done()))"
STORY = "站点从三月起每单多扣两元，没有说明。"
A_TONE = """
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
        const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        return out.stream;
    };
"""
"""This machine has no microphone; all else of the recorder is the browser's own."""


def contract(name: str) -> FilePayload:
    """A document of three parts."""
    noise = random.Random(name).randbytes(700_000)
    content = pdf_with(b"<< /Length 700000 >>\nstream\n%s\nendstream" % noise)
    return FilePayload(name=name, mimeType="application/pdf", buffer=content)


def grieve(phone: Phone) -> None:
    """Fill the form in, all but the files."""
    phone.open("/cases/form/form?key=grievance")
    phone.choose("实名")
    phone.choose("请工会帮忙")
    phone.choose("报酬")
    phone.write("说说经过", STORY)
    phone.choose("帮我解决")
    phone.agree()


def add(phone: Phone, name: str) -> None:
    with phone.page.expect_file_chooser() as chooser:
        phone.press("加照片")
    chooser.value.set_files([contract(name)])


def test_a_cut_connection_and_a_closed_page_lose_one_part_and_the_words_go_first(
    phone: Phone, context: BrowserContext
) -> None:
    context.add_init_script(A_TONE)
    parts: Counter[str] = Counter()
    phone.page.on(
        "response",
        lambda answer: (
            parts.update([answer.url.rpartition("/")[2]])
            if answer.request.method == "PUT" and "/parts/" in answer.url
            else None
        ),
    )
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    grieve(phone)

    # The connection breaks in the middle of a file, then the page is closed.
    phone.page.route("**/parts/1", lambda route: route.abort())
    add(phone, "劳动合同.pdf")
    phone.see("没有网络")
    assert parts == {"0": 1}
    phone.page.unroute("**/parts/1")
    phone.open("/cases/form/form?key=grievance")
    phone.page.locator('.photo:visible:has-text("劳动合同.pdf") .icon.ti-photo-check').wait_for()
    assert parts == {"0": 1, "1": 1, "2": 1}

    # A face is covered once the picture is there.
    with phone.page.expect_file_chooser() as chooser:
        phone.press("加照片")
    chooser.value.set_files([photo("站点.jpg")])
    phone.press("遮一遮")
    phone.page.locator(".cover:visible").click()
    assert phone.hindrances() == []
    phone.press("遮好了")
    phone.see("遮了 1 处")
    # Another one after the page was closed.
    phone.open("/cases/form/form?key=grievance")
    phone.see("遮了 1 处")
    phone.press("遮一遮")
    phone.page.locator(".cover:visible").click(position={"x": 20, "y": 20})
    phone.press("遮好了")
    phone.see("遮了 2 处")
    phone.page.locator('.photo:visible:has-text("站点.jpg") .btn:has-text("删掉")').click()

    phone.press("录一段话")
    phone.see("正在录音 2 秒")
    phone.press("录好了")
    phone.page.locator('.photo:visible:has-text("录音") .icon.ti-photo-check').wait_for()

    # The words go while a file cannot.
    phone.page.route("**/parts/2", lambda route: route.abort())
    add(phone, "工资条.pdf")
    phone.see("还有 1 个文件没传完")
    # What is still being said when the words go ends then, and follows them.
    phone.press("录一段话")
    phone.see("正在录音 1 秒")
    phone.press("提交")
    phone.see("还有 1 个文件在路上")
    phone.see("没有网络")
    phone.press("看进展")
    phone.see("还有 1 个文件在路上")
    phone.page.unroute("**/parts/2")
    context.set_offline(True)
    context.set_offline(False)
    phone.page.get_by_text("还有 1 个文件在路上").locator("visible=true").wait_for(state="hidden")
    spoken = phone.page.locator('.btn:visible:has-text("听录音")')
    expect(spoken).to_have_count(2)
    expect(phone.page.locator('.btn:visible:has-text("看附件")')).to_have_count(2)
    assert parts["0"] == 2

    # A message waits for it.
    phone.press("写一句")
    phone.press("录一段话")
    phone.see("正在录音 1 秒")
    phone.write("写一句", "我再补一句。")
    phone.press("发出")
    phone.page.locator('.photo:visible:has-text("录音") .icon.ti-photo-check').wait_for()
    phone.press("发出")
    expect(spoken).to_have_count(3)
    phone.page.locator("uni-toast").wait_for(state="hidden")

    spoken.first.click()
    phone.page.locator("dialog[open] audio").evaluate(PLAYS)
    phone.page.locator("dialog button").click()
    phone.page.locator("dialog").wait_for(state="detached")
    assert phone.hindrances() == []


def photo(name: str) -> FilePayload:
    return FilePayload(name=name, mimeType="image/jpeg", buffer=jpeg())


def test_each_question_has_its_files_in_the_order_that_was_given_and_the_desk_reads_what_they_are(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer
) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/form/form?key=legal_aid")
    phone.choose("欠我钱")
    phone.write("说说经过", STORY)
    phone.choose("没签，但站点排班")
    phone.page.locator("#f-other_parties .btn:has-text('加一行')").click()
    phone.write("名称", "演示配送站")
    phone.page.locator("#f-still_working .choice:has-text('是')").first.click()
    phone.choose("还没找过谁")
    phone.choose("帮我写材料")
    phone.page.locator("#f-migrant .choice:has-text('是')").first.click()
    slips = phone.page.locator("#f-payslip_files")
    with phone.page.expect_file_chooser() as chooser:
        slips.locator(".btn:has-text('加照片')").click()
    chooser.value.set_files([photo("二月.jpg"), photo("一月.jpg")])
    slips.locator(".ti-photo-check").nth(1).wait_for()
    slips.locator("[aria-label='把 一月.jpg 往上移']").click()
    expect(slips.locator(".photo__name")).to_have_text(["一月.jpg", "二月.jpg"])
    # The page is closed and opened again: both are there still, and in their order.
    phone.open("/cases/form/form?key=legal_aid")
    expect(slips.locator(".photo__name")).to_have_text(["一月.jpg", "二月.jpg"])
    assert not phone.sees("低保证、救助证的照片")
    phone.agree()
    phone.press("提交")
    phone.see("已收到")
    found = re.search(r"FY[0-9]+-[0-9]+-[A-Z]", phone.text(".page"))
    assert found
    phone.press("看进展")
    phone.see("工资条、转账记录的截图")
    assert phone.page.locator(".btn:visible:has-text('看附件')").count() == 2

    desk = Clerk(chromium, server).enter(Desk(app).sign_in("L0001"))
    desk.open(f"/console/cases/{found[0]}")
    expect(desk.page.locator(".files__of")).to_have_text(["工资条、转账记录的截图"])
    desk.page.locator(".files a").first.click()
    desk.page.locator("main img").first.wait_for()
    desk.open(f"/console/cases/{found[0]}/answers")
    desk.page.locator("#q_badge_files").set_input_files([photo("工牌.jpg")])
    desk.page.locator("#q_last_day").wait_for(state="attached")
    desk.page.locator("#filling button[type=submit]").last.click()
    desk.see("记下了")
    expect(desk.page.locator(".files__of")).to_have_text(["工资条、转账记录的截图", "工牌、工服的照片"])
    assert desk.complaints == []
    desk.context.close()


def test_a_file_that_comes_while_a_message_is_being_sent_is_in_the_next_one(phone: Phone, resident: Resident) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open(f"/cases/case/case?no={resident.case_no}", settled=True)
    phone.press("写一句")
    sheet = phone.page.locator(".sheet:visible")
    sheet.locator("textarea").fill("补一张照片")
    held: list[Route] = []
    phone.page.route("**/messages", lambda route: held.append(route))
    with phone.page.expect_request("**/messages"):
        sheet.locator(".btn").last.click()
    with phone.page.expect_response(lambda answer: "/attachments" in answer.url and answer.status == 201):
        with phone.page.expect_file_chooser() as chooser:
            phone.press("加照片")
        chooser.value.set_files([FilePayload(name="合影.jpg", mimeType="image/jpeg", buffer=jpeg())])
    held[0].continue_()
    phone.see("没赶上，放在下一条里")
    phone.page.unroute("**/messages")

    uploads: list[Route] = []
    phone.page.route("**/attachments*", lambda route: uploads.append(route))
    phone.press("写一句")
    phone.see("合影.jpg")
    sheet.locator("textarea").fill("这是照片")
    with phone.page.expect_request("**/attachments*"):
        with phone.page.expect_file_chooser() as chooser:
            phone.press("加照片")
        chooser.value.set_files([FilePayload(name="车损.jpg", mimeType="image/jpeg", buffer=jpeg())])
    phone.see("还有 1 个文件在传，传完就能发")
    uploads[0].continue_()
    phone.page.unroute("**/attachments*")
    phone.page.get_by_text("还有 1 个文件在传").wait_for(state="hidden")
    with phone.page.expect_response("**/messages") as sent:
        sheet.locator(".btn").last.click()
    assert len(sent.value.json()["messages"][-1]["attachments"]) == 2
