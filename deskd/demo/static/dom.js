// Small tools of the page. Whatever people wrote becomes text nodes only: nothing here takes markup.

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

/** Bring a container's children in line with `items`: what didn't change stays the same element, with its focus. */
export function list(container, items, keyOf, build) {
  const there = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let focus = null;
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const print = JSON.stringify(item);
    const old = there.get(key);
    if (old && old.print === print) return old;
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

/** Run `change`, and stay at the end of a scrolled box if one was there, or `always`. */
export function atEnd(box, change, always = false) {
  const was = always || box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  change();
  if (was) box.scrollTop = box.scrollHeight;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

/** A moment as people write it: the time today, the day as well before. */
export function moment(date) {
  return (date.toDateString() === new Date().toDateString() ? clock : day).format(date);
}
export const toTheSecond = (date) => exact.format(date);

/** A coloured square with a person's initials. */
export function avatar(name, bot = false) {
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 997, 7);
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('');
  return el('span', { class: `avatar ${bot ? 'bot' : `c${sum % 6}`}`, 'aria-hidden': 'true' }, bot ? 'd' : initials.toUpperCase());
}

/** A row of which one is chosen. */
export function choose(container, options, chosen, onchoose) {
  list(container, options.map((option) => ({ ...option, on: option.key === chosen })), (o) => o.key, (option) =>
    el('button', { type: 'button', 'aria-pressed': String(option.on), 'data-act': option.key, title: option.hint,
      onclick: () => onchoose(option.key) }, avatar(option.name), el('span', {}, option.label ?? option.name)));
}
