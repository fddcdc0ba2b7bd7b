/** Switches that make trouble, to see the bot cope: Telegram, mail, the bot itself, its updates, the clock. */

import { attempt } from './control.js';
import { el, fill, icon } from './dom.js';
import { toast } from './notices.js';
import { keyOf, on, world } from './store.js';
import { MAIL, TELEGRAM, UPDATES, foreignRules, switches } from './switches.js';
import { t } from './words.js';

const HOW_TO_RUN = 'python -m sandbox --run "python bot.py"';

/**
 * Fill a place with the switches and keep them right.
 * @param {HTMLElement} place
 * @param {{onTrouble?: (count: number) => void}} [options] called at once and whenever the number of troubles in force
 *   changes: switches that are on, rules of somebody else's, a bot that does not run
 */
export function mount(place, { onTrouble = () => {} } = {}) {
  const parts = [allWell(), group('telegram', TELEGRAM), group('mail', MAIL), bot(), updates(), clock(), rules()];
  place.append(el('div.troubles', {}, parts.map((part) => part.node)));
  let told = -1;
  const refresh = () => {
    for (const part of parts) part.refresh();
    const count = inForce();
    if (count !== told) onTrouble(count);
    told = count;
  };
  for (const topic of ['world', 'trouble', 'stage', 'people', 'chats', 'chat']) on(topic, refresh);
  refresh();
}

const isDead = () => world.stage.process !== null && !world.stage.process.running && !world.stage.busy;

function inForce() {
  return switches().filter((each) => each.isOn()).length + foreignRules().length + (isDead() ? 1 : 0);
}

function pressed(click, ...content) {
  return el('button.panel-button', { type: 'button', on: { click } }, content);
}

function allWell() {
  const words = el('p');
  const button = pressed(lift, icon('check'), t('trouble.all_well'));
  const refresh = () => {
    const count = inForce();
    set(words, count ? t('trouble.count', { n: count }) : t('trouble.none'));
    button.disabled = count === 0;
  };
  return { node: el('div.trouble-head', {}, words, button), refresh };
}

/** Lift whatever is in force, one thing after the other: what the bot needs to cope comes before the bot. */
async function lift() {
  await attempt('clear_fault');
  await attempt('clear_mail_fault');
  await attempt('mail_up');
  await attempt('release_updates');
  if (isDead()) await attempt('start_bot');
}

const set = (node, words) => { if (node.textContent !== words) node.textContent = words; };

function section(name, ...content) {
  const id = `trouble-${name}`;
  return el('section.trouble-group', { 'aria-labelledby': id }, el('h2', { id }, t(`trouble.${name}`)), content);
}

function group(name, those) {
  const rows = those.map(row);
  return { node: section(name, rows.map((each) => each.node)), refresh: () => rows.forEach((each) => each.refresh()) };
}

/** Until the news of a switch must have come: it shows what was asked for meanwhile. */
const NEWS_MS = 1000;

function row(each) {
  const id = `trouble-${each.name}`;
  let waits = 0;
  const input = el('input.panel-switch', {
    type: 'checkbox', role: 'switch', 'aria-labelledby': `${id}-name`, 'aria-describedby': `${id}-about`,
    on: { change: () => {
      waits = Date.now() + NEWS_MS;
      each.turn(input.checked);
      setTimeout(refresh, NEWS_MS);
    } },
  });
  const struck = el('span.trouble-hits');
  const refresh = () => {
    if (Date.now() >= waits) input.checked = each.isOn();
    const hits = each.isOn() ? each.hits() : 0;
    set(struck, hits ? t('trouble.struck', { n: hits }) : '');
  };
  const node = el('label.trouble-row', {},
    el('span.trouble-words', {},
      el('span.trouble-name', {}, el('span', { id: `${id}-name` }, t(`trouble.${each.name}`)), ' ', struck),
      el('span.trouble-about', { id: `${id}-about` }, t(`trouble.${each.name}_about`))),
    input);
  return { node, refresh };
}

