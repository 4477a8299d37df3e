// Where I write: a text that is kept over a reload, sent as a prompt or as a comment.
import { api, newKey } from './api.js'
import { fill } from './dom.js'
import { keep, onSubmit, recall } from './forms.js'

/** Makes the composer of a session work. @param {string} base the path of the session's routes */
export function compose({ composer, area }, id, base) {
  area.value = recall(id).text ?? ''
  area.addEventListener('input', () => keep(id, { text: area.value }))
  area.addEventListener('keydown', event => {
    const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (sends) composer.querySelector('[value]:not([hidden])')?.click()
  })
  onSubmit(composer, 'Sending…', async (_, { value: kind }) => {
    const text = area.value
    const draft = recall(id)
    const isSame = draft.text === text && draft.kind === kind
    const key = (isSame && draft.key) || newKey()
    keep(id, { text, kind, key }) // the same text goes with the same key, also after a reload
    await api(`${base}/${kind}`, { [kind === 'prompts' ? 'prompt' : 'text']: text }, key)
    if (area.value !== text) return
    area.value = ''
    keep(id, {})
  })
}

/** Shows what I may write now. */
export function allow({ composer, area, watching }, room) {
  const buttons = [...composer.querySelectorAll('[value]')]
  for (const it of buttons) it.hidden = !room.may(it.value)
  area.hidden = buttons.every(it => it.hidden)
  watching.hidden = !area.hidden
  fill(watching, room.isOpen ? 'You watch this session.' : 'This session has ended. It can still be read.')
}
