"""Pictures of goals and rankings: what is to be drawn is written down in the transaction that shows it as text, so that
both say the same; a job draws it, and who asked gets it as a photo.

Nothing is read again for a picture: what the text hides from somebody, no picture of theirs can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from services import company, drawn_files, outbox
from services.actor import Actor
from services.goal_progress import Progress
from services.jobs import Job
from services.ranking import Ranking, Row

GOALS: Final = "goals"
RANKING: Final = "ranking"
MOST_GOALS: Final = 6
"""More would be smaller than a phone can show."""
MOST_PLACES: Final = 30
CONTENT_TYPE: Final = "image/png"


def request_goals(session: Session, progresses: Sequence[Progress], *, press: str, by: Actor, now: datetime) -> None:
    """Have these goals drawn as they stand, the first ``MOST_GOALS`` of them, and sent to where the actor is; none:
    nothing happens. ``press`` tells one wish from another: the same one gives one picture. Locks the lane of the job.
    """
    request_frozen(session, [frozen_goal(progress) for progress in progresses], press=press, by=by, now=now)


def request_frozen(session: Session, goals: list[dict[str, Any]], *, press: str, by: Actor, now: datetime) -> None:
    """The same for goals that ``frozen_goal`` wrote down before."""
    if goals:
        today = company.today(company.get(session), now)
        facts = {"today": today.isoformat(), "goals": goals[:MOST_GOALS]}
        _put(session, GOALS, facts, press=press, by=by, now=now)


def request_ranking(session: Session, ranking: Ranking, *, press: str, by: Actor, now: datetime) -> None:
    """The same for a ranking: its rows, ``MOST_PLACES`` at most, and the actor's own below where it is not among them.

    Nobody in it: nothing happens.
    """
    rows = ranking.rows[:MOST_PLACES]
    if not rows:
        return
    own = ranking.own if ranking.own and not any(row.own for row in rows) else None
    facts = {
        "metric": ranking.metric.value,
        "currency": ranking.currency,
        "first": ranking.period.first.isoformat(),
        "last": ranking.period.last.isoformat(),
        "people": ranking.people,
        "rows": [_frozen_row(row) for row in rows],
        "own": _frozen_row(own) if own else None,
    }
    _put(session, RANKING, facts, press=press, by=by, now=now)


def frozen_goal(progress: Progress) -> dict[str, Any]:
    """How a goal stands, as plain JSON: figures as ``Progress`` has them, its ``part`` as the text of a fraction."""
    return {
        "whose": progress.whose,
        "who": progress.who,
        "metric": progress.metric.value,
        "scope": progress.scope_name,
        "span": progress.span.value,
        "first": progress.period.first.isoformat(),
        "last": progress.period.last.isoformat(),
        "target": progress.target,
        "achieved": progress.achieved,
        "currency": progress.currency,
        "unit": progress.unit_code,
        "decimals": progress.decimals,
        "part": str(progress.part),
        "pace": progress.pace,
        "ahead": progress.ahead,
        "forecast": progress.forecast,
        "left": progress.left,
        "per_day": progress.per_day,
        "days_left": progress.days_left,
        "over": progress.is_over,
        "shown": progress.shown,
    }


def _frozen_row(row: Row) -> dict[str, Any]:
    return {"place": row.place, "name": row.name, "value": row.value if row.shown else None, "own": row.own}


def _put(session: Session, what: str, facts: dict[str, Any], *, press: str, by: Actor, now: datetime) -> None:
    wanted = {
        "what": what,
        "facts": facts,
        "person_id": by.person_id,
        "chat_key": by.origin,
        "language": by.language,
    }
    dedupe = f"chart:{what}:{by.person_id}:{press}"[:200]
    outbox.put(session, [outbox.Item(f"chart:{by.person_id}", Job.DRAW_CHART, wanted, dedupe)], now=now)


def deliver(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Record a drawn picture and hand it to who asked. Announces ``chart_ready`` with it.

    Whoever has lost access meanwhile, or cannot be reached there any more, gets nothing.
    """
    picture = {**facts, "content_type": CONTENT_TYPE}
    drawn_files.hand_over(session, picture, "chart_ready", now=now, what=facts["what"])