function bot() {
  const state = el('span.trouble-name');
  const kill = pressed(() => attempt('kill_bot'), t('trouble.kill'));
  const start = pressed(() => attempt('start_bot'), t('trouble.start'));
  const running = el('div.trouble-row', {},
    el('span.trouble-words', {}, state, el('span.trouble-about', {}, t('trouble.bot_about'))), kill, start);
  const none = el('p.trouble-about', {}, t('trouble.no_process'), ' ', el('code', {}, HOW_TO_RUN));
  const refresh = () => {
    const { process, busy } = world.stage;
    running.hidden = process === null;
    none.hidden = process !== null;
    if (process === null) return;
    set(state, stateOf(process));
    state.dataset.state = process.running ? 'running' : 'dead';
    kill.hidden = !process.running;
    start.hidden = process.running;
    kill.disabled = start.disabled = busy;
  };
  return { node: section('bot', running, none), refresh };
}

function stateOf({ running, starts, exit }) {
  if (running) return starts > 1 ? t('trouble.running_again', { n: starts }) : t('trouble.running');
  if (exit === null) return t('trouble.not_started');
  return exit === -9 ? t('trouble.killed') : t('trouble.ended', { exit });
}

function updates() {
  const held = group('updates', UPDATES);
  const again = redeliver();
  held.node.append(again.node);
  return { node: held.node, refresh: () => { held.refresh(); again.refresh(); } };
}

function redeliver() {
  const choice = el('select', { 'aria-label': t('trouble.whose') });
  const button = pressed(async () => {
    const [bot_id, person_id] = choice.value.split(':').map(Number);
    if (await attempt('double_last', { bot_id, person_id })) toast(t('trouble.redelivered'));
  }, icon('reset'), t('trouble.redeliver'));
  let offered = null;
  const refresh = () => {
    const chats = [...world.chats.values()].filter((chat) => chat.started && world.people.has(chat.person_id));
    const options = chats.map((chat) => [keyOf(chat.bot_id, chat.person_id), wordsFor(chat)]);
    button.disabled = choice.disabled = options.length === 0;
    if (JSON.stringify(options) === offered) return; // whoever has the list open keeps it
    offered = JSON.stringify(options);
    const chosen = choice.value;
    fill(choice, options.map(([value, words]) => el('option', { value }, words)));
    if (options.length === 0) fill(choice, el('option', {}, t('trouble.nobody')));
    if (options.some(([value]) => value === chosen)) choice.value = chosen;
  };
  const node = el('div.trouble-row.trouble-redeliver', {},
    el('span.trouble-words', {},
      el('span.trouble-name', {}, t('trouble.twice')), el('span.trouble-about', {}, t('trouble.twice_about'))),
    choice, button);
  return { node, refresh };
}

function wordsFor(chat) {
  const { first_name: name } = world.people.get(chat.person_id);
  return world.bots.size > 1 ? `${name} · ${world.bots.get(chat.bot_id).name}` : name;
}

function clock() {
  const forward = (hours, name) => pressed(async () => {
    if (await attempt('advance', { seconds: hours * 3600 })) toast(t('trouble.went_forward'));
  }, t(name));
  const node = section('clock', el('div.trouble-row', {},
    el('span.trouble-words', {}, el('span.trouble-about', {}, t('trouble.clock_about'))),
    el('span.panel-buttons', {}, forward(1, 'trouble.hour'), forward(24, 'trouble.day'))));
  return { node, refresh: () => {} };
}

/** Rules that somebody else put in force: a test, say. */
function rules() {
  const list = el('ul');
  const node = section('others', list);
  let shown = null;
  const refresh = () => {
    const found = foreignRules();
    node.hidden = found.length === 0;
    if (JSON.stringify(found) === shown) return;
    shown = JSON.stringify(found);
    const focused = list.contains(document.activeElement) && document.activeElement.dataset.rule;
    fill(list, found.map(({ rule, words, clear }) => el('li.trouble-row', {},
      el('span.trouble-words', {},
        el('code', {}, words), rule.hits > 0 && el('span.trouble-about', {}, t('trouble.struck', { n: rule.hits }))),
      el('button.panel-button', {
        type: 'button', 'aria-label': t('trouble.clear_this', { rule: words }), data: { rule: words },
        on: { click: clear },
      }, t('trouble.clear')))));
    if (focused) [...list.querySelectorAll('button')].find((button) => button.dataset.rule === focused)?.focus();
  };
  return { node, refresh };
}
