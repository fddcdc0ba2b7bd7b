/** Doing something: the sandbox's control interface, the one that tests use. */

import { toast } from './notices.js';
import { t } from './words.js';

/**
 * Do an action and return its answer.
 * @param {string} action as listed by `GET /control`
 * @param {Object} [args]
 * @throws {Error} with the words of the sandbox, when it refuses or cannot be reached
 */
export async function act(action, args = {}) {
  const body = JSON.stringify(args);
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  const response = await fetch(`/control/${action}`, request).catch(() => { throw new Error(t('disconnected')); });
  if (response.ok) return response.json();
  const refusal = await response.json().catch(() => ({}));
  throw new Error(refusal.error?.replace(/^\w+: /, '') ?? refusal.description ?? `${response.status} ${response.statusText}`);
}

/** Do an action; a refusal is shown to the person. Returns the answer, or null when it was refused. */
export async function attempt(action, args = {}) {
  try {
    return await act(action, args);
  } catch (refusal) {
    toast(refusal.message, { kind: 'error' });
    return null;
  }
}
