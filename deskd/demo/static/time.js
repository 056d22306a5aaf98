// The desk's clock, and moving it ahead.

import { $ } from './dom.js';
import { act, tell } from './live.js';
import { dayAndTime, fullDate, now, setAhead, span } from './moments.js';
import { t } from './words.js';

export function showTime({ ahead, deadline }) {
  setAhead(ahead);
  draw();
  $('ahead').hidden = ahead < 1;
  $('ahead').textContent = `+${span(ahead * 1000)}`;
  $('ahead').title = t('time_ahead', { span: span(ahead * 1000) });
  document.querySelector('[data-to=deadline]').disabled = !deadline;
}

function draw() {
  $('now').textContent = dayAndTime(now());
  $('now').title = fullDate(now());
}

/** Move it: `to` is hour, hours, morning or deadline. */
export async function move(to) {
  for (const button of document.querySelectorAll('[data-to]')) button.setAttribute('aria-busy', 'true');
  if (await act('/time/ahead', { to })) tell(t('time_moved', { time: dayAndTime(now()) }));
  for (const button of document.querySelectorAll('[data-to]')) button.removeAttribute('aria-busy');
}

export function startTime() {
  setInterval(draw, 5000);
  for (const button of document.querySelectorAll('[data-to]')) {
    button.title = t(`time_${button.dataset.to}_name`);
    button.setAttribute('aria-label', button.title);
    button.addEventListener('click', () => move(button.dataset.to));
  }
}
