/** Text with Telegram's entities as nodes. Offsets count UTF-16 units, as JavaScript's strings do. */

import { el } from './dom.js';
import { toast } from './notices.js';
import { t } from './words.js';

const TAGS = {
  bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's', blockquote: 'blockquote', expandable_blockquote: 'blockquote',
};

const BLOCKS = new Set(['pre', 'blockquote', 'expandable_blockquote']);

/**
 * Return text as nodes.
 * @param {string} text
 * @param {Array<{type: string, offset: number, length: number}>} entities
 * @param {{say: (text: string) => void, open: (url: string) => void}} follow what a tap on a command or a link does
 * @returns {Array<Node|string>}
 */
export function rich(text, entities, follow) {
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return nested(text, sorted, 0, text.length, follow);
}

function nested(text, entities, from, to, follow) {
  const nodes = [];
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    const inside = nested(text, entities, start, end, follow);
    nodes.push(dressed(entity, text.slice(start, end), inside, follow));
    at = BLOCKS.has(entity.type) && text[end] === '\n' ? end + 1 : end; // a block ends its line by itself
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function dressed(entity, words, inside, follow) {
  const press = (listener, props = {}) => el('button.link', { type: 'button', ...props, on: { click: listener } }, inside);
  switch (entity.type) {
    case 'bot_command': return press(() => follow.say(words));
    case 'url': return press(() => follow.open(words));
    case 'text_link': return press(() => follow.open(entity.url));
    case 'email': case 'phone_number': case 'code': return press(() => copy(words), { class: entity.type, title: t('copy') });
    case 'pre': return el('pre', {}, el('code', {}, inside));
    case 'spoiler': return spoiler(inside);
    default: return TAGS[entity.type] ? el(TAGS[entity.type], {}, inside) : el('span', {}, inside);
  }
}

function spoiler(inside) {
  const node = el('button.spoiler', { type: 'button', 'aria-label': t('spoiler'), on: { click: () => {
    node.replaceWith(el('span', {}, inside));
  } } });
  node.textContent = '▒'.repeat(12);
  return node;
}

/** Put text onto the clipboard, and say so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('copied'));
  } catch {
    toast(t('not_copied'), { kind: 'error' });
  }
}
