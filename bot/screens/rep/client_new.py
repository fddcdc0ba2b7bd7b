"""Writing a new client down: one question after the other, a look for doubles, and a review before it is saved."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Ask, Face, Screen, Stale, Step, Turn
from services import cart, client_fields, client_wizard, countries, ticket_facts, tickets, world_names
from services.actor import Role
from services.client_wizard import QUESTIONS, Doubtful
from services.ticket_states import OPEN

if TYPE_CHECKING:
    from services.client_search import Alike

REVIEW, DOUBTS = "review", "doubts"
STEPS = (*QUESTIONS, REVIEW, "legal_name", "language", "country")
"""What buttons count; the questions after the review are asked from there only."""
_LISTS = {"clients", "ticket_client"}
_SHOW_SAVED = {"client_card", "ticket"}


@dataclass(frozen=True)
class State:
    """What was answered so far, and what is asked now.

    ``form`` names this form and ``version`` counts its changes: a button answers only to what it was shown with.
    ``doubts``: the marks of the clients that are shown as maybe the same; ``denied``: of those that are not.
    """

    form: int = 0
    version: int = 0
    step: str = QUESTIONS[0]
    values: dict[str, str] = field(default_factory=dict)
    pin: list[float] = field(default_factory=list)
    for_order: bool = False
    ticket_id: int = 0
    """The ticket that waits for this client; 0: none."""
    reviewed: bool = False
    following: str = ""
    """Where the form goes on after the doubts."""
    doubts: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)


screen = Screen("client_new", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The question that is next, the clients that may be the same one, or all that was answered."""
    country = countries.profile(state.values.get("country") or turn.company.country)
    facts = {
        "state": state,
        "values": dict.fromkeys((*client_fields.FIELDS, "tax_reason_code", "country"), "") | state.values,
        "country": country,
        "country_name": world_names.country_name(country.code, turn.locale) if state.values.get("country") else "",
        "number": STEPS.index(state.step) + 1 if state.step in QUESTIONS else 0,
        "questions": len(QUESTIONS),
        "alike": [],
        "pin": state.pin or None,
        "language": state.values.get("language") or turn.company.language,
    }
    if state.step == DOUBTS:
        alike = _alike(turn, state)
        return Face({**facts, "alike": alike}, _doubt_rows(state, alike))
    if state.step == REVIEW:
        return Face(facts, _review_rows(state))
    return Face(facts, _question_rows(state), ask=_ask(state.step))


@screen.pressed("client_new")
def begin(turn: Turn) -> Step:
    """Begin with an empty form, or the name that was searched; it may be for the order being built, or a ticket."""
    is_rep = Role.REP in turn.actor.roles
    for_order = bool(turn.ids and turn.id()) and is_rep
    ticket_id = turn.id(1) if len(turn.ids) > 1 and is_rep else 0
    searched = _searched(turn)
    values = {"name": searched} if any(sign.isalpha() for sign in searched) else {}
    return turn.go("client_new", form=turn.form_number, for_order=for_order, ticket_id=ticket_id, values=values)


@screen.pressed("client_question")
def ask_for(turn: Turn) -> Step:
    """Go to a question, back or on, leaving the answers as they are."""
    state = _living(turn)
    if turn.id(1) >= len(STEPS):
        raise Stale
    return _at(turn, state, STEPS[turn.id(1)])


@screen.pressed("client_blank")
def leave_blank(turn: Turn) -> Step:
    """Take an answer away and go on."""
    state = _living(turn)
    if state.version != turn.version or state.step in {"name", "language", REVIEW, DOUBTS}:
        raise Stale
    return _answered(turn, state, "")


@screen.pressed("client_speaks")
def choose_language(turn: Turn) -> Step:
    """Choose what papers are written in."""
    state = _living(turn)
    if turn.id(1) >= len(client_fields.LANGUAGES) or state.step != "language":
        raise Stale
    return _answered(turn, state, client_fields.LANGUAGES[turn.id(1)])


