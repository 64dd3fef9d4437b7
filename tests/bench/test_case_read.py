"""The benchmark of reading a case compares two answers that are the same."""

import orjson
import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from bench.case_read import by_hand, make_cases, without_links
from server.cases.models import Case
from server.core.db import db


def test_by_hand_answers_what_the_service_answers(app: Flask, client: FlaskClient) -> None:
    [(token, no)] = make_cases(1)
    ours = client.get(f"/api/v1/cases/{no}", headers={"Authorization": f"Bearer {token}"})
    worker_id = db.session.scalars(db.select(Case.worker_id).where(Case.no == no)).one()
    url = app.config["WARMBEE"].database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        hand = orjson.dumps(by_hand(connection, no=no, worker_id=worker_id))
    assert without_links(hand) == without_links(ours.data)
