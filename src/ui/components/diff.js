// A change to a file, painted by lines.
import { plain, shown } from '../lib/text.js'
import { counts } from '../lib/diff.js'
import { html, useState } from '../vendor/ui.js'
import { Icon } from './parts.js'

/** More rows than this are folded. */
const LONG = 400

const SIGNS = { add: '+', del: '−', same: ' ', gap: '' }
/** The same for those who do not see signs. */
const WORDS = { add: 'added: ', del: 'removed: ', same: '', gap: '' }

/**
 * @param {object} props
 * @param {string} [props.path]
 * @param {import('../lib/diff.js').Row[]} props.rows
 * @param {false | ((line: number) => void)} [props.comment] to comment on a line of the diff
 * @param {boolean} [props.isWhole] nothing is folded: somebody decides about it
 */
export function Diff({ path, rows, comment, isWhole }) {
  const [all, setAll] = useState(false)
  const { add, del } = counts(rows)
  const seen = all || isWhole ? rows : rows.slice(0, LONG)
  const label = `Change${path ? ` of ${plain(path)}` : ''}`
  return html`<div class="change">
    <p class="path">${path && html`<code>${plain(path)}</code>`} <span class="muted">+${add} −${del}</span></p>
    <div class="diff" role="group" aria-label=${label} tabindex="0">
      ${seen.map(
        ({ kind, text }, index) => html`<div class=${kind}>
          ${
            comment &&
            html`<button
              type="button"
              class="note"
              aria-label=${`Comment on line ${index + 1}`}
              onClick=${() => comment(index + 1)}
            >
              <${Icon} name="plus" />
            </button>`
          }
          <span class="sign" aria-hidden="true">${SIGNS[kind]}</span>
          <span>${WORDS[kind] && html`<span class="unseen">${WORDS[kind]}</span>`}${shown(text)}</span>
        </div>`,
      )}
    </div>
    ${rows.length > seen.length && html`<button type="button" class="link" onClick=${() => setAll(true)}>Show all ${rows.length} lines</button>`}
  </div>`
}
