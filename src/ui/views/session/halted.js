// Why an agent cannot work, and what its host can do about that.
import { Act, Said } from '../../components/parts.js'
import { api } from '../../lib/api.js'
import { plain } from '../../lib/text.js'
import { machineOf, nameOf, whose } from '../../model/hosts.js'
import { html, useEffect, useState } from '../../vendor/ui.js'

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
    ${machine ? html`It runs on <b><bdi>${nameOf(machine)}</bdi></b>` : 'It runs on the computer of its host'}: log in there, then try again.
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
export function Halted({ of, actions }) {
  const needsLogin = of.agentSession.value.status === 'needs_login'
  return html`
    ${needsLogin ? html`<${Login} of=${of} />` : html`<p>The agent crashed, and cannot work.</p>`}
    ${of.isHost && html`<${Crash} of=${of} />`}
    ${of.isHost && html`<${Restart} of=${of} actions=${actions} needsLogin=${needsLogin} />`}
  `
}
