// Who can do what in this session; the reader's own column stands out.
import { MATRIX, MODES } from '../../model/rights.js'
import { html } from '../../vendor/ui.js'
import { Dialog } from '../../components/dialog.js'

/** @type {Record<string, string>} */
const SIGNS = { no: '✗', yes: '✓' }

/** @param {{ text: string, isMine: boolean }} props */
const Cell = ({ text, isMine }) =>
  html`<td class=${isMine ? 'mine' : ''}>${SIGNS[text] && html`<span aria-hidden="true">${SIGNS[text]} </span>`}${text}</td>`

/** @param {{ of: import('../../model/session.js').SharedSession }} props */
export function Matrix({ of }) {
  const modes = /** @type {Schemas['Mode'][]} */ (Object.keys(MODES))
  const { mode } = of.session.value
  const role = of.mine?.role
  const isMine = (/** @type {string} */ column) => role === column || (role === 'collaborator' && column === mode)
  return html`<div class="scrolls-x" tabindex="0" role="group" aria-label="Who can do what">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" class=${isMine('host') ? 'mine' : ''}>Host</th>
          ${modes.map(
            it => html`<th scope="col" class=${isMine(it) ? 'mine' : ''}>
              Collaborator, ${MODES[it].name.toLowerCase()}${it === mode && html` <b>(now)</b>`}
            </th>`,
          )}
          <th scope="col" class=${isMine('viewer') ? 'mine' : ''}>Viewer</th>
        </tr>
      </thead>
      <tbody>
        ${MATRIX.map(
          ({ what, host, modes: cells, viewer }) => html`<tr>
            <th scope="row">${what}</th>
            <${Cell} text=${host} isMine=${isMine('host')} />
            ${cells.map((text, at) => html`<${Cell} text=${text} isMine=${isMine(modes[at])} />`)}
            <${Cell} text=${viewer} isMine=${isMine('viewer')} />
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** @param {{ of: import('../../model/session.js').SharedSession, close: () => void }} props */
export const MatrixDialog = ({ of, close }) => html`<${Dialog} title="Who can do what" close=${close} wide=${true}>
  <${Matrix} of=${of} />
  <p class="muted">Who wrote a prompt never approves it, unless they are the host. An agent never decides anything.</p>
<//>`
