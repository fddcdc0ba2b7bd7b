from __future__ import annotations

import pytest

from services import towns
from services.town_data import build_table


@pytest.mark.parametrize(
    ("typed", "country", "first"),
    [
        ("Сарагоса", "ES", "Zaragoza, ES, 41.66"),
        ("Zaragoza", "ES", "Zaragoza, ES, 41.66"),
        ("zaragoza", "RU", "Zaragoza, ES, 41.66"),
        ("Zaragoza", "MX", "Zaragoza, MX, 19.77"),
        ("Зеленоград", "RU", "Zelenograd, RU, 55.98"),
        ("Алкала", "ES", "Alcalá de Henares, ES, 40.48"),
        ("Алькала-де-Энарес", "ES", "Alcalá de Henares, ES, 40.48"),
        ("alcala de henares", "ES", "Alcalá de Henares, ES, 40.48"),
        ("орел", "RU", "Orël, RU, 52.97"),
        ("ОРЁЛ", "RU", "Orël, RU, 52.97"),
        ("San Petersburgo", "RU", "Saint Petersburg, RU, 59.94"),
        ("г. Тверь, Советская 5", "RU", "Tver, RU, 56.86"),
        ("Покровка 1, Москва", "RU", "Moscow, RU, 55.75"),
        ("Санкт-Петербург Невский 5", "RU", "Saint Petersburg, RU, 59.94"),
        ("Ростов", "RU", "Rostov Veliky, RU, 57.19"),
        ("London", "ES", "London, GB, 51.51"),
        ("Calle Mayor 3, 28013 Madrid, España", "ES", "Madrid, ES, 40.42"),
        ("Calle Alcalá 25 Madrid", "ES", "Madrid, ES, 40.42"),
        ("Valencia, 5, Barcelona", "ES", "Barcelona, ES, 41.39"),
        ("Садовая 1 Ростов-на-Дону", "RU", "Rostov-on-Don, RU, 47.22"),
        ("125009, Москва, Тверская 1", "RU", "Moscow, RU, 55.75"),
        ("Московский пр-т 10 Питер", "RU", "Saint Petersburg, RU, 59.94"),
        ("п. Видное", "RU", "Vidnoye, RU, 55.55"),
        ("Gerona", "ES", "Girona, ES, 41.98"),
    ],
)
def test_a_town_by_any_of_its_names(typed: str, country: str, first: str) -> None:
    found = towns.find(typed, country=country)[0]
    assert f"{found.name}, {found.country}, {found.latitude:.2f}" == first


@pytest.mark.parametrize(
    "typed", ["", "ул", "|||", "нет такого города", "12345", "\x00", "x" * 5000, "🙂🙂🙂", "Московский пр-т 10"]
)
def test_what_is_no_town(typed: str) -> None:
    assert towns.find(typed, country="RU") == []


def test_the_whole_name_before_its_beginning_and_then_the_larger() -> None:
    found = towns.find("Ростов", country="RU")
    assert [town.name_in("ru", at_home="RU") for town in found] == ["Ростов", "Ростов-на-Дону"]
    assert len(towns.find("San", country="ES")) == 6


def test_how_a_town_is_written() -> None:
    zaragoza = towns.find("Zaragoza", country="ES")[0]
    assert [zaragoza.name_in(language, at_home="ES") for language in ("ru", "es", "en")] == [
        "Сарагоса", "Zaragoza", "Zaragoza",
    ]  # fmt: skip
    assert zaragoza.name_in("ru", at_home="RU") == "Сарагоса, Испания"
    assert towns.is_whole("сарагоса", zaragoza)
    assert towns.is_whole(" ZARAGOZA ", zaragoza)
    assert towns.is_whole("СПб", towns.find("СПб", country="RU")[0])
    assert not towns.is_whole("Zaragoza, Calle Mayor 3", zaragoza)


def test_the_table_holds_what_it_promises() -> None:
    rows = [line.split("\t") for line in towns.TABLE.read_text(encoding="utf-8").splitlines()]
    russian = [row for row in rows if row[4] == "RU"]
    named = [row for row in russian if row[1]]

    assert {len(row) for row in rows} == {8}
    assert len(rows) > 36_000
    assert len(named) / len(russian) > 0.99
    assert sum(row[4] == "ES" and int(row[7]) >= 15_000 for row in rows) > 600
    assert {"MX", "AR", "CO", "CL", "PE"} <= {row[4] for row in rows}
    assert towns.TABLE.stat().st_size < 2_000_000


def test_what_people_also_call_a_town_belongs_to_one_of_the_table() -> None:
    rows = [line.split("\t") for line in towns.TABLE.read_text(encoding="utf-8").splitlines()]
    for line in towns.ALSO.read_text(encoding="utf-8").splitlines():
        name, country, *also = line.split("\t")
        assert len([row for row in rows if (row[0], row[4]) == (name, country)]) == 1
        assert also == [other for other in also if towns.find(other, country=country)[0].name == name]


def test_a_line_of_the_table_is_made() -> None:
    place = {
        "geonameid": 1, "name": "Orël", "countrycode": "RU", "latitude": 52.96508, "longitude": 36.0785,
        "population": 303696, "alternatenames": ["Orel", "Арёл", "Орёл", "Орьол", "奥廖尔"],
    }  # fmt: skip
    names = {"ru": {}, "es": {"1": "Oriol"}, "en": {"1": "Orël"}}
    assert list(build_table.build([place], names)) == ["Orël\tОрёл\tOriol\t\tRU\t52.9651\t36.0785\t303696"]