@screen.typed(Kind.TEXT)
def type_answer(turn: Turn) -> Step:
    """A typed text answers the question."""
    if turn.state.step == "pin":
        return turn.stay("pin_wanted")
    if turn.state.step in {"language", REVIEW, DOUBTS}:
        return turn.stay("press_wanted")
    return _answered(turn, turn.state, turn.text)


@screen.typed(Kind.CONTACT)
def send_contact(turn: Turn) -> Step:
    """A contact answers the question for the phone: the own one, or anybody's from the phone's address book."""
    if turn.state.step != "phone":
        return turn.stay("unexpected_contact")
    return _answered(turn, turn.state, _abroad(turn.incoming.phone))


@screen.typed(Kind.PLACE)
def send_place(turn: Turn) -> Step:
    """A pin answers the question for the place, and is taken as such at the question for the address too."""
    state: State = turn.state
    if state.step not in {"pin", "address"}:
        return turn.stay("unexpected_place")
    pin = turn.incoming.latitude, turn.incoming.longitude
    client_fields.check_pin(*pin)
    return _looked_up(turn, state, state.step, values=state.values, pin=list(pin))


@screen.pressed("client_is_new")
def is_new(turn: Turn) -> Step:
    """None of those that were shown is the client: go on."""
    state = _living(turn)
    if state.step != DOUBTS or state.version != turn.version:
        raise Stale
    denied = [*state.denied, *(mark for mark in state.doubts if mark not in state.denied)]
    following = state.following if state.following in STEPS else REVIEW
    return _at(turn, _with(state, denied=denied, doubts=[]), following)


@screen.pressed("client_save")
def save(turn: Turn) -> Step:
    """Save the client, once; the doubles are looked for again."""
    if turn.state is None and _was_saved(turn):
        return turn.back("already_saved")
    state = _living(turn)
    if state.version != turn.version:
        raise Stale
    pin = (state.pin[0], state.pin[1]) if state.pin else None
    done = client_wizard.save(turn.session, state.values, pin=pin, denied=state.denied, by=turn.actor, now=turn.now)
    if isinstance(done, Doubtful):
        return _doubting(turn, state, done.alike, REVIEW)
    if state.ticket_id and tickets.get(turn.session, state.ticket_id, by=turn.actor).status in OPEN:
        ticket_facts.choose_client(turn.session, state.ticket_id, done.client.id, by=turn.actor, now=turn.now)
        return turn.go("ticket", "saved", {"name": done.client.name}, ticket_id=state.ticket_id, form=state.form)
    if state.for_order:
        draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
        cart.choose_client(turn.session, draft.id, done.client.id, by=turn.actor, now=turn.now)
        return turn.go("place", "saved", {"name": done.client.name})
    return turn.go("client_card", "saved", {"name": done.client.name}, client_id=done.client.id, form=state.form)


# from answer to answer


def _living(turn: Turn) -> State:
    """The form that the button belongs to. Raises Stale where another one, or none, is being filled in."""
    if not isinstance(turn.state, State) or turn.state.form != turn.id():
        raise Stale
    return turn.state


def _searched(turn: Turn) -> str:
    """What the list of clients was narrowed to, where the rep comes from it: one line, as a name is."""
    last = turn.last_screen
    query = dict(last.state).get("query", "") if last is not None and last.screen in _LISTS else ""
    return " ".join(str(query).split())


def _was_saved(turn: Turn) -> bool:
    """Whether the card or the ticket that is shown was given its client with this very form."""
    last = turn.last_screen
    return last is not None and last.screen in _SHOW_SAVED and dict(last.state).get("form") == turn.id()


def _with(state: State, **changes: object) -> State:
    return State(**{**asdict(state), **changes})


def _at(turn: Turn, state: State, step: str, notice: str = "") -> Step:
    reviewed = state.reviewed or step == REVIEW
    return turn.go("client_new", notice, **asdict(_with(state, step=step, reviewed=reviewed)))


def _answered(turn: Turn, state: State, text: str) -> Step:
    """Read an answer and go on."""
    if state.step == "pin":
        return _looked_up(turn, state, state.step, values=state.values, pin=[])
    values = client_wizard.read(turn.session, state.step, text, state.values, by=turn.actor)
    return _looked_up(turn, state, state.step, values=values, pin=state.pin)


