// On narrow screens one part is shown at a time; on wide ones a part is only brought to notice.

import { $ } from './dom.js';

const drawn = []; // what must be drawn anew when a part comes into sight

/** Show a part: customers, agents or daemon. */
export function showSide(side) {
  document.body.dataset.shown = side;
  for (const one of document.querySelectorAll('[data-side]')) one.setAttribute('aria-pressed', String(one.dataset.side === side));
  for (const draw of drawn) draw();
}

/** Show it, and let it light up for a moment. */
export function pointAt(side) {
  showSide(side);
  $(side).classList.remove('lit');
  requestAnimationFrame(() => $(side).classList.add('lit'));
}

export function startSides(...draws) {
  drawn.push(...draws);
  for (const one of document.querySelectorAll('[data-side]')) one.addEventListener('click', () => showSide(one.dataset.side));
  for (const link of document.querySelectorAll('[data-skip]')) {
    link.addEventListener('click', (event) => { event.preventDefault(); showSide(link.dataset.skip); $(link.dataset.skip).focus(); });
  }
}
