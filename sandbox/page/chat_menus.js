/** The menus of a chat and of a message: what a person, or somebody who makes trouble, can do besides writing. */

import { attempt } from './control.js';
import { el, icon } from './dom.js';
import { dialog, field, form, menu, toast } from './notices.js';
import { copy } from './rich.js';
import { t, timeOf } from './words.js';

/** The menu of a chat. */
export function chatMenu(anchor, column) {
  const { chat, person } = column;
  menu(anchor, [
    chat.started && { label: t('menu.again'), icon: icon('reset'), choose: () => again(column) },
    chat.started && { label: t('menu.old'), icon: icon('clock'), choose: () => oldButtons(column) },
    chat.messages.size > 0 && { label: t('menu.forge'), icon: icon('bolt'), choose: () => forge(column) },
    { label: t('menu.link'), icon: icon('forward'), choose: () => startLink(column) },
    { label: t('menu.language', { code: person.language_code ?? '–' }), icon: icon('globe'), choose: () => appLanguage(column) },
    chat.started && {
      label: chat.blocked ? t('menu.unblock') : t('menu.block'), icon: icon('stop'),
      choose: () => column.do('block', { blocked: !chat.blocked }),
    },
    chat.messages.size > 0 && { label: t('menu.transcript'), icon: icon('copy'), choose: () => transcript(column) },
    { label: t('menu.close'), icon: icon('close'), choose: () => column.hooks.onClose() },
  ].filter(Boolean));
}

async function again(column) {
  if (await column.do('double_last')) toast(t('again.done'));
}

async function transcript(column) {
  const told = await column.do('transcript');
  if (told) copy(told.transcript);
}

/** Buttons that stood in this chat once and are there no more. */
async function oldButtons(column) {
  const history = await column.do('history');
  if (!history) return;
  const found = new Map();
  for (const message of history) {
    const now = new Set(message.deleted ? [] : message.buttons.flat().map((button) => button.data));
    const before = message.versions.map((version) => version.wire).concat(message.deleted ? [message.wire] : []);
    for (const wire of before) {
      for (const button of (wire.reply_markup?.inline_keyboard ?? []).flat()) {
        if (button.callback_data && !now.has(button.callback_data)) found.set(`${message.id} ${button.callback_data}`, { message, button });
      }
    }
  }
  const rows = [...found.values()].reverse().slice(0, 60).map(({ message, button }) => el('button', {
    type: 'button', on: { click: () => { box.close(); column.pressData(message.id, button.callback_data); } },
  }, el('span', {}, button.text), el('small', {}, t('old.from', { id: message.id, time: timeOf(message.date) }))));
  const box = dialog(t('old.title'), [el('p', {}, rows.length ? t('old.told') : t('old.none')), el('div.choices', {}, rows)]);
}

function forge(column) {
  form(t('forge.title'), [
    el('p', {}, t('forge.told')),
    field(t('forge.data'), el('input', { name: 'data', required: true, maxlength: 64, autocomplete: 'off', placeholder: 'verb.1.1' })),
  ], t('forge.do'), async ({ data }) => {
    if (new TextEncoder().encode(data).length > 64) throw new Error(t('forge.long'));
    return Boolean(await column.do('press_data', { data }));
  });
}

function startLink(column) {
  form(t('menu.link'), [
    field(`t.me/${column.bot.username}?start=`, el('input', { name: 'payload', required: true, maxlength: 64, pattern: '[A-Za-z0-9_\\-]+', autocomplete: 'off' })),
  ], t('link.open'), async ({ payload }) => Boolean(await column.say(`/start ${payload}`)));
}

function appLanguage(column) {
  form(t('language.title', { person: column.person.first_name }), [
    el('p', {}, t('language.told')),
    field(t('person.language'), el('input', {
      name: 'code', required: true, maxlength: 5, pattern: '[a-z]{2}(-[A-Za-z]{2})?', value: column.person.language_code ?? '', list: 'languages',
    })),
    el('datalist', { id: 'languages' }, ['en', 'es', 'ru', 'de', 'pt-br'].map((code) => el('option', { value: code }))),
  ], t('ok'), async ({ code }) => Boolean(await attempt('change_person', { person_id: column.person.id, language_code: code })));
}

/** The menu of a message. */
export function messageMenu(anchor, column, message) {
  const words = message.text || message.caption;
  menu(anchor, [
    { label: t('message.reply'), icon: icon('reply'), choose: () => column.composer.answer(message) },
    words && { label: t('message.copy'), icon: icon('copy'), choose: () => copy(words) },
    !message.from_bot && message.kind === 'text' && { label: t('message.edit'), icon: icon('file'), choose: () => column.composer.correct(message) },
  ].filter(Boolean));
}
