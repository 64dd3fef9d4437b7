"""A wrong service file is refused, and the reason says where it is wrong."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cases.loader import ServiceError, declare, load_services
from tests.cases.declared import FOLDER, document, pausable, services

Spoil = Callable[[dict[str, Any]], object]


def flow(code: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda service: service["flow"]["transitions"][code]


SPOILT: dict[str, tuple[Spoil, str]] = {
    "an unknown key": (lambda s: s.update(colour="red"), r"\(top\): .*'colour' was unexpected"),
    "an unknown key of a step": (
        lambda s: flow("accept")(s).update(goto="done"),
        r"flow\.transitions\.accept: .*'goto' was unexpected",
    ),
    "a name that is not Chinese": (
        lambda s: s["flow"]["states"]["done"].update(name="Done"),
        r"flow\.states\.done\.name: needs words in Chinese",
    ),
    "a label that is not Chinese": (
        lambda s: s["form"]["sections"][0]["fields"][1].update(label="Kind"),
        r"form\.sections\.0\.fields\.1\.label: needs words in Chinese",
    ),
    "a street suggested where there is none to name": (
        lambda s: s["form"]["sections"][0]["fields"][1].update(suggested="station"),
        r"form: \w+ is suggested the street of a station and is no area",
    ),
    "a state that nothing leads to": (
        lambda s: s["flow"]["states"].update(
            limbo={"name": "悬着", "phase": "handling", "next": "union", "by": "answer"}
        ),
        r"flow\.states\.limbo: cannot be reached",
    ),
    "a lead that ends and leaves the others waiting": (
        lambda s: flow("go_on_alone")(s).update(follows=["settle_by_aid", "refuse", "lapse", "city_recalls"]),
        r"flow\.transitions\.withdraw: nothing follows it from merged",
    ),
    "a dead end": (
        lambda s: [
            step["from"].remove("accepted")
            for step in s["flow"]["transitions"].values()
            if "accepted" in step["from"] and len(step["from"]) > 1
        ],
        r"flow\.states\.accepted: has no way out and is not final",
    ),
    "a clock that never stops": (
        lambda s: flow("refuse")(s).update(clocks={"stop": ["sign"]}),
        r"flow\.states\.not_accepted: is final, but the clock answer is not stopped",
    ),
    "a clock that stands still for nobody": (
        lambda s: flow("supplement")(s).update(clocks={"stop": ["supplement"]}),
        r"flow\.states\.handling.*: the clock answer (does not run|stands still)",
    ),
    "two ways to be known that are both chosen beforehand": (
        lambda s: s["modes"]["named"].update(preselected=True),
        r"modes: named and confidential cannot both be preselected",
    ),
    "a name in the lists that workers would write": (
        lambda s: s.update({"called-by": "text"}),
        r"called-by: text is no line of text of a service that is opened from cases",
    ),
    "a turn without a date": (
        lambda s: s["flow"]["states"]["accepted"].pop("by"),
        r"flow\.states\.accepted\.by: a state that waits for somebody says until when",
    ),
    "a clock that is started twice": (
        lambda s: flow("begin")(s).update(clocks={"start": ["answer"]}),
        r"flow\.transitions\.begin\.clocks\.start: answer may run already",
    ),
    "a clock that is never started": (
        lambda s: s["flow"]["clocks"].update(extra={"deadline": "CONFIRM"}),
        r"flow\.clocks\.extra: is never started",
    ),
    "a clock that is not declared": (
        lambda s: flow("begin")(s).update(clocks={"start": ["coffee"]}),
        r"flow\.transitions\.begin\.clocks: no clock is called coffee",
    ),
    "a deadline that does not exist": (
        lambda s: s["flow"]["clocks"]["sign"].update(deadline="SOMEDAY"),
        r"flow\.clocks\.sign\.deadline: config/deadlines\.csv has no SOMEDAY",
    ),
    "a step from a state that does not exist": (
        lambda s: flow("accept")(s)["from"].append("nowhere"),
        r"flow\.transitions\.accept\.from: no state is called nowhere",
    ),
    "a step that the system makes without a clock": (
        lambda s: flow("lapse")(s).pop("due"),
        r"flow\.transitions\.lapse\.due: goes with who: system",
    ),
    "a step while no clock is owed": (
        lambda s: flow("explain")(s).update(during="nonsense"),
        r"flow\.transitions\.explain\.during: no clock is called nonsense",
    ),
    "a message that does more than being written": (
        lambda s: flow("write")(s).update(to="handling"),
        r"flow\.transitions\.write\.by-message: is owed by a clock",
    ),
    "a receipt of an office outside that needs more than that": (
        lambda s: flow("sign")(s).update(text="required"),
        r"flow\.transitions\.sign\.by-outside: takes what was sent on",
    ),
    "a receipt of what was not sent to an office": (
        lambda s: flow("begin")(s).update({"by-outside": True}),
        r"flow\.transitions\.begin\.by-outside: takes what was sent on",
    ),
    "a clock that decides whose turn it is, and that some have not": (
        lambda s: s["flow"]["clocks"]["sign"].update(modes=["named"]),
        r"flow\.states\.submitted\.by: the clock sign does not run in every case that stands here",
    ),
    "a step that is late in time": (
        lambda s: flow("explain")(s).update(within="supervise"),
        r"flow\.transitions\.explain\.during: goes without within",
    ),
    "a worker's step of a clock": (
        lambda s: flow("withdraw")(s).update(during="answer"),
        r"flow\.transitions\.withdraw\.within: and during are asked of staff only",
    ),
    "more time by a deadline that does not exist": (
        lambda s: flow("complex")(s)["clocks"].update({"extend-to": "SOMEDAY"}),
        r"flow\.transitions\.complex\.clocks\.extend-to: config/deadlines\.csv has no SOMEDAY",
    ),
    "a longer deadline of no clock": (
        lambda s: flow("complex")(s)["clocks"].pop("extend"),
        r"flow\.transitions\.complex\.clocks\.extend-to: goes with extend",
    ),
    "a step that nobody may make": (
        lambda s: flow("accept")(s).update(who=[]),
        r"flow\.transitions\.accept\.who: \[\] should be non-empty",
    ),
    "a step of the worker that no act makes": (
        lambda s: flow("withdraw")(s).pop("via"),
        r"flow\.transitions\.withdraw\.via: goes with who: worker",
    ),
    "a reopening without end": (
        lambda s: flow("reopen")(s).pop("once"),
        r"flow\.transitions\.reopen\.once: a case is reopened once",
    ),
    "a step out of a final state": (
        lambda s: flow("begin")(s)["from"].append("withdrawn"),
        r"flow\.transitions\.begin: leaves the final state withdrawn",
    ),
    "a condition over an answer that is never given": (
        lambda s: s["form"]["sections"][1]["fields"][0].update({"visible-if": {"kind": "gossip"}}),
        r"form\.where\.firm\.visible-if: kind is never gossip",
    ),
    "a condition over a field that is not there": (
        lambda s: s["consents"][0].update({"if": {"weather": "rain"}}),
        r"consents\.terms\.if: there is no field weather",
    ),
    "two fields of one key": (
        lambda s: s["form"]["sections"][1]["fields"][0].update(key="text"),
        r"form\.where\.text: the key is taken",
    ),
    "a point that is no place": (
        lambda s: s.update(route=[{"by": "point", "field": "firm"}]),
        r"route\.0\.field: firm is no place",
    ),
    "a case to follow in a field that is no number of one": (
        lambda s: s.update(route=[{"by": "case", "field": "firm"}]),
        r"route\.0\.field: firm is no own_case",
    ),
    "a case to follow where nobody has to say who they are": (
        lambda s: s.update(route=[{"by": "case", "field": "earlier"}]),
        r"route\.0\.by: only where everybody says who they are",
    ),
    "a rule that keeps a case away from home, and leads to the street": (
        lambda s: s["route"][0].update(by="area"),
        r"route\.0\.away-from-home: goes with by: district",
    ),
    "an example that the form refuses": (
        lambda s: s["example"].pop("wish"),
        r"example: answers\.wish: 这一项必填",
    ),
    "a computed value of no function": (
        lambda s: s.update(computed=[{"key": "fate", "name": "命运", "function": "guess"}]),
        r"computed\.fate\.function: there is no guess",
    ),
    "a computed value without what it needs": (
        lambda s: s.update(computed=[{"key": "owed", "name": "欠", "function": "money_owed"}]),
        r"computed\.owed: money_owed takes rows",
    ),
    "a notice that tells those who look on": (
        lambda s: flow("accept")(s)["notice"].update(title="你的投诉已受理"),
        r"flow\.transitions\.accept\.notice\.title: shows on a locked screen",
    ),
    "a notice that names what it does not know": (
        lambda s: flow("accept")(s)["notice"].update(body="{name}，你好"),
        r"flow\.transitions\.accept\.notice\.body: cannot fill in \{name\}",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_service_is_refused_for(what: str) -> None:
    spoil, reason = SPOILT[what]
    spoilt = document("grievance")
    spoil(spoilt)
    with pytest.raises(ServiceError) as refused:
        declare(spoilt, pausable=pausable(), name="grievance.yaml")
    assert re.search(rf"grievance\.yaml: {reason}", str(refused.value)), str(refused.value)


def test_all_files_are_looked_at_before_any_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"key: {name}\n", encoding="utf-8")
    with pytest.raises(ServiceError) as refused:
        load_services(tmp_path, pausable=pausable())
    assert "one.yaml" in str(refused.value)
    assert "two.yaml" in str(refused.value)


def test_a_file_is_called_like_its_service(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_bytes((FOLDER / "grievance.yaml").read_bytes())
    with pytest.raises(ServiceError, match=r"other\.yaml: key: must be the name of the file"):
        load_services(tmp_path, pausable=pausable())


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "doubled.yaml"
    path.write_text("key: a\nname: 甲\nkey: b\n", encoding="utf-8")
    with pytest.raises(ServiceError, match=r"doubled\.yaml, line 1: the key key is given twice"):
        load_services(tmp_path, pausable=pausable())


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("key: a\n  name: [\n", encoding="utf-8")
    with pytest.raises(ServiceError, match=r"broken\.yaml, line 2"):
        load_services(tmp_path, pausable=pausable())


def test_the_digest_changes_with_the_words_and_not_with_the_comments() -> None:
    same = declare(document("grievance"), pausable=pausable(), name="grievance.yaml")
    assert same.digest == services()["grievance"].digest
    changed = document("grievance")
    changed["summary"] = "换了一句话"
    assert declare(changed, pausable=pausable(), name="grievance.yaml").digest != same.digest


def test_a_section_hides_what_is_in_it() -> None:
    given = document("grievance")
    section = given["form"]["sections"][-1]
    section["visible-if"] = {"kind": ["complaint", "report"]}
    section["fields"][-1] |= {"required": True, "visible-if": {"kind": ["report", "praise"]}}
    key = section["fields"][-1]["key"]
    found = declare(given, pausable=pausable(), name="grievance.yaml").form.declaration.field(key)
    assert found is not None
    assert found.visible_if is not None
    assert [kind for kind in ("complaint", "report", "praise") if found.visible_if.holds({"kind": kind})] == ["report"]
