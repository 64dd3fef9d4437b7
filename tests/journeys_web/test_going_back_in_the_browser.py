"""The phone's back button closes what is open over a page, one after the other, and then leaves the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident


@pytest.fixture
def case_page(phone: Phone, resident: Resident) -> Page:
    """A case, opened from the list of one's own."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/mine/mine", settled=True)
    phone.tap(resident.case_no)
    phone.button("撤回").wait_for()
    return phone.page


def at(page: Page) -> str:
    """Which page is in front."""
    return page.url.partition("#")[2].partition("?")[0]


def test_back_closes_the_question_then_the_sheet_then_leaves_the_page(case_page: Page, phone: Phone) -> None:
    phone.press("撤回")
    sheet, question = case_page.locator(".sheet:visible"), case_page.locator(".uni-modal:visible")
    sheet.wait_for()
    sheet.locator(".btn").last.click()
    question.wait_for()
    case_page.go_back()
    expect(question).to_have_count(0)
    expect(sheet).to_have_count(1)
    case_page.go_back()
    expect(sheet).to_have_count(0)
    assert at(case_page) == "/cases/case/case"
    phone.button("撤回").wait_for()
    case_page.go_back()
    phone.see("我的事")
    assert at(case_page) == "/cases/mine/mine"


def test_what_was_closed_by_its_own_button_costs_no_second_step_back(case_page: Page, phone: Phone) -> None:
    for _ in range(2):
        phone.press("撤回")
        sheet = case_page.locator(".sheet:visible")
        sheet.wait_for()
        case_page.locator(".sheet__close:visible").click()
        expect(sheet).to_have_count(0)
        case_page.wait_for_function("!history.state?.over")
    case_page.locator('[role=button][aria-label="返回"]:visible').click()
    phone.see("我的事")
    assert at(case_page) == "/cases/mine/mine"


def test_the_next_page_comes_back_to_what_was_open_and_that_closes_before_the_page_is_left(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/service/service?key=legal_aid", settled=True)
    phone.press("开始填")
    page, wheel = phone.page, phone.page.locator(".wheelbox:visible")
    page.locator("#f-known_on .btn:has-text('选日期')").click()
    wheel.wait_for()
    phone.press("请打给我")
    phone.field("打哪个电话").wait_for()
    page.go_back()
    wheel.wait_for()
    assert at(page) == "/cases/form/form"
    page.go_back()
    expect(wheel).to_have_count(0)
    assert at(page) == "/cases/form/form"
    page.go_back()
    page.wait_for_url("**/cases/service/service?key=legal_aid")
