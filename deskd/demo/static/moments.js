// Times as people write them, by the desk's clock: it may be ahead of the machine's.

import { language, locale } from './words.js';

const short = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const long = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const whole = new Intl.DateTimeFormat(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

let ahead = 0; // milliseconds

export const setAhead = (seconds) => { ahead = seconds * 1000; };
export const now = () => new Date(Date.now() + ahead);

/** The time today, the day as well before and after. */
export function moment(date) {
  return (date.toDateString() === now().toDateString() ? short : long).format(date);
}
export const toTheSecond = (date) => exact.format(date);
export const dayAndTime = (date) => whole.format(date);
export const fullDate = (date) => full.format(date);

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]];

/** A span in its two largest units, `3h 20m`; never less than a minute. */
export function span(milliseconds) {
  let left = Math.max(60, Math.round(Math.abs(milliseconds) / 60000) * 60);
  const parts = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count && parts.length < 2) parts.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(count));
  }
  return parts.join(' ');
}
