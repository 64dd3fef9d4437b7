"""Every service is counted in the report, or says why not; and what is counted is there."""

from server.cases.figures.formulas import figures
from server.cases.vocabulary import Phase
from tests.cases.declared import services


def test_every_service_is_counted_or_says_why_not() -> None:
    named = {*figures().services, *figures().not_counted}
    assert set(services()) - named == set(), "name them in config/figures.yaml: which promise counts, or why none does"
    assert named - set(services()) == set(), "config/figures.yaml names services that there are not"


def test_what_is_counted_is_declared() -> None:
    for key, counted in figures().services.items():
        machine = services()[key].machine
        assert counted.promise in machine.clocks, key
        assert {*counted.refused, *counted.not_refused} <= set(machine.states), key


def test_whatever_a_refusal_leads_to_is_refused_or_says_why_not() -> None:
    for key, counted in figures().services.items():
        machine = services()[key].machine
        decided = {code for code, state in machine.states.items() if state.phase is Phase.DECIDED}
        refusing, named = (
            {step.target for step in machine.steps.values() if step.target is not None and is_one(step)}
            for is_one in (lambda step: step.code.startswith("refuse"), lambda step: bool(step.grounds))
        )
        said = {*counted.refused, *counted.not_refused}
        assert decided | refusing | named == said, f"config/figures.yaml, {key}: name what is refused, or why it is not"
        assert refusing.isdisjoint(counted.not_refused), f"config/figures.yaml, {key}: a refusal is one"
