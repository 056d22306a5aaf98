// The demo's page: customers on the left, agents on the right, the daemon between them below, the story above.

import { startConfig } from './config.js';
import { drawClocks, showAbout, showClocks, showDesk, showTraces, startDaemon } from './daemon.js';
import { $, el, tabs } from './dom.js';
import { follow } from './live.js';
import { render as renderMail, showMailboxes, startMail } from './mail.js';
import { startSides } from './sides.js';
import { renderSlack, showSlack, startSlack } from './slack.js';
import { render as renderStory, showStory, startStory } from './story.js';
import { render as renderTelegram, showTelegram, startTelegram } from './telegram.js';
import { showTime, startTime } from './time.js';
import { startViews } from './views.js';
import { render as renderVisitor, startVisitor } from './visitor.js';
import { choose, fill, language, LANGUAGES } from './words.js';

fill();
$('language').append(...Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, selected: code === language, lang: code }, name)));
$('language').addEventListener('change', () => choose($('language').value));
startMail();
startTelegram();
startVisitor();
startSlack();
startViews();
startDaemon();
startTime();
startConfig();
startStory();
startSides(renderMail, renderTelegram, renderVisitor, renderSlack);
tabs($('ways'), () => { renderMail(); renderTelegram(); renderVisitor(); });

follow({
  about(value) {
    $('way-telegram').hidden = !value.channels.includes('telegram');
    $('way-visitor').hidden = !value.customers_in_slack;
    showAbout(value);
  },
  time(value) { showTime(value); drawClocks(); },
  customers(value) { showMailboxes(value); renderStory(); },
  telegram: showTelegram, desk: showDesk, clocks: showClocks, traces: showTraces, story: showStory,
  slack(value) { showSlack(value); renderVisitor(); renderStory(); },
});
