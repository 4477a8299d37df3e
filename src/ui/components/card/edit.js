// Another text in the place of a prompt. What changes is shown word by word; both texts are kept.
import { compare } from '../../lib/diff.js'
import { risks } from '../../lib/risk.js'
import { shown } from '../../lib/text.js'
import { html, useState } from '../../vendor/ui.js'
import { Yes } from './yes.js'

/** @param {string} text */
const words = text => shown(text).split(/(\s+)/)

/** What an edit changes. @param {{ before: string, after: string }} props */
export const WordDiff = ({ before, after }) => html`<p class="words" role="group" aria-label="What you change">
  ${compare(words(before), words(after)).map(({ kind, text }) =>
    kind === 'add' ? html`<ins>${text}</ins>` : kind === 'del' ? html`<del>${text}</del>` : text,
  )}
</p>`

/**
 * @param {object} props
 * @param {string} props.text
 * @param {boolean} props.isUnread
 * @param {string | null} props.doing
 * @param {(editedPrompt: string) => void} props.approve
 */
export function Edit({ text, isUnread, doing, approve }) {
  const [edited, setEdited] = useState(text)
  const isSame = edited.trim() === text.trim()
  const isRisky = risks({ kind: 'prompt', prompt: edited, details: null }, null).length > 0
  const isOff = isUnread || !edited.trim()
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isOff && !isRisky) approve(edited)
  }
  return html`
    <label class="field">Send this instead; both texts are kept
      <textarea rows="5" value=${edited} onInput=${(/** @type {any} */ { target }) => setEdited(target.value)} onKeyDown=${keys}></textarea>
    </label>
    ${!isSame && html`<${WordDiff} before=${text} after=${edited} />`}
    <${Yes} label=${isSame ? 'Approve as it is' : 'Approve this text'} isRisky=${isRisky} isUnread=${isOff} doing=${doing} yes=${() => approve(edited)} />
  `
}
