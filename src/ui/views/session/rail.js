// Beside the timeline: the plan, the files that were changed, what was used, who takes part.
import { plain } from '../../lib/text.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
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
  if (plan.length === 0) return null
  const done = plan.filter(it => it.status === 'completed').length
  return html`<h2>Plan <small class="muted">${done} of ${plan.length}</small></h2>
    <ol class="plan" id="plan">
      ${plan.map(({ content, status }) => {
        const { sign, word } = STEPS[status] ?? STEPS.pending
        return html`<li class=${status} aria-current=${status === 'in_progress' ? 'step' : undefined}>
          <span class="sign" role="img" aria-label=${word}>${sign}</span> ${plain(content)}
        </li>`
      })}
    </ol>`
}

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
function Files({ of }) {
  const files = [...of.timeline.files.value]
  if (files.length === 0) return null
  const add = files.reduce((sum, [, it]) => sum + it.add, 0)
  const del = files.reduce((sum, [, it]) => sum + it.del, 0)
  const name = (/** @type {string} */ path) => plain(path.split('/').slice(-2).join('/'))
  return html`<h2>Files <small class="muted">+${add} −${del}</small></h2>
    <ul class="files">
      ${files.map(([path, it]) => html`<li><a href=${`#${it.at}`} title=${plain(path)}><code>${name(path)}</code></a> <small class="muted">+${it.add} −${it.del}</small></li>`)}
    </ul>`
}

/** @param {number} count */
const tokens = count => (count >= 1000 ? `${Math.round(count / 1000)}k` : String(count))

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
function Usage({ of }) {
  const usage = of.timeline.usage.value
  if (!usage) return null
  const cost = usage.cost && new Intl.NumberFormat([], { style: 'currency', currency: /^[A-Z]{3}$/.test(usage.cost.currency) ? usage.cost.currency : 'USD' }).format(usage.cost.amount)
  return html`<h2>Usage</h2><p class="muted" id="usage">${tokens(usage.used)} of ${tokens(usage.size)} tokens${cost && ` · ${cost}`}</p>`
}

/** Who stands in the rail at most. */
const MOST = 12

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
export function Rail({ of }) {
  const wide = matchMedia('(min-width: 64rem)')
  const [isOpen, setOpen] = useState(wide.matches)
  useEffect(() => {
    const fit = () => setOpen(wide.matches)
    wide.addEventListener('change', fit)
    return () => wide.removeEventListener('change', fit)
  }, [])
  const toggle = (/** @type {any} */ { currentTarget }) => setOpen(currentTarget.open)
  return html`<details class="rail" open=${isOpen} onToggle=${toggle}>
    <summary>Plan, files, people</summary>
    <nav aria-label="About this session">
      <${Plan} of=${of} />
      <${Files} of=${of} />
      <${Usage} of=${of} />
      <h2>People</h2>
      <ul class="people" id="people">
        ${of.here.slice(0, MOST).map(it => html`<li><${Who} id=${it.id} of=${of} />${it.role === 'viewer' && html` <span class="muted">watches</span>`}${it.online && html` <span class="on" role="img" aria-label="is here">●</span>`}</li>`)}
        ${of.here.length > MOST && html`<li class="muted">and ${of.here.length - MOST} more</li>`}
      </ul>
    </nav>
  </details>`
}
