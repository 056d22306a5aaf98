// The agents' side: channels with the tickets' cards, one thread, and the app's home, as Slack shows them.

import { draw } from './blocks.js';
import { $, atEnd, choose, el, isAtEnd, list } from './dom.js';
import { attachable } from './files.js';
import { act, onSend, say } from './live.js';
import { drawn, isTop, keyed } from './messages.js';
import { showViews } from './views.js';
import { t } from './words.js';
import { keep, known, names, opensThreads, placeOf, space, typed } from './workspace.js';

const SHORTCUTS = [['send_to_customer', 'shortcut_send'], ['make_note', 'shortcut_note'], ['new_ticket', 'shortcut_new']]; // callback_id, text

let agent = 'U0ANNA';
let channel = 'C0FRONT';
let thread = null;
let chosen = false; // until a thread is chosen, the newest is shown
let home = false; // the app's home instead of a channel
let seen = 0; // messages of the channel when its end was last in view
let editing = null; // ts of the message that is edited

export function showSlack(value) {
  keep(value);
  render();
}

const deed = (name, asked) => act(`/slack/${name}`, { user: agent, channel, ...asked });
const hands = { names, deed, press: (message, action, value) => deed('press', { ts: message.ts, action, value }), shortcuts: SHORTCUTS };
const inChannel = { ...hands, foot: replies };
const inThread = { ...hands, edit: startEditing };
const agentsChannels = () => space().channels.filter((one) => !one.customers || one.messages.length);

export function render() {
  if (!known()) return;
  choose($('agent-choice'), space().agents.map((one) => ({ key: one.id, name: one.name, label: one.name.split(' ')[0], hint: one.email })), agent, be);
  list($('channels'), agentsChannels().map((one) => ({ id: one.id, name: one.name, count: one.messages.filter(isTop).length, on: one.id === channel && !home })), (one) => one.id, (one) =>
    el('button', { type: 'button', 'aria-current': one.on ? 'true' : false, 'data-act': 'channel', onclick: () => goTo(one.id) },
      el('span', {}, `# ${one.name}`), one.count ? el('span', { class: 'count', 'aria-label': t('messages_count', { count: one.count }) }, String(one.count)) : ''));
  $('home-open').toggleAttribute('aria-current', home);
  $('home').hidden = !home;
  $('channel-messages').hidden = home;
  $('say').hidden = home;
  if (home) renderHome();
  else renderChannel();
  renderThread();
  showViews(agent);
}

function renderChannel() {
  const place = placeOf(channel);
  $('channel-name').textContent = `# ${place.name}`;
  $('channel-topic').textContent = place.topic;
  $('say-text').placeholder = t('message_channel', { channel: place.name });
  const whispers = whispersIn(null);
  const shown = inOrder([...place.messages.filter(isTop), ...whispers]);
  if (!chosen) thread = place.messages.filter(isTop).at(-1)?.ts ?? null;
  const box = $('channel-messages');
  atEnd(box, () => list(box, shown.map((message) => ({ message, agent, open: message.ts === thread })), keyed, (item) => {
    const made = drawn(item.message, agent, inChannel);
    made.classList.toggle('open', item.open);
    return made;
  }));
  if (isAtEnd(box)) seen = shown.length;
  $('newer').hidden = shown.length <= seen;
}

const inOrder = (messages) => messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
const whispersIn = (ts) => space().ephemerals.filter((one) => one.user === agent && one.channel === channel && (one.thread_ts ?? null) === ts).map((one) => ({ ...one, ephemeral: true }));

function renderHome() {
  const view = space().homes[agent];
  $('channel-name').textContent = t('home');
  $('channel-topic').textContent = '';
  $('newer').hidden = true;
  list($('home'), [{ view, agent }], () => 'home', () => el('div', { class: 'blocks' }, ...(view
    ? draw(view.blocks, { names: names(), press: (action, value) => act('/slack/press-in-view', { user: agent, view: view.id, action, value }) })
    : [el('p', { class: 'empty' }, t('home_empty'))])));
}

