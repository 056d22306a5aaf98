// The customers' Telegram: one chat with the bot a person.

import { $, atEnd, choose, el, languageName, list } from './dom.js';
import { attachable, enclosed } from './files.js';
import { act, onSend, say } from './live.js';
import { moment } from './moments.js';
import { t } from './words.js';

let people = [];
let person = null;

export function showTelegram(value) {
  people = value;
  person ??= people[0]?.id ?? null;
  render();
}

const chat = () => people.find((one) => one.id === person);
const named = (one) => `${one.first_name} ${one.last_name}`;

export function render() {
  if (!chat()) return;
  choose($('telegram-choice'), people.map((one) => ({
    key: one.id, name: named(one), label: one.first_name, hint: t('writes_in', { address: `@${one.handle}`, language: languageName(one.language) }),
  })), person, (key) => { person = key; $('bubbles').replaceChildren(); render(); });
  const shown = chat().messages.map((message) => ({ message, person }));
  atEnd($('bubbles'), () => list($('bubbles'), shown.length ? shown : [{ empty: true, person }], keyed, bubble));
}

const keyed = (item) => (item.empty ? `empty-${item.person}` : `${item.person}-${item.message.id}`);

function bubble({ empty, message }) {
  if (empty) return el('p', { class: 'empty' }, t('chat_empty'));
  return el('article', { class: `bubble ${message.own ? 'own' : ''}` },
    enclosed('telegram', message.files),
    message.text ? el('div', { class: 'words' }, message.text) : '',
    el('footer', {}, message.edited ? `${t('edited')} ` : '', el('time', {}, moment(new Date(message.at * 1000)))),
    message.buttons.length ? el('div', { class: 'keys' }, ...message.buttons.map((button) => el('button', { type: 'button',
      'data-act': button.callback_data, onclick: () => act('/telegram/press', { user: person, message: message.id, data: button.callback_data }) }, button.text))) : '');
}

export function startTelegram() {
  const files = attachable($('telegram-write'));
  onSend($('telegram-write'), $('telegram-text'), async () => {
    const text = $('telegram-text').value;
    if (!text.trim() && !files.any()) { say(t('nothing_yet')); return; }
    if (await act('/telegram/write', { user: person, text, files: await files.read() })) $('telegram-write').reset();
  }, true);
}
