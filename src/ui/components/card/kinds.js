// What each kind of approval shows before it is decided, and what can be answered.
import { changeRows } from '../../lib/diff.js'
import { isUnsaid, risks } from '../../lib/risk.js'
import { json, plain } from '../../lib/text.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { Diff } from '../diff.js'
import { say } from '../toast.js'
import { Draft } from './draft.js'
import { Edit } from './edit.js'
import { Exact, ToTheEnd } from './exact.js'
import { SchemaForm } from './form.js'
import { Opens, Reject } from './no.js'
import { Yes, twice } from './yes.js'

/**
 * @typedef {object} KindProps
 * @property {Schemas['Approval']} approval
 * @property {import('../../model/session.js').SharedSession} of
 * @property {import('../../model/deck.js').Deck} deck
 * @property {import('./deciding.js').Deciding} deciding
 * @property {boolean} isUnread
 * @property {boolean} mayDecide
 */

/** What the keys do on this card, for as long as they may. @param {KindProps} props @param {Record<string, () => void>} keys */
function useKeys({ deck, approval, mayDecide, isUnread }, keys) {
  useEffect(() => {
    const { a, ...rest } = keys
    if (mayDecide) deck.keys.set(approval.id, isUnread || !a ? rest : keys)
    else deck.keys.delete(approval.id)
  })
}

/** Why somebody should look twice. @param {{ why: string[] }} props */
const Risk = ({ why }) => why.length > 0 && html`<p class="risk">⚠ This ${why.join('; it ')}.</p>`

/** The forms of a card, of which one is open. */
function useOpened() {
  const [opened, setOpened] = useState('')
  return (/** @type {string} */ name) => ({
    isOpen: opened === name,
    setOpen: (/** @type {boolean} */ isOpen) => setOpened(isOpen ? name : ''),
    toggle: () => setOpened(opened === name ? '' : name),
  })
}

/** May this prompt go to the agent? @param {KindProps} props */
function Prompt(props) {
  const { approval: it, of, deciding, isUnread, mayDecide } = props
  const why = risks(it, null)
  const form = useOpened()
  const approve = () => deciding.decide('Approving…', { action: 'approve' })
  useKeys(props, {
    a: twice(why.length > 0, approve, say),
    e: form('edit').toggle,
    r: form('reject').toggle,
  })
  return html`
    <${Exact} label="The whole prompt" text=${it.prompt ?? ''} />
    <${Risk} why=${why} />
    ${mayDecide &&
    html`<div class="acts">
      <${Yes} label="Approve" hotkey="A" isRisky=${why.length > 0} isOff=${isUnread} yes=${approve} />
      <${Opens} label="Edit…" hotkey="E" ...${form('edit')}>
        <${Edit} text=${it.prompt ?? ''} approve=${(/** @type {string} */ editedPrompt) => deciding.decide('Approving…', { action: 'approve', editedPrompt })} />
      <//>
      <${RejectButton} ...${props} form=${form('reject')} />
    </div>`}
  `
}

/** @param {KindProps & { form: any, label?: string, send?: string, hotkey?: string }} props */
function RejectButton({ of, deciding, form, label = 'Reject…', send = 'Reject', hotkey = 'R' }) {
  const reject = (/** @type {object} */ rest) => deciding.decide('Rejecting…', { action: 'reject', ...rest })
  return html`<${Opens} label=${label} class="danger" hotkey=${hotkey} ...${form}>
    <${Reject} mayTell=${of.mayPromptDirectly} send=${send} reject=${reject} />
  <//>`
}

