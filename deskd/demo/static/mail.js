// The customers' side: a mail program with one mailbox a customer.

import { $, atEnd, avatar, choose, el, list, moment } from './dom.js';
import { act, onSend } from './live.js';

let mailboxes = [];
let customer = 'maria';
let open = null; // the conversation that is read
const read = new Set(); // numbers of the mails that were seen
let first = true;

export function showMailboxes(value) {
  mailboxes = value;
  if (first) { // what is there when the page opens is nothing new
    first = false;
    for (const box of mailboxes) for (const mail of box.mails) read.add(mail.number);
  }
  render();
}

const mailbox = () => mailboxes.find((box) => box.key === customer);

/** The conversations of a mailbox, the one with the newest mail first. */
function conversations() {
  const found = new Map();
  for (const mail of mailbox().mails) found.set(mail.conversation, [...(found.get(mail.conversation) ?? []), mail]);
  return [...found.values()].sort((a, b) => b.at(-1).number - a.at(-1).number);
}

const unread = (mails) => mails.filter((mail) => mail.direction === 'received' && !read.has(mail.number)).length;

function render() {
  if (!mailbox()) return;
  const view = $('mailbox').dataset.open;
  const mails = view === 'mail' ? mailbox().mails.filter((mail) => mail.conversation === open) : [];
  if ($('mailbox').checkVisibility()) for (const mail of mails) read.add(mail.number);
  choose($('customer-choice'), mailboxes.map((box) => ({
    key: box.key, name: box.name, label: `${box.name.split(' ')[0]}${badge(unread(box.mails))}`, hint: `${box.address}, writes in ${LANGUAGES.of(box.language)}`,
  })), customer, (key) => { customer = key; show('list'); });
  list($('conversations'), conversations().map((one) => ({ mails: one, fresh: unread(one) })), (one) => one.mails[0].conversation, entry);
  $('write-from').textContent = `${mailbox().name} <${mailbox().address}>`;
  if (!mails.length) return;
  $('mail-subject').textContent = mails[0].subject;
  $('answer-hint').textContent = `as ${mailbox().name}, with the mail quoted`;
  atEnd($('mails'), () => list($('mails'), mails, (mail) => String(mail.number), letter));
}

const badge = (count) => (count ? ` · ${count} new` : '');
const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

function entry({ mails, fresh }) {
  const last = mails.at(-1);
  const who = last.direction === 'sent' ? `To: ${bare(last.to)}` : bare(last.from);
  return el('li', {}, el('button', { type: 'button', class: fresh ? 'fresh' : '', 'data-act': 'open',
    onclick: () => { open = mails[0].conversation; show('mail'); } },
  el('span', { class: 'line' }, el('b', {}, who), el('time', {}, moment(new Date(last.at)))),
  el('span', { class: 'subject' }, mails[0].subject, mails.length > 1 ? el('span', { class: 'count' }, String(mails.length)) : ''),
  el('span', { class: 'snippet' }, split(last.text)[0].slice(0, 140)),
  fresh ? el('span', { class: 'visually-hidden' }, `${fresh} unread`) : ''));
}

const bare = (address) => address.replace(/\s*<.*>$/, '').replace(/^"|"$/g, '') || address;

function letter(mail) {
  const [words, quote] = split(mail.text);
  return el('article', { class: `letter ${mail.direction}` },
    el('header', {}, avatar(bare(mail.from)), el('div', {}, el('b', {}, bare(mail.from)), el('span', { class: 'hint' }, `to ${mail.to}`)),
      el('time', {}, moment(new Date(mail.at)))),
    mail.direction === 'received' ? el('p', { class: 'subject' }, mail.subject) : '',
    el('div', { class: 'words' }, words),
    mail.files.length ? el('p', { class: 'hint' }, mail.files.map((name) => `📎 ${name}`).join('  ')) : '',
    quote ? el('details', {}, el('summary', {}, 'quoted text'), el('div', { class: 'words quote' }, quote)) : '');
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

export function startMail() {
  $('new-mail').addEventListener('click', () => { show('write'); $('write-subject').focus(); });
  $('mails-back').addEventListener('click', () => show('list'));
  $('write-back').addEventListener('click', () => show('list'));
  onSend($('write'), $('write-text'), async () => {
    if (await act('/mail/write', { customer, subject: $('write-subject').value, text: $('write-text').value })) {
      $('write').reset();
      show('list');
    }
  });
  onSend($('answer'), $('answer-text'), async () => {
    // the newest mail of the desk's is answered; before there is one, one's own is followed up
    const mails = mailbox().mails.filter((mail) => mail.conversation === open);
    const to = mails.findLast((mail) => mail.direction === 'received') ?? mails.at(-1);
    if (await act('/mail/reply', { customer, to: to.number, text: $('answer-text').value })) $('answer').reset();
  });
}

export const renderMail = render;
