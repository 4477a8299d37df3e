// Another text in the place of a prompt. What changes is shown word by word; both texts are kept.
import { compare } from '../../lib/diff.js'
import { shown } from '../../lib/text.js'
import { html, useState } from '../../vendor/ui.js'

/** @param {string} text */
const words = text => text.split(/(\s+)/)

/** What an edit changes. @param {{ before: string, after: string }} props */
export const WordDiff = ({ before, after }) => html`<p class="words" role="group" aria-label="What you change">
  ${compare(words(before), words(after)).map(({ kind, text }) =>
    kind === 'add' ? html`<ins>${shown(text)}</ins>` : kind === 'del' ? html`<del>${shown(text)}</del>` : shown(text),
  )}
</p>`

/** @param {{ text: string, approve: (editedPrompt: string) => void }} props */
export function Edit({ text, approve }) {
  const [edited, setEdited] = useState(text)
  const isSame = edited.trim() === text.trim()
  const go = () => edited.trim() && approve(edited)
  const keys = (/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && go()
  return html`
    <label class="field">Send this instead; both texts are kept
      <textarea rows="5" value=${edited} onInput=${(/** @type {any} */ { target }) => setEdited(target.value)} onKeyDown=${keys}></textarea>
    </label>
    ${!isSame && html`<${WordDiff} before=${text} after=${edited} />`}
    <button type="button" class="btn primary" disabled=${!edited.trim()} onClick=${go}>${isSame ? 'Approve as it is' : 'Approve this text'}</button>
  `
}
