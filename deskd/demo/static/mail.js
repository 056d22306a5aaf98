// The customers' mail program, with one mailbox a customer.

import { $, atEnd, avatar, choose, el, languageName, list } from './dom.js';
import { attachable, enclosed } from './files.js';
import { act, onSend, tell } from './live.js';
import { moment } from './moments.js';
import { t } from './words.js';

let mailboxes = [];
let customer = t('story_customer');
let open = null; // the conversation that is read
const read = new Set(); // numbers of the mails that were seen
let known = -1; // the newest mail that was told of

export function showMailboxes(value) {
  mailboxes = value;
  const all = mailboxes.flatMap((box) => box.mails);
  if (known < 0) for (const mail of all) read.add(mail.number); // what is there when the page opens is nothing new
  for (const box of mailboxes) {
    if (known >= 0 && box.mails.some((mail) => mail.direction === 'received' && mail.number > known)) tell(t('mail_arrived', { name: box.name }));
  }
  known = Math.max(0, ...all.map((mail) => mail.number));
  render();
}

const boxOf = (key) => mailboxes.find((box) => box.key === key);
const mailbox = () => boxOf(customer);

/** The conversations of a mailbox, the one with the newest mail first. */
function conversations() {
  const found = new Map();
  for (const mail of mailbox().mails) found.set(mail.conversation, [...(found.get(mail.conversation) ?? []), mail]);
  return [...found.values()].sort((a, b) => b.at(-1).number - a.at(-1).number);
}

const unread = (mails) => mails.filter((mail) => mail.direction === 'received' && !read.has(mail.number)).length;

export function render() {
  if (!mailbox()) return;
  const view = $('mailbox').dataset.open;
  const mails = view === 'mail' ? mailbox().mails.filter((mail) => mail.conversation === open) : [];
  if ($('mailbox').checkVisibility()) for (const mail of mails) read.add(mail.number);
  choose($('customer-choice'), mailboxes.map(person), customer, (key) => { customer = key; show('list'); });
  list($('conversations'), conversations().map((one) => ({ mails: one, fresh: unread(one) })), (one) => one.mails[0].conversation, entry);
  $('write-from').textContent = `${mailbox().name} <${mailbox().address}>`;
  if (!mails.length) return;
  $('mail-subject').textContent = mails[0].subject;
  $('answer-hint').textContent = t('answer_hint', { name: mailbox().name });
  atEnd($('mails'), () => list($('mails'), mails, (mail) => String(mail.number), letter));
}

function person(box) {
  const fresh = unread(box.mails);
  return {
    key: box.key, name: box.name, label: box.name.split(' ')[0], fresh,
    hint: t('writes_in', { address: box.address, language: languageName(box.language) }),
  };
}

function entry({ mails, fresh }) {
  const last = mails.at(-1);
  const who = last.direction === 'sent' ? t('to_whom', { who: bare(last.to) }) : bare(last.from);
  return el('li', {}, el('button', { type: 'button', class: fresh ? 'fresh' : '', 'data-act': 'open',
    onclick: () => { open = mails[0].conversation; show('mail'); } },
  el('span', { class: 'line' }, el('b', {}, who), el('time', {}, moment(new Date(last.at)))),
  el('span', { class: 'subject' }, mails[0].subject, mails.length > 1 ? el('span', { class: 'count' }, String(mails.length)) : ''),
  el('span', { class: 'snippet' }, split(last.text)[0].slice(0, 140)),
  fresh ? el('span', { class: 'visually-hidden' }, t('new_count', { count: fresh })) : ''));
}

const bare = (address) => address.replace(/\s*<.*>$/, '').replace(/^"|"$/g, '') || address;

function letter(mail) {
  const [words, quote] = split(mail.text);
  return el('article', { class: `letter ${mail.direction}` },
    el('header', {}, avatar(bare(mail.from)), el('div', {}, el('b', {}, bare(mail.from)), el('span', { class: 'hint' }, t('to_whom', { who: mail.to }))),
      el('time', {}, moment(new Date(mail.at)))),
    mail.direction === 'received' ? el('p', { class: 'subject' }, mail.subject) : '',
    el('div', { class: 'words' }, words),
    enclosed(mail.number, mail.files.map((name, at) => ({ id: at, name }))),
    quote ? el('details', {}, el('summary', {}, t('quoted')), el('div', { class: 'words quote' }, quote)) : '');
}

/** A mail's text: what was written, and the quote below it with the line that leads it in. */
function split(text) {
  const lines = text.trimEnd().split('\n');
  let at = lines.length;
  while (at > 0 && (lines[at - 1].startsWith('>') || lines[at - 1].trim() === '')) at -= 1;
  if (!lines.slice(at).some((line) => line.startsWith('>'))) return [text.trim(), ''];
  if (at > 0 && lines[at - 1].trimEnd().endsWith(':')) at -= 1;
  return [lines.slice(0, at).join('\n').trim(), lines.slice(at).join('\n').trim()];
}

function show(view) {
  $('mailbox').dataset.open = view;
  if (view === 'mail') $('mails').replaceChildren();
  render();
  if (view === 'mail') $('mails').scrollTop = $('mails').scrollHeight;
}

/** Be this customer, and read the newest conversation whose subject, or a mail of which, holds this text. */
export function openConversation(key, holding) {
  customer = key;
  const found = conversationWith(key, holding);
  open = found?.[0].conversation ?? null;
  show(open ? 'mail' : 'list');
}

function conversationWith(key, holding) {
  const mails = boxOf(key)?.mails ?? [];
  const one = mails.findLast((mail) => mail.subject.includes(holding));
  return one && mails.filter((mail) => mail.conversation === one.conversation);
}

/** Whether a conversation whose subject holds a text is known here. */
export const hasConversation = (key, holding) => Boolean(conversationWith(key, holding));

/** Send a new mail; true when it was sent. */
export async function writeMail(key, subject, text, files = []) {
  return Boolean(await act('/mail/write', { customer: key, subject, text, files }));
}

/** Answer in a conversation: the desk's newest mail; before there is one, one's own is followed up. */
async function reply(key, mails, text, files) {
  const to = mails.findLast((mail) => mail.direction === 'received') ?? mails.at(-1);
  return Boolean(await act('/mail/reply', { customer: key, to: to.number, text, files }));
}

/** The same for the conversation whose subject holds a text. */
export async function replyTo(key, holding, text) {
  const mails = conversationWith(key, holding);
  return Boolean(mails) && reply(key, mails, text, []);
}

export function startMail() {
  const [forWrite, forAnswer] = [attachable($('write')), attachable($('answer'))];
  $('new-mail').addEventListener('click', () => { show('write'); $('write-subject').focus(); });
  $('mails-back').addEventListener('click', () => show('list'));
  $('write-back').addEventListener('click', () => show('list'));
  onSend($('write'), $('write-text'), async () => {
    if (await writeMail(customer, $('write-subject').value, $('write-text').value, await forWrite.read())) {
      $('write').reset();
      show('list');
    }
  });
  onSend($('answer'), $('answer-text'), async () => {
    const mails = mailbox().mails.filter((mail) => mail.conversation === open);
    if (await reply(customer, mails, $('answer-text').value, await forAnswer.read())) $('answer').reset();
  });
}
