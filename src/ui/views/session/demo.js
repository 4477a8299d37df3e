// What somebody should know who tries the demo: that its agent is scripted, and in the end what else there is to try.
import { keep, recall } from '../../lib/prefs.js'
import { html, useState } from '../../vendor/ui.js'
import { Icon, Said } from '../../components/parts.js'

/** @param {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions }} props */
export function Demo({ of, actions }) {
  const name = `demo ${of.session.value.id}`
  const [read, setRead] = useState(recall(name, 0))
  const hasRun = [...of.dispatches.value.values()].some(it => it.state === 'succeeded')
  const isOver = of.isHost && of.isOpen && hasRun && !of.running && of.waiting.length === 0
  const page = isOver ? 2 : 1
  if (read >= page) return null
  const dismiss = () => {
    keep(name, page)
    setRead(page)
  }
  const { folder } = of.agentSession.value
  const about = html`<p>Demo: scripted agent${folder && html`, works only in <code><${Said} text=${folder} /></code>`}.</p>`
  const tips = html`<p>Restart the server now: <kbd>Ctrl-C</kbd> where it runs, then start it again. What was said and decided comes back.</p>
    <button type="button" class="btn" onClick=${() => (actions.dialog.value = 'share')}>Invite your phone</button>`
  return html`<div id="demo" class="banner calm">
    ${isOver ? tips : about}
    <button type="button" class="btn plain" aria-label="Put it away" onClick=${dismiss}><${Icon} name="x" /></button>
  </div>`
}
