from __future__ import annotations
import itertools
from sqlalchemy import select
from db.models.messaging import dead_letter, inbox
from tests.bot.test_fuzz import *
from tests.bot.test_every_verb import VERBS
from tests.bot import test_every_verb as tv

VALUES = [0, 99, 10**12]

def test_mut(inside, hall):
    bad = {}
    n = 0
    orders = inside.execute(select(tv.Order.id, tv.Order.status)).all()
    print(orders)
    for verb, exp in VERBS.items():
        for oid, _ in [o for o in orders if o[1] in ("draft", "loading")]:
            try:
                base = tuple(exp.ids(hall, oid))
            except Exception as e:
                continue
            variants = [base]
            for i in range(4):
                for v in VALUES:
                    b = list(base) + [0]*(i+1-len(base))
                    b[i] = v
                    variants.append(tuple(b[:4]))
            for ids in dict.fromkeys(variants):
                data = f"{verb}.{'-'.join(map(str, ids))}.1"
                if len(data) > 64: continue
                for who in (0, 1, 2):
                    if exp.roles and who == 0 and tv.Role.REP not in exp.roles: continue
                    if exp.roles and who == 1 and tv.Role.STOREKEEPER not in exp.roles: continue
                    if exp.roles and who == 2 and tv.Role.ADMIN not in exp.roles: continue
                    n += 1
                    try:
                        with undone(inside):
                            talk, chat = talk_inside(inside), places(hall)[who]
                            talk.press_data(chat, data)
                    except Exception as e:
                        c = e.__cause__ or e.__context__ or e
                        bad.setdefault((verb, type(e).__name__), (data, repr(e)[:150], repr(c)[:200]))
            if not exp.of_an_order:
                break
    print("tried", n)
    for k, v in bad.items(): print("BAD", k, v)
    assert not bad
