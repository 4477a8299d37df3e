// What the owner of a host lets others do there: who may decide what is asked, and who may call tools.
import { Act, Said, Time, Trouble } from '../../components/parts.js'
import { api } from '../../lib/api.js'
import { plain } from '../../lib/text.js'
import { html, useEffect, useState } from '../../vendor/ui.js'
import { useForm } from '../setup.js'

/** @param {Schemas['HostGrant']} grant */
const allowed = ({ canDecide, canCallTools }) =>
  [canDecide && 'decides what is asked', canCallTools && 'calls tools'].filter(Boolean).join(', ')

/** @param {{ host: Schemas['KnownHost'] }} props */
export function Grants({ host }) {
  const path = `/api/hosts/${host.id}/grants`
  const [grants, setGrants] = useState(/** @type {Schemas['HostGrant'][] | null} */ (null))
  const [error, setError] = useState(/** @type {any} */ (null))
  useEffect(() => void api(path).then(it => setGrants(it.grants), setError), [path])
  const put = async (/** @type {object} */ body) => setGrants((await api(path, body)).grants)
  const form = useForm(async ({ name, canDecide, canCallTools }) => {
    if (!canDecide && !canCallTools) throw new Error('Choose what they may')
    await put({ name, canDecide: canDecide === 'on', canCallTools: canCallTools === 'on' })
  })
  const alone = host.may.grant ? 'you decide and call tools' : 'its owner decides and calls tools'
  return html`<details class="grants">
    <summary>What others may here${grants && grants.length > 0 && ` (${grants.length})`}</summary>
    ${error && html`<${Trouble} error=${error} />`}
    ${grants?.length === 0 && html`<p class="muted">Nothing: only ${alone}; admins decide.</p>`}
    <ul class="rows">
      ${grants?.map(
        it => html`<li key=${it.userId}>
          <span><b><${Said} text=${it.name} /></b> ${allowed(it)} <small class="muted">since <${Time} at=${it.grantedAt} full=${true} /></small></span>
          ${
            host.may.grant &&
            html`<${Act}
              class="small danger"
              doing="Taking it back…"
              work=${() => put({ name: it.name, canDecide: false, canCallTools: false })}
            >Take it back<span class="unseen"> from ${plain(it.name)}</span><//>`
          }
        </li>`,
      )}
    </ul>
    ${
      host.may.grant &&
      html`<form class="columns" aria-label=${`Let somebody, at ${plain(host.name)}`} onSubmit=${form.submit}>
        <label class="field">Name of their account <input name="name" required maxlength="64" /></label>
        <div>
          <label class="check"><input type="checkbox" name="canDecide" /> May decide what is asked</label>
          <label class="check"><input type="checkbox" name="canCallTools" /> May call tools</label>
        </div>
        <button class="btn">${form.isBusy ? 'Noting…' : 'Let them'}</button>
      </form>`
    }
    ${form.trouble}
  </details>`
}
