"""What people call the parts of a goal when they type it or send it as a file. Pure; each gives None for other words.

Words are compared by ``search_key``; those of all the chat's languages are understood in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from services import figures, periods
from services.goals import LARGEST
from services.periods import Whole
from services.search import search_key
from services.turnover import Metric

_COLUMNS: Final = {
    "who": "who|кто|кому|чья|представитель|торговый представитель|менеджер|rep|sales rep|team|команда|"
    "quien|para quien|vendedor|comercial|equipo",
    "target": "target|goal|цель|план|сумма|plan|meta|objetivo",
    "metric": "what|metric|что|показатель|что считаем|que|que se mide|metrica|indicador",
    "scope": "of what|goods|scope|category|product|чего|по чему|товары|категория|товар|"
    "de que|mercancia|categoria|producto",
    "span": "every|period|каждый|каждые|период|как часто|cada|periodo|frecuencia",
    "first": "from|начиная с|с|начало|desde|a partir de",
    "last": "until|to|по|до|конец|hasta",
}
_METRICS: Final = {
    Metric.SUM: "sum|amount|sales|turnover|revenue|money|сумма|продажи|оборот|выручка|деньги|"
    "importe|suma|ventas|facturacion|dinero",
    Metric.UNITS: "units|unit|pieces|pcs|единицы|единиц|единица|единицу|штуки|штук|штука|шт|кг|kg|"
    "unidades|unidad|uds|ud|piezas",
    Metric.ORDERS: "orders|order|заказы|заказов|заказ|заказа|pedidos|pedido",
    Metric.NEW_CLIENTS: "new clients|new client|clients|client|new|новые клиенты|новых клиентов|новый клиент|"
    "новых клиента|клиенты|клиентов|клиента|новые|новых|clientes nuevos|cliente nuevo|nuevos clientes|clientes|"
    "cliente|nuevos",
}
_SPANS: Final = {
    Whole.WEEK: "week|weekly|every week|a week|неделя|неделю|в неделю|еженедельно|недели|"
    "semana|semanal|cada semana|a la semana",
    Whole.MONTH: "month|monthly|every month|a month|месяц|в месяц|ежемесячно|месяца|mes|mensual|cada mes|al mes",
    Whole.QUARTER: "quarter|quarterly|every quarter|a quarter|квартал|в квартал|ежеквартально|квартала|"
    "trimestre|trimestral|cada trimestre|al trimestre",
}
_ALL: Final = ("all", "everybody", "everyone", "all reps", "все", "всем", "все вместе", "todos", "todas")
_ONLY: Final = ("only", "once", "только", "разово", "solo", "una vez")
_BETWEEN: Final = (
    *("a", "al", "cada", "de", "en", "every", "for", "in", "la", "los", "of", "on", "per", "por", "x"),
    *("в", "во", "за", "из", "каждую", "каждые", "каждый", "на", "по"),
)
"""Words between the others that say nothing by themselves."""
_YEARS: Final = range(2000, 2200)
_MONTH: Final = re.compile(r"([0-9]{1,2})[./]([0-9]{4})|([0-9]{4})-([0-9]{2})")


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {search_key(word): meant for meant, several in words.items() for word in several.split("|")}


_COLUMN_OF: Final = _by_word(_COLUMNS)
_METRIC_OF: Final = _by_word({metric.value: words for metric, words in _METRICS.items()})
_SPAN_OF: Final = _by_word({span.value: words for span, words in _SPANS.items()})
_ALL_KEYS: Final = frozenset(search_key(word) for word in _ALL)
_ONLY_KEYS: Final = frozenset(search_key(word) for word in _ONLY)


def column(text: str) -> str | None:
    """Which column of a file a heading names: who, target, metric, scope, span, first or last."""
    return _COLUMN_OF.get(_bare(text))


def metric(text: str) -> Metric | None:
    """What is to be counted."""
    found = _METRIC_OF.get(_bare(text))
    return Metric(found) if found else None


def span(text: str) -> Whole | None:
    """For how long a goal is set."""
    found = _SPAN_OF.get(_bare(text))
    return Whole(found) if found else None


def is_all(text: str) -> bool:
    """Whether everybody, or everything, is meant."""
    return _bare(text) in _ALL_KEYS


def is_between(text: str) -> bool:
    """Whether a word only joins others."""
    return _bare(text) in _BETWEEN


def is_only(text: str) -> bool:
    """Whether the goal is for one period alone."""
    return _bare(text) in _ONLY_KEYS


def day(text: str, *, today: date) -> date | None:
    """A day: ``31.12.2026``, ``2026-12-31``, ``31.12`` (the next one to come), or a month: ``12.2026``, ``2026-12``."""
    of_month = _MONTH.fullmatch(text.strip())
    if of_month is not None:
        month, year = of_month[1] or of_month[4], of_month[2] or of_month[3]
        return date(int(year), int(month), 1) if 1 <= int(month) <= 12 and int(year) in _YEARS else None
    found = figures.parse_days(text, today=today)
    return found[0] if found and len(found) == 1 and found[0].year in _YEARS else None


def target(text: str, metric_wanted: Metric, currency: str) -> int | None:
    """A target as the metric counts it; None for what is no figure, nothing, or too much."""
    if metric_wanted is Metric.SUM:
        found = figures.parse_money(text, currency, largest=LARGEST[metric_wanted])
    elif metric_wanted is Metric.UNITS:
        exact = figures.parse_decimal(_without_unit(text), decimals=3)
        found = None if exact is None else int(exact.scaleb(3))
    else:
        found = figures.parse_whole(_without_unit(text))
    return found if found is not None and 0 < found <= LARGEST[metric_wanted] else None


def period_of(found: Whole | None, first: date | None, *, today: date) -> tuple[Whole, date]:
    """A month, from the present one on, where nothing else is said."""
    kind = found or Whole.MONTH
    return kind, periods.whole(kind, first or today).first


def _without_unit(text: str) -> str:
    """``12 pcs`` and ``40 orders`` as ``12`` and ``40``."""
    figure, _, word = text.strip().rpartition(" ")
    return figure if figure and metric(word) is not None else text


def _bare(text: str) -> str:
    return search_key(text.strip(" .,:;*№#\t"))
