// The strip below: what waits in the daemon's inbox and outbox, and what it did last.

import { $, atEnd, el, list, toTheSecond } from './dom.js';

const WAITING = ['received', 'working'];
const GOING = ['queued', 'sending'];

export function showDesk({ inbox, outbox, log }) {
  const counts = [
    ['inbox', sum(inbox, WAITING), 'kept, and not worked off yet'],
    ['quarantined', sum(inbox, ['quarantined']), 'could not be read'],
    ['held', sum(outbox, ['held']), 'replies that can still be changed'],
    ['outbox', sum(outbox, GOING), 'on their way out'],
    ['failed', sum(outbox, ['failed', 'unknown']), 'refused, or nobody knows'],
  ];
  list($('counts'), counts, ([name]) => name, ([name, count, meaning]) =>
    el('div', { title: meaning, class: count ? 'some' : '' }, el('dt', {}, name), el('dd', {}, String(count))));
  atEnd($('log'), () => list($('log'), log, (line) => String(line.number), (line) =>
    el('li', { class: line.level }, el('time', {}, toTheSecond(new Date(line.at))), el('b', {}, line.event), el('span', {}, line.facts))));
}

export function showAbout({ folder, kept }) {
  $('folder').textContent = `${folder}${kept ? '' : ' · gone at the end'}`;
}

const sum = (counts, states) => states.reduce((total, state) => total + (counts[state] ?? 0), 0);
