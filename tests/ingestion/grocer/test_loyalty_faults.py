"""Faults are ordered from a service that was started for it, and from no other."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import requests

from ingestion.grocer import clock
from ingestion.grocer.loyalty.resources import prepare
from ingestion.grocer.systems import Grocer
from tests.ingestion.grocer.support import ask
from tests.ingestion.pipelines.faults import Service, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("faults"), date(2017, 1, 31)) as service:
        yield service


def test_nobody_orders_faults_from_the_usual_service(year: Grocer) -> None:
    assert ask(f"{year.loyalty_url}/faults").status == 404
    assert requests.post(f"{year.loyalty_url}/faults", "{}", timeout=10).status_code == 404


def test_the_document_of_the_api_does_not_know_of_them(year: Grocer, service: Service) -> None:
    assert ask(f"{service.url}/openapi.json").json == ask(f"{year.loyalty_url}/openapi.json").json


@pytest.mark.parametrize("plan", [{"faults": {"fire": 1}}, {"faults": {"slow": -1}}, {"span": 0}, {"colour": "red"}, []])
def test_a_plan_that_says_something_else_is_refused(service: Service, plan: object) -> None:
    answer = requests.post(f"{service.url}/faults", json.dumps(plan), timeout=10)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_plan_is_the_same_again_from_its_seed(service: Service) -> None:
    def statuses(seed: int) -> list[int]:
        service.order(seed=seed, span=20, faults={"status": 3, "expired": 3, "busy": 3})
        return [ask(f"{service.url}/v1/campaigns").status for _ in range(30)]

    first = statuses(1)
    assert (statuses(1), statuses(2) != first) == (first, True)
    assert service.happened() == {"status": 3, "expired": 3, "busy": 3}
    service.order()
    assert ask(f"{service.url}/health").status == 200


def test_a_listings_tag_tells_of_rows_that_its_cursors_do_not_name() -> None:
    coupons = prepare(clock.FIRST_DAY, 100)["households"]
    assert replace(coupons).digest == coupons.digest
    assert replace(coupons, rows=[coupons.rows[0] + b" ", *coupons.rows[1:]]).digest != coupons.digest
