/** One chat as its person sees it: a column with messages, keyboards and a line to write. */

import { bubble } from './bubble.js';
import { chatMenu, messageMenu } from './chat_menus.js';
import { composer } from './composer.js';
import { attempt } from './control.js';
import { add, el, fill, icon, iconButton } from './dom.js';
import { dialog, toast } from './notices.js';
import { copy } from './rich.js';
import { prepend, world } from './store.js';
import { dayOf, own, t } from './words.js';

/** The newest message that was read, by chat; it outlives a column that is closed. */
const SEEN = new Map();
const NEAR_END = 80;
const ANSWER_MS = 15000;
const TOAST_MS = 4000;

/** The column of one chat. */
export class ChatColumn {
  /**
   * @param {string} key of the chat in the store
   * @param {{onUnread: () => void, onClose: () => void, onFocus: () => void, onOpen: (personId: number, payload: string) => void}} hooks
   */
  constructor(key, hooks) {
    this.key = key;
    this.hooks = hooks;
    this.unread = 0;
    this.atEnd = true;
    this.top = 0;
    this.shown = new Map();
    this.waiting = new Map();
    this.seenTo = SEEN.get(key) ?? Math.max(0, ...this.chat.messages.keys());
    this.build();
    this.update([]);
  }

  get chat() { return world.chats.get(this.key); }

  get person() { return world.people.get(this.chat.person_id); }

  get bot() { return world.bots.get(this.chat.bot_id); }

  build() {
    this.title = el('h2', {});
    this.state = el('p.chat-state', {});
    this.avatar = el('span.avatar', { 'aria-hidden': 'true' });
    const more = iconButton('more', t('chat.more', { person: this.person.first_name }), () => chatMenu(more, this), { 'aria-haspopup': 'menu' });
    this.log = el('div.log', { role: 'log', tabindex: 0, on: { scroll: () => this.scrolled(), keydown: (event) => this.walk(event) } });
    this.log.addEventListener('load', () => this.stayAtEnd(), true); // a picture may be taller than what was kept free for it
    new ResizeObserver(() => this.stayAtEnd()).observe(this.log);
    this.badge = el('span.badge', { hidden: true });
    this.toEnd = el('button.to-end', { type: 'button', 'aria-label': t('chat.end'), hidden: true, on: { click: () => this.scrollToEnd() } },
      icon('down'), this.badge);
    this.answers = el('div.answers', { 'aria-live': 'assertive' });
    this.notes = el('div.notes', {});
    this.composer = composer(this);
    this.node = el('section.chat', { data: { key: this.key }, on: { focusin: () => { this.note(); this.hooks.onFocus(); } } },
      el('header.chat-head', {}, this.avatar, el('div.chat-names', {}, this.title, this.state), more),
      el('div.log-frame', {}, this.log, this.toEnd, this.answers), this.notes, this.composer.node);
  }

  /** Show what has changed: the person, the messages named, the keyboard. */
  update(changed) {
    this.showHead();
    this.showMessages();
    this.composer.update();
    this.showNotes();
    if (changed.some((message) => !message.from_bot && message.id > this.seenTo) || this.atEnd) this.scrollToEnd();
    this.count();
  }

  showHead() {
    const { person, bot, chat } = this;
    this.node.setAttribute('aria-label', t('chat.name', { person: person.first_name, bot: bot.name }));
    this.title.textContent = [person.first_name, person.last_name].filter(Boolean).join(' ');
    this.log.setAttribute('aria-label', t('chat.log', { person: person.first_name }));
    dress(this.avatar, person);
    clearTimeout(this.typingEnds);
    if (chat.action) this.typingEnds = setTimeout(() => { chat.action = null; this.showHead(); }, chat.action_seconds * 1000);
    this.state.classList.toggle('typing', Boolean(chat.action));
    this.state.textContent = chat.action ? `${t(`action.${chat.action}`, { bot: bot.name })}…` : stateOf(person, bot, chat);
  }

  showMessages() {
    const wanted = this.blocks();
    const focus = focusIn(this.log);
    const kept = new Set(wanted.map((block) => block.key));
    for (const [key, { node }] of this.shown) if (!kept.has(key)) { node.remove(); this.shown.delete(key); }
    let after = null;
    for (const block of wanted) {
      const node = this.blockNode(block);
      if ((after ? after.nextSibling : this.log.firstChild) !== node) this.log.insertBefore(node, after ? after.nextSibling : this.log.firstChild);
      after = node;
    }
    refocus(this.log, focus);
  }

