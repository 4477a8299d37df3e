// An agent asks something: a form from its schema, or a page that it wants to be opened.
import { plain } from '../../lib/text.js'
import { html, useState } from '../../vendor/ui.js'
import { Dialog } from '../dialog.js'
import { Acts } from './acts.js'
import { Exact } from './exact.js'
import { SchemaForm } from './form.js'
import { isShort } from './heading.js'
import { useKeys } from './keys.js'

/** A page elsewhere: it is opened only after a yes to its computer. @param {{ url: string }} props */
function Elsewhere({ url }) {
  const [asks, setAsks] = useState(false)
  const host = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? new URL(url).host : null
  const close = () => setAsks(false)
  return html`
    <p>It wants you to open a page${host ? html` at <b>${plain(host)}</b>` : ', whose address is none that is opened from here'}:</p>
    <${Exact} label="The page" text=${url} />
    ${host && html`<button type="button" class="btn" onClick=${() => setAsks(true)}>Open it…</button>`}
    ${
      asks &&
      html`<${Dialog} title="Leave for another page?" close=${close}>
      <p>The agent sends you to <b>${plain(host)}</b>. What you type there, it may learn.</p>
      <div class="acts">
        <a class="btn primary" href=${url} target="_blank" rel="noopener noreferrer nofollow" onClick=${close}>Open ${plain(host)}</a>
        <button type="button" class="btn" onClick=${close}>No, back</button>
      </div>
    <//>`
    }
  `
}

/** What does the agent want to know? @param {import('./kinds.js').KindProps} props */
export function Question(props) {
  const { approval: it, deciding, isOff, isUnread, mayDecide } = props
  const form = `f-${it.id}`
  const { requestedSchema, url } = /** @type {any} */ (it.details)?.request ?? {}
  const answer = (/** @type {any} */ values) =>
    isUnread || deciding.decide('Answering…', { action: 'approve', answer: values })
  const decline = () => deciding.decide('Declining…', { action: 'reject' })
  const isPage = typeof url === 'string'
  useKeys(props, { r: decline })
  return html`
    ${!isShort(it.action) && html`<${Exact} label="The question" text=${it.action} />`}
    ${isPage && html`<${Elsewhere} url=${url} />`}
    ${mayDecide && html`<${SchemaForm} id=${form} schema=${requestedSchema} answer=${answer} />`}
    ${
      mayDecide &&
      html`<${Acts} isOff=${isOff}>
      <button class="btn primary" form=${form} disabled=${isUnread} aria-disabled=${deciding.isBusy}>
        ${deciding.doing('approve') ?? (isPage ? 'I have done it' : 'Answer')}
      </button>
      <button type="button" class="btn" aria-keyshortcuts="R" aria-disabled=${deciding.isBusy} onClick=${decline}>
        ${deciding.doing('reject') ?? 'Decline'} <kbd aria-hidden="true">R</kbd>
      </button>
    <//>`
    }
  `
}
