/** The mailbox: what has arrived, the newest first, and the letter that is open. */

import { el, fill, icon } from './dom.js';
import { letter } from './letter.js';
import { on, world } from './store.js';
import { dayOf, momentOf, t, timeOf } from './words.js';

const read = new Set();

/** After a reset the numbers begin anew: the time tells the letters apart. */
const identityOf = (mail) => `${mail.number} ${mail.at}`;

/** Return how many letters nobody has opened on this page. */
export function unread() {
  return world.mails.filter((mail) => !read.has(identityOf(mail))).length;
}

/**
 * Fill a place with the mailbox and keep it right.
 * @param {HTMLElement} place
 * @param {{onUnread?: (count: number) => void}} [options] called at once and whenever the number of unread letters
 *   changes
 */
export function mount(place, { onUnread = () => {} } = {}) {
  const mailbox = new Mailbox(onUnread);
  place.append(mailbox.node);
  on('mails', () => mailbox.refresh());
  on('world', () => mailbox.refresh());
  mailbox.refresh();
}

class Mailbox {
  constructor(onUnread) {
    this.onUnread = onUnread;
    this.counted = -1;
    this.rows = new Map();
    this.opened = null;
    this.list = el('ol.mail-list', { 'aria-label': t('mail.letters'), on: { keydown: (event) => this.walk(event) } });
    this.empty = el('div.mail-empty', {},
      icon('mail'), el('p', {}, t('mail.empty')), el('p', {}, t('mail.empty_more')));
    this.back = el('button.panel-button.mail-back', { type: 'button', on: { click: () => this.close() } },
      icon('back'), t('mail.back'));
    this.sheet = el('div.mail-pane.mail-open', {
      on: { keydown: (event) => { if (event.key === 'Escape') this.close(); } },
    });
    this.panes = el('div.mail-panes', {}, el('div.mail-pane', {}, this.empty, this.list), this.sheet);
    this.node = el('div.mailbox', {}, this.panes);
    this.close();
  }

  /** Add rows for new letters, take away those of letters that are gone, leave all others alone. */
  refresh() {
    const there = new Map(world.mails.map((mail) => [identityOf(mail), mail]));
    for (const [identity, row] of this.rows) if (!there.has(identity)) this.forget(identity, row);
    for (const [identity, mail] of there) {
      if (this.rows.has(identity)) continue;
      const row = this.row(mail);
      this.rows.set(identity, row);
      this.list.prepend(row);
    }
    this.empty.hidden = there.size > 0;
    this.list.hidden = this.panes.dataset.empty = there.size === 0;
    this.count();
  }

  forget(identity, row) {
    row.remove();
    this.rows.delete(identity);
    read.delete(identity);
    if (this.opened === identity) this.close();
  }

  count() {
    const number = unread();
    if (number === this.counted) return;
    this.counted = number;
    this.onUnread(number);
  }

  row(mail) {
    const identity = identityOf(mail);
    const clips = mail.attachments.length;
    const isRead = read.has(identity);
    return el('li', {}, el('button.mail-row', {
      type: 'button', data: { number: mail.number, read: isRead }, on: { click: () => this.open(mail) },
    },
      el('span.mail-dot', {}, el('span.unseen', {}, isRead ? '' : t('mail.unread'))),
      el('span.mail-from', {}, namesIn(mail.from) || mail.envelope_from || t('mail.nobody')),
      moment(mail.at),
      el('span.mail-subject', {}, mail.subject || t('mail.no_subject')),
      clips > 0 && el('span.mail-clips', {}, icon('attach'),
        el('span', { 'aria-hidden': 'true' }, clips), el('span.unseen', {}, t('mail.attachments', { n: clips }))),
      el('span.mail-to', {}, t('mail.to_whom', { to: namesIn(mail.to) || mail.envelope_to.join(', ') }))));
  }

  open(mail) {
    const identity = identityOf(mail);
    read.add(identity);
    this.opened = identity;
    const button = this.rows.get(identity).firstChild;
    this.list.querySelector('[aria-current]')?.removeAttribute('aria-current');
    button.setAttribute('aria-current', 'true');
    button.dataset.read = 'true';
    button.querySelector('.unseen').textContent = '';
    fill(this.sheet, this.back, letter(mail));
    this.sheet.scrollTop = 0;
    this.panes.dataset.open = 'true';
    if (!this.list.checkVisibility()) this.back.focus();
    this.count();
  }

  close() {
    const row = this.rows.get(this.opened)?.firstChild;
    this.opened = null;
    this.panes.dataset.open = 'false';
    fill(this.sheet, el('div.mail-empty', {}, icon('mail'), el('p', {}, t('mail.choose'))));
    row?.removeAttribute('aria-current');
    row?.focus();
  }

  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...this.list.querySelectorAll('button')];
    const next = step && buttons[buttons.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

/** Of `Anna <anna@firm.example>, boris@firm.example` the names, and the addresses of those that have none. */
function namesIn(header) {
  const named = /\s*(?:"([^"]*)"|([^"<,]*?))\s*<([^>]*)>/g;
  return header.replace(named, (_, quoted, plain, address) => ` ${quoted || plain || address}`).trim();
}

function moment(at) {
  const when = new Date(at * 1000);
  const today = when.toDateString() === new Date().toDateString();
  return el('time.mail-when', { datetime: when.toISOString(), title: momentOf(at) }, today ? timeOf(at) : dayOf(at));
}
