// What the daemon is doing: the rules' traces, the clocks, what waits on its way in and out, and the log.

import { $, atEnd, el, list, tabs } from './dom.js';
import { moment, now, span, toTheSecond } from './moments.js';
import { t } from './words.js';

const WAITING = ['received', 'working'];
const GOING = ['queued', 'sending'];

export function showDesk({ inbox, outbox, waiting, log }) {
  const counts = [
    ['inbox', sum(inbox, WAITING)], ['quarantined', sum(inbox, ['quarantined'])], ['held', sum(outbox, ['held'])],
    ['outbox', sum(outbox, GOING)], ['failed', sum(outbox, ['failed', 'unknown'])],
  ];
  list($('counts'), counts, ([name]) => name, ([name, count]) =>
    el('div', { title: t(`${name}_means`), class: count ? 'some' : '' }, el('dt', {}, t(name)), el('dd', {}, String(count))));
  atEnd($('log-panel'), () => list($('log'), log, (line) => String(line.number), (line) =>
    el('li', { class: line.level }, el('time', {}, toTheSecond(new Date(line.at))), el('b', {}, line.event), el('span', {}, line.facts))));
  const rows = [...waiting.inbox.map((row) => ({ way: 'came_in', ...row })), ...waiting.outbox.map((row) => ({ way: 'goes_out', ...row }))];
  list($('queues'), rows.length ? rows : [{ empty: true }], (row) => (row.empty ? 'empty' : `${row.way}-${row.id}`), queued);
}

const sum = (counts, states) => states.reduce((total, state) => total + (counts[state] ?? 0), 0);

function queued(row) {
  if (row.empty) return el('p', { class: 'empty' }, t('nothing_waits'));
  const facts = [row.ticket, row.channel, row.kind, row.not_before && moment(new Date(row.not_before)), row.error ?? row.reason];
  return el('div', { class: 'row' }, el('span', { class: 'chip' }, t(row.way)), el('b', {}, t(row.state)), el('span', {}, facts.filter(Boolean).join(' · ')));
}

export function showTraces(traces) {
  list($('traces'), traces.length ? traces : [{ empty: true }], (one) => (one.empty ? 'empty' : String(one.inbox)), traced);
}

function traced(one) {
  if (one.empty) return el('p', { class: 'empty' }, t('no_traces'));
  const fired = one.rules.filter((rule) => rule.fired);
  const others = one.rules.filter((rule) => !rule.fired);
  const lines = (rules, mark) => el('ul', { class: 'fired' }, ...rules.map((rule) => el('li', {}, el('b', {}, `${mark} ${rule.name}`), ` ${rule.because}`)));
  return el('article', { class: 'trace' },
    el('header', {}, el('span', { class: 'chip' }, one.ticket ?? '–'), el('b', {}, one.author ?? '–'), el('span', {}, one.subject ?? ''), el('time', {}, moment(new Date(one.at)))),
    fired.length ? lines(fired, '✓') : el('p', { class: 'hint' }, t('fired_none')),
    others.length ? el('details', {}, el('summary', {}, others.length === 1 ? t('not_fired_one') : t('not_fired_many', { count: others.length })), lines(others, '·')) : '');
}

let clocks = [];

export function showClocks(value) {
  clocks = value;
  drawClocks();
}

/** Draw the clocks as they stand by now. */
export function drawClocks() {
  const at = now().getTime();
  const rows = clocks.map((one) => ({ ...one, left: Math.round((new Date(one.due) - at) / 60000) }));
  list($('clocks'), rows.length ? rows : [{ empty: true }], (one) => (one.empty ? 'empty' : `${one.ref}-${one.clock}`), running);
}

function running(one) {
  if (one.empty) return el('p', { class: 'empty' }, t('no_clocks'));
  const [since, warn, due, at] = [one.since, one.warn ?? one.due, one.due, now()].map((moment) => new Date(moment).getTime());
  const late = at >= due;
  const rest = t(late ? 'overdue' : 'due_in', { span: span(due - at) });
  return el('div', { class: `row running ${late ? 'late' : at >= warn ? 'soon' : ''}` }, el('span', { class: 'chip' }, one.ref), el('b', {}, t(one.clock)),
    el('progress', { max: due - since, value: Math.min(at, due) - since, 'aria-label': rest }), el('span', { class: 'rest' }, rest),
    el('time', {}, moment(new Date(one.due))), el('span', { class: 'hint' }, one.subject));
}

export function showAbout({ folder, kept }) {
  $('folder').textContent = `${folder}${kept ? '' : ` · ${t('gone_at_end')}`}`;
  $('folder').title = folder;
}

export const openView = tabs($('daemon-views'));

export function startDaemon() {
  setInterval(drawClocks, 15000);
  $('taller').addEventListener('click', () => {
    const tall = document.body.toggleAttribute('data-tall');
    $('taller').setAttribute('aria-pressed', String(tall));
    $('taller').textContent = t(tall ? 'lower' : 'taller');
  });
}