  blockNode({ key, parts, make }) {
    const known = this.shown.get(key);
    if (known && known.parts.length === parts.length && known.parts.every((part, index) => part === parts[index])) return known.node;
    const node = make();
    if (known) {
      known.node.replaceWith(node);
      node.classList.add('changed');
    }
    this.shown.set(key, { parts, node });
    return node;
  }

  /** What stands in the log from top to end, each with what it is made of: built anew only when that has changed. */
  blocks() {
    const { chat } = this;
    const found = [];
    if (chat.more) found.push({ key: 'more', parts: [], make: () => this.olderButton() });
    if (!chat.messages.size) found.push({ key: 'empty', parts: [chat.profile.description], make: () => this.emptiness() });
    let day = null;
    let album = null;
    for (const message of chat.messages.values()) {
      const date = dayOf(message.date);
      if (date !== day) found.push({ key: `day ${date}`, parts: [], make: () => el('p.day', {}, el('span', {}, date)) });
      day = date;
      if (message.album && message.album === album?.name) {
        album.parts.push(message);
        continue;
      }
      const parts = [message];
      album = { name: message.album, parts };
      found.push({ key: message.id, parts, make: () => bubble(chat, parts, this) });
    }
    return found;
  }

  olderButton() {
    return el('button.older', { type: 'button', on: { click: async () => {
      const [first] = this.chat.messages.keys();
      const found = await this.do('earlier', { before: first });
      if (!found) return;
      const from = this.log.scrollHeight;
      prepend(this.key, found.messages, found.more);
      this.showMessages();
      this.log.scrollTop += this.log.scrollHeight - from;
    } } }, t('chat.older'));
  }

  emptiness() {
    const { description } = this.chat.profile;
    return el('div.emptiness', {}, el('div.robot', { 'aria-hidden': 'true' }, icon('bot')),
      el('strong', {}, t('chat.empty')), el('p', {}, description || t('chat.nothing')));
  }

  showNotes() {
    const notes = world.stage.notes.filter((note) => note.person_id === this.chat.person_id);
    fill(this.notes, notes.map((note) => el('div.note', {}, el('span', {}, own(note.label)), el('code', {}, note.text),
      el('button', { type: 'button', on: { click: () => this.composer.write(note.text) } }, t('note.use')),
      iconButton('copy', t('copy'), () => copy(note.text)))));
  }

  /* What a hand can do on a bubble. */

  say(text) { return this.do('say', { text }); }

  do(action, args = {}) {
    return attempt(action, { bot_id: this.chat.bot_id, person_id: this.chat.person_id, ...args });
  }

  menu(anchor, message) { messageMenu(anchor, this, message); }

  waits(message, button) { return this.waiting.has(`${message.id} ${button.data}`); }

  async press(message, button) {
    if (button.copy) return copy(button.copy);
    if (button.url) return this.open(button.url);
    if (!button.data) return toast(t('button.none'));
    return this.pressData(message.id, button.data);
  }

  /** Press a button that carries this, whether it stands there or not. */
  async pressData(messageId, data) {
    const mark = `${messageId} ${data}`;
    this.waiting.set(mark, setTimeout(() => this.answered(mark), ANSWER_MS));
    this.markWaiting(messageId, data, true);
    const pressed = await this.do('press_data', { message_id: messageId, data });
    if (!pressed) this.answered(mark);
  }

  answered(mark) {
    if (!this.waiting.has(mark)) return;
    clearTimeout(this.waiting.get(mark));
    this.waiting.delete(mark);
    const [id, ...data] = mark.split(' ');
    this.markWaiting(Number(id), data.join(' '), false);
  }

  markWaiting(messageId, data, waits) {
    for (const button of this.buttons(messageId, data)) {
      if (waits) button.setAttribute('aria-busy', 'true');
      else button.removeAttribute('aria-busy');
    }
  }

  buttons(messageId, data) {
    const found = this.log.querySelectorAll(`[data-id="${messageId}"] [data-press]`);
    return [...found].filter((button) => button.dataset.press === data);
  }

