"""What a worker reads again of a case: what they said, and what was filled in for them."""

from server.cases.forms.fields import Choice, FieldType, FormField
from server.cases.models import Author
from server.cases.own_answers import Change, own_answers
from tests.cases.aid import REST, Office
from tests.cases.aid import case as case
from tests.cases.aid import office as office
from tests.cases.aid import rider as rider
from tests.cases.aid import street as street
from tests.cases.conftest import Desk, Follow, Submit
from tests.sign_in import Headers


def test_the_worker_reads_what_the_union_filled_in_and_never_a_whole_number_of_a_card(
    office: Office,
    case: dict[str, object],
    follow: Follow,
    rider: Headers,
) -> None:
    before = {one["key"]: one for one in follow(case, rider).read()["answered"]}
    assert {one["by"] for one in before.values()} == {"worker"}
    assert before["what"]["words"] == ["生病了"]
    office.do("S1", "talk", "说好了。")
    office.fill()
    answered = {one["key"]: one for one in follow(case, rider).read()["answered"]}
    assert answered["what"] == before["what"]
    assert (answered["account"]["by"], answered["account"]["words"]) == ("staff", ["演示银行 尾号 0000"])
    assert answered["account"]["at"].startswith("2026-11-26T10:00")
    assert answered["income"]["words"] == ["54,000.00 元"]
    relation = answered["members"]["rows"][0][0]
    assert (relation["label"], relation["words"]) == ("和申请人的关系", ["本人"])
    assert len(answered["members"]["rows"]) == len(REST["members"])


def test_who_wrote_last_is_told(
    office: Office,
    case: dict[str, object],
    follow: Follow,
    rider: Headers,
) -> None:
    me = follow(case, rider)
    office.fill("S1", {"text": "摔断了腿"})
    assert who(me.read(), "text") == "staff"
    me.post("supplements", {"answers": {"text": "摔断了左腿"}})
    assert who(me.read(), "text") == "worker"
    office.fill("S1", {"people": 3})
    assert (who(me.read(), "text"), who(me.read(), "people")) == ("worker", "staff")


def who(read: dict[str, list[dict[str, str]]], key: str) -> str:
    return next(one["by"] for one in read["answered"] if one["key"] == key)


def test_an_anonymous_case_shows_it_to_who_has_the_secret_in_every_state(
    submit: Submit, desk: Desk, follow: Follow
) -> None:
    sent = submit("grievance")
    words = {one["key"]: one["words"] for one in sent["answered"]}
    assert words["text"] == [sent["answers"]["text"]], "the receipt has what was sent"
    desk.do(sent, "accept", ("reply", "站点已经撤销罚款规定。"))
    read = follow(sent).read()
    assert "supplements" not in read["can"]
    assert {one["key"]: one["words"] for one in read["answered"]} == words


def test_each_choice_stands_by_itself_papers_are_masked_and_a_place_has_no_degrees() -> None:
    fields = (
        FormField("days", FieldType.CHOICES, "哪几天", choices=(Choice("a", "周六、周日"), Choice("b", "周一"))),
        FormField("paper", FieldType.PAPER, "证件"),
        FormField("where", FieldType.PLACE, "在哪里"),
    )
    answers = {
        "days": ["b", "a"],
        "paper": {"kind": "resident_id", "number": "11010519491231002X"},
        "where": {"lat": 22.5, "lng": 114.0, "source": "pin", "name": "路口"},
    }
    said = {one["key"]: one["words"] for one in own_answers(fields, answers, [])}
    assert said["days"] == ["周六、周日", "周一"]
    assert said["paper"][0] == "居民身份证"
    assert "19491231" not in said["paper"][1]
    assert said["where"] == ["路口", "在地图上点的"]


def test_what_was_changed_back_is_by_who_changed_it_last() -> None:
    field = FormField("text", FieldType.TEXT, "说说")
    changes = [Change("2", Author.WORKER, {"text": "b"}), Change("1", Author.STAFF, {"text": "a"})]
    [one] = own_answers([field], {"text": "a"}, changes)
    assert (one["by"], one["at"]) == ("worker", "2")
