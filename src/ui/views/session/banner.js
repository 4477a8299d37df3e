// Why nothing moves, and what helps.
import { plain } from '../../lib/text.js'
import { clock, moment } from '../../lib/time.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { api } from '../../lib/api.js'
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

/** What the owner of a crashed agent may read of its end. @param {{ of: import('../../model/session.js').SharedSession }} props */
function Crash({ of }) {
  const { id } = of.agentSession.value
  const [details, setDetails] = useState(/** @type {any} */ (null))
  useEffect(
    () =>
      void api(`/api/agent-sessions/${id}`).then(
        it => setDetails(it.agentSession),
        () => null,
      ),
    [id],
  )
  const { exitCode, stderr } = details ?? {}
  return html`${exitCode != null && html`<p>It ended with code ${exitCode}.</p>`}
    ${stderr && html`<pre class="out" tabindex="0">${plain(stderr)}</pre>`}`
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
    const { name, at } = of.machine.value ?? {}
    return html`<${Strip} id="banner">
      <p>${name ? html`The agent’s computer <b><${Said} text=${name} /></b>` : 'The computer of the agent'} is not connected${at && ` since ${clock(at)}`}. Decisions are kept.</p>
    <//>`
  }
  if (status === 'errored' || status === 'needs_login') {
    const needsLogin = status === 'needs_login'
    return html`<${Strip} id="banner" isBad=${true}>
      <p>${needsLogin ? `${plain(of.agent)} needs a login where it runs.` : 'The agent crashed, and cannot work.'}</p>
      ${of.isHost && !needsLogin && html`<${Crash} of=${of} />`}
      ${of.isHost && html`<${Act} doing="Restarting…" work=${() => actions.restart()}>${needsLogin ? 'Try again' : 'Restart the agent'}<//>`}
    <//>`
  }
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
