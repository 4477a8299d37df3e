// What each kind of approval shows before it is decided, and what can be answered.
import '../../elements/stream_text.js'
import { risks } from '../../lib/risk.js'
import { json } from '../../lib/text.js'
import { html, useLayoutEffect, useRef, useState } from '../../vendor/ui.js'
import { Acts, RejectButton, Risk, useOpened } from './acts.js'
import { Draft } from './draft.js'
import { Edit } from './edit.js'
import { Exact } from './exact.js'
import { useKeys } from './keys.js'
import { Opens } from './no.js'
import { Options, Permission } from './permission.js'
import { Question } from './question.js'
import { Yes } from './yes.js'

/**
 * @typedef {object} KindProps
 * @property {Schemas['Approval']} approval
 * @property {import('../../model/session.js').SharedSession} of
 * @property {import('../../model/deck.js').Deck} deck
 * @property {import('./deciding.js').Deciding} deciding
 * @property {boolean} isUnread something is to be read before a yes
 * @property {boolean} mayDecide
 * @property {boolean} isOff nothing can be decided, for whatever reason
 * @property {(approval: Schemas['Approval']) => void} learned told what the server says that it is now
 */

/** How a text looks as Markdown. It is decided about as it was written. @param {{ text: string }} props */
function Preview({ text }) {
  const [isOpen, setOpen] = useState(false)
  const node = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => node.current?.show(text, true), [text, isOpen])
  return html`
    <button type="button" class="link" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
      ${isOpen ? 'Only as it was written' : 'Also as Markdown'}
    </button>
    ${isOpen && html`<stream-text ref=${node} class="prose preview" />`}
  `
}

/** May this prompt go to the agent? @param {KindProps} props */
function Prompt(props) {
  const { approval, deciding, isOff, isUnread, mayDecide } = props
  const text = approval.prompt ?? ''
  const why = risks(approval, null)
  const { form, isAnyOpen } = useOpened()
  const edit = form('edit')
  const approve = () => deciding.decide('Approving…', { action: 'approve' })
  const send = (/** @type {string} */ editedPrompt) =>
    deciding.decide('Approving…', { action: 'approve', editedPrompt })
  const keys = { e: edit.toggle, r: form('reject').toggle, ...(!isAnyOpen && { a: approve }) }
  useKeys(props, keys, why.length > 0)
  return html`
    <${Exact} label="The whole prompt" text=${text} />
    ${/[*_`#[|]/.test(text) && html`<${Preview} text=${text} />`}
    <${Risk} why=${why} />
    ${
      mayDecide &&
      html`<${Acts} isOff=${isOff}>
      ${
        !edit.isOpen &&
        html`<${Yes}
          label="Approve"
          hotkey="A"
          isRisky=${why.length > 0}
          isUnread=${isUnread}
          doing=${deciding.doing('approve')}
          yes=${approve}
        />`
      }
      <${Opens} label="Edit…" hotkey="E" ...${edit}>
        <${Edit} text=${text} isUnread=${isUnread} doing=${deciding.doing('edit')} approve=${send} />
      <//>
      <${RejectButton} ...${props} form=${form('reject')} />
    <//>`
    }
  `
}

/** What anything else asks, which names itself. @param {KindProps} props */
function Action(props) {
  const { approval: it, deciding, isOff, isUnread, mayDecide } = props
  const why = risks(it, null)
  const { form, isAnyOpen } = useOpened()
  const approve = () => deciding.decide('Approving…', { action: 'approve' })
  const keys = { r: form('reject').toggle, ...(it.options.length === 0 && !isAnyOpen && { a: approve }) }
  useKeys(props, keys, why.length > 0)
  return html`
    <${Exact} label="What is asked" text=${json({ action: it.action, details: it.details ?? undefined })} />
    <${Risk} why=${why} />
    ${
      mayDecide &&
      html`<${Acts} isOff=${isOff}>
      ${
        it.options.length > 0
          ? html`<${Options} ...${props} isRisky=${why.length > 0} />`
          : html`<${Yes}
              label="Approve"
              hotkey="A"
              isRisky=${why.length > 0}
              isUnread=${isUnread}
              doing=${deciding.doing('approve')}
              yes=${approve}
            />`
      }
      <${RejectButton} ...${props} form=${form('reject')} />
    <//>`
    }
  `
}

/** @type {Record<string, (props: KindProps) => any>} */
export const KINDS = { action: Action, draft: Draft, permission: Permission, prompt: Prompt, question: Question }
