"""Pages, cursors, `updated_since` and entity tags, asked of the running service."""

import json

import pytest

from ingestion.grocer import clock
from ingestion.grocer.loyalty import schemas
from ingestion.grocer.loyalty.resources import RESOURCES, prepare
from tests.ingestion.grocer.support import Client, ask

NAMES = [resource.name for resource in RESOURCES]
DATED = [resource.name for resource in RESOURCES if resource.moment]


@pytest.mark.parametrize(
    ("resource", "rows"),
    [("households", 100), ("household-events", 387), ("campaigns", 27), ("coupons", 116_204)],
)
def test_resources_have_the_rows_of_the_subset(client: Client, resource: str, rows: int) -> None:
    assert client.get(f"/v1/{resource}", limit=1).json["total"] == rows


@pytest.mark.parametrize("resource", NAMES)
def test_pages_of_any_size_give_every_row_once(client: Client, resource: str) -> None:
    whole = client.walk(resource, limit=1000)
    in_steps = client.walk(resource, limit=977 if resource == "coupons" else 7)
    assert in_steps == whole
    if resource != "coupons":
        assert len({json.dumps(row) for row in whole}) == len(whole)


def test_coupons_keep_the_duplicates_of_the_source(client: Client) -> None:
    coupons = client.walk("coupons")
    assert len(coupons) - len({tuple(coupon.values()) for coupon in coupons}) == 4_872


def test_nobody_receives_a_campaign_before_it_begins_or_before_enrolling() -> None:
    """165 of the source's memberships are of campaigns that began before the household's first receipt, one of them on the same day."""
    prepared = prepare(clock.LAST_DAY, None)
    assert {name: len(found.rows) for name, found in prepared.items() if name in ("campaign-memberships", "redemptions")} == {
        "campaign-memberships": 6_589,
        "redemptions": 2_102,
    }
    begun = {campaign: moment for moment, campaign in prepared["campaigns"].places}
    enrolled = {row["household_id"]: row["enrolled_at"] for row in map(json.loads, prepared["households"].rows)}
    memberships = prepared["campaign-memberships"].places
    assert all(moment == max(begun[campaign], enrolled[household]) for moment, campaign, household in memberships)
    assert sum(moment > begun[campaign] for moment, campaign, _ in memberships) == 165


@pytest.mark.parametrize("resource", DATED)
def test_rows_come_in_the_order_of_their_date(client: Client, resource: str) -> None:
    moment = "occurred_at" if resource == "household-events" else "updated_at"
    moments = [row[moment] for row in client.walk(resource)]
    assert moments == sorted(moments)


@pytest.mark.parametrize("resource", NAMES)
def test_rows_are_what_the_document_says(client: Client, resource: str) -> None:
    model = next(found.row for found in RESOURCES if found.name == resource)
    answer = client.get(f"/v1/{resource}", limit=1000)
    schemas.Page[model].model_validate_json(answer.body, strict=True)


@pytest.mark.parametrize(
    ("resource", "limit", "query"),
    [("coupons", 1000, {}), ("households", 7, {}), ("household-events", 7, {"updated_since": "2017-06-01T04:00:00Z"})],
)
def test_the_list_of_cursors_equals_the_walk(client: Client, resource: str, limit: int, query: dict[str, str]) -> None:
    listed = client.get(f"/v1/{resource}/cursors", limit=limit, **query).json
    pages = [client.get(f"/v1/{resource}", limit=limit, cursor=cursor).json for cursor in listed["cursors"]]
    rows = [row for page in pages for row in page["data"]]
    assert rows == client.walk(resource, limit=limit, **query)
    assert len(rows) == listed["total"]
    assert [page["next_cursor"] for page in pages] == [*listed["cursors"][1:], None]


def test_updated_since_is_inclusive(client: Client) -> None:
    events = client.walk("household-events")
    moment = events[200]["occurred_at"]
    since = client.walk("household-events", updated_since=moment)
    assert since == [event for event in events if event["occurred_at"] >= moment]
    assert events[200] in since
    later = client.walk("household-events", updated_since=moment.replace("Z", ".000001Z"))
    assert later == [event for event in events if event["occurred_at"] > moment]
    assert client.walk("household-events", updated_since="2018-01-01T05:00:00Z") == []
    assert client.get("/v1/household-events/cursors", updated_since="2018-01-01T05:00:00Z").json == {"cursors": [], "total": 0}


