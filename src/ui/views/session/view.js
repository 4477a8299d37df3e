// The view of a session: loads what was, follows what happens, and shows what waits.
import { Trouble } from '../../components/parts.js'
import { Pill } from '../../components/pill.js'
import { TimelineView } from '../../components/timeline/timeline.js'
import { say, status } from '../../components/toast.js'
import { bind } from '../../lib/keys.js'
import { place } from '../../lib/router.js'
import { plain } from '../../lib/text.js'
import { Deck } from '../../model/deck.js'
import { html, useEffect, useMemo, useState } from '../../vendor/ui.js'
import { Notice } from '../notice.js'
import { SignIn } from '../setup.js'
import { useBar, useTitle } from '../shell.js'
import { Actions } from './actions.js'
import { Banner, Ended } from './banner.js'
import { Composer, keptText } from './composer.js'
import { Dock } from './dock.js'
import { Follow } from './follow.js'
import { Header, doing } from './header.js'
import { sessionKeys } from './keys.js'
import { Followed } from './load.js'
import { showPlace } from './place.js'
import { Rail } from './rail.js'

/** Why a stream ended for me alone. @type {Record<string, [string, string]>} */
const GONE = {
  expired_login: ['You are signed out', 'Sign in again, or open your invite link.'],
  left: ['You have left this session', 'An invite link lets you come back.'],
  removed: ['Your access was ended', 'The host removed you from this session.'],
  revoked: ['Your access has ended', 'The host, or who runs this server, took it back.'],
}

/** What opens above the page; each is loaded when it is first wanted. @type {Record<string, () => Promise<any>>} */
const DIALOGS = {
  close: async () => (await import('./settings.js')).Close,
  keys: async () => (await import('./help.js')).KeysDialog,
  matrix: async () => (await import('./matrix.js')).MatrixDialog,
  mode: async () => (await import('./settings.js')).Settings,
  pause: async () => (await import('./settings.js')).Pause,
  people: async () => (await import('./people.js')).People,
  share: async () => (await import('./share.js')).Share,
}

/** @param {{ of: import('../../model/session.js').SharedSession, actions: Actions }} props */
function Opened({ of, actions }) {
  const name = actions.dialog.value
  const [loaded, setLoaded] = useState(/** @type {{ name: string, View: any } | null} */ (null))
  useEffect(() => {
    if (name)
      DIALOGS[name]().then(
        View => setLoaded({ name, View }),
        () => say('This cannot be loaded now. Try again.'),
      )
  }, [name])
  if (!name || loaded?.name !== name) return null
  return html`<${loaded.View} of=${of} actions=${actions} close=${() => (actions.dialog.value = null)} />`
}

/** What is said of a session that the server began as a demo. @param {{ of: import('../../model/session.js').SharedSession, actions: Actions }} props */
function Demo({ of, actions }) {
  const [View, setView] = useState(/** @type {any} */ (null))
  const isDemo = of.session.value.workspaceId === 'demo' && of.agentSession.value.agent === 'demo'
  useEffect(() => {
    if (isDemo)
      import('./demo.js').then(
        it => setView(() => it.Demo),
        () => null,
      )
  }, [isDemo])
  return View && html`<${View} of=${of} actions=${actions} />`
}

/** @param {{ of: import('../../model/session.js').SharedSession, followed: Followed, actions: Actions, deck: Deck }} props */
function Room({ of, followed, actions, deck }) {
  const mine = of.waiting.filter(it => of.mayDecide(it)).length
  const does = doing(of)
  useTitle(of.session.value.title, mine, does && does !== 'Idle' ? does : '')
  useBar(Header, { of, actions, live: followed.live }, [of, actions])
  useEffect(() => bind(sessionKeys(actions, deck, say)), [actions, deck])
  const said = of.timeline.milestone.value
  useEffect(() => {
    if (!said) return
    // Emptied first, so that the same words are said once more.
    status.value = ''
    status.value = `${plain(of.agent)}: ${said.text}`
  }, [said])
  // What is linked to by #e123 is loaded, if need be, and shown.
  const { hash } = place.value
  useEffect(() => {
    const seq = Number(hash.match(/^#e(\d+)$/)?.[1])
    if (seq)
      followed.find(seq).then(
        it => void (it && showPlace(it)),
        error => say(error.message),
      )
  }, [followed, hash])
  return html`
    <${Banner} of=${of} actions=${actions} />
    <${Ended} of=${of} />
    <${Demo} of=${of} actions=${actions} />
    <div class="cols">
      <${Rail} of=${of} />
      <div class="middle"><${TimelineView} of=${of} more=${followed.more} actions=${actions} /></div>
      <${Dock} of=${of} deck=${deck} />
    </div>
    <${Follow} fresh=${followed.fresh} />
    <${Composer} of=${of} actions=${actions} id=${followed.id} live=${followed.live} />
    <${Opened} of=${of} actions=${actions} />
  `
}

/** What stands in the place of a session until it is loaded. @param {{ followed: Followed }} props */
function Coming({ followed }) {
  useBar(Pill, { live: followed.live }, [followed])
  return html`<div class="cols" aria-busy="true">
    <p class="unseen">Loading…</p>
    <div class="rail coming"><p /><p /></div>
    <div class="middle coming"><p /><p /><p /></div>
  </div>`
}

/** @param {{ id: string, me: Schemas['Me'] }} props */
export function SessionView({ id, me }) {
  const followed = useMemo(() => new Followed(id, me), [id, me])
  const actions = useMemo(() => new Actions(followed, keptText(id)), [followed])
  const deck = useMemo(() => new Deck(), [followed])
  useEffect(() => {
    followed.start()
    return () => followed.stop()
  }, [followed])
  const of = followed.of.value
  const error = followed.error.value
  const state = followed.live.state.value
  const gone = state.name === 'ended' && GONE[state.reason]
  useTitle('Session')
  if (gone) return html`<${Notice} title=${gone[0]}><p>${gone[1]}</p><a class="btn" href="/">To the inbox</a><//>`
  if (error?.status === 401) return html`<${SignIn} />`
  // It ended while nothing could be heard of it.
  if (of && error && [403, 404, 409].includes(error.status))
    return html`<${Notice} title=${GONE.removed[0]}><p>${GONE.revoked[1]}</p><a class="btn" href="/">To the inbox</a><//>`
  if (!of && error)
    return html`<${Notice} title=${error.status === 404 ? 'There is no such session' : 'This did not work'}>
      ${error.status === 404 ? html`<p>Check the link, and as whom you are signed in.</p>` : html`<${Trouble} error=${error} />`}
      <a class="btn" href="/">To the inbox</a>
    <//>`
  if (!of) return html`<${Coming} followed=${followed} />`
  return html`<${Room} of=${of} followed=${followed} actions=${actions} deck=${deck} />`
}
