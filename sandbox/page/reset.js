/** Putting all back: to one of the scenes of whoever runs the sandbox, or, without any, to nothing at all. */

import { attempt } from './control.js';
import { el, icon } from './dom.js';
import { form, menu } from './notices.js';
import { world } from './store.js';
import { own, t } from './words.js';

/**
 * Make the button.
 * @returns {{node: HTMLElement, refresh: () => void}} `refresh` is to be called when the stage has changed
 */
export function resetButton() {
  const words = el('span');
  const node = el('button.panel-button.reset', {
    type: 'button', title: t('reset.title'), on: { click: () => choose(node) },
  }, icon('reset'), words);
  const refresh = () => {
    const { busy, scenes } = world.stage;
    words.textContent = t(busy ? 'reset.busy' : 'reset.title');
    node.setAttribute('aria-label', words.textContent);
    node.disabled = busy;
    node.toggleAttribute('data-busy', busy);
    if (scenes.length) node.setAttribute('aria-haspopup', 'menu');
    else node.removeAttribute('aria-haspopup');
  };
  return { node, refresh };
}

function choose(button) {
  const { scenes } = world.stage;
  if (scenes.length) {
    menu(button, scenes.map((scene) => ({
      label: own(scene.words), choose: () => attempt('put_back', { scene: scene.name }),
    })));
    return;
  }
  form(t('reset.all'), [el('p', {}, t('reset.all_about'))], t('reset.forget'),
    async () => await attempt('reset') !== null);
}
