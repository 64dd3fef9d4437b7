"""A file of the city's base at the desk: sent, waited for on a page that looks by itself, read, turned page by page."""

import uuid

import pytest
from flask import Flask
from playwright.sync_api import Browser

from server.unions.lists import reading
from tests.desk import desk_of
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer
from tests.people import person
from tests.rosters import make_union
from tests.staff import make_district

CODE = "GH440304-U01"


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide", "narrow and dark"])
def test_the_page_waits_and_shows_what_came_of_it(
    app: Flask, chromium: Browser, server: LiveServer, size: tuple[int, int], dark: bool
) -> None:
    make_union(CODE, area_code="440304", under=make_district())
    clerk = Clerk(chromium, server, size=size, dark=dark)
    clerk.enter(desk_of(app, "D0001", "district_organisation"))
    rows = "".join(f"{person(number).name},{person(number).id_number},{CODE}\n" for number in range(1, 131))
    content = f"姓名,证件号码,工会编码\n{rows}测小错,1,{CODE}\n".encode()
    clerk.open("/console/imports/difference")
    clerk.page.get_by_label("文件").set_input_files(
        {
            "name": "市库.csv",
            "mimeType": "text/csv",
            "buffer": content,
        }
    )
    clerk.press("比对")
    clerk.see("在排队")
    found = clerk.hindrances()
    # What a worker does; its loop and the browser's do not go together in one thread.
    reading.read_list(str(uuid.UUID(clerk.page.url.rpartition("/")[2])))
    clerk.see("两边一样 0 人，有差异 130 人，看不懂 1 行")
    found += clerk.hindrances()
    clerk.page.get_by_role("link", name="全部 130 条").click()
    clerk.see("市库文件第 101 行")
    found += clerk.hindrances()
    clerk.press("下一页")
    clerk.see("市库文件第 131 行")
    clerk.press("回到结果")
    with clerk.page.expect_download() as download:
        clerk.press("存成表格")
    assert download.value.suggested_filename.endswith(".xlsx")
    clerk.open("/console/imports/difference")
    clerk.see("读完了")
    assert found + clerk.hindrances() == []
    assert clerk.complaints == []
    clerk.context.close()
