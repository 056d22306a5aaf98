// Small tools of the page. Whatever people wrote becomes text nodes only: nothing here takes markup.

import { language, t } from './words.js';

export const $ = (id) => document.getElementById(id);

/** An element: el('button', {type: 'button', onclick: f, class: 'x'}, 'text', child…). */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return made;
}

const pressed = new Map(); // what is to be done once the pointer is up: by container, drawing it

/**
 * Bring a container's children in line with `items`: what didn't change stays the same element, with its focus. So does what is just being pressed, until it was:
 * a button that goes between down and up would never be clicked.
 */
export function list(container, items, keyOf, build) {
  pressed.delete(container);
  const there = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let focus = null;
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const print = JSON.stringify(item);
    const old = there.get(key);
    if (old && old.print === print) return old;
    if (old?.matches(':active')) {
      pressed.set(container, () => list(container, items, keyOf, build));
      return old;
    }
    const made = build(item);
    made.dataset.key = key;
    made.print = print;
    if (old?.contains(document.activeElement)) focus = [made, document.activeElement.dataset.act];
    return made;
  });
  for (const child of [...container.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, at) => {
    if (container.children[at] !== child) container.insertBefore(child, container.children[at] ?? null);
  });
  if (focus?.[1]) [...focus[0].querySelectorAll('[data-act]')].find((one) => one.dataset.act === focus[1])?.focus();
}

for (const end of ['pointerup', 'pointercancel']) {
  document.addEventListener(end, () => setTimeout(() => {
    const draws = [...pressed.values()];
    pressed.clear();
    for (const draw of draws) draw();
  }), { passive: true });
}

export const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;

/** Run `change`, and stay at the end of a scrolled box if one was there, or `always`. */
export function atEnd(box, change, always = false) {
  const was = always || isAtEnd(box);
  change();
  if (was) box.scrollTop = box.scrollHeight;
}

/** A coloured square with a person's initials. */
export function avatar(name, bot = false) {
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 997, 7);
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('');
  return el('span', { class: `avatar ${bot ? 'bot' : `c${sum % 6}`}`, 'aria-hidden': 'true' }, bot ? 'd' : initials.toUpperCase());
}

/** A row of which one is chosen. */
export function choose(container, options, chosen, onchoose) {
  list(container, options.map((option) => ({ ...option, on: option.key === chosen })), (o) => String(o.key), (option) =>
    el('button', { type: 'button', 'aria-pressed': String(option.on), 'data-act': String(option.key), title: option.hint,
      onclick: () => onchoose(option.key) }, avatar(option.name), el('span', {}, option.label ?? option.name),
      option.fresh ? el('span', { class: 'fresh-count', 'aria-label': t('new_count', { count: option.fresh }) }, String(option.fresh)) : ''));
}

/** Tabs by the WAI-ARIA pattern: one is in the order of Tab, the arrows go on to the others. */
export function tabs(row, onopen = () => {}) {
  const all = () => [...row.querySelectorAll('[role=tab]:not([hidden])')];
  const open = (tab) => {
    for (const one of row.querySelectorAll('[role=tab]')) {
      one.setAttribute('aria-selected', String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      $(one.getAttribute('aria-controls')).hidden = one !== tab;
    }
    onopen(tab.getAttribute('aria-controls'));
  };
  row.addEventListener('click', (event) => { const tab = event.target.closest('[role=tab]'); if (tab) open(tab); });
  row.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const there = all();
    const next = there[(there.indexOf(document.activeElement) + step + there.length) % there.length];
    open(next);
    next.focus();
  });
  return (id) => open(row.querySelector(`[aria-controls=${id}]`));
}

/** A list of languages' or regions' names, as the page's language has them. */
export const languageName = (code) => new Intl.DisplayNames([language], { type: 'language' }).of(code);
