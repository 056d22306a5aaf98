// One message of Slack's as an element: who wrote it, what, its files, reactions, and what one can do with it.

import { draw } from './blocks.js';
import { avatar, el } from './dom.js';
import { control } from './elements.js';
import { enclosed } from './files.js';
import { moment } from './moments.js';
import { emoji } from './mrkdwn.js';
import { t } from './words.js';

const REACTIONS = [['eyes', 'means_claim'], ['white_check_mark', 'means_resolve'], ['x', 'means_stop']];

export const keyed = (item) => `${item.message.ephemeral ? 'e' : 'm'}${item.message.ts}`;
export const time = (message) => moment(new Date(Number(message.ts.split('.')[0]) * 1000));

/** Whether a message stands in the channel itself, and not only in a thread. */
export const isTop = (message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';

/**
 * `message` as `me` sees it. `hands`: `names()`, `press(message, action, value)`, `deed(name, asked)`, and where there is one `edit(message)`, `foot(message)`,
 * `shortcuts` ([callback_id, text] each),
 * `outside` (it stands where customers write: what comes under a name there is from the desk).
 */
export function drawn(message, me, hands) {
  const names = hands.names();
  const bot = Boolean(message.bot_id) || Boolean(message.ephemeral);
  const author = message.ephemeral ? 'deskd' : message.username ?? names.people[message.user] ?? 'deskd';
  const badge = bot ? (names.customers.includes(message.username) && !hands.outside ? 'customer' : 'app') : names.guests?.includes(message.user) ? 'customer' : '';
  const blocks = message.blocks?.length ? message.blocks : message.text || !message.files?.length
    ? [{ type: 'section', text: { type: 'mrkdwn', text: message.text || '—' } }] : [];
  return el('article', { tabindex: '-1', class: `message ${message.ephemeral ? 'whisper' : ''}`, 'data-ts': message.ts, 'aria-label': t('message_by', { name: author, time: time(message) }) },
    avatar(author, bot && !message.username),
    el('div', { class: 'what' },
      el('header', {}, el('b', {}, author), badge ? el('span', { class: `app ${badge}` }, t(badge)) : '', el('time', {}, time(message)),
        message.edited && !bot ? el('span', { class: 'hint' }, t('edited')) : ''),
      message.ephemeral ? el('p', { class: 'only' }, t('only_you')) : '',
      ...draw(blocks, { names, press: (action, value) => hands.press(message, action, value) }),
      enclosed('slack', (message.files ?? []).map((file) => ({ id: file.id, name: file.name }))),
      reactions(message, me, hands),
      hands.foot?.(message),
      message.ephemeral || message.subtype === 'tombstone' ? '' : tools(message, me, hands, message.user === me && !bot)));
}

function reactions(message, me, hands) {
  if (!message.reactions?.length) return '';
  const { people } = hands.names();
  return el('div', { class: 'reactions' }, ...message.reactions.map((one) => {
    const mine = one.users.includes(me);
    const who = one.users.map((user) => people[user] ?? user).join(', ');
    return el('button', { type: 'button', 'aria-pressed': String(mine), 'data-act': `r-${one.name}`, title: who, 'aria-label': t('by', { name: one.name, who }),
      onclick: () => hands.deed(mine ? 'unreact' : 'react', { ts: message.ts, name: one.name }) }, emoji(one.name), one.count > 1 ? ` ${one.count}` : '');
  }));
}

function tools(message, me, hands, own) {
  const given = new Set((message.reactions ?? []).filter((one) => one.users.includes(me)).map((one) => one.name));
  const buttons = REACTIONS.filter(([name]) => !given.has(name)).map(([name, meaning]) =>
    el('button', { type: 'button', 'data-act': `t-${name}`, title: t(meaning), 'aria-label': t('react', { name, meaning: t(meaning) }),
      onclick: () => hands.deed('react', { ts: message.ts, name }) }, emoji(name)));
  if (own && hands.edit) {
    buttons.push(el('button', { type: 'button', 'data-act': 'edit', onclick: () => hands.edit(message) }, t('edit')),
      el('button', { type: 'button', 'data-act': 'delete', onclick: () => hands.deed('delete', { ts: message.ts }) }, t('remove')));
  }
  if (hands.shortcuts) {
    const options = hands.shortcuts.map(([value, text]) => ({ value, text: { text: t(text) } }));
    buttons.push(control({ type: 'overflow', action_id: 'shortcuts', options }, { press: (_, name) => hands.deed('shortcut', { ts: message.ts, name }) }));
  }
  return el('div', { class: 'tools', role: 'group', 'aria-label': t('actions_of_message') }, ...buttons);
}