function renderThread(toEnd = false) {
  const messages = placeOf(channel).messages.filter((message) => message.ts === thread || message.thread_ts === thread);
  const all = thread ? inOrder([...messages, ...whispersIn(thread)]) : [];
  const start = messages.find((message) => message.ts === thread);
  $('thread-title').textContent = start ? start.text : '';
  $('thread-none').hidden = Boolean(start);
  $('post').hidden = !start;
  $('post-text').placeholder = t('write_as', { name: space().people[agent] });
  if (!editing) rest();
  const box = $('thread-messages');
  const end = toEnd || (all.at(-1)?.ts ?? '') > (box.dataset.last ?? '~');
  box.dataset.last = all.at(-1)?.ts ?? '';
  atEnd(box, () => list(box, all.map((message) => ({ message, agent })), keyed, (item) => drawn(item.message, agent, inThread)), end);
}

function replies(message) {
  const count = message.reply_count ?? 0;
  const label = count === 1 ? t('replies_one') : count ? t('replies_many', { count }) : t('replies_none');
  return message.ephemeral ? '' : el('button', { type: 'button', class: 'replies', 'data-act': 'thread', onclick: () => openThread(channel, message.ts) }, label);
}

function be(id) {
  agent = id;
  stopEditing();
  if (home) act('/slack/home', { user: agent });
  render();
}

function goTo(id) {
  channel = id;
  home = false;
  chosen = false;
  seen = 0;
  $('channel-messages').replaceChildren();
  stopEditing();
  $('slack').dataset.open = 'channel';
  render();
}

function openHome() {
  home = true;
  $('slack').dataset.open = 'channel';
  act('/slack/home', { user: agent });
  render();
}

/** Read a thread, as another agent if one is named. */
export function openThread(where, ts, as = agent) {
  if (where !== channel) $('channel-messages').replaceChildren();
  [agent, channel, thread, chosen, home] = [as, where, ts, true, false];
  stopEditing();
  $('slack').dataset.open = 'thread';
  render();
  renderThread(true);
  $('channel-messages').querySelector('.open')?.scrollIntoView({ block: 'nearest' });
}

/** Whether a thread's start is known here. */
export const isThere = (where, ts) => known() && Boolean(placeOf(where)?.messages.some((message) => message.ts === ts));

/** The button of a ticket's card, as it stands there now. */
export function cardsButton(where, ts, action) {
  const card = placeOf(where)?.messages.find((message) => message.ts === ts);
  return card?.blocks?.flatMap((block) => block.elements ?? []).find((part) => part.action_id === action);
}

function startEditing(message) {
  editing = message.ts;
  $('post-text').value = typed(message.text);
  $('post-hint').textContent = t('editing');
  $('post-send').textContent = t('save');
  $('post-cancel').hidden = false;
  $('post-text').focus();
}

function stopEditing() {
  editing = null;
  $('post').reset();
  $('post-cancel').hidden = true;
  rest();
}

function rest() {
  $('post-hint').textContent = t('post_hint');
  $('post-send').textContent = t('send');
}

/** A slash command, or a message to the channel. */
async function sayInChannel() {
  const text = $('say-text').value.trim();
  const [, name, rest] = /^(\/[a-z][\w-]*)\s*([\s\S]*)$/.exec(text) ?? [];
  if (name ? await deed('command', { name, text: rest }) : await deed('post', { text })) $('say').reset();
}

export function startSlack() {
  const files = attachable($('post'));
  opensThreads(openThread);
  $('thread-back').addEventListener('click', () => { $('slack').dataset.open = 'channel'; });
  $('post-cancel').addEventListener('click', stopEditing);
  $('home-open').addEventListener('click', openHome);
  onSend($('say'), $('say-text'), sayInChannel, true);
  onSend($('post'), $('post-text'), async () => {
    const text = $('post-text').value;
    if (!text.trim() && !files.any()) { say(t('nothing_yet')); return; }
    chosen = true; // whoever writes in it stays in it
    const done = editing ? await deed('edit', { ts: editing, text }) : await deed('post', { thread, text, files: await files.read() });
    if (done) stopEditing();
  }, true);
  $('channel-messages').addEventListener('scroll', () => {
    const box = $('channel-messages');
    if (isAtEnd(box)) { seen = box.children.length; $('newer').hidden = true; }
  }, { passive: true });
  $('newer').addEventListener('click', () => { $('channel-messages').scrollTop = $('channel-messages').scrollHeight; });
}

/** Draw anew after the pane was out of sight: a box that isn't shown can't be scrolled to its end. */
export function renderSlack() {
  render();
  if (known()) renderThread(true);
}
