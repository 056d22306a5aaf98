// The demo's page: customers on the left, agents on the right, the daemon between them below.

import { showAbout, showDesk } from './desk.js';
import { follow } from './live.js';
import { renderMail, showMailboxes, startMail } from './mail.js';
import { renderSlack, showSlack, startSlack } from './slack.js';

startMail();
startSlack();
follow({ about: showAbout, customers: showMailboxes, slack: showSlack, desk: showDesk });

const sides = [...document.querySelectorAll('[data-side]')];
for (const side of sides) {
  side.addEventListener('click', () => { // on narrow screens one part is shown at a time
    document.body.dataset.shown = side.dataset.side;
    for (const one of sides) one.setAttribute('aria-pressed', String(one === side));
    renderMail();
    renderSlack();
  });
}
