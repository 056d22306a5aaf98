// The line to the demo's page server: parts come as server-sent events, deeds go as JSON.

import { $ } from './dom.js';
import { t } from './words.js';

/** Call `show[part](value)` for each part that changed. The browser connects again by itself. */
export function follow(show) {
  const source = new EventSource('/live');
  for (const part of Object.keys(show)) source.addEventListener(part, (event) => show[part](JSON.parse(event.data)));
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
}

function connected(yes) {
  $('link').textContent = yes ? t('live') : t('ended');
  $('link').classList.toggle('off', !yes);
}

/** Do something; what came of it, or null when it couldn't be done, and then what went wrong is told. */
export async function act(address, asked) {
  try {
    const answer = await fetch(address, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked),
    });
    const json = (answer.headers.get('Content-Type') ?? '').includes('json');
    if (answer.ok) return await answer.json();
    say(json ? (await answer.json()).error : await answer.text());
  } catch {
    say(t('no_answer'));
  }
  return null;
}

let leaving = 0;

/** Tell the person something went wrong. */
export function say(text) {
  $('said').textContent = text;
  clearTimeout(leaving);
  leaving = setTimeout(() => { $('said').textContent = ''; }, 6000);
}

/** Tell those who can't see it that something is new. */
export function tell(text) {
  $('news').textContent = text;
}

/** Enter sends (Shift+Enter makes a line) and the button does too; with `enter` false, Ctrl+Enter. */
export function onSend(form, box, send, enter = false) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = 'yes';
    try { await send(); } finally { delete form.dataset.busy; }
  });
  box.addEventListener('keydown', (event) => {
    const wanted = enter ? !event.shiftKey : event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && wanted && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
}
