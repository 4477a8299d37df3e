// What the keys do, for people.
import { html } from '../../vendor/ui.js'
import { Dialog } from '../../components/dialog.js'

/** The keys, and what they do, for people. @type {[string, string][]} */
export const KEYS = [
  ['A', 'Approve, or allow once; twice where there is risk'],
  ['E', 'Edit before approving'],
  ['R', 'Reject'],
  ['J  K', 'Next and previous card'],
  ['P', 'Write a prompt'],
  ['C', 'Write a comment'],
  ['[  ]', 'Previous and next turn'],
  ['X', 'Open or close the tool call in focus'],
  ['T', 'Open or close the thoughts'],
  ['D', 'Only changes to files, or everything'],
  ['End', 'Jump to live'],
  ['.', 'Stop the running turn, when pressed twice'],
  ['?', 'These keys'],
  ['Enter', 'From the inbox, open the session of a card'],
  ['G I', 'Inbox'],
  ['G H', 'History'],
  ['G O', 'Hosts'],
  ['G M', 'What is mine'],
  ['/', 'Search the history'],
  ['Ctrl Enter', 'Send'],
  ['Esc', 'Leave a field, close what is open'],
]

/** @param {{ close: () => void }} props */
export const KeysDialog = ({ close }) => html`<${Dialog} title="Keys" close=${close}>
  <dl class="keys">
    ${KEYS.map(([key, does]) => html`<div><dt>${key.split('  ').map(it => html`<kbd>${it}</kbd> `)}</dt><dd>${does}</dd></div>`)}
  </dl>
  <p class="muted">Keys act only when you are not writing. They can be switched off under your name.</p>
<//>`
