"""What is walked in numbers at the start of the service is what the machine does with each case."""

import pytest
from msgspec.structs import replace

from server.cases.flow.machine import ClockRule, Machine, Position, State, Step
from server.cases.flow.walk import Walk
from server.cases.vocabulary import Actor, IdentityMode, Phase, Who
from tests.cases.declared import services
from tests.cases.flow.ways import Graph, explore, graph_of

MOST = 30_000
Found = dict[Position, dict[str, Position]]
STAFF = frozenset({Actor.STAFF})


def by_code(graph: Graph) -> Found:
    return {position: {step.code: after for step, after in exits} for position, exits in graph.items()}


def walked(machine: Machine, mode: IdentityMode) -> Found:
    walk = Walk(machine, mode, most=MOST)
    return {
        walk.position(number): {step.code: walk.position(after) for step, after in exits}
        for number, exits in walk.exits.items()
    }


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        pytest.param(service.key, mode, id=f"{service.key}-{mode}")
        for service in services().values()
        for mode in service.modes
    ],
)
def test_every_flow_is_walked_as_the_machine_goes(key: str, mode: IdentityMode) -> None:
    assert walked(services()[key].machine, mode) == by_code(graph_of(key, mode))


def clocks_at_odds() -> Machine:
    """Steps that start, stop, pause and resume at once, and one by one: what comes first shows in where they lead."""
    kept = Step("kept", "留", frozenset({"open"}), None, STAFF, "留", start=("a", "b"))
    both = {"pause": True, "resume": True}
    steps = [
        kept,
        replace(kept, code="pause", start=(), pause=True),
        replace(kept, code="pause_started", start=("a",), pause=True),
        replace(kept, code="pause_stopped", start=(), stop=("a",), pause=True),
        replace(kept, code="resume", start=(), resume=True),
        replace(kept, code="both", start=("b",), **both),
        replace(kept, code="anew", start=("a",), stop=("a", "b")),
        replace(kept, code="all", start=("fixed",), stop_all=True, once=True),
        replace(kept, code="after_all", start=(), after=frozenset({"all"}), within="fixed"),
        replace(kept, code="before_all", start=(), before=frozenset({"all"}), during="a", target="over"),
        replace(kept, code="due", start=(), who=frozenset({Actor.SYSTEM}), due="b", target="over"),
    ]
    return Machine(
        states={
            "open": State("open", "开", Phase.SUBMITTED, Who.UNION, by="a"),
            "over": State("over", "完", Phase.DONE, Who.NOBODY, final=True),
        },
        steps={step.code: step for step in steps},
        clocks={key: ClockRule(key, "GR_HANDLE", pausable=key != "fixed") for key in ("a", "b", "fixed")},
        opening=Step("submit", "提交", frozenset(), "open", frozenset({Actor.WORKER}), "提交", start=("a", "fixed")),
    )


def test_what_one_step_does_to_a_clock_comes_in_the_machines_order() -> None:
    found = explore(clocks_at_odds(), IdentityMode.NAMED)
    assert len(found) > 20
    assert walked(clocks_at_odds(), IdentityMode.NAMED) == by_code(found)


def test_a_flow_without_an_end_is_not_walked_to_its_end() -> None:
    assert len(Walk(services()["legal_aid"].machine, IdentityMode.NAMED, most=100).exits) == 101