/** What will run, and what will change. @param {{ approval: Schemas['Approval'] }} props */
function Request({ approval }) {
  const { rawInput: given, content, title: called } = /** @type {any} */ (approval.details)?.toolCall ?? {}
  const { command, cwd: _, ...others } = given?.constructor === Object ? given : { command: given }
  const input = command ?? (Object.keys(others).length > 0 ? others : null)
  const text = input === null || typeof input === 'string' ? input : Array.isArray(input) ? input.join(' ') : json(input)
  const changes = (content ?? []).filter((/** @type {any} */ it) => it.type === 'diff')
  return html`
    ${called && called !== command && html`<p class="called">${plain(called)}</p>`}
    ${text && html`<${Exact} label="What will run" text=${text} />`}
    ${changes.map((/** @type {any} */ it) => {
      const rows = changeRows(it)
      const characters = rows.reduce((sum, row) => sum + row.text.length, 0)
      return html`<${ToTheEnd} lines=${rows.length} characters=${characters}><${Diff} path=${it.path} rows=${rows} isWhole=${true} /><//>`
    })}
    ${isUnsaid(approval) && html`<p class="warn">⚠ The agent did not say what it will do.</p>`}
  `
}

/** May the agent do this? Its own options, in its own words and order. @param {KindProps} props */
function Permission(props) {
  const { approval: it, of, deciding, isUnread, mayDecide } = props
  const why = risks(it, of.agentSession.value.folder)
  const isRisky = why.length > 0 || isUnsaid(it)
  const form = useOpened()
  const choose = (/** @type {Schemas['ApprovalOption']} */ { id, kind }) =>
    deciding.decide('Sending…', { action: kind.startsWith('reject') ? 'reject' : 'approve', optionId: id })
  const once = it.options.find(option => option.kind === 'allow_once')
  const approve = () => (once ? choose(once) : deciding.decide('Approving…', { action: 'approve' }))
  useKeys(props, { a: twice(isRisky, approve, say), r: form('reject').toggle })
  const hasNo = it.options.some(option => option.kind.startsWith('reject'))
  return html`
    <${Request} approval=${it} />
    <${Risk} why=${why} />
    ${mayDecide &&
    html`<div class="acts">
      ${it.options.map(option => html`<${Option} key=${option.id} option=${option} of=${of} isRisky=${isRisky} isUnread=${isUnread} isFirst=${option === once} choose=${choose} />`)}
      ${it.options.length === 0 && html`<${Yes} label="Approve" hotkey="A" isRisky=${isRisky} isOff=${isUnread} yes=${approve} />`}
      <${RejectButton} ...${props} form=${form('reject')} ...${hasNo && { label: 'Reject and say why…', send: 'Reject with this reason' }} />
    </div>`}
  `
}

/** @param {any} props */
function Option({ option, of, isRisky, isUnread, isFirst, choose }) {
  const { label, kind } = option
  if (kind.startsWith('reject')) return html`<button type="button" class="btn danger" onClick=${() => choose(option)}>${plain(label)}</button>`
  const isAlways = kind === 'allow_always'
  const note = isAlways && html`<small> ${of.isHost ? 'the agent will remember this; it is not undone here' : 'only the host may'}</small>`
  return html`<${Yes}
    class=${isFirst ? 'primary' : ''}
    label=${html`${plain(label)}${note}`}
    hotkey=${isFirst ? 'A' : undefined}
    isRisky=${isRisky}
    isOff=${isUnread || (isAlways && !of.isHost)}
    yes=${() => choose(option)}
  />`
}

/** What does the agent want to know? @param {KindProps} props */
function Question(props) {
  const { approval: it, deciding, mayDecide } = props
  const form = `f-${it.id}`
  const { requestedSchema, url } = /** @type {any} */ (it.details)?.request ?? {}
  const answer = (/** @type {any} */ values) => deciding.decide('Answering…', { action: 'approve', answer: values })
  useKeys(props, { r: () => deciding.decide('Declining…', { action: 'reject' }) })
  return html`
    <${Exact} label="The question" text=${it.action} />
    ${url && html`<p>It wants you to open <b>${plain(hostOf(url))}</b>: <a href=${/^https?:/.test(url) ? url : undefined} target="_blank" rel="noopener noreferrer nofollow">${plain(url)}</a></p>`}
    ${mayDecide && html`<${SchemaForm} id=${form} schema=${requestedSchema} answer=${answer} />`}
    ${mayDecide &&
    html`<div class="acts">
      <button class="btn primary" form=${form}>Answer</button>
      <button type="button" class="btn" aria-keyshortcuts="R" onClick=${() => deciding.decide('Declining…', { action: 'reject' })}>Decline</button>
    </div>`}
  `
}

/** @param {string} url */
const hostOf = url => (URL.canParse(url) ? new URL(url).host : url)

/** What anything else asks, which names itself. @param {KindProps} props */
function Action(props) {
  const { approval: it, of, deciding, isUnread, mayDecide } = props
  const form = useOpened()
  const approve = () => deciding.decide('Approving…', { action: 'approve' })
  const choose = (/** @type {any} */ option) =>
    deciding.decide('Sending…', { action: option.kind.startsWith('reject') ? 'reject' : 'approve', optionId: option.id })
  useKeys(props, { r: form('reject').toggle, ...(it.options.length === 0 && { a: approve }) })
  return html`
    <${Exact} label="What is asked" text=${json({ action: it.action, details: it.details ?? undefined })} />
    ${mayDecide &&
    html`<div class="acts">
      ${it.options.map(option => html`<${Option} key=${option.id} option=${option} of=${of} isRisky=${false} isUnread=${isUnread} choose=${choose} />`)}
      ${it.options.length === 0 && html`<${Yes} label="Approve" hotkey="A" isRisky=${false} isOff=${isUnread} yes=${approve} />`}
      <${RejectButton} ...${props} form=${form('reject')} />
    </div>`}
  `
}

/** @type {Record<string, (props: KindProps) => any>} */
export const KINDS = { action: Action, draft: Draft, permission: Permission, prompt: Prompt, question: Question }