def test_updated_since_takes_any_offset(client: Client) -> None:
    local = client.walk("household-events", updated_since="2017-06-01T00:00:00-04:00")
    assert local == client.walk("household-events", updated_since="2017-06-01T04:00:00Z")
    assert local == client.walk("household-events", updated_since="2017-06-01T04:00:00")


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/v1/households", {"limit": 1001}, "limit"),
        ("/v1/households", {"limit": 0}, "limit"),
        ("/v1/households", {"limit": "many"}, "limit"),
        ("/v1/households", {"updated_since": "June"}, "updated_since"),
        ("/v1/households", {"cursor": "nonsense"}, "cursor"),
        ("/v1/households", {"cursor": "ünsinn"}, "cursor"),
        ("/v1/coupons", {"updated_since": "2017-06-01T00:00:00Z"}, "coupons have no date of change"),
        ("/v1/coupons/cursors", {"updated_since": "2017-06-01T00:00:00Z"}, "coupons have no date of change"),
    ],
)
def test_bad_parameters_are_refused(client: Client, path: str, query: dict[str, object], said: str) -> None:
    answer = client.get(path, **query)
    assert answer.status == 400
    assert said in answer.json["detail"]


def test_a_cursor_of_another_resource_or_with_one_character_changed_is_refused(client: Client) -> None:
    cursor = client.get("/v1/household-events", limit=5).json["next_cursor"]
    assert client.get("/v1/household-events", cursor=cursor).status == 200
    assert client.get("/v1/households", cursor=cursor).status == 400
    for position in (0, 10, len(cursor) // 2, len(cursor) - 5):
        changed = cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]
        assert client.get("/v1/household-events", cursor=changed).status == 400, position


def test_a_cursor_keeps_its_updated_since(client: Client) -> None:
    since = "2017-06-01T04:00:00Z"
    cursor = client.get("/v1/household-events", limit=5, updated_since=since).json["next_cursor"]
    total = client.get("/v1/household-events", cursor=cursor).json["total"]
    assert total == client.get("/v1/household-events", updated_since=since).json["total"]
    assert client.get("/v1/household-events", cursor=cursor, updated_since=since).status == 200
    assert client.get("/v1/household-events", cursor=cursor, updated_since="2017-07-01T04:00:00Z").status == 400


@pytest.mark.parametrize("path", ["/v1/campaigns", "/v1/campaigns/cursors", "/health"])
def test_what_the_client_has_is_not_sent_again(client: Client, path: str) -> None:
    first = client.get(path)
    tag = first.headers["ETag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        answer = client.get(path, {"If-None-Match": known})
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
    assert client.get(path, {"If-None-Match": '"other"'}).body == first.body


def test_tags_tell_pages_apart(client: Client) -> None:
    assert client.get("/v1/campaigns", limit=5).headers["ETag"] != client.get("/v1/campaigns", limit=6).headers["ETag"]


def test_the_openapi_document_describes_every_route(client: Client) -> None:
    document = ask(f"{client.grocer.loyalty_url}/openapi.json").json
    expected = {"/oauth/token", "/health"} | {f"/v1/{name}{tail}" for name in NAMES for tail in ("", "/cursors")}
    assert set(document["paths"]) == expected
    assert document["components"]["securitySchemes"]["loyalty"]["flows"]["clientCredentials"]["tokenUrl"] == "/oauth/token"
    page = document["paths"]["/v1/households"]["get"]
    assert {parameter["name"] for parameter in page["parameters"]} == {"limit", "cursor", "updated_since"}
    assert page["security"] == [{"loyalty": []}]
    assert {"200", "400", "401", "429"} <= set(page["responses"])
    assert set(document["components"]["schemas"]["Household"]["properties"]) == set(schemas.Household.model_fields)
