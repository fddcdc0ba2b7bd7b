/** The page's own words in three languages; what bots and people say stays as it is. */

import chat from './words/chat.js';
import panels from './words/panels.js';

export const LANGUAGES = { en: 'English', es: 'Español', ru: 'Русский' };

/** The language of the page: what was chosen here, else the browser's, else English. */
export const language = [localStorage.getItem('language'), ...navigator.languages.map((code) => code.slice(0, 2))]
  .find((code) => code in LANGUAGES) ?? 'en';

const WORDS = { ...chat[language], ...panels[language] };
const plurals = new Intl.PluralRules(language);

/** Keep a language for this browser and show the page in it. */
export function choose(code) {
  localStorage.setItem('language', code);
  location.reload();
}

/**
 * Return words by their key; `{name}` is replaced by a fact. Where the words are an object by plural form, `facts.n` chooses.
 * @param {string} key
 * @param {Object<string, string|number>} [facts]
 */
export function t(key, facts = {}) {
  const found = WORDS[key];
  if (found === undefined) throw new Error(`no words for ${key} in ${language}`);
  const words = typeof found === 'string' ? found : found[plurals.select(facts.n)] ?? found.other;
  return words.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '');
}

/** Of texts by language, the one to show. */
export function own(texts) {
  return typeof texts === 'string' ? texts : texts[language] ?? texts.en;
}

const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long' });
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });

/** Hours and minutes; like the two below, of seconds since 1970, in the time zone of the browser. */
export const timeOf = (seconds) => clock.format(seconds * 1000);
/** Day and month. */
export const dayOf = (seconds) => date.format(seconds * 1000);
/** Date and time to the second. */
export const momentOf = (seconds) => moment.format(seconds * 1000);

const SIZES = ['B', 'KB', 'MB'];

/** A file's size for people. */
export function sizeOf(bytes) {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1000 ** step)} ${SIZES[step]}`;
}
