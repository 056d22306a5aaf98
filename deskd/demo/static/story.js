// The guided first story: six steps, each done by hand or by its button, each ticked when it has really happened.

import { openView } from './daemon.js';
import { $, el, list } from './dom.js';
import { act, tell } from './live.js';
import { hasConversation, openConversation, replyTo, writeMail } from './mail.js';
import { openConfig } from './config.js';
import { pointAt } from './sides.js';
import { cardsButton, isThere, openThread } from './slack.js';
import { move } from './time.js';
import { t } from './words.js';

const NAMES = { maria: 'Maria', john: 'John', lucia: 'Lucía', joao: 'João' };
const [FIRST, SECOND] = ['U0ANNA', 'U0CARLA']; // who answers on level 1, who on level 2
const KEPT = 'deskd-demo-story-hidden';

let story = null;
let looked = null; // the step that is read again after it was done
let working = false;

export function showStory(value) {
  const before = story?.steps.filter((step) => step.done).length ?? -1;
  story = value;
  const done = story.steps.filter((step) => step.done).length;
  if (before >= 0 && done > before) {
    working = false;
    looked = story.steps.findLastIndex((step) => step.done);
    tell(`${t(`story_${story.steps[looked].key}`)}: ${t('story_done')}`);
  }
  render();
}

const ref = () => `[${story.ticket.ref}]`;
const customer = () => story.ticket?.customer ?? t('story_customer');
const name = () => NAMES[customer()] ?? '';
const current = () => story.steps.findIndex((step) => !step.done);

export function render() {
  if (!story) return;
  const at = current();
  list($('story-steps'), story.steps.map((step, number) => ({ key: step.key, done: step.done, now: number === at, read: number === (looked ?? at), number })), (one) => one.key, chip);
  const step = story.steps[looked ?? at] ?? story.steps.at(-1);
  $('story-text').textContent = words(step);
  const ready = at >= 0 ? story.steps[at] : null;
  const wait = Boolean(ready) && !isReady(ready);
  button($('story-do'), ready && DEEDS[ready.key] && !(ready.key === 'tagged') ? t(`story_${ready.key}_do`, { name: name() }) : at < 0 ? t('story_next_time') : '', wait);
  button($('story-also'), at < 0 ? t('story_next_rules') : step?.key === 'tagged' || at === 1 ? t('story_tagged_do') : '', false);
  $('story-again').hidden = !story.ticket;
}

/** Whether the step can be done now: what it is done in must have come to the page, and nothing be under way. */
function isReady(step) {
  if (working || step.held) return false;
  if (step.key === 'mail') return true;
  if (step.key === 'replied') return hasConversation(customer(), ref());
  return Boolean(story.ticket?.thread && isThere(story.ticket.thread.channel, story.ticket.thread.ts));
}

function button(one, text, wait) {
  one.hidden = !text;
  one.textContent = text;
  one.toggleAttribute('aria-disabled', wait);
}

function chip({ key, done, now, read, number }) {
  return el('li', { class: `${done ? 'done' : ''} ${now ? 'now' : ''}` },
    el('button', { type: 'button', 'data-act': key, 'aria-current': now ? 'step' : false, 'aria-pressed': String(read),
      'aria-label': `${t('story_step', { number: number + 1, of: 6 })}: ${t(`story_${key}`)}${done ? ` (${t('story_done')})` : ''}`,
      onclick: () => { looked = number; render(); } },
    el('span', { class: 'number', 'aria-hidden': 'true' }, done ? '✓' : String(number + 1)), el('span', { class: 'label' }, t(`story_${key}`))));
}

function words(step) {
  const rule = step.rules?.[0];
  const values = { name: name(), ref: story.ticket?.ref, tags: step.tags?.join(', '), rule: rule?.name, because: rule?.because };
  if (step.done && step.key === 'tagged' && !rule) return t('story_tagged_by_hand', values);
  if (step.done) return next(t(`story_${step.key}_done`, values));
  if (step.held) return t(`story_${step.key}_held`, values);
  if (working) return t('story_working');
  return t(`story_${step.key}_todo`, values);
}

/** What was done, and what comes next. */
function next(told) {
  const after = story.steps[current()];
  if (!after) return looked === null || looked === 5 ? `${told} ${t('story_over')}` : told;
  return looked === current() - 1 ? `${told} ${t(`story_${after.key}_todo`, { name: name() })}` : told;
}

const inThread = (agent, text) => {
  const { channel, ts } = story.ticket.thread;
  openThread(channel, ts, agent);
  pointAt('agents');
  return act('/slack/post', { user: agent, channel, thread: ts, text });
};

const DEEDS = {
  async mail() {
    const [who, subject] = [t('story_customer'), t('story_subject')];
    const sent = await writeMail(who, subject, t('story_text'));
    if (sent) { openConversation(who, subject); pointAt('customers'); }
    return sent;
  },
  async answered() {
    const { channel, ts } = story.ticket.thread;
    openThread(channel, ts, FIRST);
    const claim = cardsButton(channel, ts, 'claim');
    if (claim) await act('/slack/press', { user: FIRST, channel, ts, action: 'claim', value: claim.value });
    return inThread(FIRST, t('story_answer'));
  },
  async replied() {
    openConversation(customer(), ref());
    pointAt('customers');
    return replyTo(customer(), ref(), t('story_reply'));
  },
  escalated: () => inThread(FIRST, `!escalate ${t('story_reason')}`),
  resolved: () => inThread(SECOND, `!resolve ${t('story_last')}`),
};

async function doIt() {
  const step = story.steps[current()];
  if (!step) { openView('clocks'); pointAt('daemon'); move('hours'); return; }
  if (!isReady(step)) return;
  working = true;
  looked = null;
  render();
  if (!(await DEEDS[step.key]())) { working = false; render(); }
}

function also() {
  if (current() < 0) { openConfig('rules/50-demo.yaml'); return; }
  openView('traces');
  pointAt('daemon');
}

function hide(hidden) {
  $('story').classList.toggle('folded', hidden);
  $('story-hide').setAttribute('aria-expanded', String(!hidden));
  $('story-hide').textContent = t(hidden ? 'story_show' : 'story_hide');
  localStorage.setItem(KEPT, hidden ? 'yes' : '');
}

export function startStory() {
  $('story-do').addEventListener('click', doIt);
  $('story-also').addEventListener('click', also);
  $('story-again').addEventListener('click', () => { looked = null; working = false; act('/story/again', {}); });
  $('story-hide').addEventListener('click', () => hide(!$('story').classList.contains('folded')));
  hide(localStorage.getItem(KEPT) === 'yes');
}
