// Who I am.
import { api } from '../lib/api.js'
import { signal } from '../vendor/ui.js'
import { inbox } from './inbox.js'

/** Null until that is known. @type {import('../vendor/ui.js').Signal<Schemas['Me'] | null>} */
export const me = signal(null)

/** Asks, and asks again after signing in. */
export async function know() {
  me.value = await api('/api/me')
  inbox.start(me.value)
}
