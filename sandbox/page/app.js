/** The page: who stands where, what is looked at, and the keyboard. */

import { aboutOf, ChatColumn, dress, unread } from './chat.js';
import { attempt } from './control.js';
import { el, fill, icon, iconButton } from './dom.js';
import * as mailbox from './mailbox.js';
import { dialog, menu } from './notices.js';
import { addBot, addPerson, firstBot } from './people.js';
import { connect, on, world } from './store.js';
import * as story from './story.js';
import * as trouble from './trouble.js';
import { choose, language, LANGUAGES, t } from './words.js';

const COLUMNS = 6;
const NARROW = matchMedia('(max-width: 760px)');
const place = Object.fromEntries(['top', 'rail', 'columns', 'mail', 'trouble'].map((id) => [id, document.getElementById(id)]));

/** The columns that are open, by the key of their chat. */
const columns = new Map();
const closed = new Set(JSON.parse(sessionStorage.getItem('closed') ?? '[]'));
const badges = { mail: 0, trouble: 0 };
let current = null;

function start() {
  document.documentElement.lang = language;
  document.title = t('title');
  setTheme(localStorage.getItem('theme') ?? 'auto');
  place.rail.setAttribute('aria-label', t('rail'));
  place.columns.setAttribute('aria-label', t('chats'));
  place.mail.setAttribute('aria-label', t('mailbox'));
  place.trouble.setAttribute('aria-label', t('trouble'));
  setSide(sessionStorage.getItem('side') ?? (innerWidth >= 1250 ? 'mail' : ''));
  setView('chat');
  buildTop();
  mailbox.mount(place.mail, { onUnread: (count) => { badges.mail = count; showRail(); } });
  trouble.mount(place.trouble, { onTrouble: (count) => { badges.trouble = count; showRail(); } });
  listen();
  connect();
}

function listen() {
  on('connected', showConnection);
  on('world', showAll);
  on('people', showPeople);
  on('chats', showPeople);
  on('chat', (key, changed) => columns.get(key)?.update(changed));
  on('stage', () => { for (const column of columns.values()) column.showNotes(); });
  on('event', happened);
  NARROW.addEventListener('change', look);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  addEventListener('keydown', shortcut);
  new ResizeObserver(look).observe(place.columns);
  place.columns.addEventListener('scroll', look, { passive: true });
}

/* The head of the page. */

let connection = null;

function buildTop() {
  const settings = iconButton('menu', t('settings'), () => showSettings(settings), { 'aria-haspopup': 'menu' });
  connection = el('p.connection', { role: 'status', hidden: true }, t('disconnected'));
  const bar = el('div.story-place', {});
  fill(place.top, el('div.brand', {}, el('img', { src: '/page/icon.svg', alt: '', width: 32, height: 32 }),
    el('div', {}, el('h1', {}, t('title')), el('p', {}, t('simulation')))), bar, connection, settings);
  story.mount(bar);
}

function showConnection() { connection.hidden = world.connected; }

function showSettings(anchor) {
  const theme = document.documentElement.dataset.theme;
  menu(anchor, [
    ...Object.entries(LANGUAGES).map(([code, label]) => ({ label, icon: icon('globe'), current: code === language, choose: () => choose(code) })),
    ...[['auto', 'bolt'], ['light', 'sun'], ['dark', 'moon']].map(([name, mark]) => ({
      label: t(`theme.${name}`), icon: icon(mark), current: name === theme, choose: () => setTheme(name),
    })),
    { label: t('person.add'), icon: icon('plus'), choose: addPerson },
    { label: t('bot.add'), icon: icon('bot'), choose: addBot },
    { label: t('keys'), icon: icon('keyboard'), choose: showKeys },
  ]);
}

function showKeys() {
  dialog(t('keys'), [el('ul.keys', {}, t('keys.told').split(' · ').map((words) => el('li', {}, words)))]);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem('theme', name);
}

/* Chats side by side. */

/** All is new, after a reset or when the stream was broken: what stays keeps its place and what was written there. */
function showAll() {
  showPeople();
  look();
}

function showPeople() {
  const keys = [...world.chats.keys()].filter((key) => !closed.has(key));
  const open = keys.slice(0, COLUMNS);
  if (current && world.chats.has(current) && !open.includes(current)) open.push(current);
  for (const [key, column] of columns) if (!open.includes(key)) { column.node.remove(); columns.delete(key); }
  place.columns.querySelector('.no-bot')?.remove();
  if (!world.bots.size) place.columns.append(firstBot());
  for (const key of open) {
    if (columns.has(key)) { columns.get(key).update([]); continue; }
    const column = new ChatColumn(key, {
      onUnread: showRail, onClose: () => close(key), onFocus: () => makeCurrent(key), onOpen: (id, payload) => openAs(column, id, payload),
    });
    columns.set(key, column);
    place.columns.append(column.node);
    column.scrollToEnd();
  }
  if (!columns.has(current)) current = columns.keys().next().value ?? null;
  markCurrent();
  showRail();
}

function close(key) {
  closed.add(key);
  sessionStorage.setItem('closed', JSON.stringify([...closed]));
  if (current === key) current = null;
  showPeople();
}

