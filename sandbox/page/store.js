/** What the sandbox told: one copy of its world, kept up to date by server-sent events. */

/**
 * All that is known. A chat: `{bot_id, person_id, started, blocked, messages, more, keyboard, profile, action}`, its
 * `messages` a Map by number in order; `more` tells that there are older ones.
 */
export const world = {
  connected: false,
  bots: new Map(),
  people: new Map(),
  chats: new Map(),
  mails: [],
  trouble: { faults: [], mail: { up: true, faults: [] } },
  stage: { process: null, story: null, scenes: [], busy: false, places: [], contacts: [], notes: [] },
};

export const keyOf = (botId, personId) => `${botId}:${personId}`;

const listeners = new Map();

/**
 * Call back when something of a topic has changed.
 * @param {string} topic `connected`, `world` (all is new), `people` (bots or people), `chats` (which there are), `chat` (key, changed
 *   messages), `event` (something that happened: `{event, bot_id, chat_id, …}`), `mails`, `trouble`, `stage`
 * @param {Function} listener
 */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

function tell(topic, ...facts) {
  for (const listener of listeners.get(topic) ?? []) listener(...facts);
}

let stream = null;

/**
 * Follow the sandbox while the page is looked at: a browser has only a few connections for all its tabs. The stream
 * begins anew by itself when it breaks, and then with the whole world.
 */
export function connect() {
  document.addEventListener('visibilitychange', follow);
  follow();
}

function follow() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    open();
  }
}

function open() {
  stream = new EventSource('/live');
  stream.addEventListener('open', () => setConnected(true));
  stream.addEventListener('error', () => setConnected(false));
  stream.addEventListener('world', (event) => readWorld(JSON.parse(event.data)));
  stream.addEventListener('news', (event) => readNews(JSON.parse(event.data)));
}

function setConnected(connected) {
  if (world.connected === connected) return;
  world.connected = connected;
  tell('connected');
}

const byId = (found) => new Map(found.map((each) => [each.id, each]));

function readWorld(told) {
  world.bots = byId(told.bots);
  world.people = byId(told.people);
  world.chats = new Map(told.chats.map((chat) => [keyOf(chat.bot_id, chat.person_id), { ...chat, messages: byId(chat.messages) }]));
  Object.assign(world, { mails: told.mails, trouble: told.trouble, stage: told.stage });
  tell('world');
}

function readNews(told) {
  if (told.bots) world.bots = byId(told.bots);
  if (told.people) world.people = byId(told.people);
  if (told.bots || told.people) tell('people');
  for (const chat of told.chats) readChat(chat);
  for (const topic of ['mails', 'trouble', 'stage']) {
    if (!told[topic]) continue;
    world[topic] = topic === 'mails' ? [...world.mails, ...told.mails] : told[topic];
    tell(topic);
  }
  for (const event of told.events) tell('event', event);
}

function readChat(told) {
  const key = keyOf(told.bot_id, told.person_id);
  const known = world.chats.get(key);
  const changed = told.messages;
  const messages = known?.messages ?? new Map();
  const oldest = messages.keys().next().value;
  for (const message of changed) {
    if (known?.more && message.id < oldest) continue; // it is among those that are asked for later
    if (message.deleted) messages.delete(message.id);
    else messages.set(message.id, message);
  }
  world.chats.set(key, { ...told, messages, more: known?.more ?? false });
  if (!known) tell('chats');
  tell('chat', key, changed);
}

/** Put older messages before those that are known. */
export function prepend(key, older, more) {
  const chat = world.chats.get(key);
  world.chats.set(key, { ...chat, more, messages: new Map([...byId(older), ...chat.messages]) });
}