  /** A link: one that starts this bot is followed by somebody here, any other is shown, never fetched by itself. */
  open(url) {
    const start = /^(?:https?:\/\/)?t\.me\/(\w+)\?start=([\w-]+)$/i.exec(url);
    if (start && start[1].toLowerCase() === this.bot.username.toLowerCase()) {
      this.whoOpens(start[2]);
      return;
    }
    const address = /^[a-z]+:/i.test(url) ? url : `https://${url}`;
    dialog(t('link.title'), [el('p', {}, t('link.outside')),
      el('p', {}, el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, url))]);
  }

  whoOpens(payload) {
    const box = dialog(t('link.who'), [el('p', {}, t('link.start')), el('div.choices', {}, [...world.people.values()].map((person) =>
      el('button', { type: 'button', on: { click: () => { box.close(); this.hooks.onOpen(person.id, payload); } } },
        dress(el('span.avatar', { 'aria-hidden': 'true' }), person), person.first_name)))]);
  }

  /** Something happened in this chat: a press is seen, its answer is shown. */
  happened(event) {
    if (event.event === 'pressed') {
      for (const button of this.buttons(event.message_id, event.data)) flash(button);
    }
    if (event.event !== 'answered' || !event.answer) return;
    this.answered(`${event.message_id} ${event.data}`);
    if (event.answer.url) this.open(event.answer.url);
    if (event.answer.text) this.showAnswer(event.answer);
  }

  showAnswer({ text, show_alert: alert }) {
    const note = el('div', { class: alert ? 'answer alert' : 'answer', role: alert ? 'alert' : 'status' }, el('p', {}, text));
    if (alert) {
      const ok = el('button', { type: 'button', on: { click: () => note.remove() } }, t('ok'));
      add(note, [ok]);
    } else {
      setTimeout(() => note.remove(), TOAST_MS);
    }
    fill(this.answers, note);
  }

  /* What has been read. */

  nearEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END; }

  scrollToEnd() {
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.note();
  }

  /** Who was at the end leaves it by scrolling up only, not by what grows below. */
  scrolled() {
    const top = this.log.scrollTop;
    if (this.visible()) this.atEnd = this.nearEnd() || (this.atEnd && top >= this.top);
    this.top = top;
    this.note();
  }

  stayAtEnd() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  visible() {
    if (document.hidden || !this.node.isConnected) return false;
    const { left, right, width } = this.node.getBoundingClientRect();
    const frame = this.node.parentElement.getBoundingClientRect();
    return width > 0 && left < frame.right - width / 2 && right > frame.left + width / 2;
  }

  /** The arrows go from message to message, to what can be done with it. */
  walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.matches('.log, .bubble-more')) return;
    const all = [...this.log.querySelectorAll('.bubble-more')];
    const at = all.indexOf(event.target);
    const next = at < 0 ? all.at(-1) : all[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Come before the eyes again, or leave them: a chat that was at its end stays there, whatever came meanwhile. */
  look() {
    this.stayAtEnd();
    this.note();
  }

  /** Take note of what has been read. */
  note() {
    this.toEnd.hidden = this.atEnd;
    const newest = Math.max(0, ...this.chat.messages.keys());
    if (newest < this.seenTo) this.seenTo = 0; // all was put back
    if (this.atEnd && this.visible()) this.seenTo = newest;
    SEEN.set(this.key, this.seenTo);
    this.count();
  }

  count() {
    const count = unread(this.chat, this.key);
    this.badge.hidden = count === 0;
    this.badge.textContent = count;
    this.toEnd.setAttribute('aria-label', count ? t('chat.unread', { n: count }) : t('chat.end'));
    if (count === this.unread) return;
    this.unread = count;
    this.hooks.onUnread();
  }
}

/** How many messages of the bot were not read. */
export function unread(chat, key) {
  return [...chat.messages.values()].filter((message) => message.from_bot && message.id > (SEEN.get(key) ?? 0)).length;
}

/** Colour and initial of a person. */
export function dress(avatar, person) {
  avatar.textContent = [...person.first_name][0].toUpperCase();
  avatar.dataset.colour = person.id % 7;
  return avatar;
}

/** Who a person is, in the page's language where the word is known. */
export function aboutOf(person) {
  return ['admin', 'rep', 'storekeeper', 'stranger'].includes(person.about) ? t(`about.${person.about}`) : person.about;
}

function stateOf(person, bot, chat) {
  if (person.deactivated) return t('chat.deactivated');
  if (chat.blocked) return t('chat.blocked', { bot: bot.name });
  return [aboutOf(person), person.language_code, world.bots.size > 1 && bot.name].filter(Boolean).join(' · ');
}

function flash(button) {
  button.classList.remove('flash');
  requestAnimationFrame(() => button.classList.add('flash'));
}

/* A bubble that is built anew keeps the focus that was in it: on the button at the same place. */

function focusIn(log) {
  const article = document.activeElement?.closest?.('article[data-id]');
  if (!article || !log.contains(article)) return null;
  return { id: article.dataset.id, at: [...article.querySelectorAll('button, a')].indexOf(document.activeElement) };
}

function refocus(log, focus) {
  if (!focus || log.contains(document.activeElement)) return;
  const buttons = log.querySelectorAll(`article[data-id="${focus.id}"] :is(button, a)`);
  (buttons[Math.min(focus.at, buttons.length - 1)] ?? log).focus({ preventScroll: true });
}
