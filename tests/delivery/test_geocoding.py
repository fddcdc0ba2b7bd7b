"""What geocoder and router say, and what becomes of it, against services in miniature over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.geocoders import Geocoder
from delivery.geocoding import GeocodingWay
from delivery.routing import Router, RoutingWay
from services import places
from services.lanes import Row
from services.places import Question
from services.ways_out import NeverAgain, TryLater
from tests.builders import NOON, make_company, make_warehouse
from tests.journeys.maps import Maps, running_maps

QUESTION = Question("Calle Mayor 3", "ES", "es", "desk@example.org", (40.0, -4.0, 41.0, -3.0))
MADRID = ("Calle Mayor, Madrid, España", "ES", 40.415, -3.708)
LIMA = ("Calle Mayor, Lima, Perú", "PE", -12.04, -77.04)
FOUND_MADRID = {"found": "Calle Mayor, Madrid, España", "latitude": 40.415, "longitude": -3.708}


@pytest.fixture(scope="module")
def running() -> Iterator[Maps]:
    with running_maps() as maps:
        yield maps


@pytest.fixture
def maps(running: Maps) -> Maps:
    running.moods.clear()
    running.asked.clear()
    running.options.clear()
    running.addresses.clear()
    running.road_m = 1234.4
    return running


def row(attempts: int = 0, address: str = "Calle Mayor 3", **payload: Any) -> Row:
    facts = {"address": address, "language": "es", "person_id": 7, **payload}
    return Row(5, "geo:x", "geo.find", facts, attempts, NOON, secret=False)


def test_hits_of_the_companys_country_come_first(maps: Maps) -> None:
    maps.addresses["Calle Mayor 3"] = [("Null Island", "ES", 0.0, 0.0), LIMA, MADRID]
    found = Geocoder(url=maps.url).find(QUESTION)
    assert [hit["found"] for hit in found] == [MADRID[0], LIMA[0]]
    assert found[0] == FOUND_MADRID
    assert maps.asked == [("Calle Mayor 3", "TelBot (desk@example.org)")]


PHOTON = {
    "features": [
        {
            "properties": {"name": name, "city": name, "countrycode": country},
            "geometry": {"coordinates": [-3.708, latitude]},
        }
        for name, country, latitude in (("Lima", "PE", -12.04), ("Madrid", "ES", 40.415))
    ]
}
YANDEX = {
    "response": {
        "GeoObjectCollection": {
            "featureMember": [
                {
                    "GeoObject": {
                        "name": name,
                        "description": "Calle Mayor",
                        "Point": {"pos": f"-3.708 {latitude}"},
                        "metaDataProperty": {"GeocoderMetaData": {"Address": {"country_code": country}}},
                    }
                }
                for name, country, latitude in (("Lima", "PE", -12.04), ("Madrid", "ES", 40.415))
            ]
        }
    }
}
GOOGLE = {
    "status": "OK",
    "results": [
        {
            "formatted_address": f"Calle Mayor, {name}",
            "geometry": {"location": {"lat": latitude, "lng": -3.708}},
            "address_components": [
                {"short_name": name, "types": ["locality", "political"]},
                {"short_name": country, "types": ["country", "political"]},
            ],
        }
        for name, country, latitude in (("Lima", "PE", -12.04), ("Madrid", "ES", 40.415))
    ],
}


@pytest.mark.parametrize(
    ("name", "answer", "said", "found"),
    [
        (
            "photon", PHOTON, {"q": "Calle Mayor 3", "lang": "default", "lat": "40.5", "lon": "-3.5"},
            ["Madrid, Madrid", "Lima, Lima"],
        ),
        (
            "yandex", YANDEX, {"geocode": "Calle Mayor 3", "lang": "en_RU", "apikey": "k"},
            ["Madrid, Calle Mayor", "Lima, Calle Mayor"],
        ),
        (
            "google", GOOGLE, {"address": "Calle Mayor 3", "language": "es", "region": "es", "key": "k"},
            ["Calle Mayor, Madrid", "Calle Mayor, Lima"],
        ),
    ],
)  # fmt: skip
def test_other_geocoders_are_asked_in_their_own_way(
    maps: Maps, name: str, answer: dict[str, Any], said: dict[str, str], found: list[str]
) -> None:
    maps.moods.append((200, json.dumps(answer)))
    hits = Geocoder(name, maps.url, key="k").find(QUESTION)
    assert [hit["found"] for hit in hits] == found
    assert (hits[0]["latitude"], hits[0]["longitude"]) == (40.415, -3.708)
    assert {key: maps.options[0].get(key) for key in said} == said


def test_a_redirect_is_not_followed(maps: Maps) -> None:
    maps.moods += [(302, f"{maps.url}/search?q=elsewhere"), (302, f"{maps.url}/route/v1/driving/elsewhere")]
    with pytest.raises(TryLater):
        Geocoder(url=maps.url).find(QUESTION)
    with pytest.raises(NeverAgain):
        Router(maps.url).distance_m((55.75, 37.62), (55.8, 37.5))
    assert [asked for asked, _ in maps.asked] == [
        "Calle Mayor 3", "/route/v1/driving/37.620000,55.750000;37.500000,55.800000",
    ]  # fmt: skip


def test_a_contact_that_no_header_can_hold_is_left_out(maps: Maps) -> None:
    Geocoder(url=maps.url).find(replace(QUESTION, contact="склад\r\n"))
    assert maps.asked == [("Calle Mayor 3", "TelBot (order desk)")]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (429, "slow down", TryLater),
        (500, "oops", TryLater),
        (502, "<html>bad gateway</html>", TryLater),
        (503, "", TryLater),
        (200, "<html>log in</html>", TryLater),
        (200, "", TryLater),
        (403, "forbidden", NeverAgain),
        (401, "who are you", NeverAgain),
        (400, "what", NeverAgain),
        (200, '[{"display_name": "x", "lat": "north", "lon": "1"}]', NeverAgain),
        (200, '[{"lat": "1", "lon": "1"}]', NeverAgain),
    ],
)
def test_errors_are_sorted_by_what_to_do_next(
    maps: Maps, status: int, body: str, outcome: type[TryLater | NeverAgain]
) -> None:
    maps.moods.append((status, body))
    with pytest.raises(outcome):
        Geocoder(url=maps.url).find(QUESTION)


def test_who_is_too_slow_or_away_is_asked_again_later(maps: Maps) -> None:
    maps.open_gate.clear()
    try:
        with pytest.raises(TryLater):
            Geocoder(url=maps.url, seconds=0.1).find(QUESTION)
        with pytest.raises(TryLater):
            Router(maps.url, 0.1).distance_m((40.0, -3.0), (41.0, -3.0))
    finally:
        maps.open_gate.set()
    with pytest.raises(TryLater):
        Geocoder(url="http://127.0.0.1:9").find(QUESTION)
    with pytest.raises(TryLater):
        Router("http://127.0.0.1:9").distance_m((40.0, -3.0), (41.0, -3.0))


def test_only_the_public_geocoder_has_a_pace() -> None:
    public = GeocodingWay(Geocoder(), lambda _event: None)
    assert [(limit.per_second, limit.burst) for limit in public.limits(row())] == [(1.0, 1)]
    assert GeocodingWay(Geocoder(url="http://maps.example.org/nominatim"), lambda _event: None).limits(row()) == ()
    assert GeocodingWay(None, lambda _event: None).limits(row()) == ()


def told(way_of: type[GeocodingWay | RoutingWay], service: Any, asked: Row, prepared: Any = None) -> dict[str, Any]:
    events: list[Internal] = []
    way_of(service, events.append).deliver(asked, prepared)
    assert [event.number for event in events] == [5]
    return dict(events[0].facts)


def test_after_two_tries_the_towns_are_looked_up(maps: Maps) -> None:
    question = Question("Сарагоса", "ES", "ru", "", None)
    maps.moods += [(500, ""), (500, "")]
    with pytest.raises(TryLater):
        told(GeocodingWay, Geocoder(url=maps.url), row(address="Сарагоса"), question)
    found = told(GeocodingWay, Geocoder(url=maps.url), row(1, "Сарагоса"), question)
    assert found["source"] == places.TOWNS
    assert found["hits"][0] == {"found": "Сарагоса", "latitude": 41.6561, "longitude": -0.8773}


def test_who_refuses_us_is_not_asked_twice(maps: Maps) -> None:
    maps.moods.append((403, ""))
    assert told(GeocodingWay, Geocoder(url=maps.url), row(), QUESTION)["source"] == places.TOWNS


def test_what_the_geocoder_does_not_know_may_be_a_town(maps: Maps) -> None:
    question = Question("Calle Mayor 3, Zaragoza", "ES", "es", "", None)
    found = told(GeocodingWay, Geocoder(url=maps.url), row(), question)
    assert (found["source"], found["hits"][0]) == (
        places.TOWNS, {"found": "Calle Mayor 3, Zaragoza", "latitude": 41.6561, "longitude": -0.8773},
    )  # fmt: skip
    nowhere = told(GeocodingWay, Geocoder(url=maps.url), row(), QUESTION)
    assert (nowhere["source"], nowhere["hits"]) == (places.GEOCODER, [])
    assert told(GeocodingWay, None, row(), QUESTION)["source"] == places.TOWNS


def test_the_question_knows_the_company_and_where_its_warehouses_are(session: Session) -> None:
    make_company(session, email="", director_phone="+7 495 000-00-00")
    asked = GeocodingWay(None, lambda _event: None).prepare(session, row())
    assert asked == Question("Calle Mayor 3", "RU", "es", "+7 495 000-00-00", None)
    make_warehouse(session)
    make_warehouse(session, latitude=50.0, longitude=40.0)
    make_warehouse(session, latitude=10.0, longitude=10.0).closed = True
    session.flush()
    asked = GeocodingWay(None, lambda _event: None).prepare(session, row())
    assert asked.around == (50.0, 37.6184, 55.7512, 40.0)


def test_what_is_given_up_is_not_found() -> None:
    events: list[Internal] = []
    GeocodingWay(None, events.append).given_up(row(), "bug")
    RoutingWay(None, events.append).given_up(row(key="k"), "bug")
    assert [(event.name, event.facts.get("hits"), event.facts.get("distance_m")) for event in events] == [
        ("place.found", [], None), ("road.found", None, None),
    ]  # fmt: skip


def road(attempts: int = 0) -> Row:
    return row(attempts, start=[55.75, 37.62], end=[55.8, 37.5], key="k")


def test_metres_by_road(maps: Maps) -> None:
    found = told(RoutingWay, Router(maps.url + "/"), road())
    assert found["distance_m"] == 1234
    assert maps.asked[0][0] == "/route/v1/driving/37.620000,55.750000;37.500000,55.800000"
    maps.road_m = None
    assert told(RoutingWay, Router(maps.url), road())["distance_m"] is None
    assert told(RoutingWay, None, road())["distance_m"] is None


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (429, "", TryLater),
        (503, "{}", TryLater),
        (200, "<html>log in</html>", NeverAgain),
        (200, "[1]", NeverAgain),
        (200, json.dumps({"code": "Ok", "routes": []}), NeverAgain),
        (200, json.dumps({"code": "Ok", "routes": [{"distance": "far"}]}), NeverAgain),
        (400, json.dumps({"code": "InvalidQuery"}), NeverAgain),
        (404, "not here", NeverAgain),
    ],
)
def test_what_a_router_says_is_sorted_too(
    maps: Maps, status: int, body: str, outcome: type[TryLater | NeverAgain]
) -> None:
    maps.moods.append((status, body))
    with pytest.raises(outcome):
        Router(maps.url).distance_m((55.75, 37.62), (55.8, 37.5))
    maps.moods.append((status, body))
    if outcome is NeverAgain:
        assert told(RoutingWay, Router(maps.url), road())["distance_m"] is None
    else:
        with pytest.raises(TryLater):
            told(RoutingWay, Router(maps.url), road())
        maps.moods.append((status, body))
        assert told(RoutingWay, Router(maps.url), road(1))["distance_m"] is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, {"code": "NoRoute"}), (200, {"code": "NoSegment"}), (200, {"code": "Ok", "routes": [{"distance": -1}]})],
)
def test_there_may_be_no_road(maps: Maps, status: int, body: dict[str, Any]) -> None:
    maps.moods.append((status, json.dumps(body)))
    assert Router(maps.url).distance_m((55.75, 37.62), (55.8, 37.5)) is None
