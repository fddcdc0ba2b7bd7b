/** The foot of a chat: the line to write, the commands, attachments and the keyboard that the bot put there. */

import { el, fill, icon, iconButton } from './dom.js';
import { menu } from './notices.js';
import { pickContact, pickLocation, sendFiles, shareOwnContact } from './pickers.js';
import { t } from './words.js';

/**
 * Make the foot of a chat.
 * @param {Object} column the ChatColumn
 * @returns {{node: HTMLElement, update: () => void, write: (text: string) => void, answer: (message: Object) => void,
 *   correct: (message: Object) => void, focus: () => void}}
 */
export function composer(column) {
  return new Composer(column);
}

class Composer {
  constructor(column) {
    this.column = column;
    this.replyTo = null;
    this.editing = null;
    this.folded = false;
    this.focusWhenOpen = false;
    this.build();
  }

  build() {
    this.text = el('textarea', {
      rows: 1, maxlength: 4096, on: { input: () => this.grow(), keydown: (event) => this.key(event), paste: (event) => this.paste(event) },
    });
    this.commands = iconButton('commands', t('compose.commands'), () => this.showCommands(), { 'aria-haspopup': 'menu' });
    this.toggle = iconButton('keyboard', t('compose.keyboard'), () => { this.folded = !this.folded; this.update(); });
    const attach = iconButton('attach', t('compose.attach'), () => this.showAttachments(attach), { 'aria-haspopup': 'menu' });
    this.context = el('div.context', { hidden: true });
    this.hints = el('div.hints', { hidden: true });
    this.line = el('form.line', { on: { submit: (event) => { event.preventDefault(); this.send(); } } },
      this.commands, attach, this.text, this.toggle,
      el('button.icon-button.send', { type: 'submit', 'aria-label': t('compose.send'), title: t('compose.send') }, icon('send')));
    this.big = el('button.big', { type: 'button', on: { click: () => this.begin() } });
    this.keyboard = el('div.reply-keyboard', { role: 'group', 'aria-label': t('compose.keyboard'), hidden: true });
    this.node = el('footer.composer', {}, this.context, this.hints, this.line, this.big, this.keyboard);
    this.node.addEventListener('dragover', (event) => event.preventDefault());
    this.node.addEventListener('drop', (event) => {
      event.preventDefault();
      sendFiles(this.column, [...event.dataTransfer.files]);
    });
  }

  /** Show what the chat allows now. */
  update() {
    const { chat, person } = this.column;
    const open = chat.started && !chat.blocked && !person.deactivated;
    this.line.hidden = !open;
    if (open && this.focusWhenOpen) this.focusNow();
    this.big.hidden = open || person.deactivated;
    this.big.textContent = chat.blocked ? t('compose.unblock') : t('compose.start');
    this.text.setAttribute('aria-label', t('compose.label', { person: person.first_name }));
    this.text.placeholder = chat.keyboard?.input_field_placeholder ?? t('compose.placeholder');
    this.commands.hidden = !chat.profile.commands.length;
    const rows = open ? chat.keyboard?.rows ?? [] : [];
    this.toggle.hidden = !rows.length;
    this.keyboard.hidden = !rows.length || this.folded;
    this.toggle.setAttribute('aria-expanded', String(!this.keyboard.hidden));
    const drawn = JSON.stringify(rows);
    if (this.drawn === drawn) return; // whoever has the focus on a button keeps it
    this.drawn = drawn;
    fill(this.keyboard, rows.map((row) => el('div.row', {}, row.map((button) => this.keyButton(button)))));
  }

  keyButton(button) {
    return el('button', { type: 'button', class: button.style ?? '', on: { click: () => this.tap(button) } },
      button.request === 'contact' && icon('person'), button.request === 'location' && icon('pin'), el('span', {}, button.label));
  }

  tap(button) {
    if (button.request === 'contact') shareOwnContact(this.column, button.label);
    else if (button.request === 'location') pickLocation(this.column);
    else this.column.do('tap', { label: button.label });
  }

