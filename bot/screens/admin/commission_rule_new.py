"""A rule of commission, asked question by question, looked over and tried; only the last press saves anything."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bot import keyboards, parsing_commissions
from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.admin import category_rows, commission_form, commission_words
from bot.screens.admin.commission_form import KINDS, QUESTIONS, ROLES, SCOPES, State
from bot.screens.calendar import Choice
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import commission_rules, company, figures, forms, product_admin, ticket_units
from services.actor import Role
from services.commission_rules import Scope

AHEAD = timedelta(days=366)
"""How far ahead a rule can begin or end."""
LONGEST_QUERY = 100
MOST_UNITS = "1000000"

screen = Screen("commission_rule_new", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The answers so far and the next question; or all of it to look over, with a trial."""
    asked = commission_form.asked(state)
    facts: dict[str, Any] = {
        "state": state,
        "asked": asked,
        "said": commission_words.said_so_far(turn, state),
        "first": date.fromordinal(state.first) if state.first else None,
        "last": date.fromordinal(state.last) if state.last else None,
        "currency": turn.company.currency,
        "path": category_rows.path(turn, state.at) if asked == "category_id" else [],
        "found": None,
        "trial": None,
    }
    if not asked:
        terms = commission_form.terms(state)
        facts |= commission_words.tried(turn, terms, state.trial, state.page, replaces=state.lineage or None)
        return Face(facts, _whole(state, facts))
    rows = _offered(turn, state, asked, facts)
    return Face(facts, [*rows, [Button("back", "rule_back"), *keyboards.menu()]])


# the questions


def _offered(turn: Turn, state: State, asked: str, facts: dict[str, Any]) -> list[list[Button]]:
    """What can be pressed for a question."""
    if asked == "category_id":
        return _tree(turn, state.at)
    if asked == "product_id":
        return _products(turn, state, facts)
    if asked in {"first", "last"}:
        return _days(turn, state, asked)
    if asked == "name" and state.name:
        return [[Button("no_name", "rule_no_name")]]
    return _words(turn, asked)


def _words(turn: Turn, asked: str) -> list[list[Button]]:
    """The kinds, what they can be of, who can earn; nothing for what is typed."""
    if asked == "kind":
        return [[Button("kind", "rule_kind", (number,), facts={"one": one})] for number, one in enumerate(KINDS)]
    if asked == "scope":
        offered = [one for one in SCOPES if one != Scope.COUNTED or ticket_units.counted(turn.session)]
        return [[Button("scope", "rule_scope", (SCOPES.index(one),), facts={"one": one})] for one in offered]
    if asked == "role":
        return [[Button("role", "rule_role", (number,), facts={"one": one}) for number, one in enumerate(ROLES)]]
    return []


def _tree(turn: Turn, at: int) -> list[list[Button]]:
    """The categories below ``at``; the one that is looked into can be taken."""
    rows = [
        [Button("category", "rule_browse", (number,), facts={"child": name})]
        for number, name in category_rows.children(turn, at)
    ]
    if at:
        up = Button("up", "rule_browse", (category_rows.above(turn, at),))
        rows.append([up, Button("take_category", "rule_category", (at,))])
    return rows


def _products(turn: Turn, state: State, facts: dict[str, Any]) -> list[list[Button]]:
    if not state.query:
        return []
    found = product_admin.find_products(turn.session, state.query, by=turn.actor, page=state.page)
    facts["found"] = found
    rows = [[Button("product", "rule_product", (one.id,), facts={"item": one})] for one in found.items]
    return [*rows, keyboards.pages(found, "rule_page")]


def _days(turn: Turn, state: State, asked: str) -> list[list[Button]]:
    """The calendar of the days that a rule may begin on, or end with."""
    today = company.today(turn.company, turn.now)
    chosen = state.first if asked == "first" else state.last
    least = max(today, date.fromordinal(state.first)) if asked == "last" and state.first else today
    choice = Choice(least, today + AHEAD, chosen=date.fromordinal(chosen) if chosen else None)
    shown = calendar.day_of(state.shown or chosen or least.toordinal())
    rows = calendar.rows(shown, choice, turn.locale, day="rule_day", month="rule_month")
    if asked == "last":
        return [*rows, [Button("no_end", "rule_no_end")]]
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    quick = [Button("on", "rule_day", (day.toordinal(),), facts={"day": day}) for day in (today, next_month)]
    return [*rows, quick]


