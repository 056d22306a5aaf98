// Slack's two ways of writing, as nodes: mrkdwn (https://docs.slack.dev/messaging/formatting-message-text) and rich text.

import { el } from './dom.js';
import { moment } from './moments.js';

const EMOJI = {
  hourglass_flowing_sand: '⏳', white_check_mark: '✅', x: '❌', eyes: '👀', lock: '🔒', warning: '⚠️',
  grey_question: '❔', question: '❓', ok_hand: '👌', thumbsup: '👍', '+1': '👍', '-1': '👎', tada: '🎉',
  red_circle: '🔴', large_orange_circle: '🟠', slightly_smiling_face: '🙂', smile: '😄', heart: '❤️', pray: '🙏',
  fire: '🔥', arrow_up: '⬆️', arrow_down: '⬇️', clipboard: '📋', paperclip: '📎', telephone_receiver: '📞', bell: '🔔', no_entry: '⛔', zap: '⚡',
};
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

/** A text object's nodes. */
export function text(object, names) {
  return object.type === 'mrkdwn' ? mrkdwn(object.text, names) : [object.text];
}

const MARKS = { '*': 'b', _: 'i', '~': 's' };

/** Slack's mrkdwn as nodes: code, links and mentions in <…>, *bold*, _italic_, ~struck~. */
export function mrkdwn(source, names) {
  const nodes = [];
  const token = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\w])([*_~])(\S(?:[^\n]*?\S)?)\4(?![\w])|:([a-z0-9_+-]+):/g;
  let end = 0;
  for (const found of source.matchAll(token)) {
    if (found.index > end) nodes.push(plain(source.slice(end, found.index)));
    end = found.index + found[0].length;
    if (found[1] !== undefined) nodes.push(el('pre', {}, plain(found[1])));
    else if (found[2] !== undefined) nodes.push(el('code', {}, plain(found[2])));
    else if (found[3] !== undefined) nodes.push(bracketed(found[3], names));
    else if (found[4] !== undefined) nodes.push(el(MARKS[found[4]], {}, ...mrkdwn(found[5], names)));
    else nodes.push(EMOJI[found[6]] ?? found[0]);
  }
  if (end < source.length) nodes.push(plain(source.slice(end)));
  return nodes;
}

const plain = (escaped) => escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

function bracketed(inner, names) {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : plain(inner.slice(bar + 1));
  if (target.startsWith('@')) return mention(`@${names.people[target.slice(1)] ?? (label || target.slice(1))}`);
  if (target.startsWith('#')) return mention(`#${names.channels[target.slice(1)] ?? (label || target.slice(1))}`);
  if (target.startsWith('!date^')) return moment(new Date(Number(target.split('^')[1]) * 1000));
  if (target.startsWith('!subteam^')) return mention(`@${names.groups[target.slice(9)] ?? (label || 'group')}`);
  if (target.startsWith('!')) return mention(`@${target.slice(1)}`);
  return link(plain(target), label, names);
}

const mention = (name) => el('span', { class: 'mention' }, name);

/** A link of the workspace's own leads to the thread on this page. */
function link(url, label, names) {
  const [, channel, ts] = /\/archives\/(\w+)\/p(\d{16})/.exec(url) ?? [];
  if (channel && names.open) {
    const open = () => names.open(channel, `${ts.slice(0, 10)}.${ts.slice(10)}`);
    return el('button', { type: 'button', class: 'linked', 'data-act': ts, onclick: open }, `${label && label !== url ? label : `#${names.channels[channel] ?? channel}`} ↗`);
  }
  if (!/^(https?|mailto):/i.test(url)) return label || url;
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label || url.replace(/^mailto:/, ''));
}

export function rich(part, names) {
  const inside = () => part.elements.map((one) => piece(one, names));
  switch (part.type) {
    case 'rich_text_quote': return el('blockquote', {}, ...inside());
    case 'rich_text_preformatted': return el('pre', {}, ...inside());
    case 'rich_text_list': return el(part.style === 'ordered' ? 'ol' : 'ul', {}, ...part.elements.map((one) => el('li', {}, rich(one, names))));
    default: return el('p', {}, ...inside());
  }
}

function piece(one, names) {
  switch (one.type) {
    case 'text': return styled(one.text, one.style ?? {});
    case 'link': return link(one.url, one.text, names);
    case 'user': return mention(`@${names.people[one.user_id] ?? one.user_id}`);
    case 'usergroup': return mention(`@${names.groups[one.usergroup_id] ?? one.usergroup_id}`);
    case 'channel': return mention(`#${names.channels[one.channel_id] ?? one.channel_id}`);
    case 'broadcast': return mention(`@${one.range}`);
    case 'emoji': return emoji(one.name);
    case 'date': return moment(new Date(one.timestamp * 1000));
    default: return '';
  }
}

function styled(words, style) {
  let node = words;
  for (const [name, tag] of [['bold', 'b'], ['italic', 'i'], ['strike', 's'], ['code', 'code']]) if (style[name]) node = el(tag, {}, node);
  return node;
}
