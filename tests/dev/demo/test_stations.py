"""The demo directory: one of its places has a manager, so that her screen can be seen."""

from flask.testing import FlaskClient

from dev.demo import people, stations, unions


def test_the_shopkeeper_keeps_her_place_however_often_it_is_loaded(client: FlaskClient) -> None:
    unions.load()
    people.load()
    for _ in range(2):
        stations.load()
    session = client.post("/api/v1/sessions", json={"code": f"demo:{stations.MANAGER}"}).get_json()
    shown = client.get("/api/v1/me/stations", headers={"Authorization": f"Bearer {session['token']}"}).get_json()
    [kept] = shown["items"]
    assert kept["code"] == stations.MANAGED
    assert kept["to_check"]
    assert kept["duty"]["state"] is None
