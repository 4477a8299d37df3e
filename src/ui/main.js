// The page: which part of it an address names. What people and agents wrote goes in as text, never as HTML.
import { api } from './api.js'
import { button, h, notice } from './dom.js'
import { inbox } from './inbox.js'
import { join } from './join.js'
import { session } from './session.js'
import { setup, signIn } from './setup.js'

/** The pages, by the first part of their path. */
const PAGES = { setup, join, s: session }

/** Closes the menus that something is not in. */
function closeMenus(but) {
  for (const it of document.querySelectorAll('.menu[open]')) it.open = it.contains(but)
}

document.addEventListener('click', ({ target }) => {
  closeMenus(target)
  if (target.closest?.('#sign-out')) api('/api/logout', {}).finally(() => location.assign('/'))
})
document.addEventListener('keydown', ({ key }) => key === 'Escape' && closeMenus(null))

const [, page, id] = location.pathname.split('/')
try {
  await (PAGES[page] ?? inbox)(id)
} catch (error) {
  if (error.status === 401) signIn()
  else notice(error.message, h('p', error.hint), button('Try again', 'primary', () => location.reload()))
}
