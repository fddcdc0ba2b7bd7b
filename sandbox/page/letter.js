/** One letter: whom it is from, its text and HTML, its attachments, its headers. */

import { el, icon } from './dom.js';
import { openPaper, openPicture, showPages } from './papers.js';
import { momentOf, sizeOf, t } from './words.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const PDF = 'application/pdf';
const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/;

let preferred = 'html';

/**
 * Show a letter.
 * @param {Object} mail as the stream tells it
 * @returns {HTMLElement}
 */
export function letter(mail) {
  const title = `letter-${mail.number}`;
  return el('article.letter', { 'aria-labelledby': title },
    el('h2.letter-subject', { id: title }, mail.subject || t('mail.no_subject')),
    facts([
      [t('mail.from'), mail.from || mail.envelope_from || t('mail.nobody')],
      [t('mail.to'), mail.to || mail.envelope_to.join(', ')],
      ...envelope(mail),
      [t('mail.date'), momentOf(mail.at)],
    ], 'letter-facts'),
    body(mail),
    mail.attachments.length > 0 && el('div.letter-files', {},
      el('h3', {}, t('mail.attachments', { n: mail.attachments.length })),
      mail.attachments.map((part, index) => attachment(part, `/letters/${mail.number}/attachments/${index}`))),
    headers(mail));
}

function facts(rows, style) {
  const row = ([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value));
  return el('dl', { class: style }, rows.map(row));
}

const addressesIn = (header) => header.toLowerCase().match(/[^\s<>,;:"]+@[^\s<>,;:"]+/g) ?? [];
const same = (some, others) => [...new Set(some)].sort().join() === [...new Set(others)].sort().join();

/** What the mail server was told, where the letter says something else. */
function envelope(mail) {
  const rows = [];
  const [from, to] = [mail.envelope_from ?? '', mail.envelope_to.join(', ')];
  if (!same(addressesIn(mail.from), addressesIn(from))) rows.push([t('mail.envelope_from'), from || '<>']);
  if (!same(addressesIn(mail.to), addressesIn(to))) rows.push([t('mail.envelope_to'), to]);
  return rows;
}

function body(mail) {
  const parts = [
    mail.text !== null && { name: 'text', show: () => plain(mail.text) },
    mail.html && { name: 'html', show: () => page(mail) },
  ].filter(Boolean);
  if (parts.length === 0) return el('p.letter-nothing', {}, t('mail.no_words'));
  return parts.length === 1 ? parts[0].show() : tabs(parts);
}

function tabs(parts) {
  const place = el('div', { role: 'tabpanel', id: 'letter-part', tabindex: 0 });
  const handles = parts.map(({ name }) => el('button', {
    type: 'button', role: 'tab', id: `letter-${name}`, 'aria-controls': place.id, on: { click: () => choose(name) },
  }, t(`mail.as_${name}`)));
  const choose = (name) => {
    preferred = name;
    parts.forEach((part, index) => {
      const chosen = part.name === name;
      handles[index].setAttribute('aria-selected', chosen);
      handles[index].tabIndex = chosen ? 0 : -1;
      if (chosen) place.replaceChildren(part.show());
    });
    place.setAttribute('aria-labelledby', `letter-${name}`);
  };
  const list = el('div.letter-tabs', { role: 'tablist', 'aria-label': t('mail.shown_as'), on: { keydown: (event) => {
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    const other = handles[1 - handles.indexOf(document.activeElement)];
    other?.click();
    other?.focus();
  } } }, handles);
  choose(preferred);
  return el('div.letter-body', {}, list, place);
}

function plain(text) {
  const pieces = text.trimEnd().split(LINK);
  return el('div.letter-text', {}, pieces.map((piece, index) => (index % 2 ? link(piece) : piece)));
}

const link = (address) => el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, address);

/** The HTML part, which may run and fetch nothing, as high as it is. */
function page(mail) {
  const frame = el('iframe.letter-page', {
    src: `/letters/${mail.number}/html`, sandbox: 'allow-same-origin',
    title: t('mail.html_of', { subject: mail.subject }),
  });
  frame.addEventListener('load', () => {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    const fit = () => {
      const bar = root.scrollWidth > root.clientWidth ? 16 : 0; // room for the bar under a wide table
      frame.style.height = `${root.offsetHeight + bar}px`;
    };
    new ResizeObserver(fit).observe(root);
    root.addEventListener('click', openOutside);
  });
  return frame;
}

/** A link in a letter leads to a tab of its own: the frame may show nothing but the letter. */
function openOutside(event) {
  const address = event.target.closest('a')?.href;
  if (!address) return;
  event.preventDefault();
  if (/^https?:/.test(address)) window.open(address, '_blank', 'noopener,noreferrer');
}

function attachment(part, address) {
  const name = part.name || t('mail.unnamed');
  const isPicture = PICTURES.includes(part.type);
  const isPaper = part.type === PDF || name.toLowerCase().endsWith('.pdf');
  const enlarge = isPicture ? () => openPicture(address, name) : () => openPaper(address, name);
  const about = [
    el('span.letter-file-icon', {}, icon(isPicture ? 'camera' : 'file')),
    el('span.letter-file-name', {}, el('strong', {}, name), el('small', {}, `${part.type} · ${sizeOf(part.size)}`)),
  ];
  return el('figure.letter-file', {},
    el('figcaption', {},
      isPicture || isPaper
        ? el('button.letter-file-about', {
          type: 'button', 'aria-label': t('mail.enlarge', { name }), on: { click: enlarge },
        }, about)
        : el('div.letter-file-about', {}, about),
      el('span.panel-buttons', {},
        (isPicture || part.type === PDF) && el('a.panel-button', {
          href: address, target: '_blank', rel: 'noopener', 'aria-label': t('mail.open_file', { name }),
        }, t('mail.open')),
        el('a.panel-button', {
          href: address, download: name, 'aria-label': t('mail.save_file', { name }),
        }, t('mail.save')))),
    isPicture && picture(address, name, enlarge),
    isPaper && paper(address, name, enlarge));
}

function picture(address, name, enlarge) {
  const place = el('div.letter-pages', {}, el('img', { src: address, alt: name, loading: 'lazy', on: {
    click: enlarge, error: () => place.replaceChildren(el('p.broken', {}, t('mail.broken_picture'))),
  } }));
  return place;
}

function paper(address, name, enlarge) {
  const place = el('div.letter-pages', {
    'aria-busy': 'true', on: { click: ({ target }) => target.matches('img') && enlarge() },
  }, t('mail.wait'));
  showPages(place, address, name).catch(() => place.replaceChildren(t('mail.unreachable')));
  return place;
}

function headers(mail) {
  return el('details.letter-headers', {},
    el('summary', {}, t('mail.headers')),
    facts(mail.headers, 'letter-header-list'),
    el('a.panel-button', { href: `/letters/${mail.number}/raw`, download: `${mail.number}.eml` }, t('mail.raw')));
}
