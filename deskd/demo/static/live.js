// The line to the daemon's page server: parts come as server-sent events, deeds go as JSON.

import { $ } from './dom.js';

const PARTS = ['about', 'customers', 'slack', 'desk'];

/** Call `show[part](value)` for each part that changed. The browser connects again by itself. */
export function follow(show) {
  const source = new EventSource('/live');
  for (const part of PARTS) source.addEventListener(part, (event) => show[part]?.(JSON.parse(event.data)));
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
}

function connected(yes) {
  $('link').textContent = yes ? 'live' : 'the demo has ended, or is starting';
  $('link').classList.toggle('off', !yes);
}

/** Do something; true when it was done, else what went wrong is told. */
export async function act(address, asked) {
  try {
    const answer = await fetch(address, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(asked),
    });
    if (answer.ok) return true;
    say((answer.headers.get('Content-Type') ?? '').includes('json') ? (await answer.json()).error : await answer.text());
  } catch {
    say('The demo does not answer. Is it still running?');
  }
  return false;
}

let leaving = 0;

/** Tell the person something went wrong. */
export function say(text) {
  $('said').textContent = text;
  clearTimeout(leaving);
  leaving = setTimeout(() => { $('said').textContent = ''; }, 6000);
}

/** Enter sends (Shift+Enter makes a line) and the button does too. */
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
