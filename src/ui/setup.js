// The first steps: setting up by the link of the server, and signing in by a token.
import { api } from './api.js'
import { enter, h, notice, show } from './dom.js'
import { onSubmit } from './forms.js'

/** A page that a setup link may lead to. */
const NEXT = /^\/s\/[\w-]+$/

/** Signs in by the one-time link; on a new server this makes the first admin. */
export function setup() {
  const [secret, next = ''] = location.hash.slice(1).split('&next=')
  if (!secret.startsWith('wr_set_')) {
    const where = 'Copy all of it from where the server was started, with what follows the #.'
    return notice('This link is not whole', h('p', where))
  }
  onSubmit(show('setup', 'Welcome').form, 'Starting…', async ({ name }) => {
    await api('/api/setup', { secret, name })
    return enter(NEXT.test(next) ? next : '/')
  })
}

/** Signs in by a user token, and comes back to the same page. */
export function signIn() {
  onSubmit(show('sign-in', 'Sign in').form, 'Signing in…', async ({ token }) => {
    await api('/api/login', { token })
    return enter(location.pathname)
  })
}
