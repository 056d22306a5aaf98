// The agents' side: channels, the tickets' cards in them, and one thread, as Slack shows them.

import { draw, emoji } from './blocks.js';
import { $, atEnd, avatar, choose, el, list, moment } from './dom.js';
import { act, onSend, say } from './live.js';

const REACTIONS = [['eyes', 'claim'], ['white_check_mark', 'on the card: resolve'], ['x', 'stop a held reply']];
const HINT = 'Goes to the customer. // or note: stays inside. !help lists the commands.';

let workspace = null;
let agent = 'U0ANNA';
let channel = 'C0FRONT';
let thread = null;
let chosen = false; // until a thread is chosen, the newest is shown
let seen = 0; // messages of the channel when its end was last in view
let editing = null; // ts of the message that is edited

export function showSlack(value) {
  workspace = value;
  render();
}

const place = () => workspace.channels.find((one) => one.id === channel);

function names() {
  const channels = Object.fromEntries(workspace.channels.map((one) => [one.id, one.name]));
  return { people: workspace.people, groups: workspace.groups, channels };
}

const tops = (one) => one.messages.filter((message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast');

function render() {
  if (!workspace) return;
  choose($('agent-choice'), workspace.agents.map((one) => ({ key: one.id, name: one.name, label: one.name.split(' ')[0], hint: one.email })), agent,
    (key) => { agent = key; stopEditing(); render(); });
  list($('channels'), workspace.channels.map((one) => ({ id: one.id, name: one.name, count: tops(one).length, on: one.id === channel })), (one) => one.id, (one) =>
    el('button', { type: 'button', 'aria-current': one.on ? 'true' : false, 'data-act': 'channel', onclick: () => goTo(one.id) },
      el('span', {}, `# ${one.name}`), el('span', { class: 'count', 'aria-label': `${one.count} messages` }, String(one.count))));
  $('channel-name').textContent = `# ${place().name}`;
  $('channel-topic').textContent = place().topic;
  const shown = tops(place());
  if (!chosen) thread = shown.at(-1)?.ts ?? null;
  const box = $('channel-messages');
  atEnd(box, () => list(box, shown.map((message) => described(message, { open: message.ts === thread })), keyed, drawn));
  if (box.scrollHeight - box.scrollTop - box.clientHeight < 60) seen = shown.length;
  $('newer').hidden = shown.length <= seen;
  renderThread();
}

function renderThread(toEnd = false) {
  const messages = place().messages.filter((message) => message.ts === thread || message.thread_ts === thread);
  const whispers = workspace.ephemerals.filter((one) => one.user === agent && one.channel === channel && one.thread_ts === thread);
  const all = [...messages, ...whispers.map((one) => ({ ...one, ephemeral: true }))].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const start = messages.find((message) => message.ts === thread);
  $('thread-title').textContent = start ? start.text : '';
  $('post').hidden = !start;
  $('post-text').placeholder = `Write as ${workspace.people[agent]}…`;
  if (!editing) $('post-hint').textContent = HINT;
  const end = toEnd || (all.at(-1)?.ts ?? '') > ($('thread-messages').dataset.last ?? '~');
  $('thread-messages').dataset.last = all.at(-1)?.ts ?? '';
  atEnd($('thread-messages'), () => list($('thread-messages'), all.map((message) => described(message, { inside: true })), keyed, drawn), end);
}

/** A message with all that its drawing depends on. */
const described = (message, more) => ({ message, agent, ...more });
const keyed = (item) => `${item.message.ephemeral ? 'e' : 'm'}${item.message.ts}`;

function drawn({ message, inside, open }) {
  const bot = Boolean(message.bot_id) || Boolean(message.ephemeral);
  const who = message.username ?? workspace.people[message.user] ?? 'deskd';
  const author = message.ephemeral ? 'deskd' : who;
  const own = message.user === agent && !bot;
  const blocks = message.blocks?.length ? message.blocks : [{ type: 'section', text: { type: 'mrkdwn', text: message.text || '—' } }];
  return el('article', { class: `message ${message.ephemeral ? 'whisper' : ''} ${open ? 'open' : ''}`, 'aria-label': `${author}, ${time(message)}` },
    avatar(author, bot && !message.username),
    el('div', { class: 'what' },
      el('header', {}, el('b', {}, author), bot ? el('span', { class: 'app' }, message.username ? 'CUSTOMER' : 'APP') : '', el('time', {}, time(message)),
        message.edited && !bot ? el('span', { class: 'hint' }, '(edited)') : ''),
      message.ephemeral ? el('p', { class: 'only' }, 'Only visible to you') : '',
      ...draw(blocks, names(), (action, value) => press(message.ts, action, value)),
      reactions(message),
      inside ? tools(message, own) : replies(message)));
}

const time = (message) => moment(new Date(Number(message.ts.split('.')[0]) * 1000));

function reactions(message) {
  if (!message.reactions?.length) return '';
  return el('div', { class: 'reactions' }, ...message.reactions.map((one) => {
    const mine = one.users.includes(agent);
    const who = one.users.map((user) => workspace.people[user] ?? user).join(', ');
    return el('button', { type: 'button', 'aria-pressed': String(mine), 'data-act': `r-${one.name}`, title: who, 'aria-label': `${one.name}, by ${who}`,
      onclick: () => deed(mine ? 'unreact' : 'react', { ts: message.ts, name: one.name }) }, emoji(one.name), one.count > 1 ? ` ${one.count}` : '');
  }));
}

function tools(message, own) {
  if (message.ephemeral) return '';
  const given = new Set((message.reactions ?? []).filter((one) => one.users.includes(agent)).map((one) => one.name));
  const buttons = REACTIONS.filter(([name]) => !given.has(name)).map(([name, meaning]) =>
    el('button', { type: 'button', 'data-act': `t-${name}`, title: meaning, 'aria-label': `React with ${name} (${meaning})`,
      onclick: () => deed('react', { ts: message.ts, name }) }, emoji(name)));
  if (own) {
    buttons.push(el('button', { type: 'button', 'data-act': 'edit', onclick: () => startEditing(message) }, 'Edit'),
      el('button', { type: 'button', 'data-act': 'delete', onclick: () => deed('delete', { ts: message.ts }) }, 'Delete'));
  }
  return el('div', { class: 'tools', role: 'group', 'aria-label': 'This message' }, ...buttons);
}

function replies(message) {
  const count = message.reply_count ?? 0;
  return el('button', { type: 'button', class: 'replies', 'data-act': 'thread', onclick: () => openThread(message.ts) },
    count === 1 ? '1 reply' : count ? `${count} replies` : 'Open thread');
}

const deed = (name, asked) => act(`/slack/${name}`, { user: agent, channel, ...asked });
const press = (ts, action, value) => deed('press', { ts, action, value });

function goTo(id) {
  channel = id;
  chosen = false;
  seen = 0;
  $('channel-messages').replaceChildren();
  stopEditing();
  $('slack').dataset.open = 'channel';
  render();
}

function openThread(ts) {
  thread = ts;
  chosen = true;
  stopEditing();
  $('slack').dataset.open = 'thread';
  render();
  renderThread(true);
}

function startEditing(message) {
  editing = message.ts;
  $('post-text').value = typed(message.text);
  $('post-hint').textContent = 'Editing your message';
  $('post-send').textContent = 'Save';
  $('post-cancel').hidden = false;
  $('post-text').focus();
}

function stopEditing() {
  editing = null;
  $('post').reset();
  $('post-hint').textContent = HINT;
  $('post-send').textContent = 'Send';
  $('post-cancel').hidden = true;
}

/** A message's text as it was typed: Slack keeps it escaped, with its mentions and links in brackets. */
function typed(text) {
  const handles = Object.fromEntries(workspace.agents.map((one) => [one.id, one.handle]));
  return text.replace(/<@(\w+)>/g, (whole, id) => (handles[id] ? `@${handles[id]}` : whole))
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<mailto:[^|>]+\|([^>]+)>/g, '$1')
    .replace(/<(https?:[^|>]+)>/g, '$1')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export function startSlack() {
  $('thread-back').addEventListener('click', () => { $('slack').dataset.open = 'channel'; });
  $('post-cancel').addEventListener('click', stopEditing);
  onSend($('post'), $('post-text'), async () => {
    const text = $('post-text').value;
    if (!text.trim()) return say('There is nothing to send yet.');
    chosen = true; // whoever writes in it stays in it
    const done = editing ? await deed('edit', { ts: editing, text }) : await deed('post', { thread, text });
    if (done) stopEditing();
  }, true);
  $('post').hidden = true;
  $('channel-messages').addEventListener('scroll', () => {
    const box = $('channel-messages');
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 60) { seen = box.children.length; $('newer').hidden = true; }
  }, { passive: true });
  $('newer').addEventListener('click', () => { $('channel-messages').scrollTop = $('channel-messages').scrollHeight; });
}

/** Draw anew after the pane was out of sight: a box that isn't shown can't be scrolled to its end. */
export function renderSlack() {
  render();
  if (workspace) renderThread(true);
}
