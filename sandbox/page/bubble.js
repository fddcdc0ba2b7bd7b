/** Messages as bubbles: words, pictures, files, places, reactions, inline buttons. */

import { el, icon } from './dom.js';
import { openPaper, openPicture } from './papers.js';
import { copy, rich } from './rich.js';
import { world } from './store.js';
import { sizeOf, t, timeOf } from './words.js';

/**
 * One bubble: a message, or the photos and files of one album.
 * @param {Object} chat of the store
 * @param {Array<Object>} messages one, or all of an album
 * @param {Object} hand what a person can do: `press(message, button)`, `say(text)`, `open(url)`, `menu(anchor, message)`, `waits(message, button)`
 * @returns {HTMLElement}
 */
export function bubble(chat, messages, hand) {
  const [message] = messages;
  const told = messages.find((each) => each.caption) ?? message;
  const own = !message.from_bot;
  const words = told.text || told.caption;
  const more = el('button.bubble-more', {
    type: 'button', 'aria-label': t('message.more'), 'aria-haspopup': 'menu', tabindex: -1, on: { click: () => hand.menu(more, message) },
  }, icon('more'));
  return el('article', {
    class: `message ${own ? 'own' : 'bot'}`, data: { id: message.id, kind: message.kind },
    on: { contextmenu: (event) => { event.preventDefault(); hand.menu(more, message); } },
  },
    el('div.bubble', {},
      el('span.unseen', {}, own ? `${world.people.get(chat.person_id).first_name}: ` : `${t('bot')}: `),
      message.forwarded && el('div.forwarded', {}, t('forwarded', { name: message.forwarded })),
      message.reply && el('div.quoted', {}, el('strong', {}, message.reply.from), el('span', {}, message.reply.words)),
      el('div', { class: messages.length > 1 ? `media grid-${Math.min(messages.length, 4)}` : 'media' },
        messages.map((each) => medium(chat, each))),
      words && el('div.words', {}, rich(words, told.entities, hand)),
      el('div.foot', {}, more,
        message.reactions.length > 0 && el('span.reactions', {}, message.reactions.map((emoji) => el('span', {}, emoji))),
        el('span.when', {}, message.edited && (own || !message.buttons.length) ? `${t('edited')} ` : '', timeOf(message.date)))),
    message.buttons.length > 0 && el('div.inline-keyboard', { role: 'group', 'aria-label': t('message.buttons') },
      message.buttons.map((row) => el('div.row', {}, row.map((button) => inlineButton(message, button, hand))))));
}

function inlineButton(message, button, hand) {
  return el('button', {
    type: 'button', class: button.style ?? '', title: button.label, data: { press: button.data ?? '' },
    'aria-busy': hand.waits(message, button) ? 'true' : null, on: { click: () => hand.press(message, button) },
  }, el('span', {}, button.label), button.url && el('i.mark', {}, '↗'), button.copy && el('i.mark', {}, '⧉'));
}

function medium(chat, message) {
  switch (message.kind) {
    case 'photo': return photo(chat, message);
    case 'document': return file(chat, message);
    case 'location': case 'venue': return place(message);
    case 'contact': return person(message.contact);
    case 'sticker': return el('div.sticker', { role: 'img', 'aria-label': t('sticker') }, message.emoji);
    case 'voice': return el('div.card', {}, el('span.round', {}, '🎤'), el('span', {}, t('voice'), el('small', {}, sizeOf(message.size))));
    default: return null;
  }
}

const addressOf = (chat, message) => `/files/${chat.bot_id}/${message.file_id}`;

function photo(chat, message) {
  const source = addressOf(chat, message);
  return el('button.photo', { type: 'button', 'aria-label': t('photo.open'), on: { click: () => openPicture(source, message.caption) } },
    el('img', { src: source, alt: message.caption ?? t('photo'), width: message.width, height: message.height, loading: 'lazy' }));
}

function file(chat, message) {
  const source = addressOf(chat, message);
  const about = el('span', {}, el('strong', {}, message.file_name), el('small', {}, sizeOf(message.size)));
  if (message.mime !== 'application/pdf') {
    return el('a.card', { href: source, download: message.file_name }, el('span.round', {}, icon('file')), about);
  }
  return el('button.card.paper', { type: 'button', on: { click: () => openPaper(source, message.file_name) } },
    el('img', { src: `${source}/pages/1`, alt: '', loading: 'lazy', on: { error: (event) => event.target.remove() } }), about);
}

function place(message) {
  const { latitude, longitude } = message.location;
  const point = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return el('button.place', { type: 'button', title: t('copy'), on: { click: () => copy(point) } },
    el('span.map', { 'aria-hidden': 'true' }, '📍'),
    message.venue && el('strong', {}, message.venue.title),
    el('small', {}, message.venue ? message.venue.address : nearest(latitude, longitude)),
    el('small', {}, point));
}

/** The known place that this is, or that lies less than about a kilometre away. */
function nearest(latitude, longitude) {
  const away = (known) => Math.hypot(known.latitude - latitude, (known.longitude - longitude) * Math.cos(latitude * Math.PI / 180));
  const [found] = [...world.stage.places].sort((one, other) => away(one) - away(other));
  return found && away(found) < 0.01 ? found.name : t('location');
}

function person(contact) {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ');
  return el('button.card', { type: 'button', title: t('copy'), on: { click: () => copy(contact.phone_number) } },
    el('span.round', {}, icon('person')), el('span', {}, el('strong', {}, name), el('small', {}, contact.phone_number)));
}
