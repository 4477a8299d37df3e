// Why nothing moves, and what helps.
import { plain } from '../../lib/text.js'
import { clock, moment } from '../../lib/time.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { api } from '../../lib/api.js'
import { machineOf } from '../../model/hosts.js'
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

/** What the owner of an agent that cannot work may read of its end. @param {{ of: import('../../model/session.js').SharedSession }} props */
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

/** What an agent wants before it works, in the words with which it refused a prompt. @param {{ of: import('../../model/session.js').SharedSession }} props */
function Login({ of }) {
  const machine = machineOf(of)
  const said = [...of.dispatches.value.values()].findLast(it => it.error?.includes('needs a login'))?.error
  return html`<p>
    <${Said} text=${said ?? `${of.agent} needs a login`} />.${' '}
    ${machine ? html`It runs on <b><${Said} text=${machine.name} /></b>` : 'It runs on the computer of its host'}: log in there, then try again.
  </p>`
}

/**
 * An agent goes on where it was, if it can; if not, or if that fails, with a new conversation in the same session.
 * @param {object} props
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {import('./actions.js').Actions} props.actions
 * @param {boolean} props.needsLogin
 */
function Restart({ of, actions, needsLogin }) {
  const resumes = of.agentSession.value.capabilities.some(it => it === 'resume' || it === 'load')
  const forgets = !resumes && [...of.dispatches.value.values()].some(it => it.state === 'succeeded')
  const again = needsLogin ? 'Try again' : 'Restart and resume'
  const begin = (/** @type {boolean} */ fresh) => () => actions.restart(fresh)
  return html`
    ${(resumes || (needsLogin && !forgets)) && html`<${Act} doing="Restarting…" work=${begin(!resumes)}>${again}<//>`}
    ${(forgets || !needsLogin) && html`<${Act} doing="Restarting…" work=${begin(true)}>Begin a new conversation<//>`}
  `
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
    const { name, since, connected } = machineOf(of) ?? {}
    const machine = name ? html`The agent’s computer <b><${Said} text=${name} /></b>` : 'The computer of the agent'
    return html`<${Strip} id="banner">
      <p>${machine} is not connected${since && !connected && ` since ${clock(since)}`}. Decisions are kept.</p>
    <//>`
  }
  if (status === 'errored' || status === 'needs_login') {
    const needsLogin = status === 'needs_login'
    return html`<${Strip} id="banner" isBad=${true}>
      ${needsLogin ? html`<${Login} of=${of} />` : html`<p>The agent crashed, and cannot work.</p>`}
      ${of.isHost && html`<${Crash} of=${of} />`}
      ${of.isHost && html`<${Restart} of=${of} actions=${actions} needsLogin=${needsLogin} />`}
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
