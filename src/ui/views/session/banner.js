// Why nothing moves, and what helps.
import { clock, moment } from '../../lib/time.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { machineOf, nameOf } from '../../model/hosts.js'
import { useHeight } from '../../components/height.js'
import { Act, Said, Who } from '../../components/parts.js'

/** A strip below the bar, which stays in view. @param {{ id: string, isBad?: boolean, children?: any }} props */
function Strip({ id, isBad, children }) {
  useHeight(id, '--banner')
  return html`<div id=${id} class="banner ${isBad ? 'bad' : ''}">${children}</div>`
}

/** Why nothing is carried out, where somebody wanted it so. @param {{ of: import('../../model/session.js').SharedSession }} props */
function Held({ of }) {
  const { life, completing, lifeChange } = of.agentSession.value
  const why = lifeChange?.reason && html`: “<${Said} text=${lifeChange.reason} />”`
  if (completing) return html`The agent session ends when its queue is empty${why}.`
  if (life === 'paused') return html`The agent session is paused${why}. Prompts wait.`
  return html`The agent session is ${life}${why}. It takes no prompts any more.`
}

/**
 * Why an agent cannot work, and what helps: loaded when that happens.
 * @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props
 */
function Halted({ of, actions }) {
  const [View, setView] = useState(/** @type {any} */ (null))
  useEffect(
    () =>
      void import('./halted.js').then(
        it => setView(() => it.Halted),
        () => null,
      ),
    [],
  )
  if (View) return html`<${View} of=${of} actions=${actions} />`
  return html`<p>${of.agentSession.value.status === 'errored' ? 'The agent crashed, and cannot work.' : 'The agent needs a login.'}</p>`
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props */
export function Banner({ of, actions }) {
  const { status, life, completing } = of.agentSession.value
  if (!of.isOpen) return null
  if (life !== 'active' || completing) {
    return html`<${Strip} id="banner">
      <p><${Held} of=${of} /></p>
      ${of.isHost && life === 'paused' && !completing && html`<${Act} class="primary" doing="Resuming…" work=${() => actions.live('active')}>Resume<//>`}
    <//>`
  }
  if (status === 'away') {
    const known = machineOf(of)
    const machine = known ? html`The agent’s computer <b><bdi>${nameOf(known)}</bdi></b>` : 'The computer of the agent'
    return html`<${Strip} id="banner">
      <p>
        ${machine} is not connected${known && !known.connected && ` since ${clock(known.since)}`}. Decisions are kept, prompts wait.
        ${of.running && ' If it stays away, nobody will know how the running turn ended.'}
        ${of.unknown.length > 0 && ' It has been away for long: nobody knows how its last turn ended.'}
      </p>
    <//>`
  }
  if (status === 'errored' || status === 'needs_login')
    return html`<${Strip} id="banner" isBad=${true}><${Halted} of=${of} actions=${actions} /><//>`
  return null
}

/** How a session ended, in words. @param {{ of: import('../../model/session.js').SharedSession }} props */
export function Ending({ of }) {
  const by = of.closedBy.value
  if (of.session.value.status === 'expired') return 'The time of this session is up'
  return by ? html`Closed by <${Who} id=${by} of=${of} />` : 'This session was closed'
}

/** How a session ended, and when. @param {{ of: import('../../model/session.js').SharedSession }} props */
export function Ended({ of }) {
  if (of.isOpen) return null
  const { closedAt, expiresAt, status } = of.session.value
  const at = status === 'expired' ? expiresAt : closedAt
  return html`<${Strip} id="ended"><p><${Ending} of=${of} />${at && `, ${moment(at)}`}. Read only.</p><//>`
}
