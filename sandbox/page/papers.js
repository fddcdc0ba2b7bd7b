/** PDFs and pictures, large. */

import { el, fill } from './dom.js';
import { dialog } from './notices.js';
import { t } from './words.js';

/** Open a picture in a dialog. */
export function openPicture(source, caption) {
  dialog(caption || t('photo'), [el('img.large', { src: source, alt: caption ?? t('photo') })], { wide: true });
}

/** Open a PDF in a dialog, its pages as pictures. */
export function openPaper(source, name) {
  const place = el('div.pages', { 'aria-busy': 'true' }, t('paper.wait'));
  dialog(name, [
    el('p.links', {}, el('a', { href: source, target: '_blank', rel: 'noopener' }, t('paper.open')), ' ',
      el('a', { href: source, download: name }, t('paper.save'))),
    place,
  ], { wide: true });
  showPages(place, source, name);
}

/** Fill a place with the pages of a PDF, or with the news that it is none. */
export async function showPages(place, source, name) {
  const response = await fetch(`${source}/pages`).catch(() => null);
  place.removeAttribute('aria-busy');
  if (!response?.ok) {
    fill(place, el('p.broken', {}, t('paper.broken')));
    return;
  }
  const { pages } = await response.json();
  fill(place, Array.from({ length: pages }, (_, index) => el('img.page', {
    src: `${source}/pages/${index + 1}`, alt: t('paper.page', { name, page: index + 1, pages }), loading: index ? 'lazy' : 'eager',
  })));
}