@screen.pressed("rule_new")
def begin(turn: Turn) -> Step:
    """Ask who shall earn by a new rule."""
    return turn.go("commission_rule_new", form=turn.form_number)


@screen.pressed("rule_change")
def change(turn: Turn) -> Step:
    """Look over a rule to change it; what is saved is its next version."""
    rule = commission_rules.get(turn.session, turn.id(), by=turn.actor)
    answers = commission_form.answers_of(rule, earliest=company.today(turn.company, turn.now))
    return turn.go("commission_rule_new", "", None, **answers, form=turn.form_number)


@screen.pressed("rule_ask")
def ask(turn: Turn) -> Step:
    """Ask one question once more."""
    if turn.id() >= len(QUESTIONS):
        raise Stale
    return _known(turn, asked=QUESTIONS[turn.id()])


@screen.pressed("rule_back")
def go_back(turn: Turn) -> Step:
    """Ask the question before, or leave; from a question that was asked again, look over."""
    if turn.state is None:
        raise Stale
    question = commission_form.before(turn.state)
    return turn.go("commission_rules") if question is None else _known(turn, asked=question)


# what is pressed


@screen.pressed("rule_kind")
def choose_kind(turn: Turn) -> Step:
    """Take this kind of rule."""
    return _known(turn, kind=_one_of(turn, KINDS).value)


@screen.pressed("rule_scope")
def choose_scope(turn: Turn) -> Step:
    """Take what it is about; which category or product is asked next."""
    scope = _one_of(turn, SCOPES)
    again = {Scope.CATEGORY: "category_id", Scope.PRODUCT: "product_id"}.get(scope, "")
    return _known(turn, scope=scope.value, asked=again, at=0, query="", category_id=0, product_id=0)


@screen.pressed("rule_browse")
def browse(turn: Turn) -> Step:
    """Look into a category."""
    return _known(turn, asked="category_id", at=turn.id())


@screen.pressed("rule_category")
def choose_category(turn: Turn) -> Step:
    """Take this category with all below it."""
    return _known(turn, scope=Scope.CATEGORY.value, category_id=turn.id())


@screen.pressed("rule_page")
def turn_page(turn: Turn) -> Step:
    """Show another page of the products found."""
    return _known(turn, asked="product_id", page=turn.id())


@screen.pressed("rule_product")
def choose_product(turn: Turn) -> Step:
    """Take this product."""
    return _known(turn, scope=Scope.PRODUCT.value, product_id=turn.id())


@screen.pressed("rule_role")
def choose_role(turn: Turn) -> Step:
    """Take who earns."""
    return _known(turn, role=_one_of(turn, ROLES).value)


@screen.pressed("rule_month")
def turn_month(turn: Turn) -> Step:
    """Show another month of the calendar."""
    shown = calendar.day_of(turn.id()).toordinal()
    return _known(turn, asked=_asked_day(turn), shown=shown)


@screen.pressed("rule_day")
def choose_day(turn: Turn) -> Step:
    """Take the first or the last day."""
    return _take_day(turn, _asked_day(turn), calendar.day_of(turn.id()))


@screen.pressed("rule_no_end")
def without_end(turn: Turn) -> Step:
    """Let it apply until it is changed."""
    return _known(turn, last=0)


@screen.pressed("rule_no_name")
def without_name(turn: Turn) -> Step:
    """Let it be called by what it does."""
    return _known(turn, name="")


# what is typed


@screen.typed(Kind.TEXT)
def type_answer(turn: Turn) -> Step | None:
    """A typed text answers the question, where it can be typed."""
    asked, text = commission_form.asked(turn.state), turn.text
    if asked == "product_id":
        return _known(turn, asked=asked, query=text[:LONGEST_QUERY])
    if asked in {"first", "last"}:
        days = figures.parse_days(text, today=company.today(turn.company, turn.now))
        return _take_day(turn, asked, days[0]) if days and len(days) == 1 else turn.stay("day_unclear")
    if asked == "tiers":
        tiers = parsing_commissions.parse_tiers(text, turn.company.currency)
        if tiers is None:
            return turn.stay("tiers_unclear")
        return _checked(turn, tiers=[[begins, str(rate)] for begins, rate in tiers])
    return _type_figure(turn, asked, text)


