/** Building nodes. Nothing here or elsewhere on the page writes HTML as text. */

/**
 * Make an element.
 * @param {string} tag name, with classes after dots: `div.bubble.own`
 * @param {Object} [props] attributes; `on` holds listeners, `data` dataset; `hidden`, `disabled`, `value` … are set as properties;
 *   null, undefined and false leave an attribute out
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name || 'div');
  if (classes.length) node.classList.add(...classes);
  for (const [key, value] of Object.entries(props ?? {})) set(node, key, value);
  add(node, children);
  return node;
}

const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'textContent', 'indeterminate', 'returnValue']);

function set(node, key, value) {
  if (key === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (key === 'data') Object.assign(node.dataset, value);
  else if (key === 'class') node.classList.add(...String(value).split(' ').filter(Boolean));
  else if (PROPERTIES.has(key)) node[key] = value ?? '';
  else if (value === true) node.setAttribute(key, '');
  else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
}

/** Append children to a node; lists are flattened, null, undefined and false left out. */
export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** Put these children in place of all that a node holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Make a drawing of 24 by 24 from path data, in the colour of the text around it.
 * @param {string} name one of ICONS
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 24 24', width: 22, height: 22, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8,
    'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', class: 'icon',
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const ICONS = {
  attach: 'M20 11.5 12 19.4a5 5 0 0 1-7-7l8.2-8.2a3.3 3.3 0 0 1 4.7 4.7l-8.2 8.1a1.7 1.7 0 0 1-2.4-2.3l7.6-7.5',
  back: 'M15 5 8 12l7 7',
  bolt: 'M13 3 5 13.5h6L10.5 21 19 10.5h-6z',
  bot: 'M12 7V4M6 8h12a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM9 12.5v1.5M15 12.5v1.5',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  check: 'M5 12.5 10 17.5 19.5 7',
  clock: 'M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  close: 'M6 6l12 12M18 6 6 18',
  commands: 'M6 3.5h12a2.5 2.5 0 0 1 2.5 2.5v12a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 18V6A2.5 2.5 0 0 1 6 3.5zM14.5 7.5l-5 9',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M6 9l6 6 6-6',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
  forward: 'M14 6l6 6-6 6M20 12H9a5 5 0 0 0-5 5v1',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.4 3.7 5.4 3.7 9S14.5 18.6 12 21c-2.5-2.4-3.7-5.4-3.7-9S9.5 5.4 12 3z',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M17.5 10h.01M7 14h10',
  mail: 'M3 6h18v13H3zM3.5 6.5 12 13l8.5-6.5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z',
  more: 'M12 5.500v.01M12 12v.01M12 18.500v.01',
  pause: 'M8 5v14M16 5v14',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6',
  pin: 'M12 21s7-6.5 7-11.500a7 7 0 1 0-14 0C5 14.5 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  play: 'M7 4.500v15l12-7.500z',
  plus: 'M12 5v14M5 12h14',
  reply: 'M10 6l-6 6 6 6M4 12h11a5 5 0 0 1 5 5v1',
  reset: 'M4 12a8 8 0 1 0 2.5-5.800M4 4v5h5',
  send: 'M4 4.5 20.5 12 4 19.500l2.5-7.500zM6.5 12H13',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.500c1.8 2.4 5.2 2.4 7 0M9 9.500v.01M15 9.500v.01',
  stop: 'M6.5 6.500h11v11h-11z',
  sun: 'M12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2.500M12 19.500V22M2 12h2.500M19.5 12H22M5 5l1.7 1.700M17.3 17.3 19 19M5 19l1.7-1.700M17.3 6.7 19 5',
};

/** A button with a drawing and an accessible name. */
export function iconButton(name, label, listener, props = {}) {
  return el('button.icon-button', { type: 'button', 'aria-label': label, title: label, ...props, on: { click: listener } }, icon(name));
}
