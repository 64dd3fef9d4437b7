"""J1 and J2: a code at a door, and the nearest open station with water and charging."""

import requests
from playwright.sync_api import BrowserContext

from tests.journeys_web.phone import Phone

FORM = "/cases/form/form?key=grievance"


def keeps(phone: Phone, said: str) -> None:
    """Wait until a draft on the phone says so."""
    draft = "said => Object.keys(localStorage).some(key => key.startsWith('wb.draft.')"
    phone.page.wait_for_function(f"{draft} && localStorage[key].replaceAll('\\\\', '').includes(said))", arg=said)


def test_a_scanned_code_opens_its_station_and_one_tap_says_that_it_is_locked(phone: Phone) -> None:
    listed = requests.get(f"{phone.base_url}/api/v1/stations?open=now&limit=100", timeout=30).json()["items"]
    code = next(one["code"] for one in listed if one["is_24h"] and one["open"]["state"] == "open")
    phone.open(f"/?s={code}")
    phone.see("到了？告诉后面的人")

    phone.press("到了，没开门")
    phone.see("已告诉大家")
    phone.see("人说没开门 · 刚刚")

    phone.press("撤回")
    phone.button("到了，没开门").wait_for()
    phone.page.get_by_text("人说没开门 · 刚刚").locator("visible=true").first.wait_for(state="hidden")

    # Back leads home, not out of the product.
    phone.page.get_by_label("返回").locator("visible=true").click()
    phone.see("在路上，有工会")


def test_the_street_of_a_scanned_code_is_filled_in_for_all_to_see_and_never_anonymously(phone: Phone) -> None:
    listed = requests.get(f"{phone.base_url}/api/v1/stations?limit=100", timeout=30).json()["items"]
    code, street = next((one["code"], one["street"]) for one in listed if one["street"] == "440304011")
    chosen = phone.page.locator('.choice--on:visible:has-text("华强北街道")')
    note = "先填了它在的华强北街道"
    phone.open(f"/?s={code}")
    phone.press("有话说")
    phone.press("开始填")
    phone.choose("实名")
    chosen.wait_for()
    phone.see(note)
    phone.choose("匿名")
    chosen.wait_for(state="hidden")
    phone.choose("实名")
    chosen.wait_for()
    # A form that is come back to knows what was only filled in, and what was taken out.
    phone.write("说说经过", "站点从三月起每单多扣两元，没有说明。")
    keeps(phone, f'"suggested":{{"street":"{street}"}}')
    phone.open(FORM)
    chosen.wait_for()
    phone.choose("匿名")
    chosen.wait_for(state="hidden")
    keeps(phone, '"suggested":{}')
    phone.open(f"/?s={code}")
    phone.press("有话说")
    phone.press("接着填")
    phone.choose("实名")
    chosen.wait_for()
    phone.press("不选了")
    chosen.wait_for(state="hidden")
    keeps(phone, '"suggested":{"street":null}')
    phone.open(f"/?s={code}")
    phone.press("有话说")
    phone.press("接着填")
    phone.choose("匿名")
    phone.choose("实名")
    keeps(phone, '"identityMode":"named"')
    assert chosen.count() == 0
    # Another street is theirs: nothing is said of the station any more, and it stays when they change their mind.
    phone.choose("福田区")
    phone.choose("园岭街道")
    phone.choose("匿名")
    phone.page.locator('.choice--on:visible:has-text("园岭街道")').wait_for()
    assert not phone.sees(note)

    phone.press("请打给我")
    phone.see(note)
    phone.write("打哪个电话", "13900000761")
    phone.write("什么事", "站点扣了我三百块")
    with phone.page.expect_request("**/api/v1/cases") as asked:
        phone.press("打给我")
    assert asked.value.post_data_json["answers"]["street"] == street


def test_the_nearest_open_station_is_one_tap_away_and_filters_narrow_the_list(located_phone: Phone) -> None:
    phone = located_phone
    phone.open()
    phone.press("用我的位置找")
    phone.page.locator(".station:visible").first.wait_for()

    phone.tap("驿站")
    phone.see("离你由近到远")
    phone.page.locator(".station:visible").first.wait_for()
    phone.page.locator('.chip:visible:has-text("充电")').first.click()
    phone.page.locator('.chip--on:visible:has-text("充电")').wait_for()
    with phone.page.expect_response(lambda answer: "amenity=S01" in answer.url) as answer:
        phone.page.locator('.chip:visible:has-text("喝水")').first.click()
    assert "amenity=S06" in answer.value.url
    assert "open=now" in answer.value.url
    items = answer.value.json()["items"]
    assert all({"S01", "S06"} <= {one["code"] for one in station["amenities"]} for station in items)


def test_the_first_list_takes_two_calls(located_phone: Phone) -> None:
    calls: list[str] = []
    located_phone.page.on("request", lambda request: calls.append(request.url) if "/api/" in request.url else None)
    located_phone.open("/pages/stations/stations")
    located_phone.page.locator(".station:visible").first.wait_for()
    assert len(calls) <= 2


def test_home_shows_the_last_station_without_a_network(located_phone: Phone) -> None:
    phone = located_phone
    phone.open()
    phone.press("用我的位置找")
    name = phone.text(".station__name")
    phone.page.route("**/api/**", lambda route: route.abort())
    phone.open()
    phone.see("没有网络。这是")
    assert phone.text(".station__name") == name


def test_without_a_place_a_street_does_and_nobody_asks_again(phone: Phone) -> None:
    phone.open()
    phone.press("用我的位置找")
    phone.see("你在哪里？")
    phone.page.locator('.street:visible:has-text("华强北")').first.click()
    phone.page.locator(".station:visible").first.wait_for()

    phone.open("/pages/stations/stations")
    phone.see("离“华强北”由近到远")
    assert not phone.button("用我的位置").is_visible()


def test_the_last_list_is_there_without_a_network(located_phone: Phone, context: BrowserContext) -> None:
    phone = located_phone
    phone.open("/pages/stations/stations")
    first = phone.text(".station__name")
    context.set_offline(True)
    phone.page.locator('.chip:visible:has-text("24 小时")').first.click()
    phone.see("没有网络。这是")
    assert phone.text(".station__name") == first

    context.set_offline(False)
    phone.tap("首页")
    phone.tap("驿站")
    phone.page.get_by_text("没有网络。这是").locator("visible=true").first.wait_for(state="hidden")


def test_a_word_said_without_a_network_is_sent_when_there_is_one(phone: Phone, context: BrowserContext) -> None:
    phone.open("/stations/detail/detail?code=FT0003")
    phone.see("到了？告诉后面的人")
    context.set_offline(True)
    phone.press("到了，没开门")
    phone.see("没网，先记下")
    context.set_offline(False)
    with phone.page.expect_response(lambda answer: answer.url.endswith("/reports")) as answer:
        phone.open("/stations/detail/detail?code=FT0003")
    assert answer.value.status == 201
