/** The bar of the story: play, pause, stop, where it stands; and putting all back. */

import { attempt } from './control.js';
import { el, fill, icon } from './dom.js';
import { place as placeBeside } from './notices.js';
import { resetButton } from './reset.js';
import { on, world } from './store.js';
import { own, t } from './words.js';

/** Seconds from one action to the next. */
const PACES = { slow: 2, normal: 1.2, fast: 0.5 };
const BEGINNING = 'empty';

/**
 * Fill a place with the bar and keep it right.
 * @param {HTMLElement} place
 */
export function mount(place) {
  const bar = new StoryBar();
  place.append(bar.node);
  for (const topic of ['stage', 'world']) on(topic, () => bar.refresh());
  bar.refresh();
}

class StoryBar {
  constructor() {
    this.play = this.button('play', () => this.go());
    this.stop = this.button('stop', () => attempt('stop_story'));
    this.count = el('span.story-count');
    this.title = el('span.story-title');
    this.where = el('button.story-where', {
      type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', on: { click: () => this.openSteps() },
    }, this.count, this.title, icon('down'));
    this.progress = el('div.story-progress', {
      role: 'progressbar', 'aria-label': t('story.progress'), 'aria-valuemin': 0,
    }, el('span'));
    this.spoken = el('span.unseen', { role: 'status' });
    this.paces = [paceChoice(), paceChoice()]; // in the bar where there is room, and above the steps
    this.steps = el('ol', { tabindex: 0 });
    this.failure = el('p.story-failure');
    this.list = el('div.story-steps', { popover: 'auto', role: 'dialog', 'aria-label': t('story.steps') },
      el('div.story-head', {}, el('h2', {}, t('story.steps')), this.paces[1]), this.failure, this.steps);
    this.list.addEventListener('toggle', ({ newState }) => {
      this.where.setAttribute('aria-expanded', newState === 'open');
    });
    this.reset = resetButton();
    this.story = el('div.story-play', { role: 'group', 'aria-label': t('story.title') },
      this.play, this.stop, el('div.story-middle', {}, this.where, this.progress), this.paces[0], this.spoken,
      this.list);
    this.node = el('div.story', {}, el('div.story-row', {}, this.story, this.reset.node));
  }

  button(name, listener) {
    return el('button.panel-button.square', { type: 'button', on: { click: listener } }, icon(name));
  }

  refresh() {
    const { story, busy } = world.stage;
    this.reset.refresh();
    this.story.hidden = story === null;
    this.node.setAttribute('aria-busy', busy);
    if (story === null) return;
    this.showButtons(story, busy);
    this.showWhere(story, busy);
    const all = story.steps.length;
    this.progress.setAttribute('aria-valuemax', all);
    this.progress.setAttribute('aria-valuenow', story.done);
    this.progress.style.setProperty('--done', all ? story.done / all : 0);
    for (const choice of this.paces) if (document.activeElement !== choice) choice.value = nearestPace(story.pace);
    if (this.list.matches(':popover-open')) this.showSteps();
  }

  showButtons(story, busy) {
    const act = actionOf(story);
    if (this.play.dataset.act !== act) {
      this.play.dataset.act = act;
      fill(this.play, icon({ pause: 'pause', again: 'reset' }[act] ?? 'play'));
    }
    name(this.play, t(`story.${act}`));
    name(this.stop, t('story.stop'));
    this.play.disabled = busy;
    this.stop.disabled = busy || !['playing', 'paused'].includes(story.state);
  }

  showWhere(story, busy) {
    const all = story.steps.length;
    const step = Math.min(story.done + 1, all);
    const words = busy ? t('reset.busy') : wordsOf(story);
    const began = story.state !== 'idle' || story.done > 0 || story.begun;
    this.progress.hidden = !began;
    this.count.textContent = began && !busy ? `${story.state === 'done' ? all : step}/${all}` : '';
    this.where.dataset.state = busy ? 'busy' : story.state;
    this.where.title = words;
    if (this.title.textContent === words) return;
    this.title.textContent = this.spoken.textContent = words;
  }

  /** Play, hold, go on or begin anew, whatever the button now stands for. */
  async go() {
    const { story } = world.stage;
    const act = actionOf(story);
    if (act === 'pause') return attempt('pause_story');
    const brokenOff = story.state === 'idle' && story.begun;
    if (brokenOff && await attempt('put_back', { scene: BEGINNING }) === null) return null;
    return attempt('play_story');
  }

  openSteps() {
    this.showSteps();
    this.list.showPopover();
    placeBeside(this.list, this.where);
    const present = this.steps.querySelector('[aria-current]');
    if (present) this.steps.scrollTop = present.offsetTop - this.steps.clientHeight / 2;
    this.steps.focus();
  }

  showSteps() {
    const { steps, done, state, error } = world.stage.story;
    this.failure.hidden = state !== 'failed';
    this.failure.textContent = t('story.failed', { error: error?.split('\n')[0] });
    const present = state === 'idle' && done === 0 ? -1 : done;
    while (this.steps.children.length > steps.length) this.steps.lastChild.remove();
    steps.forEach((words, index) => {
      const row = this.steps.children[index] ?? this.steps.appendChild(el('li', {}, el('span.story-mark'), el('span')));
      const mark = index < done ? 'done' : index === present ? state : 'to-come';
      row.lastChild.textContent = own(words);
      if (index === present) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
      if (row.dataset.mark === mark) return;
      row.dataset.mark = mark;
      if (mark === 'done') fill(row.firstChild, icon('check'), el('span.unseen', {}, t('story.is_done')));
      else fill(row.firstChild, index + 1);
    });
  }
}

/** What the first button does: `play`, `pause`, `go_on`, or `again`, which puts all back before. */
function actionOf({ state, done, begun }) {
  if (state === 'playing') return 'pause';
  if (state === 'paused') return 'go_on';
  if (state === 'idle') return begun ? 'again' : done ? 'go_on' : 'play';
  return 'again';
}

function wordsOf({ steps, state, done, begun, error }) {
  if (state === 'done') return t('story.over');
  if (state === 'failed') return t('story.failed', { error: error?.split('\n')[0] });
  const step = own(steps[Math.min(done, steps.length - 1)] ?? '');
  if (state === 'playing') return step;
  if (state === 'paused') return t('story.paused_at', { step });
  if (begun) return t('story.broken_off', { step });
  return done ? t('story.stopped_before', { step }) : t('story.ready', { n: steps.length });
}

function paceChoice() {
  const choice = el('select.story-pace', {
    'aria-label': t('story.pace'), on: { change: () => attempt('set_pace', { pace: PACES[choice.value] }) },
  }, Object.keys(PACES).map((name) => el('option', { value: name }, t(`story.${name}`))));
  return choice;
}

function nearestPace(seconds) {
  const away = (name) => Math.abs(PACES[name] - seconds);
  return Object.keys(PACES).reduce((best, each) => (away(each) < away(best) ? each : best));
}

function name(button, words) {
  button.title = words;
  button.setAttribute('aria-label', words);
}
