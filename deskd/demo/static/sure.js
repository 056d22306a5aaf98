// Block Kit's confirmation dialog: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object

import { $, el } from './dom.js';
import { t } from './words.js';

/** Ask; true when the person agreed. Escape is no. */
export function sure(confirm) {
  const dialog = $('sure');
  return new Promise((done) => {
    const end = (yes) => { dialog.close(); done(yes); };
    dialog.replaceChildren(
      el('h3', { id: 'sure-title' }, confirm.title?.text ?? t('sure')), el('p', {}, confirm.text?.text ?? ''),
      el('div', { class: 'send' }, el('span', { class: 'hint' }), el('button', { type: 'button', onclick: () => end(false) }, confirm.deny?.text ?? t('cancel')),
        el('button', { type: 'button', class: `b-button ${confirm.style ?? 'primary'}`, onclick: () => end(true) }, confirm.confirm?.text ?? t('submit'))));
    dialog.oncancel = () => done(false);
    dialog.showModal();
  });
}
