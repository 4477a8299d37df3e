// The top of a session: what it is, how the connection and the agent are, who is here, and what the host can do.
import { plain } from '../../lib/text.js'
import { now } from '../../lib/time.js'
import { MODES } from '../../model/rights.js'
import { html } from '../../vendor/ui.js'
import { Menu } from '../../components/menu.js'
import { Avatar, Icon } from '../../components/parts.js'
import { Pill } from '../../components/pill.js'

/** A signal older than this, in milliseconds, says nothing any more. */
const FADES = 15000

/** What the agent does, in a few words. @param {import('../../model/session.js').SharedSession} of */
export function doing(of) {
  const { status, life } = of.agentSession.value
  const decider = of.host ? plain(of.host.displayName ?? 'the host') : 'the host'
  if (!of.isOpen) return null
  if (life !== 'active') return life[0].toUpperCase() + life.slice(1)
  if (status === 'away') return 'Host away'
  if (status === 'errored') return 'Agent crashed'
  if (status === 'needs_login') return 'Needs a login'
  const asks = of.waiting.find(it => it.kind !== 'prompt')
  if (asks) return of.mayDecide(asks) ? 'Waiting for you' : `Waiting for ${decider}`
  if (!of.running) return 'Idle'
  const tool = of.timeline.tool.value
  return tool ? `Running ${plain(tool)}` : 'Thinking'
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props */
function Here({ of, actions }) {
  const people = of.here.filter(it => it.online || it.id === of.mine?.id)
  const typing = people.filter(it => {
    const { state, at } = of.presence.value.get(it.id) ?? { state: '', at: 0 }
    return state === 'typing' && now.value - at < FADES && it.id !== of.mine?.id
  })
  const names = typing.map(it => plain(it.displayName ?? 'Somebody')).join(', ')
  return html`<button type="button" class="btn plain here-are" onClick=${() => (actions.dialog.value = 'people')}>
    ${people.slice(0, 4).map(it => html`<${Avatar} name=${it.displayName} isHere=${true} />`)}
    <span class="wide">${people.length} here<span class="unseen">: who takes part</span></span>
    ${names && html`<span class="muted wide">${names} ${typing.length > 1 ? 'write' : 'writes'}…</span>`}
  </button>`
}

/**
 * @param {object} props
 * @param {import('../../model/session.js').SharedSession} props.of
 * @param {import('./actions.js').Actions} props.actions
 * @param {import('../../lib/live.js').Live} props.live
 */
export function Header({ of, actions, live }) {
  const { session, agentSession } = of
  const { life, completing } = agentSession.value
  const does = doing(of)
  const isLead = of.isHost && of.isOpen
  const open = (/** @type {any} */ name) => () => (actions.dialog.value = name)
  const items = [
    isLead && { icon: 'pencil', label: 'Title and deadline…', does: open('mode') },
    isLead &&
      life === 'active' &&
      !completing && { icon: 'pause', label: 'Pause the agent session…', does: open('pause') },
    { icon: 'eye', label: 'Who can do what', does: open('matrix') },
    { icon: 'users', label: 'People', does: open('people') },
    {
      icon: 'file-text',
      label: 'Download as Markdown',
      href: `/api/agent-sessions/${agentSession.value.id}/transcript?format=md`,
      isOff: !of.me.user,
    },
    { icon: 'keyboard', label: 'Keys', does: open('keys'), isOff: matchMedia('(hover: none)').matches },
    of.mine && !of.isHost && of.isOpen && { icon: 'log-out', label: 'Leave the session…', does: open('close') },
    isLead && { icon: 'archive', label: 'Close the session…', does: open('close'), isDanger: true },
  ]
  return html`<div id="bar">
    <div class="states">
      <${Pill} live=${live} isOpen=${of.isOpen} />
      ${does && html`<span id="doing" class="pill clip ${does.startsWith('Waiting') ? 'waits' : ''}" title=${does}>${does}</span>`}
      <button type="button" class="pill wide" onClick=${open(isLead ? 'mode' : 'matrix')}>${MODES[session.value.mode].name}</button>
    </div>
    <${Here} of=${of} actions=${actions} />
    ${
      isLead &&
      html`<button type="button" class="btn share" aria-label="Share" onClick=${open('share')}>
        <${Icon} name="user-plus" /> <span class="wide">Share</span>
      </button>`
    }
    <${Menu} label="More" items=${items} />
  </div>`
}
