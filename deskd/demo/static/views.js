// Slack's modals: the topmost view of whom one is, as a dialog. https://docs.slack.dev/surfaces/modals

import { draw } from './blocks.js';
import { $, el } from './dom.js';
import { act } from './live.js';
import { t } from './words.js';
import { names, space } from './workspace.js';

let shown = ''; // what the dialog shows: whose, which view, in which state
let inputs = new Map(); // what reads each input, by its action_id
let above = null; // the view, and whose it is

/** Show the view in front of `user`, if there is one. What was filled in stays through a change of the view. */
export function showViews(user) {
  const view = space().views[user]?.at(-1);
  const dialog = $('modal');
  if (!view) {
    shown = '';
    above = null;
    if (dialog.open) dialog.close();
    return;
  }
  const state = `${user} ${view.id} ${view.hash} ${JSON.stringify(view.errors)}`;
  if (state === shown) return;
  const before = above?.view.id === view.id ? values() : {};
  const focus = document.activeElement?.dataset?.act;
  shown = state;
  above = { user, view };
  fill(dialog, user, view, before);
  if (!dialog.open) dialog.showModal();
  const again = focus && [...dialog.querySelectorAll('[data-act]')].find((one) => one.dataset.act === focus);
  (dialog.querySelector('.wrong input, .wrong textarea, .wrong select') ?? again)?.focus();
}

const values = () => Object.fromEntries([...inputs].map(([action, read]) => [action, read()]));

function fill(dialog, user, view, before) {
  inputs = new Map();
  const room = {
    names: names(), inputs, errors: view.errors,
    press: (action, value) => act('/slack/press-in-view', { user, view: view.id, action, value, values: values() }),
    suggest: (action, query) => act('/slack/suggest', { user, view: view.id, action, query }),
  };
  const blocks = view.blocks.map((block) => kept(block, before));
  const form = el('form', { method: 'dialog' }, el('div', { class: 'bar' }, el('h3', { id: 'modal-title' }, view.title.text)),
    el('div', { class: 'blocks' }, ...draw(blocks, room)),
    el('div', { class: 'send' }, el('span', { class: 'hint' }), el('button', { type: 'button', 'data-act': 'close', onclick: close }, view.close?.text ?? t('close')),
      view.submit ? el('button', { class: 'primary', 'data-act': 'submit' }, view.submit.text) : ''));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await act('/slack/submit', { user, view: view.id, values: values() });
  });
  dialog.replaceChildren(form);
}

/** The block with what the person had filled in as its start. */
function kept(block, before) {
  const part = block.element;
  if (!part || !(part.action_id in before)) return block;
  const value = before[part.action_id];
  const options = [...(part.options ?? []), ...(part.option_groups ?? []).flatMap((group) => group.options)];
  const one = options.find((option) => option.value === value);
  const many = Array.isArray(value) ? options.filter((option) => value.includes(option.value)) : [];
  const start = {
    plain_text_input: { initial_value: value ?? '' }, number_input: { initial_value: value }, datepicker: { initial_date: value }, timepicker: { initial_time: value },
    datetimepicker: { initial_date_time: value }, static_select: { initial_option: one }, radio_buttons: { initial_option: one }, users_select: { initial_user: value },
    checkboxes: { initial_options: many }, multi_static_select: { initial_options: many }, multi_users_select: { initial_users: value },
  }[part.type];
  return { ...block, element: { ...part, ...start } };
}

async function close() {
  if (above) await act('/slack/close', { user: above.user, view: above.view.id });
}

export function startViews() {
  $('modal').addEventListener('cancel', (event) => { event.preventDefault(); close(); }); // Escape: the app is told, then it goes
}
