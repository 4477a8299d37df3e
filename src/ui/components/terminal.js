// What a program printed, in the sixteen colours of a terminal.
import { plain } from '../lib/text.js'
import { html, useState } from '../vendor/ui.js'

/** As many of the last lines are shown at first. */
const SHOWN = 200

/**
 * Splits text at the codes for colours; every other code of a terminal is left out.
 * @param {string} text
 * @returns {{ text: string, colour: string }[]}
 */
export function colours(text) {
  const parts = []
  let colour = ''
  let past = 0
  for (const { 0: code, 1: numbers, 2: letter, index } of text.matchAll(/\x1b\[([\d;?]*)([A-Za-z])/g)) {
    if (index > past) parts.push({ text: text.slice(past, index), colour })
    past = index + code.length
    if (letter !== 'm') continue
    for (const number of (numbers || '0').split(';').map(Number)) {
      if (number === 0 || number === 39) colour = ''
      else if (number >= 30 && number <= 37) colour = `ansi-${number - 30}`
      else if (number >= 90 && number <= 97) colour = `ansi-${number - 82}`
    }
  }
  if (past < text.length) parts.push({ text: text.slice(past), colour })
  return parts
}

/** A line that was written over again, as it was in the end. @param {string} text */
const settled = text =>
  text
    .replace(/\r\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    .replace(/\r/g, '')

/** @param {{ text: string, colour: string }} part */
const coloured = ({ text, colour }) => (colour ? html`<span class=${colour}>${plain(text)}</span>` : plain(text))

/** @param {{ text: string }} props */
export function Terminal({ text }) {
  const [all, setAll] = useState(false)
  const lines = settled(text).split('\n')
  const hidden = all ? 0 : Math.max(0, lines.length - SHOWN)
  const seen = lines.slice(hidden).join('\n')
  return html`<div class="terminal">
    ${hidden > 0 && html`<button type="button" class="link" onClick=${() => setAll(true)}>Show ${hidden} lines before</button>`}
    <pre class="out" tabindex="0" aria-label="Output">${colours(seen).map(coloured)}</pre>
  </div>`
}
