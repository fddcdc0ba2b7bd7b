"""Methods that only look: the bot, chats, files."""

from __future__ import annotations

from sandbox.methods.call import Call, Doing
from sandbox.refusals import bad_request
from sandbox.world import Wire


def _me(call: Call) -> Wire:
    return {
        **call.bot.user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _yes(_: Call) -> bool:
    return True


def _file(call: Call) -> Wire:
    if not call.get("file_id"):
        raise bad_request("file_id is not specified")
    return call.bot.files.get(call.get("file_id")).described()


def _chat(call: Call) -> Wire:
    chat = call.known_chat()
    if not chat.started:
        raise bad_request("chat not found")
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **chat.person.chat(),
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def _member(call: Call) -> Wire:
    chat = call.known_chat()
    user_id = call.get("user_id")
    if user_id is None:
        raise bad_request("user_id is empty")
    if user_id == chat.id:
        return {"user": chat.person.user(), "status": "member"}
    if user_id == call.bot.id:
        return {"user": call.bot.user(), "status": "kicked" if chat.blocked else "member"}
    raise bad_request("PARTICIPANT_ID_INVALID")


DOING: dict[str, Doing] = {
    "getMe": _me,
    "logOut": _yes,
    "close": _yes,
    "getFile": _file,
    "getChat": _chat,
    "getChatMember": _member,
}