def _looked_up(turn: Turn, state: State, answered: str, *, values: dict[str, str], pin: list[float]) -> Step:
    """Go on after an answer; where it tells who the client is, to those who may be the same."""
    state = _with(state, values=values, pin=pin, version=state.version + 1)
    following = REVIEW if state.reviewed else STEPS[STEPS.index(answered) + 1]
    if answered in client_wizard.TELLING or pin != turn.state.pin:
        alike = _alike(turn, state)
        if alike:
            return _doubting(turn, state, alike, following)
    return _at(turn, state, following)


def _doubting(turn: Turn, state: State, alike: list[Alike], following: str) -> Step:
    marks = [mark for one in alike for mark in client_wizard.marks(one)]
    return _at(turn, _with(state, doubts=marks, following=following, version=state.version + 1), DOUBTS)


def _alike(turn: Turn, state: State) -> list[Alike]:
    pin = (state.pin[0], state.pin[1]) if state.pin else None
    return client_wizard.find_alike(turn.session, state.values, pin=pin, denied=state.denied)


def _abroad(phone: str) -> str:
    """Messengers leave the plus out of what is always a number with its country's code."""
    return phone if phone.startswith("+") else f"+{phone}"


# what is shown


def _ask(step: str) -> Ask | None:
    if step == "phone":
        return Ask("contact", prompt="ask_contact", label="send_contact")
    return Ask("place", prompt="ask_pin", label="send_pin") if step == "pin" else None


def _question_rows(state: State) -> list[list[Button]]:
    here = STEPS.index(state.step)
    rows: list[list[Button]] = []
    if state.step == "language":
        rows += [
            [Button("language_choice", "client_speaks", (state.form, number), facts={"code": code})]
            for number, code in enumerate(client_fields.LANGUAGES)
        ]
    given = bool(state.pin) if state.step == "pin" else bool(state.values.get(state.step))
    if given and state.step not in {"name", "language"}:
        rows.append([Button("blank", "client_blank", (state.form,), state.version)])
    rows.append([_back(state, here)])
    if not state.reviewed and (given or state.step != "name"):
        rows[-1].append(Button("keep" if given else "skip", "client_question", (state.form, here + 1)))
    return rows


def _back(state: State, here: int) -> Button:
    if state.reviewed:
        return Button("back", "client_question", (state.form, STEPS.index(REVIEW)))
    if here:
        return Button("back", "client_question", (state.form, here - 1))
    return _leave(state, "back")


def _leave(state: State, label: str) -> Button:
    """The way back to the list that the form was opened from; ``label`` is for the book, where nothing waits for it."""
    if state.ticket_id:
        return Button("back", "ticket_client", (state.ticket_id, 0))
    return Button("back", "clients", (0,)) if state.for_order else Button(label, "client_book", (0,))


def _review_rows(state: State) -> list[list[Button]]:
    order = [STEPS.index(name) for name in (*client_fields.FIELDS, "pin")]
    fields = [Button("field", "client_question", (state.form, at), facts={"field": STEPS[at]}) for at in order]
    rows = [fields[at : at + 2] for at in range(0, len(fields), 2)]
    return [*rows, [_leave(state, "leave")], [Button("save", "client_save", (state.form,), state.version)]]


def _doubt_rows(state: State, alike: list[Alike]) -> list[list[Button]]:
    rows = []
    for one in alike:
        facts = {"one": one}
        if state.ticket_id:
            rows.append([Button("this_one", "ticket_this_client", (state.ticket_id, one.client.id), facts=facts)])
        elif state.for_order:
            rows.append([Button("this_one", "client", (one.client.id,), facts=facts)])
        else:
            rows.append([Button("this_one", "client_card", (one.client.id,), facts=facts)])
    asked = state.following if state.following in STEPS else REVIEW
    back = max(0, STEPS.index(asked) - 1) if not state.reviewed else STEPS.index(REVIEW)
    rows.append([Button("back", "client_question", (state.form, back))])
    return [*rows, [Button("new_one", "client_is_new", (state.form,), state.version)]]
