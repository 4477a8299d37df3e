// Who takes part: what they may do, and for the host to change it.
import { ago } from '../../lib/time.js'
import { html, useState } from '../../vendor/ui.js'
import { Dialog } from '../../components/dialog.js'
import { Act, Avatar, Who } from '../../components/parts.js'

/** What was asked twice before it is done. @param {{ label: string, class?: string, question: string, doing: string, work: () => Promise<any> }} props */
function Twice({ label, class: kind = '', question, doing, work }) {
  const [asks, setAsks] = useState(false)
  if (!asks)
    return html`<button type="button" class="btn small ${kind}" onClick=${() => setAsks(true)}>${label}…</button>`
  return html`<span class="twice">${question}
    <${Act} class="small danger" doing=${doing} work=${work}>${label}<//>
    <button type="button" class="btn small" onClick=${() => setAsks(false)}>No</button>
  </span>`
}

/** @param {{ it: Schemas['Participant'], of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props */
function Person({ it, of, actions }) {
  const state = of.presence.value.get(it.id)?.state
  const isLead = of.isHost && of.isOpen && it.role !== 'host'
  const change = (/** @type {object} */ changes) => () => actions.changePerson(it.id, changes)
  return html`<li key=${it.id}>
    <${Avatar} name=${it.displayName} isHere=${it.online} />
    <div class="about-person">
      <p><${Who} id=${it.id} of=${of} /></p>
      <p class="muted">
        ${it.role}${it.canDecide && it.role !== 'host' && ', may decide'}
        ${' '}· joined ${ago(it.joinedAt)}${it.online && ` · ${state === 'typing' ? 'typing' : 'here'}`}
      </p>
      ${
        isLead &&
        html`<div class="acts">
        ${
          it.role === 'viewer'
            ? html`<${Act} class="small" work=${change({ role: 'collaborator' })}>Let them take part<//>`
            : html`<${Act} class="small" work=${change({ role: 'viewer' })}>Only watch<//>`
        }
        ${
          it.role === 'collaborator' &&
          html`<${Act} class="small" work=${change({ canDecide: !it.canDecide })}>
            ${it.canDecide ? 'Decide no more' : 'Let them decide'}
          <//>`
        }
        <${Twice}
          label="Hand over"
          question="They become host, you a collaborator."
          doing="Handing over…"
          work=${() => actions.handOver(it.id)}
        />
        <${Twice}
          label="Remove"
          class="danger"
          question="They lose access, and the link they came by ends."
          doing="Removing…"
          work=${() => actions.remove(it.id)}
        />
      </div>`
      }
    </div>
  </li>`
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions, close: () => void }} props */
export const People = ({ of, actions, close }) => html`<${Dialog} title="People" close=${close}>
  <ul class="persons">
    ${of.here.map(it => html`<${Person} it=${it} of=${of} actions=${actions} />`)}
  </ul>
<//>`