  /** Begin, or begin again; the line is there only when the news of it have come. */
  async begin() {
    this.focusWhenOpen = true;
    const { chat } = this.column;
    const begun = await (chat.blocked ? this.column.do('block', { blocked: false }) : this.column.say('/start'));
    if (!begun) this.focusWhenOpen = false;
  }

  /** Put text into the line, to be looked at and sent. */
  write(text) {
    this.putText(text);
    if (!this.column.chat.started) this.begin();
  }

  putText(text) {
    this.text.value = text;
    this.grow();
    this.focus();
  }

  answer(message) {
    this.quote(message, t('compose.answering'));
    this.replyTo = message.id;
  }

  correct(message) {
    this.quote(message, t('compose.editing'));
    this.editing = message.id;
    this.putText(message.text);
  }

  quote(message, what) {
    this.forget();
    fill(this.context, el('span', {}, el('strong', {}, what), el('span', {}, message.text || message.caption || `(${message.kind})`)),
      iconButton('close', t('cancel'), () => this.forget()));
    this.context.hidden = false;
    this.focus();
  }

  forget() {
    this.replyTo = this.editing = null;
    this.context.hidden = true;
  }

  async send() {
    const text = this.text.value.trim();
    if (!text) return;
    const sent = this.editing
      ? await this.column.do('edit', { message_id: this.editing, text })
      : await this.column.do('say', { text, ...(this.replyTo ? { reply_to: this.replyTo } : {}) });
    if (!sent) return;
    this.forget();
    this.text.value = '';
    this.grow();
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === 'Escape') {
      if (this.editing) this.putText('');
      this.forget();
    } else if (event.key === 'ArrowUp' && !this.text.value) {
      const mine = [...this.column.chat.messages.values()].filter((message) => !message.from_bot && message.kind === 'text');
      if (mine.length) this.correct(mine.at(-1));
    }
  }

  paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    sendFiles(this.column, files);
  }

  grow() {
    this.text.style.height = 'auto';
    this.text.style.height = `${Math.min(this.text.scrollHeight, 140)}px`;
    this.showHints();
  }

  /** Below a slash, the commands that begin so. */
  showHints() {
    const typed = /^\/(\w*)$/.exec(this.text.value);
    const found = typed ? this.column.chat.profile.commands.filter(({ command }) => command.startsWith(typed[1])) : [];
    this.hints.hidden = !found.length;
    fill(this.hints, found.map(({ command, description }) => el('button', {
      type: 'button', on: { click: () => this.command(command) },
    }, el('strong', {}, `/${command}`), el('span', {}, description))));
  }

  command(command) {
    this.text.value = '';
    this.grow();
    this.column.say(`/${command}`);
    this.focus();
  }

  showCommands() {
    menu(this.commands, this.column.chat.profile.commands.map(({ command, description }) => ({
      label: description, note: `/${command}`, choose: () => this.command(command),
    })));
  }

  showAttachments(anchor) {
    const { column } = this;
    menu(anchor, [
      { label: t('attach.photo'), icon: icon('camera'), choose: () => choose('image/png,image/jpeg', (files) => sendFiles(column, files)) },
      { label: t('attach.file'), icon: icon('file'), choose: () => choose('', (files) => sendFiles(column, files, true)) },
      { label: t('attach.location'), icon: icon('pin'), choose: () => pickLocation(column) },
      { label: t('attach.contact'), icon: icon('person'), choose: () => pickContact(column) },
      { label: t('attach.sticker'), icon: icon('smile'), choose: () => column.do('send_sticker', { emoji: '👍' }) },
      { label: t('attach.voice'), icon: icon('play'), choose: () => column.do('send_voice', { content: btoa('OggS') }) },
    ]);
  }

  focusNow() {
    this.focusWhenOpen = false;
    this.grow();
    this.focus();
  }

  focus() { if (!matchMedia('(pointer: coarse)').matches) this.text.focus(); }
}

/** Let the person choose files. */
function choose(accept, chosen) {
  const input = el('input', { type: 'file', accept, multiple: true, hidden: true, on: { change: () => { chosen([...input.files]); input.remove(); } } });
  document.body.append(input);
  input.click();
}
