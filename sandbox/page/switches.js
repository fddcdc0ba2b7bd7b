/** What each switch of the trouble panel puts in force, and how it is known to be on. */

import { attempt } from './control.js';
import { world } from './store.js';

/** Rules that make a request of Telegram, or of mail, fail. */
const RULES = {
  telegram: { all: () => world.trouble.faults, add: 'fault', clear: 'clear_fault' },
  mail: { all: () => world.trouble.mail.faults, add: 'mail_fault', clear: 'clear_mail_fault' },
};
/** Rules for some requests only, or for a few, are somebody else's. */
const NARROW = ['method', 'bot_id', 'chat_id', 'count', 'to'];
const TELLING = ['kind', 'after', 'code', 'stage'];

/**
 * @typedef {Object} Switch
 * @property {string} name its words are `trouble.<name>` and `trouble.<name>_about`
 * @property {() => boolean} isOn
 * @property {() => number} hits how often it has struck since it is on
 * @property {() => Array<Object>} mine the rules in force that it stands for
 * @property {(on: boolean) => Promise<void>} turn
 */

/** A switch that is on while there is such a rule. */
function ruled(name, where, wanted, { instead = () => [] } = {}) {
  const { all, add, clear } = RULES[where];
  const matches = (rule) => TELLING.every((key) => !(key in wanted) || rule[key] === wanted[key])
    && NARROW.every((key) => rule[key] === undefined);
  const mine = () => all().filter(matches);
  const hits = () => mine().reduce((sum, rule) => sum + rule.hits, 0);
  const put = () => attempt(add, wanted);
  const lift = async () => { for (const rule of mine()) await attempt(clear, { fault_id: rule.id }); };
  const turn = async (on) => {
    if (!on) return lift();
    for (const other of instead()) await other.lift();
    await put();
    if (where === 'telegram' && name !== 'slow' && slow.isOn()) await slow.again();
  };
  const again = async () => { await lift(); await put(); };
  return { name, mine, isOn: () => mine().length > 0, hits, turn, lift, again };
}

/** Strikes each request that no older rule strikes: so it has to stay the youngest. */
const slow = ruled('slow', 'telegram', { kind: 'slow', after: false, seconds: 3 });

/** @type {Array<Switch>} */
export const TELEGRAM = [
  slow,
  ruled('too_many', 'telegram', { kind: 'too_many', after: false, probability: 0.5, retry_after: 2 }),
  ruled('gateway', 'telegram', { kind: 'error', after: false, code: 502, probability: 0.5 }),
  ruled('cut', 'telegram', { kind: 'cut', after: true, probability: 0.5 }),
  ruled('gone', 'telegram', { kind: 'cut', after: false }),
];

const down = {
  name: 'mail_down',
  mine: () => [],
  isOn: () => !world.trouble.mail.up,
  hits: () => 0,
  turn: async (on) => { await attempt(on ? 'mail_down' : 'mail_up'); },
};
/** The older of two rules for the same moment is the only one that strikes: so there is one of them at most. */
const later = ruled('later', 'mail', { kind: 'refuse', stage: 'rcpt', code: 451, text: '4.3.0 Try again later' },
  { instead: () => [refused] });
const refused = ruled('refused', 'mail', { kind: 'refuse', stage: 'rcpt', code: 550, text: '5.1.1 No such mailbox' },
  { instead: () => [later] });

/** @type {Array<Switch>} */
export const MAIL = [down, later, refused, ruled('dropped', 'mail', { kind: 'drop', stage: 'data', keep: true })];

/** @type {Array<Switch>} */
export const UPDATES = [{
  name: 'held',
  mine: () => [],
  isOn: () => world.trouble.held === true,
  hits: () => 0,
  turn: async (on) => { await attempt(on ? 'hold_updates' : 'release_updates'); },
}];

/** Return all switches. */
export const switches = () => [...TELEGRAM, ...MAIL, ...UPDATES];

/** Return the rules in force that no switch stands for, each with its words and how to lift it. */
export function foreignRules() {
  const own = new Set(switches().flatMap((each) => each.mine()));
  const foreign = ([where, { all, clear }]) => all().filter((rule) => !own.has(rule)).map((rule) => ({
    rule, words: `${where}: ${described(rule)}`, clear: () => attempt(clear, { fault_id: rule.id }),
  }));
  return Object.entries(RULES).flatMap(foreign);
}

/** Facts that are told of every rule and matter to some. */
const OF_KINDS = { code: ['error', 'html', 'refuse'], retry_after: ['too_many'] };

function described({ id, kind, hits, ...facts }) {
  const telling = Object.entries(facts)
    .filter(([name, value]) => value !== false && (OF_KINDS[name]?.includes(kind) ?? true));
  return [`#${id} ${kind}`, ...telling.map(([name, value]) => (value === true ? name : `${name}=${value}`))].join(' ');
}
