/** People and bots that are added by hand. */

import { attempt } from './control.js';
import { el } from './dom.js';
import { dialog, field, form } from './notices.js';
import { copy } from './rich.js';
import { language, LANGUAGES, t } from './words.js';

/** Ask for somebody's name and language, and give them a Telegram. */
export function addPerson() {
  form(t('person.add'), [
    field(t('person.name'), el('input', { name: 'first_name', required: true, maxlength: 64, autocomplete: 'off' })),
    field(t('person.language'), el('select', { name: 'language_code' },
      Object.entries(LANGUAGES).map(([code, label]) => el('option', { value: code, selected: code === language }, label)))),
    field(t('person.phone'), el('input', { name: 'phone', type: 'tel', maxlength: 32, autocomplete: 'off', placeholder: '+7…' })),
  ], t('person.do'), ({ first_name: name, language_code: code, phone }) => name.trim() &&
    attempt('new_person', { first_name: name, language_code: code, ...(phone ? { phone } : {}) }).then(Boolean));
}

/** Ask for a bot's name and tell its token. */
export function addBot() {
  form(t('bot.add'), botFields(), t('bot.do'), register);
}

function botFields() {
  return [
    field(t('bot.name'), el('input', { name: 'name', required: true, maxlength: 64, autocomplete: 'off' })),
    field(t('bot.username'), el('input', { name: 'username', required: true, pattern: '[A-Za-z]\\w{3,30}[bB][oO][tT]', placeholder: 'my_first_bot', autocomplete: 'off' })),
  ];
}

async function register({ name, username }) {
  const bot = await attempt('new_bot', { name, username });
  if (!bot) return false;
  const line = (label, text) => el('p.secret', {}, el('span', {}, label), el('code', {}, text),
    el('button', { type: 'button', on: { click: () => copy(text) } }, t('copy')));
  dialog(t('bot.added', { name }), [
    el('p', {}, t('bot.told')),
    line('token', bot.token), line('api', `${location.origin}/bot${bot.token}/getMe`),
    el('p', {}, t('bot.library')),
    el('pre', {}, el('code', {}, `apihelper.API_URL = "${location.origin}/bot{0}/{1}"\napihelper.FILE_URL = "${location.origin}/file/bot{0}/{1}"`)),
  ]);
  return true;
}

/** What stands where the chats will be, as long as there is no bot. */
export function firstBot() {
  const body = el('form.stacked', { on: { submit: (event) => {
    event.preventDefault();
    register(Object.fromEntries(new FormData(body)));
  } } }, botFields(), el('button.primary', { type: 'submit' }, t('bot.do')));
  return el('section.no-bot', {}, el('h2', {}, t('bot.none')), el('p', {}, t('bot.none.told')), body);
}
