/** Sending what is not text: a place, a contact, photos and files. */

import { el, fill, icon } from './dom.js';
import { dialog, field, form, toast } from './notices.js';
import { world } from './store.js';
import { sizeOf, t } from './words.js';

const ALBUM = 10;
/** Bytes that the sandbox takes: in base64 they are a third more. */
const LARGEST = 35e6;

/** Choose a place among those that are offered, or by its coordinates, and send it. */
export function pickLocation(column) {
  const send = (latitude, longitude) => column.do('send_location', { latitude, longitude });
  const places = world.stage.places.map((place) => ({
    words: [place.name, place.about], mark: 'pin', choose: () => send(place.latitude, place.longitude),
  }));
  const byHand = el('form.stacked.by-hand', { on: { submit: async (event) => {
    event.preventDefault();
    const point = parsePoint(new FormData(byHand).get('point'));
    if (!point) toast(t('place.unclear'), { kind: 'error' });
    else if (await send(...point)) box.close();
  } } }, field(t('place.point'), el('input', { name: 'point', required: true, placeholder: '55.7646, 37.6165', autocomplete: 'off' })),
  el('button.primary', { type: 'submit' }, t('place.send')));
  const box = chooser(t('place.title'), places, byHand);
}

/** Latitude and longitude from what was typed, or null. */
export function parsePoint(typed) {
  const [latitude, longitude, ...rest] = typed.split(/[\s,;]+/).filter(Boolean).map(Number);
  const right = !rest.length && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return right ? [latitude, longitude] : null;
}

/** Choose a contact: one's own, of somebody here, one that is offered, or typed. */
export function pickContact(column) {
  const others = [...world.people.values()].filter((person) => person.id !== column.person.id)
    .map((person) => ({ name: person.first_name, phone: person.phone }));
  const contacts = [
    { words: [t('contact.own'), column.person.phone], mark: 'person', choose: () => column.do('send_contact') },
    ...[...others, ...world.stage.contacts].map(({ name, phone }) => ({
      words: [name, phone], mark: 'person', choose: () => column.do('send_contact', { phone, first_name: name }),
    })),
  ];
  const byHand = el('form.stacked.by-hand', { on: { submit: async (event) => {
    event.preventDefault();
    const { name, phone } = Object.fromEntries(new FormData(byHand));
    if (await column.do('send_contact', { phone, first_name: name })) box.close();
  } } }, field(t('contact.name'), el('input', { name: 'name', required: true, maxlength: 64, autocomplete: 'off' })),
  field(t('contact.phone'), el('input', { name: 'phone', type: 'tel', required: true, maxlength: 32, autocomplete: 'off' })),
  el('button.primary', { type: 'submit' }, t('contact.send')));
  const box = chooser(t('contact.title'), contacts, byHand);
}

/** Rows to choose from, with a line that narrows them down, and a form for what is not among them. */
function chooser(title, items, byHand) {
  const list = el('div.choices', {});
  const draw = (typed) => {
    const found = items.filter(({ words }) => words.join(' ').toLowerCase().includes(typed.toLowerCase()));
    fill(list, found.map((item) => el('button', { type: 'button', on: { click: async () => {
      if (await item.choose()) box.close();
    } } }, icon(item.mark), el('span', {}, item.words[0], item.words[1] && el('small', {}, item.words[1])))),
    !found.length && el('p', {}, t('nothing.found')));
  };
  const search = el('input', { type: 'search', placeholder: t('search'), 'aria-label': t('search'), on: { input: () => draw(search.value) } });
  draw('');
  const more = el('details', { open: !items.length }, el('summary', {}, t('by.hand')), byHand);
  const box = dialog(title, [items.length > 5 && search, list, more]);
  box.querySelector('input[type="search"], .choices button, input')?.focus();
  return box;
}

/** Ask as Telegram does before a bot gets the own number. */
export function shareOwnContact(column, label) {
  form(t('share.title'), [el('p', {}, t('share.told', { bot: column.bot.name, phone: column.person.phone }))], t('share.do'),
    async () => Boolean(await column.do('tap', { label })));
}

/**
 * Show photos or files with a line for the caption, and send them: several photos as an album.
 * @param {Object} column the chat
 * @param {Array<File>} files
 * @param {boolean} [asFiles] pictures too go as files
 */
export function sendFiles(column, files, asFiles = false) {
  if (!files.length) return;
  const pictures = files.filter((file) => /^image\/(png|jpeg|gif)$/.test(file.type));
  const canBePhotos = pictures.length === files.length;
  form(t('send.title', { n: files.length }), [
    el('div.previews', {}, files.map(preview)),
    canBePhotos && el('label.check', {}, el('input', { type: 'checkbox', name: 'plain', checked: asFiles }), t('send.asfiles')),
    field(t('send.caption'), el('input', { name: 'caption', maxlength: 1024, autocomplete: 'off' })),
  ], t('compose.send'), ({ caption, plain }) => send(column, files, caption, canBePhotos && !plain));
}

async function send(column, files, caption, asPhotos) {
  const large = files.find((file) => file.size > LARGEST);
  if (large) throw new Error(t('send.large', { name: large.name, size: sizeOf(LARGEST) }));
  const contents = await Promise.all(files.map(packed));
  if (asPhotos) return sendPhotos(column, contents, caption);
  for (const [index, file] of files.entries()) {
    const mime = file.type || 'application/octet-stream';
    const sent = await column.do('send_file', { content: contents[index], name: file.name, mime, caption: index ? '' : caption });
    if (!sent) return false;
  }
  return true;
}

async function sendPhotos(column, contents, caption) {
  for (let at = 0; at < contents.length; at += ALBUM) {
    const album = contents.slice(at, at + ALBUM);
    const words = at ? '' : caption;
    const sent = album.length > 1
      ? await column.do('send_album', { contents: album, caption: words })
      : await column.do('send_photo', { content: album[0], caption: words });
    if (!sent) return false;
  }
  return true;
}

function preview(file) {
  if (!file.type.startsWith('image/')) return el('div.card', {}, icon('file'), el('span', {}, el('strong', {}, file.name), el('small', {}, sizeOf(file.size))));
  const source = URL.createObjectURL(file);
  return el('img', { src: source, alt: file.name, on: { load: () => URL.revokeObjectURL(source) } });
}

/** The bytes of a file in base64, made by the browser beside the page's own work. */
function packed(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