def _type_figure(turn: Turn, asked: str, text: str) -> Step | None:
    if asked == "threshold_milli":
        return _checked(turn, threshold_milli=int(forms.exact(asked, "0", MOST_UNITS)(text) * 1000))
    if asked == "amount_minor":
        return _checked(turn, amount_minor=forms.amount(turn.company.currency)(text))
    if asked == "rate":
        return _checked(turn, rate=str(forms.percent(asked)(text)))
    if asked == "name":
        return _checked(turn, name=text)
    return None


def _take_day(turn: Turn, asked: str, day: date) -> Step:
    today = company.today(turn.company, turn.now)
    if not today <= day <= today + AHEAD:
        return turn.stay("day_unclear")
    if asked == "last":
        return turn.stay("end_unclear") if day.toordinal() < turn.state.first else _known(turn, last=day.toordinal())
    outlived = 0 < turn.state.last < day.toordinal()
    return _known(turn, first=day.toordinal(), last=0 if outlived else turn.state.last)


# all of it


def _whole(state: State, facts: dict[str, Any]) -> list[list[Button]]:
    """What can still be changed, the trials, and saving as the last."""
    again = [
        Button("again", "rule_ask", (QUESTIONS.index(one),), facts={"one": one})
        for one in commission_form.can_be_asked(state)
    ]
    rows = [again[at : at + 2] for at in range(0, len(again), 2)]
    if facts["trial"] is not None:
        rows = [keyboards.pages(facts["trial_page"], "rule_trial", state.trial), *rows]
    tries = [
        Button("try", "rule_trial", (number, 0), facts={"span": span.value})
        for number, span in enumerate(commission_words.TRIED, start=1)
    ]
    leave = [Button("drop", "commission_rules"), *keyboards.menu()]
    return [*rows, tries, leave, [Button("save", "rule_save", (), state.form)]]


@screen.pressed("rule_trial")
def try_it(turn: Turn) -> Step:
    """Show what the rule as it stands here would have paid."""
    commission_words.tried_period(turn, turn.id())
    return _known(turn, trial=turn.id(), page=turn.id(1))


@screen.pressed("rule_save")
def save(turn: Turn) -> Step:
    """Save the rule, or the next version of it; once."""
    state: State | None = turn.state
    if state is None or state.form != turn.version or commission_form.asked(state):
        raise Stale
    terms, first = commission_form.terms(state), date.fromordinal(state.first)
    last = date.fromordinal(state.last) if state.last else None
    session, by, now = turn.session, turn.actor, turn.now
    if not state.lineage:
        rule = commission_rules.add(session, terms, valid_from=first, valid_to=last, by=by, now=now)
        return turn.go("commission_rule", "added", {"first": first}, rule_id=rule.id)
    rule = commission_rules.change(
        session, state.lineage, state.version, terms, valid_from=first, valid_to=last, by=by, now=now
    )
    return turn.go("commission_rule", "changed", {"first": first}, rule_id=rule.id)


def _known(turn: Turn, **answer: object) -> Step:
    """The same with one more answer; what was shown for the question before is forgotten."""
    if turn.state is None:
        raise Stale
    fresh = {"asked": "", "shown": 0, "page": 0, "trial": 0}
    return turn.go("commission_rule_new", "", None, **{**asdict(turn.state), **fresh, **answer})


def _checked(turn: Turn, **answer: object) -> Step:
    """The same for what was typed, once it makes sense. Raises RuleUnfit or FieldTooLong."""
    step = _known(turn, **answer)
    commission_rules.check_figures(commission_form.terms(State(**step.state)), tuple(answer))
    return step


def _asked_day(turn: Turn) -> str:
    asked = commission_form.asked(turn.state) if turn.state is not None else ""
    if asked not in {"first", "last"}:
        raise Stale
    return asked


def _one_of(turn: Turn, known: tuple[Any, ...]) -> Any:
    if turn.id() >= len(known):
        raise Stale
    return known[turn.id()]
