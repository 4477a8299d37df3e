// Beside the timeline: the plan, the files that were changed, what was used, who takes part. On a narrow screen they stand
// behind a bar of tabs, of which none or one is open.
import { own } from '../../lib/own.js'
import { plain } from '../../lib/text.js'
import { machineOf, nameOf, whose } from '../../model/hosts.js'
import { html, useState } from '../../vendor/ui.js'
import { Who } from '../../components/parts.js'

/** @type {Record<string, { sign: string, word: string }>} */
const STEPS = {
  completed: { sign: '✓', word: 'done' },
  in_progress: { sign: '◐', word: 'now' },
  pending: { sign: '○', word: 'to do' },
}

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
function Plan({ of }) {
  const plan = of.timeline.plan.value
  const usage = of.timeline.usage.value
  return html`
    ${plan.length > 0 && html`<h2>Plan <small class="muted">${progress(of)}</small></h2>`}
    <ol class="plan" id="plan">
      ${plan.map(({ content, status }) => {
        const { sign, word } = own(STEPS, status) ?? STEPS.pending
        return html`<li class=${own(STEPS, status) ? status : 'pending'} aria-current=${status === 'in_progress' ? 'step' : undefined}>
          <span class="sign" role="img" aria-label=${word}>${sign}</span> <span>${plain(content)}</span>
        </li>`
      })}
    </ol>
    ${usage && html`<h2>Usage</h2><p class="muted" id="usage">${used(usage)}</p>`}
  `
}

/** @param {import('../../model/session.js').SharedSession} of */
function progress(of) {
  const plan = of.timeline.plan.value
  return plan.length > 0 ? `${plan.filter(it => it.status === 'completed').length} of ${plan.length}` : ''
}

/** @param {import('../../model/session.js').SharedSession} of */
function changes(of) {
  const files = [...of.timeline.files.value.values()]
  const sum = (/** @type {'add' | 'del'} */ kind) => files.reduce((all, it) => all + it[kind], 0)
  return files.length > 0 ? `+${sum('add')} −${sum('del')}` : ''
}

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
function Files({ of }) {
  const files = [...of.timeline.files.value]
  const name = (/** @type {string} */ path) => plain(path.split('/').slice(-2).join('/'))
  return html`<h2>Files <small class="muted">${changes(of)}</small></h2>
    <ul class="files">
      ${files.map(
        ([path, it]) => html`<li>
          <a href=${`#${it.at}`} title=${plain(path)}><code>${name(path)}</code></a> <small class="muted">+${it.add} −${it.del}</small>
        </li>`,
      )}
    </ul>`
}

/** @param {number} count */
const tokens = count => (count >= 1000 ? `${Math.round(count / 1000)}k` : String(count))

/** What an agent has used, in words. What it says of money is text until a browser takes it for a currency. @param {any} usage */
function used({ used: spent, size, cost }) {
  const known = /^[A-Z]{3}$/.test(cost?.currency) && Number.isFinite(cost.amount)
  const inWords = () => new Intl.NumberFormat([], { style: 'currency', currency: cost.currency }).format(cost.amount)
  const money = known ? inWords() : cost && plain(`${cost.amount} ${cost.currency}`)
  return `${tokens(spent)} of ${tokens(size)} tokens${money ? ` · ${money}` : ''}`
}

/** Who stands in the rail at most. */
const MOST = 12

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
function Agent({ of }) {
  const machine = machineOf(of)
  const where =
    machine &&
    html`<br /><span class="muted">on <bdi>${nameOf(machine)}</bdi>, ${whose(machine, of.me)}${!machine.connected && ', away'}</span>`
  return html`<h2>Agent</h2><p id="agent-at">${plain(of.agent)}${where}</p>`
}

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
const People = ({ of }) => html`<h2>People</h2>
  <ul class="people" id="people">
    ${of.here.slice(0, MOST).map(
      it => html`<li>
        <${Who} id=${it.id} of=${of} />${it.role === 'viewer' && html` <span class="muted">watches</span>`}
        ${(it.online || it.id === of.mine?.id) && html` <span class="on" role="img" aria-label="is here">●</span>`}
      </li>`,
    )}
    ${of.here.length > MOST && html`<li class="muted">and ${of.here.length - MOST} more</li>`}
  </ul>
  <${Agent} of=${of} />`

/** @param {import('../../model/session.js').SharedSession} of */
const isPlanned = ({ timeline }) => timeline.plan.value.length > 0 || timeline.usage.value !== null

/** What stands in the rail: where there is something of it, how much, in a word or two. */
const PARTS = [
  { name: 'plan', label: 'Plan', View: Plan, count: progress, is: isPlanned },
  {
    name: 'files',
    label: 'Files',
    View: Files,
    count: changes,
    is: (/** @type {any} */ { timeline }) => timeline.files.value.size > 0,
  },
  {
    name: 'people',
    label: 'People',
    View: People,
    count: (/** @type {any} */ of) => String(of.here.length),
    is: () => true,
  },
]

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
export function Rail({ of }) {
  const [opened, setOpened] = useState('')
  const parts = PARTS.filter(({ is }) => is(of))
  const toggle = (/** @type {string} */ name) => () => setOpened(opened === name ? '' : name)
  const keys = (/** @type {KeyboardEvent} */ { key }) => key === 'Escape' && setOpened('')
  return html`<nav class="rail" aria-label="About this session" onKeyDown=${keys}>
    <div class="tabs">
      ${parts.map(
        ({
          name,
          label,
          count,
        }) => html`<button type="button" class="tab" aria-expanded=${opened === name} aria-controls=${`rail-${name}`} onClick=${toggle(name)}>
          ${label} <small class="muted">${count(of)}</small>
        </button>`,
      )}
    </div>
    ${parts.map(({ name, View }) => html`<section key=${name} id=${`rail-${name}`} class=${opened === name ? 'open' : ''}><${View} of=${of} /></section>`)}
  </nav>`
}
