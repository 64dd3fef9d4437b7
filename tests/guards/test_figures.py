"""Every service is counted in the report, or says why not; and what is counted is there."""

from server.cases.figures.formulas import figures
from tests.cases.declared import services


def test_every_service_is_counted_or_says_why_not() -> None:
    named = {*figures().services, *figures().not_counted}
    assert set(services()) - named == set(), "name them in config/figures.yaml: which promise counts, or why none does"
    assert named - set(services()) == set(), "config/figures.yaml names services that there are not"


def test_what_is_counted_is_declared() -> None:
    for key, counted in figures().services.items():
        machine = services()[key].machine
        assert counted.promise in machine.clocks, key
        assert set(counted.refused) <= set(machine.states), key
