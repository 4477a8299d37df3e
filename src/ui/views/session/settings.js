// What the host changes about a session: its title, mode and end; pausing it, closing it; and for others, leaving.
import { moment } from '../../lib/time.js'
import { MODES } from '../../model/rights.js'
import { html, useState } from '../../vendor/ui.js'
import { go } from '../../lib/router.js'
import { Dialog } from '../../components/dialog.js'
import { Act } from '../../components/parts.js'

/** @typedef {{ of: import('../../model/session.js').SharedSession, actions: import('./actions.js').Actions, close: () => void }} DialogProps */

/** From now on, in minutes. @type {[number, string][]} */
const LIVES = [
  [60, 'In an hour'],
  [1440, 'In a day'],
  [10080, 'In a week'],
]

/** @param {DialogProps} props */
export function Settings({ of, actions, close }) {
  const { title, mode, expiresAt } = of.session.value
  const [called, setCalled] = useState(title)
  const [chosen, setChosen] = useState(mode)
  const [life, setLife] = useState(0)
  const save = async () => {
    await actions.change({
      ...(called.trim() !== title && { title: called.trim() }),
      ...(chosen !== mode && { mode: chosen }),
      ...(life > 0 && { expiresInMinutes: life }),
    })
    close()
  }
  return html`<${Dialog} title="This session" close=${close}>
    <label class="field">Title <input value=${called} maxlength="200" onInput=${(/** @type {any} */ { target }) => setCalled(target.value)} /></label>
    <fieldset>
      <legend>Collaborators</legend>
      ${Object.entries(MODES).map(
        ([name, it]) => html`<label class="check">
          <input type="radio" name="mode" value=${name} checked=${chosen === name} onChange=${() => setChosen(/** @type {any} */ (name))} />
          <span>${it.name}: <span class="muted">${it.means}</span></span>
        </label>`,
      )}
    </fieldset>
    <label class="field">It ends ${expiresAt ? moment(expiresAt) : 'never by itself'}
      <select value=${life} onChange=${(/** @type {any} */ { target }) => setLife(Number(target.value))}>
        <option value="0">As it is</option>
        ${LIVES.map(([minutes, text]) => html`<option value=${minutes}>${text}</option>`)}
      </select>
    </label>
    <${Act} class="primary" doing="Saving…" work=${save}>Save<//>
  <//>`
}

/** @param {DialogProps} props */
export function Pause({ actions, close }) {
  const [stops, setStops] = useState(false)
  const [reason, setReason] = useState('')
  const pause = async () => {
    await actions.live('paused', { stopTurn: stops, ...(reason.trim() && { reason: reason.trim() }) })
    close()
  }
  return html`<${Dialog} title="Pause the agent session" close=${close}>
    <p>Prompts wait until it is resumed.</p>
    <label class="field">Why, if you wish to say
      <input value=${reason} maxlength="500" onInput=${(/** @type {any} */ { target }) => setReason(target.value)} />
    </label>
    <label class="check">
      <input type="checkbox" checked=${stops} onChange=${(/** @type {any} */ { target }) => setStops(target.checked)} />
      Stop the running turn, too
    </label>
    <${Act} class="primary" doing="Pausing…" work=${pause}>Pause it<//>
  <//>`
}

/** @param {DialogProps} props */
export function Close({ of, actions, close }) {
  const work = async () => {
    await (of.isHost ? actions.close() : actions.leave())
    close()
    if (!of.isHost) go('/')
  }
  const [title, text, doing, label] = of.isHost
    ? ['Close the session', 'It ends for everybody, and can still be read.', 'Closing…', 'Close it']
    : ['Leave the session', 'You need a link to come back.', 'Leaving…', 'Leave']
  return html`<${Dialog} title=${title} close=${close}>
    <p>${text}</p>
    <${Act} class="danger" doing=${doing} work=${work}>${label}<//>
  <//>`
}
