// Files that go along with a mail or a message, and those that came.

import { el } from './dom.js';
import { say } from './live.js';
import { t } from './words.js';

const MOST = 20 * 1024 * 1024; // bytes of one message
const PICTURES = /\.(png|jpe?g|gif|webp)$/i;

/** Let a composer take files: a button in its `.clip`, what was chosen in its `.chosen`. */
export function attachable(form) {
  let chosen = [];
  const input = el('input', { type: 'file', multiple: true, class: 'visually-hidden', tabindex: '-1', 'aria-label': t('attach') });
  const button = el('button', { type: 'button', class: 'quiet', title: t('attach'), 'aria-label': t('attach'), onclick: () => input.click() }, '📎');
  form.querySelector('.clip').append(input, button);
  const draw = () => form.querySelector('.chosen').replaceChildren(...chosen.map((file, at) =>
    el('li', {}, `📎 ${file.name} `, el('button', { type: 'button', class: 'quiet', 'aria-label': t('remove_file', { name: file.name }),
      onclick: () => { chosen = chosen.filter((_, other) => other !== at); draw(); button.focus(); } }, '×'))));
  input.addEventListener('change', () => {
    for (const file of input.files) {
      const size = chosen.reduce((total, one) => total + one.size, file.size);
      if (size > MOST) say(t('too_large', { name: file.name }));
      else chosen.push(file);
    }
    input.value = '';
    draw();
  });
  form.addEventListener('reset', () => { chosen = []; draw(); });
  return {
    any: () => chosen.length > 0,
    /** As a deed takes them: each a name and its content in base64. */
    read: () => Promise.all(chosen.map(async (file) => ({ name: file.name, content: await base64(file) }))),
  };
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => done(reader.result.slice(reader.result.indexOf(',') + 1)));
    reader.addEventListener('error', () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}

/** Files that came, as links that save them; pictures are shown. `whose` and `id` name one to the page's server. */
export function enclosed(whose, files) {
  if (!files.length) return '';
  return el('ul', { class: 'enclosed' }, ...files.map(({ id, name }) => {
    const address = `/files/${encodeURIComponent(whose)}/${encodeURIComponent(id)}`;
    const picture = PICTURES.test(name) ? el('img', { src: address, alt: name, loading: 'lazy' }) : '';
    return el('li', {}, el('a', { href: address, download: name }, picture, `📎 ${name}`));
  }));
}
