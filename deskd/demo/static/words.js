// The page's own texts in four languages. The language is the browser's, until another is chosen.

import en from './words/en.js';
import es from './words/es.js';
import it from './words/it.js';
import pt from './words/pt.js';

const TABLES = { en, es, it, pt };
export const LANGUAGES = { en: 'English', es: 'Español', it: 'Italiano', pt: 'Português' };
const KEPT = 'deskd-demo-language';

function found() {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages.map((one) => one.split('-')[0].toLowerCase())];
  return wanted.find((one) => Object.hasOwn(TABLES, one)) ?? 'en';
}

export const language = found();
/** The same with the region the person prefers: it decides how times are written. */
export const locale = navigator.languages.find((one) => one.split('-')[0].toLowerCase() === language) ?? language;
const table = TABLES[language];

/** The text `key` stands for, with `values` in its {fields}. */
export function t(key, values = {}) {
  const text = table[key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Another language: the page is drawn anew in it. */
export function choose(other) {
  localStorage.setItem(KEPT, other);
  location.reload();
}

/**
 * Put the texts into what the page's HTML marks: data-word for an element's text, data-word-label for its name, data-word-title and
 * data-word-hint for what stands behind it and in it. */
export function fill(root = document) {
  document.documentElement.lang = language;
  for (const one of root.querySelectorAll('[data-word]')) one.textContent = t(one.dataset.word);
  for (const one of root.querySelectorAll('[data-word-label]')) one.setAttribute('aria-label', t(one.dataset.wordLabel));
  for (const one of root.querySelectorAll('[data-word-title]')) one.title = t(one.dataset.wordTitle);
  for (const one of root.querySelectorAll('[data-word-hint]')) one.placeholder = t(one.dataset.wordHint);
}
