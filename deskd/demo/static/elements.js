// Block Kit's interactive elements: https://docs.slack.dev/reference/block-kit/block-elements
// Each acts at once through room.press, or, where it is an input of a modal, is read when the modal is sent.

import { el } from './dom.js';
import { sure } from './sure.js';
import { t } from './words.js';

/** The element as a control. What it holds is read through room.inputs, by its action_id. */
export function control(part, room, block) {
  const make = MAKERS[part.type];
  if (!make) return el('span', { class: 'b-context' }, `(${part.type})`);
  return make(part, room, block);
}

const nameOf = (part, room) => (room.id ? undefined : part.accessibility_label ?? part.placeholder?.text ?? t('choose'));
const common = (part, room) => ({ id: room.id, 'data-act': part.action_id, 'aria-label': nameOf(part, room), 'aria-describedby': room.described });
const options = (part) => [...(part.options ?? []), ...(part.option_groups ?? []).flatMap((group) => group.options)];

/** Keep how to read it, and act when it changes if it is one that acts. */
function wired(part, room, node, read) {
  room.inputs?.set(part.action_id, read);
  if (!room.quiet) {
    node.addEventListener('change', async () => {
      if (part.type === 'plain_text_input') return;
      const value = read();
      if (!room.id && node.tagName === 'SELECT') node.value = ''; // in a message nothing stays chosen
      if (value !== null) await act(part, room, value);
    });
  }
  return node;
}

async function act(part, room, value) {
  if (!part.confirm || await sure(part.confirm)) await room.press(part.action_id, value);
}

function button(part, room) {
  if (part.url) return el('a', { class: `b-button ${part.style ?? ''}`, href: /^https?:/i.test(part.url) ? part.url : undefined, target: '_blank', rel: 'noopener noreferrer' }, part.text.text);
  return el('button', { type: 'button', class: `b-button ${part.style ?? ''}`, 'data-act': `${part.action_id} ${part.value ?? ''}`, 'data-action': part.action_id,
    'aria-label': part.accessibility_label, onclick: () => act(part, room, part.value) }, part.text.text);
}

function overflow(part, room) {
  const menu = el('details', { class: 'menu' }, el('summary', { class: 'b-button', 'data-act': part.action_id, 'aria-label': t('more') }, '⋯'),
    el('div', { class: 'entries' }, ...part.options.map((option) => el('button', { type: 'button', 'data-act': option.value,
      onclick: () => { menu.open = false; act(part, room, option.value); } }, option.text.text))));
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    event.preventDefault();
    event.stopPropagation();
    menu.open = false;
    menu.firstElementChild.focus();
  });
  menu.addEventListener('focusout', (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  return menu;
}

const chosen = (part) => part.initial_option?.value ?? part.initial_user ?? part.initial_channel ?? part.initial_conversation ?? '';

function select(part, room) {
  const groups = part.option_groups?.map((group) => el('optgroup', { label: group.label.text }, ...group.options.map(choice(part))));
  const node = el('select', { class: 'b-select', ...common(part, room) },
    el('option', { value: '' }, part.placeholder?.text ?? t('choose')), ...(groups ?? (part.options ?? []).map(choice(part))));
  return wired(part, room, node, () => node.value || null);
}

const choice = (part) => (option) => el('option', { value: option.value, selected: option.value === chosen(part) }, option.text.text);

function people(part, room) {
  const known = Object.entries(room.names.members).map(([value, name]) => ({ value, text: { text: name } }));
  return select({ ...part, options: known }, room);
}

function places(part, room) {
  const known = Object.entries(room.names.channels).map(([value, name]) => ({ value, text: { text: `#${name}` } }));
  return select({ ...part, options: known }, room);
}

/** Options that the app is asked for as one types. */
function external(part, room) {
  const found = el('select', { class: 'b-select', 'data-act': `${part.action_id} found`, 'aria-label': part.placeholder?.text ?? t('choose') }, el('option', { value: '' }, t('choose')));
  const search = el('input', { ...common(part, room), type: 'search', placeholder: t('find'), autocomplete: 'off' });
  const look = async () => {
    const answer = await room.suggest(part.action_id, search.value);
    found.replaceChildren(el('option', { value: '' }, t('choose')), ...options(answer ?? {}).map(choice(part)));
    if (found.options.length === 2) found.selectedIndex = 1;
  };
  search.addEventListener('input', look);
  if (part.initial_option) found.append(choice(part)(part.initial_option));
  else if ((part.min_query_length ?? 3) === 0) look();
  return wired(part, room, el('div', { class: 'b-find' }, search, found), () => found.value || null);
}

/** Several of many, as boxes to tick; or one of few, as circles. */
function ticks(part, room, kind, known) {
  const first = new Set([...(part.initial_options ?? []).map((one) => one.value), ...(part.initial_users ?? []), part.initial_option?.value]);
  const name = `${part.action_id}-${room.id ?? ''}`;
  const boxes = known.map((option) => el('input', { type: kind, name, value: option.value, checked: first.has(option.value), 'data-act': `${part.action_id} ${option.value}` }));
  const node = el('div', { class: 'b-ticks', 'data-act': part.action_id }, ...known.map((option, at) => el('label', {}, boxes[at], ` ${option.text.text}`,
    option.description ? el('span', { class: 'hint' }, ` ${option.description.text}`) : '')));
  const ticked = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return wired(part, room, node, kind === 'radio' ? () => ticked()[0] ?? null : ticked);
}

const several = (part, room) => ticks(part, room, 'checkbox', options(part));
const oneOf = (part, room) => ticks(part, room, 'radio', options(part));
const severalPeople = (part, room) => ticks(part, room, 'checkbox', Object.entries(room.names.members).map(([value, name]) => ({ value, text: { text: name } })));

function writing(part, room) {
  const tag = part.multiline ? 'textarea' : 'input';
  const node = el(tag, { ...common(part, room), placeholder: part.placeholder?.text, maxlength: part.max_length, autocomplete: 'off',
    autofocus: part.focus_on_load, rows: part.multiline ? 4 : undefined, type: part.multiline ? undefined : 'text' });
  node.value = part.initial_value ?? '';
  if (!room.quiet) node.addEventListener('change', () => act(part, room, node.value));
  return wired(part, room, node, () => node.value || null);
}

const typed = (type, initial) => (part, room) => {
  const node = el('input', { ...common(part, room), type, min: part.min_value, max: part.max_value, step: part.is_decimal_allowed ? 'any' : undefined });
  node.value = part[initial] ?? '';
  return wired(part, room, node, () => node.value || null);
};

/** A date and time, in Slack's form: seconds since the epoch. */
function dateAndTime(part, room) {
  const node = el('input', { ...common(part, room), type: 'datetime-local' });
  const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  node.value = part.initial_date_time ? local(part.initial_date_time) : '';
  return wired(part, room, node, () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null));
}

const MAKERS = {
  button, overflow, checkboxes: several, radio_buttons: oneOf,
  static_select: select, multi_static_select: several, external_select: external, users_select: people, multi_users_select: severalPeople,
  channels_select: places, conversations_select: places,
  plain_text_input: writing, number_input: typed('number', 'initial_value'), email_text_input: typed('email', 'initial_value'),
  url_text_input: typed('url', 'initial_value'), datepicker: typed('date', 'initial_date'), timepicker: typed('time', 'initial_time'), datetimepicker: dateAndTime,
};
