// An agent asks whether it may do something: all that it sent about it, and its own options.
import { changeRows } from '../../lib/diff.js'
import { callOf, readCall } from '../../lib/request.js'
import { isUnsaid, risks } from '../../lib/risk.js'
import { exact, plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Diff } from '../diff.js'
import { Said } from '../parts.js'
import { Acts, RejectButton, Risk, useOpened } from './acts.js'
import { Exact, Hidden, ToTheEnd } from './exact.js'
import { useKeys } from './keys.js'
import { Yes } from './yes.js'

/** A change to a file, whole. @param {{ change: import('../../lib/request.js').Change }} props */
function Change({ change }) {
  const rows = changeRows(change)
  const { hidden, isMixed } = exact(change.newText)
  const characters = rows.reduce((sum, row) => sum + row.text.length, 0)
  return html`
    <${Hidden} hidden=${hidden} isMixed=${isMixed} />
    <${ToTheEnd} lines=${rows.length} characters=${characters}><${Diff} path=${change.path} rows=${rows} isWhole=${true} /><//>
  `
}

/** What a page is fetched from: its computer stands out. @param {{ url: string }} props */
export const From = ({ url }) => URL.canParse(url) && html`<p>From <b>${plain(new URL(url).host)}</b></p>`

/** What will run, and what will change. @param {{ approval: Schemas['Approval'] }} props */
function Request({ approval }) {
  const { title, kind, text, rest, changes, said, others, paths } = readCall(callOf(approval))
  const shownPaths = paths.filter(it => changes.every(({ path }) => path !== it))
  return html`
    ${title && title !== text && html`<p class="called"><${Said} text=${title} /></p>`}
    ${kind === 'fetch' && text && html`<${From} url=${text} />`}
    ${text && html`<${Exact} label="What will run" text=${text} />`}
    ${rest && html`<${Exact} label="What else goes in" text=${rest} />`}
    ${shownPaths.length > 0 && html`<${Exact} label="Where" text=${shownPaths.join('\n')} />`}
    ${changes.map(change => html`<${Change} change=${change} />`)}
    ${said.map(it => html`<${Exact} label="What the agent says about it" text=${it} />`)}
    ${others.map(it => html`<${Exact} label="What else it sent" text=${it} />`)}
    ${isUnsaid(approval) && html`<p class="risk">⚠ The agent did not say what it will run.</p>`}
  `
}

/** What an option means, beyond this once. @param {string} kind @param {boolean} isHost */
function note(kind, isHost) {
  if (kind === 'allow_always') return isHost ? 'the agent will remember this, we cannot undo it' : 'only the host may'
  return kind === 'reject_always' && 'the agent will remember this, we cannot undo it'
}

/** @param {string} kind */
const isKnown = kind => /^(allow|reject)_(once|always)$/.test(kind)

/**
 * The asker's own options, in its own words and order; those of a meaning that nobody knows come last.
 * @param {import('./kinds.js').KindProps & { isRisky: boolean, once?: Schemas['ApprovalOption'] }} props
 */
export function Options({ approval, of, deciding, isUnread, isRisky, once }) {
  const options = approval.options.toSorted((a, b) => Number(isKnown(b.kind)) - Number(isKnown(a.kind)))
  return options.map(option => {
    const { id, label, kind } = option
    const more = note(kind, of.isHost)
    const text = html`<span class="stack"><${Said} text=${label} />${more && html` <small>${more}</small>`}</span>`
    const doing = deciding.doing(id)
    const choose = (/** @type {string} */ action) => () => deciding.decide('Sending…', { action, optionId: id })
    if (kind.startsWith('reject')) {
      return html`<button
        key=${id}
        type="button"
        class="btn danger"
        aria-disabled=${doing !== null}
        onClick=${choose('reject')}
      >
        ${doing ?? text}
      </button>`
    }
    return html`<${Yes}
      key=${id}
      class=${option === once ? 'primary' : ''}
      label=${text}
      hotkey=${option === once ? 'A' : undefined}
      isRisky=${isRisky}
      isUnread=${isUnread || (kind === 'allow_always' && !of.isHost)}
      doing=${doing}
      yes=${choose('approve')}
    />`
  })
}

/** May the agent do this? @param {import('./kinds.js').KindProps} props */
export function Permission(props) {
  const { approval: it, of, deciding, isOff, isUnread, mayDecide } = props
  const why = risks(it, of.agentSession.value.folder)
  const isRisky = why.length > 0 || isUnsaid(it)
  const { form, isAnyOpen } = useOpened()
  const once = it.options.find(option => option.kind === 'allow_once')
  const approve = () => deciding.decide('Sending…', { action: 'approve', ...(once && { optionId: once.id }) })
  const mayApprove = (once || it.options.length === 0) && !isAnyOpen
  useKeys(props, { r: form('reject').toggle, ...(mayApprove && { a: approve }) }, isRisky)
  const hasNo = it.options.some(option => option.kind.startsWith('reject'))
  return html`
    <${Request} approval=${it} />
    <${Risk} why=${why} />
    ${
      mayDecide &&
      html`<${Acts} isOff=${isOff}>
      <${Options} ...${props} isRisky=${isRisky} once=${once} />
      ${
        it.options.length === 0 &&
        html`<${Yes}
          label="Approve"
          hotkey="A"
          isRisky=${isRisky}
          isUnread=${isUnread}
          doing=${deciding.doing('approve')}
          yes=${approve}
        />`
      }
      <${RejectButton}
        ...${props}
        form=${form('reject')}
        ...${hasNo && { label: 'Reject and say why…', send: 'Reject with this reason' }}
      />
    <//>`
    }
  `
}
