// A customer in Slack: the channel in which customers write, as they see it.

import { $, atEnd, choose, el, list } from './dom.js';
import { attachable } from './files.js';
import { act, onSend, say } from './live.js';
import { drawn, keyed } from './messages.js';
import { t } from './words.js';
import { known, names, space } from './workspace.js';

let visitor = null;
let replying = null; // the ts of the thread that is answered

const place = () => space().channels.find((one) => one.customers);
const deed = (name, asked) => act(`/slack/${name}`, { user: visitor, channel: place().id, ...asked });
const hands = { outside: true, names, deed, press: (message, action, value) => deed('press', { ts: message.ts, action, value }), foot };

export function render() {
  if (!known() || !place()) return;
  visitor ??= space().customers[0].id;
  choose($('visitor-choice'), space().customers.map((one) => ({ key: one.id, name: one.name, label: one.name.split(' ')[0], hint: one.email })), visitor, (key) => { visitor = key; render(); });
  $('visitor-channel').textContent = `# ${place().name}`;
  $('visitor-text').placeholder = t('visitor_hint', { channel: place().name });
  $('visitor-replying').hidden = !replying;
  const whispers = space().ephemerals.filter((one) => one.user === visitor && one.channel === place().id).map((one) => ({ ...one, ephemeral: true }));
  const shown = threaded([...place().messages, ...whispers]);
  atEnd($('visitor-messages'), () => list($('visitor-messages'), shown.map((message) => ({ message, visitor })), keyed, (item) => {
    const made = drawn(item.message, visitor, hands);
    made.classList.toggle('inner', inside(item.message));
    return made;
  }));
}

const inside = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** Each thread's messages below its first. */
function threaded(messages) {
  const start = (message) => message.thread_ts ?? message.ts;
  return messages.sort((a, b) => (start(a) === start(b) ? a.ts < b.ts : start(a) < start(b)) ? -1 : 1);
}

function foot(message) {
  if (inside(message) || message.ephemeral) return '';
  return el('button', { type: 'button', class: 'replies', 'data-act': 'reply', onclick: () => { replying = message.ts; render(); $('visitor-text').focus(); } }, t('reply_in_thread'));
}

export function startVisitor() {
  const files = attachable($('visitor-write'));
  $('visitor-new').addEventListener('click', () => { replying = null; render(); $('visitor-text').focus(); });
  onSend($('visitor-write'), $('visitor-text'), async () => {
    const text = $('visitor-text').value;
    if (!text.trim() && !files.any()) { say(t('nothing_yet')); return; }
    if (await deed('post', { text, thread: replying, files: await files.read() })) $('visitor-write').reset();
  }, true);
}