async function openAs(column, personId, payload) {
  const botId = column.chat.bot_id;
  const started = await attempt('say', { bot_id: botId, person_id: personId, text: `/start ${payload}` });
  if (started) select(`${botId}:${personId}`);
}

/** Look at a chat: bring its column before the eyes. */
function select(key, { focus = false } = {}) {
  closed.delete(key);
  sessionStorage.setItem('closed', JSON.stringify([...closed]));
  current = key;
  setView('chat');
  if (!columns.has(key)) showPeople();
  markCurrent();
  const column = columns.get(key);
  if (!column) return;
  column.node.scrollIntoView({ behavior: 'smooth', inline: 'nearest', block: 'nearest' });
  if (focus) column.composer.focus();
  look();
}

function makeCurrent(key) {
  if (current === key) return;
  current = key;
  markCurrent();
  showRail();
}

function markCurrent() {
  for (const [key, column] of columns) column.node.classList.toggle('current', key === current);
}

function look() { for (const column of columns.values()) column.look(); }

function happened(event) {
  const key = `${event.bot_id}:${event.chat_id}`;
  columns.get(key)?.happened(event);
  const follows = world.stage.story?.state === 'playing' && columns.has(key) && document.body.dataset.view === 'chat';
  if (follows && ['pressed', 'said'].includes(event.event) && key !== current) select(key);
}

/* What stands beside the chats: on a phone's width one thing at a time. */

function setView(view) {
  document.body.dataset.view = view;
  if (place.rail.firstChild) showRail();
}

function setSide(side) {
  document.body.dataset.side = side;
  sessionStorage.setItem('side', side);
}

function showSide(name, { focus = false } = {}) {
  if (NARROW.matches) setView(name);
  else setSide(document.body.dataset.side === name && !focus ? '' : name);
  if (focus) place[name].focus();
  showRail();
  look();
}

const looksAt = (name) => (NARROW.matches ? document.body.dataset.view : document.body.dataset.side) === name;

let drawn = '';

function showRail() {
  const looks = JSON.stringify([current, badges, document.body.dataset, NARROW.matches,
    [...world.chats].map(([key, chat]) => [key, nameOf(chat), unreadOf(key)])]);
  if (looks === drawn) return; // a button that is built anew loses the press that is on its way
  drawn = looks;
  const scrolled = place.rail.querySelector('.people')?.scrollLeft ?? 0;
  const focused = place.rail.contains(document.activeElement) ? document.activeElement.dataset.rail : null;
  fill(place.rail,
    el('div.people', {}, [...world.chats.entries()].map(([key, chat]) => personButton(key, chat)),
      railButton('add', 'plus', t('person.add'), 0, addPerson, { short: t('person.do') })),
    el('div.sides', {}, railButton('mail', 'mail', t('mailbox'), badges.mail, () => showSide('mail'), { pressed: looksAt('mail') }),
      railButton('trouble', 'bolt', t('trouble'), badges.trouble, () => showSide('trouble'), { pressed: looksAt('trouble') })));
  place.rail.querySelector('.people').scrollLeft = scrolled;
  if (focused) place.rail.querySelector(`[data-rail="${focused}"]`)?.focus();
}

const unreadOf = (key) => columns.get(key)?.unread ?? unread(world.chats.get(key), key);

/** Whose chat it is; where there are several bots, with which one too. */
function nameOf(chat) {
  const { first_name: name } = world.people.get(chat.person_id);
  return world.bots.size > 1 ? `${name} · ${world.bots.get(chat.bot_id).name}` : name;
}

function personButton(key, chat) {
  const person = world.people.get(chat.person_id);
  const count = unreadOf(key);
  const name = nameOf(chat);
  const here = key === current && (!NARROW.matches || document.body.dataset.view === 'chat');
  const more = [aboutOf(person), count ? t('chat.unread', { n: count }) : ''].filter(Boolean).map((words) => `, ${words}`);
  return el('button.rail-button', {
    type: 'button', data: { rail: key }, title: name + more.join(''), 'aria-current': here ? 'true' : null,
    on: { click: () => select(key, { focus: true }) },
  }, dress(el('span.avatar', { 'aria-hidden': 'true' }), person), el('span.rail-label', {}, name),
  el('span.unseen', {}, more), count > 0 && el('span.badge', { 'aria-hidden': 'true' }, count));
}

function railButton(name, mark, label, count, listener, { pressed, short = label }) {
  return el('button.rail-button', {
    type: 'button', data: { rail: name }, title: label, 'aria-pressed': pressed === undefined ? null : String(pressed),
    on: { click: listener },
  }, el('span.avatar.plain', { 'aria-hidden': 'true' }, icon(mark)), el('span.rail-label', {}, short),
  count > 0 && el('span.unseen', {}, `, ${count}`), count > 0 && el('span.badge', { 'aria-hidden': 'true' }, count));
}

function shortcut(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const keys = [...world.chats.keys()];
  if (digit && keys[digit - 1]) select(keys[digit - 1], { focus: true });
  else if (event.code === 'KeyM') showSide('mail', { focus: true });
  else if (event.code === 'KeyT') showSide('trouble', { focus: true });
  else return;
  event.preventDefault();
}

start();
