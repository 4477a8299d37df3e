// The answers that a program offers, in its own words and order; the one that is a yes stands out.
import { html } from '../../vendor/ui.js'
import { Said } from '../parts.js'
import { Acts } from './acts.js'
import { Opens } from './no.js'
import { Yes } from './yes.js'

/** @param {string} kind */
export const isYes = kind => kind.startsWith('allow')

/**
 * @param {object} props
 * @param {Schemas['ApprovalOption'][]} props.options
 * @param {import('./deciding.js').Deciding} props.deciding
 * @param {boolean} props.isOff
 * @param {boolean} props.isUnread
 * @param {boolean} props.isRisky
 * @param {(option: Schemas['ApprovalOption']) => void} props.choose
 * @param {any} props.form where a reason is written
 * @param {string} props.reason
 * @param {(reason: string) => void} props.setReason
 */
export function Answers({ options, deciding, isOff, isUnread, isRisky, choose, form, reason, setReason }) {
  // One no among the answers is a no like any other; of several, none is more so than the next.
  const hasOneNo = options.filter(it => !isYes(it.kind)).length === 1
  return html`<${Acts} isOff=${isOff}>
    ${options.map(option => {
      const { id, kind } = option
      const label = html`<${Said} text=${option.label} />`
      const doing = deciding.doing(id)
      if (isYes(kind))
        return html`<${Yes}
          key=${id}
          label=${label}
          hotkey="A"
          isRisky=${isRisky}
          isUnread=${isUnread}
          doing=${doing}
          yes=${() => choose(option)}
        />`
      return html`<button
        key=${id}
        type="button"
        class="btn ${hasOneNo ? 'danger' : ''}"
        aria-disabled=${doing !== null}
        onClick=${() => choose(option)}
      >
        ${doing ?? label}
      </button>`
    })}
    <${Opens} label="Say why…" hotkey="R" ...${form}>
      <label class="field">Why: it goes with the answer that you choose
        <textarea rows="2" value=${reason} onInput=${(/** @type {any} */ { target }) => setReason(target.value)}></textarea>
      </label>
    <//>
  <//>`
}
