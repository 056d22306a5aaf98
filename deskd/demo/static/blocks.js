// Block Kit's blocks as elements: https://docs.slack.dev/reference/block-kit/blocks

import { el } from './dom.js';
import { control } from './elements.js';
import { rich, text } from './mrkdwn.js';
import { t } from './words.js';

/**
 * `blocks` as elements. `room` is where they stand: `names` (people, groups, channels), `press(action, value)` for what acts at once, and in a
 * modal also `inputs`, a map that is filled with what reads each input, `errors` by block and `suggest(action, query)`.
 */
export function draw(blocks, room) {
  return blocks.map((block) => drawn(block, room));
}

function drawn(block, room) {
  switch (block.type) {
    case 'header': return el('h4', { class: 'b-header' }, ...text(block.text, room.names));
    case 'section': return section(block, room);
    case 'context': return el('div', { class: 'b-context' }, ...block.elements.map((part) => (part.type === 'image' ? picture(part) : el('span', {}, ...text(part, room.names)))));
    case 'context_actions':
    case 'actions': return el('div', { class: 'b-actions' }, ...block.elements.map((part) => control(part, room, block)));
    case 'divider': return el('hr', {});
    case 'rich_text': return el('div', { class: 'b-rich' }, ...block.elements.map((part) => rich(part, room.names)));
    case 'markdown': return el('div', { class: 'b-text' }, block.text);
    case 'image': return el('div', { class: 'b-context' }, picture(block));
    case 'input': return input(block, room);
    default: return el('div', { class: 'b-context' }, `(${block.type})`);
  }
}

/** Nothing is fetched from outside: of a picture its description is shown. */
const picture = (part) => el('span', {}, `🖼 ${part.alt_text ?? ''}`);

function section(block, room) {
  const parts = [];
  if (block.text) parts.push(el('div', { class: 'b-text' }, ...text(block.text, room.names)));
  if (block.fields) parts.push(el('div', { class: 'b-fields' }, ...block.fields.map((field) => el('div', {}, ...text(field, room.names)))));
  const beside = block.accessory && (block.accessory.type === 'image' ? picture(block.accessory) : control(block.accessory, room, block));
  return el('div', { class: 'b-section' }, el('div', { class: 'b-main' }, ...parts), beside);
}

let numbers = 0;

/** A labelled field of a modal, with its hint and what the app said is wrong with it. */
function input(block, room) {
  numbers += 1;
  const id = `input-${numbers}`;
  const error = room.errors?.[block.block_id];
  const hints = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const many = ['checkboxes', 'radio_buttons', 'multi_static_select', 'multi_users_select'].includes(block.element.type);
  const label = [block.label.text, block.optional ? el('span', { class: 'hint' }, ` (${t('optional')})`) : ''];
  const field = control(block.element, { ...room, id, described: hints || undefined, required: !block.optional, quiet: !block.dispatch_action }, block);
  return el('div', { class: `b-input ${error ? 'wrong' : ''}` },
    many ? el('fieldset', { 'aria-describedby': hints || undefined }, el('legend', {}, ...label), field)
      : el('div', {}, el('label', { for: id }, ...label), field),
    block.hint ? el('p', { class: 'hint', id: `${id}-hint` }, block.hint.text) : '',
    error ? el('p', { class: 'error', id: `${id}-error`, role: 'alert' }, error) : '');
}
