// The Slack workspace as the page knows it, shared by the agents' side and the customers' side.

let workspace = null;
let open = null; // opens a thread: (channel, ts)

export const keep = (value) => { workspace = value; };
export const opensThreads = (opener) => { open = opener; };
export const known = () => workspace !== null;
export const space = () => workspace;
export const placeOf = (id) => workspace.channels.find((one) => one.id === id);

/** Names by id: all `people` and the bot, the human `members`, who of them are `guests`, `groups`, `channels`; and the names of all `customers`. */
export function names() {
  const humans = [...workspace.agents, ...workspace.customers];
  return {
    open, people: workspace.people, customers: workspace.customer_names, groups: workspace.groups, guests: workspace.customers.map((one) => one.id),
    members: Object.fromEntries(humans.map((one) => [one.id, one.name])),
    channels: Object.fromEntries(workspace.channels.map((one) => [one.id, one.name])),
  };
}

/** A message's text as it was typed: Slack keeps it escaped, with its mentions and links in brackets. */
export function typed(text) {
  const handles = Object.fromEntries([...workspace.agents, ...workspace.customers].map((one) => [one.id, one.handle]));
  return text.replace(/<@(\w+)>/g, (whole, id) => (handles[id] ? `@${handles[id]}` : whole))
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<mailto:[^|>]+\|([^>]+)>/g, '$1')
    .replace(/<(https?:[^|>]+)>/g, '$1')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
