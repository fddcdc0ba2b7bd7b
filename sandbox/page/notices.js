/** Short notices at the foot of the page, and dialogs. */

import { el, iconButton } from './dom.js';
import { t } from './words.js';

const SHOWN_MS = 4500;
let dialogs = 0;

/**
 * Say something for a few seconds.
 * @param {string} text
 * @param {{kind?: 'note'|'error'}} [options]
 */
export function toast(text, { kind = 'note' } = {}) {
  const open = [...document.querySelectorAll('dialog[open] .dialog-body')].at(-1); // all else is behind it, and inert
  const place = open ?? document.getElementById('toasts');
  const note = el('div.toast', { class: kind === 'error' ? 'error' : '', role: kind === 'error' ? 'alert' : 'status' }, text);
  place.append(note);
  setTimeout(() => note.remove(), kind === 'error' ? 2 * SHOWN_MS : SHOWN_MS);
}

/**
 * Open a modal dialog; Escape, the cross and a click beside it close it.
 * @param {string} title
 * @param {Array<Node>} content
 * @param {{wide?: boolean}} [options]
 * @returns {HTMLDialogElement} its `close()` removes it
 */
export function dialog(title, content, { wide = false } = {}) {
  dialogs += 1;
  const id = `dialog-${dialogs}`;
  const box = el('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : '' },
    el('header', {}, el('h2', { id }, title), iconButton('close', t('close'), () => box.close())),
    el('div.dialog-body', {}, content));
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

/**
 * A form in a dialog: fields with labels, and one button.
 * @param {string} title
 * @param {Array<Node>} fields
 * @param {string} action the button's words
 * @param {(values: Object<string, string>) => (Promise<boolean|void>|boolean|void)} done false keeps the dialog open
 */
export function form(title, fields, action, done) {
  const submit = el('button.primary', { type: 'submit' }, action);
  const body = el('form.stacked', { on: { submit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    submit.setAttribute('aria-busy', 'true');
    try {
      if (await done(Object.fromEntries(new FormData(body))) !== false) box.close();
    } catch (trouble) {
      toast(trouble.message, { kind: 'error' });
    }
    submit.disabled = false;
    submit.removeAttribute('aria-busy');
  } } }, fields, submit);
  const box = dialog(title, [body]);
  body.querySelector('input, select, textarea')?.focus();
  return box;
}

/** A field with its label above it, for `form`. */
export function field(label, control) {
  return el('label.field', {}, el('span', {}, label), control);
}

/**
 * A menu below (or above) a button: rows with words, closed by a choice, Escape or a click elsewhere.
 * @param {HTMLElement} anchor the button
 * @param {Array<{label: string, icon?: Node, choose: () => void, note?: string, current?: boolean}>} items
 */
export function menu(anchor, items) {
  const rows = items.map((item) => el('button', {
    type: 'button', role: item.current === undefined ? 'menuitem' : 'menuitemradio',
    'aria-checked': item.current === undefined ? null : String(item.current), tabindex: -1,
    on: { click: () => { close(); item.choose(); } },
  }, item.icon, el('span.menu-label', {}, item.label), item.note && el('small', {}, item.note)));
  const list = el('div.menu', { role: 'menu', popover: 'auto', 'aria-label': anchor.getAttribute('aria-label') ?? anchor.textContent },
    rows);
  const close = () => { list.hidePopover(); anchor.focus(); };
  list.addEventListener('keydown', (event) => move(event, rows));
  list.addEventListener('toggle', (event) => { if (event.newState === 'closed') list.remove(); });
  document.body.append(list);
  list.showPopover();
  place(list, anchor);
  rows[0]?.focus();
}

function move(event, rows) {
  if (event.key === 'Tab') {
    event.currentTarget.hidePopover();
    return;
  }
  const at = rows.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  rows.at(next % rows.length).focus();
}

/** Put an open popover below (or above) the button that opened it, within the window. */
export function place(list, anchor) {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = from.bottom + height + 8 < innerHeight;
  list.style.left = `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`;
  list.style.top = `${Math.max(8, below ? from.bottom + 4 : from.top - height - 4)}px`;
}
