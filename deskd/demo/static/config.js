// The configuration panel: the desk's own files, edited, tried, saved; what is wrong is shown at its line, and nothing wrong is loaded.

import { $, el } from './dom.js';
import { act } from './live.js';
import { sure } from './sure.js';
import { t } from './words.js';

let files = [];
let open = null; // the name of the file that is edited
let wrong = new Map(); // line -> what is wrong there

const file = () => files.find((one) => one.name === open);
const changed = () => Boolean(file()) && $('config-text').value !== file().text;

/** Open the panel, on a file if one is named. */
export async function openConfig(name = null) {
  const answer = await act('/config/files', {});
  if (!answer) return;
  files = answer.files;
  $('config-told').replaceChildren();
  $('config').showModal();
  read(name ?? open ?? files[0].name);
}

function read(name) {
  open = files.some((one) => one.name === name) ? name : files[0].name;
  wrong = new Map();
  $('config-files').replaceChildren(...files.map((one) => el('button', { type: 'button', 'aria-current': one.name === open ? 'true' : false, onclick: () => leaveFor(one.name) }, one.name)));
  $('config-text').setAttribute('aria-label', t('config_text', { name: open }));
  $('config-text').value = file().text;
  $('config-text').scrollTop = 0;
  drawLines();
}

async function leaveFor(name) {
  if (await mayLeave()) { $('config-told').replaceChildren(); read(name); }
}

const mayLeave = async () => !changed() || sure({ text: { text: t('config_unsaved', { name: open }) } });

function drawLines() {
  const count = $('config-text').value.split('\n').length;
  $('config-lines').replaceChildren(...Array.from({ length: count }, (_, at) => el('span', wrong.has(at + 1) ? { class: 'wrong', title: wrong.get(at + 1) } : {}, String(at + 1))));
  $('config-lines').scrollTop = $('config-text').scrollTop;
  $('config-name').textContent = changed() ? `${open} ●` : open;
  $('config-undo').disabled = !changed();
}

async function send(deed) {
  const [name, text] = [open, $('config-text').value];
  $('config-told').replaceChildren(el('p', {}, t('config_checking')));
  const told = await act(`/config/${deed}`, { name, text });
  if (!told) { $('config-told').replaceChildren(); return; }
  if (told.loaded) file().text = text;
  wrong = new Map(faults(told).filter((one) => one.file === name && one.line).map((one) => [one.line, one.message]));
  drawLines();
  $('config-told').replaceChildren(...report(told, deed, name));
  if (wrong.size) goToLine(Math.min(...wrong.keys()));
}

/** What is wrong, tests that failed among it. */
const faults = (told) => [...told.problems, ...told.tests.filter((test) => !test.passed).map((test) => ({
  file: test.file, line: test.line, message: `${test.name}: ${test.differences.join('; ')}`, remedy: '',
}))];

function report(told, deed, name) {
  const bad = faults(told);
  const head = bad.length ? t('config_wrong') : !told.difference.length ? t('config_same')
    : told.loaded ? t(name === 'deskd.yaml' ? 'config_restarted' : 'config_loaded', { rules: told.rules }) : t('config_good');
  const passed = told.tests.filter((test) => test.passed).length;
  return [
    el('p', { class: `verdict ${bad.length ? 'bad' : 'good'}` }, head),
    bad.length ? el('ul', { class: 'faults' }, ...bad.map((one) => fault(one, name))) : '',
    told.tests.length ? el('p', { class: 'hint' }, t('config_tests', { passed, of: told.tests.length })) : '',
    ...changes(told, bad, name),
    told.difference.length ? el('h3', {}, t('config_difference')) : '',
    told.difference.length ? el('pre', { class: 'difference' }, ...told.difference.map(({ sign, text }) =>
      el('span', { class: { '+': 'more', '-': 'less', '@': 'place' }[sign] ?? '' }, `${sign === '@' ? '⋯' : `${sign} `}${sign === '@' ? '' : text}\n`))) : '',
  ];
}

function fault({ file: where, line, message, remedy }, name) {
  const place = line ? (where === name ? t('config_place', { line }) : t('config_place_in', { file: where, line })) : where;
  const link = line && where === name ? el('button', { type: 'button', class: 'quiet', onclick: () => goToLine(line) }, place) : el('b', {}, place);
  return el('li', {}, link, ` ${message}${remedy ? `; ${remedy}` : ''}`);
}

function changes(told, bad, name) {
  if (bad.length || !told.difference.length || name === 'deskd.yaml') return [];
  if (!told.changes.length) return [el('p', { class: 'hint' }, t('config_no_changes'))];
  const said = (value) => (value === null || value.length === 0 ? t('config_nothing') : Array.isArray(value) ? value.join(', ') : String(value));
  return [el('h3', {}, t('config_changes')), el('ul', { class: 'changes' }, ...told.changes.map((one) =>
    el('li', {}, t('config_change', { ticket: one.ticket ?? '–', field: one.field, after: `“${said(one.after)}”`, before: `“${said(one.before)}”` }),
      el('span', { class: 'hint' }, ` ${one.because}`))))];
}

function goToLine(line) {
  const box = $('config-text');
  const before = box.value.split('\n').slice(0, line - 1).join('\n');
  const start = before.length + (line > 1 ? 1 : 0);
  const end = box.value.indexOf('\n', start);
  box.focus();
  box.setSelectionRange(start, end < 0 ? box.value.length : end);
  box.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(box).lineHeight));
}

export function startConfig() {
  const close = async () => { if (await mayLeave()) $('config').close(); };
  $('config-open').addEventListener('click', () => openConfig());
  $('config').querySelector('[data-close]').addEventListener('click', close);
  $('config').addEventListener('cancel', (event) => { if (event.target === $('config')) { event.preventDefault(); close(); } });
  $('config-text').addEventListener('input', () => { wrong = new Map(); drawLines(); });
  $('config-text').addEventListener('scroll', () => { $('config-lines').scrollTop = $('config-text').scrollTop; }, { passive: true });
  $('config-undo').addEventListener('click', () => { read(open); $('config-text').focus(); });
  $('config-try').addEventListener('click', () => send('try'));
  $('config-save').addEventListener('click', () => send('save'));
}
