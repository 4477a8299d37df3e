// What is around every view: the bar at the top, and the title of the tab.
import { Menu } from '../components/menu.js'
import { Avatar, Icon } from '../components/parts.js'
import { say } from '../components/toast.js'
import { api } from '../lib/api.js'
import { badge } from '../lib/notify.js'
import { theme } from '../lib/prefs.js'
import { go, place } from '../lib/router.js'
import { plain } from '../lib/text.js'
import { inbox } from '../model/inbox.js'
import { html, signal, useEffect } from '../vendor/ui.js'

const heading = signal('Wardroom')
const doing = signal('')
/**
 * What a view puts into the bar: a component that keeps itself up to date, and what it is given.
 * @type {import('../vendor/ui.js').Signal<{ View: any, props: object } | null>}
 */
const bar = signal(null)

/**
 * Says what page this is. How much waits for me stands before it, on the tab.
 * @param {string} text
 * @param {number} [_waiting] what waits in this session, which the inbox knows as well
 * @param {string} [does] what goes on
 */
export function useTitle(text, _waiting = 0, does = '') {
  useEffect(() => {
    heading.value = plain(text)
    doing.value = does
  }, [text, does])
}

/**
 * Puts something of a view's into the bar at the top.
 * @param {any} View
 * @param {object} props
 * @param {any[]} inputs
 */
export function useBar(View, props, inputs) {
  useEffect(() => {
    const mine = { View, props }
    bar.value = mine
    // What comes next may have put its own there before this is told to go.
    return () => {
      if (bar.peek() === mine) bar.value = null
    }
  }, inputs)
}

/** Signs this browser out, and forgets who I am. */
export async function signOut() {
  await api('/api/logout', {})
  location.assign('/')
}

/** The next theme, and its picture. @type {Record<string, { next: string, icon: string, word: string }>} */
const THEMES = {
  dark: { next: 'system', icon: 'moon', word: 'dark' },
  light: { next: 'dark', icon: 'sun', word: 'light' },
  system: { next: 'light', icon: 'monitor', word: 'as the system' },
}

function Theme() {
  const { next, icon, word } = THEMES[theme.value] ?? THEMES.system
  const label = `Theme: ${word}`
  const turn = () => (theme.value = next)
  return html`<button type="button" class="btn plain wide" aria-label=${label} title=${label} onClick=${turn}>
    <${Icon} name=${icon} />
  </button>`
}

function Mine() {
  const me = inbox.me.value
  if (!me) return null
  const name = me.user?.name ?? 'Guest'
  const items = [
    { icon: 'inbox', label: 'Inbox', does: () => go('/') },
    { icon: 'history', label: 'History', does: () => go('/history') },
    { icon: 'monitor', label: 'Hosts', isOff: !me.user, does: () => go('/hosts') },
    { icon: 'user', label: 'My name, devices, tokens', does: () => go('/me') },
    {
      icon: 'log-out',
      label: 'Sign out of this browser',
      does: () => void signOut().catch(error => say(error.message)),
    },
  ]
  return html`<${Menu} label=${`${plain(name)}: me`} items=${items}><${Avatar} name=${name} /><//>`
}

/** @param {{ children?: any }} props */
export function Shell({ children }) {
  const count = inbox.mine.value.length
  const isSession = place.value.path.startsWith('/s/')
  const hasComposer = isSession && bar.value !== null
  useEffect(() => {
    const parts = [count > 0 && `(${count})`, doing.value && `${doing.value} ·`, heading.value, '· Wardroom']
    document.title = parts.filter(Boolean).join(' ')
    badge(count)
  })
  // Read here, so that the title follows.
  doing.value
  return html`
    <a class="skip" href=${hasComposer ? '#composer' : '#main'}>Skip to ${hasComposer ? 'the composer' : 'the content'}</a>
    <header class="top ${isSession ? 'of-session' : ''}">
      <a class="brand" href="/" aria-label="Wardroom, inbox"><span aria-hidden="true">◒</span> <span class="word">Wardroom</span></a>
      <h1 id="title"><bdi>${heading}</bdi></h1>
      ${bar.value && html`<${bar.value.View} ...${bar.value.props} />`}
      ${
        inbox.me.value &&
        html`<a class="btn plain inbox-link" href="/" aria-label=${`Inbox, ${count} waiting`}>
          <${Icon} name="inbox" /> ${count > 0 && html`<span class="badge">${count}</span>`}
        </a>`
      }
      <${Theme} />
      <${Mine} />
    </header>
    <main id="main" tabindex="-1">${children}</main>
  `
}
