// A comment: who said it, to whom and about what, and what can be done with it.
import { plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'
import { Icon, Said, Time, Who } from '../parts.js'

/** As much of another message as tells which it is. */
const QUOTE = 100

/** @param {import('./items.js').ItemProps} props */
export function Comment({ item, of, actions }) {
  const { message } = item
  const to = message.replyTo && of.timeline.messages.get(message.replyTo)
  const { anchor } = message
  return html`<div class="comment">
    <p class="by">
      <${Who} id=${message.participantId} of=${of} /> commented
      ${anchor && html`${' '}on <${Anchor} anchor=${anchor} />`}
      ${' '}<${Time} at=${item.at} />
    </p>
    ${
      to &&
      html`<a class="quote" href=${`#${to.id}`}>
      <${Icon} name="reply" /> <${Said} text=${(to.message?.text ?? '').slice(0, QUOTE)} />
    </a>`
    }
    <p class="text"><${Said} text=${message.text} /></p>
    <p class="does">
      ${of.may('messages') && html`<button type="button" class="link" onClick=${() => actions.reply(message)}>Reply</button>`}
      ${of.may('prompts') && html`<button type="button" class="link" onClick=${() => actions.makePrompt(message)}>Make this a prompt</button>`}
    </p>
  </div>`
}

/** What a comment is about, in words. @param {any} anchor */
export function placeOf({ seq, path, line }) {
  if (seq) return `event ${seq}`
  return path ? `${plain(path)}${line ? `, line ${line} of its change` : ''}` : 'a tool call'
}

/** What a comment is about, as a link to it. @param {{ anchor: any }} props */
const Anchor = ({ anchor }) =>
  html`<a href=${anchor.seq ? `#e${anchor.seq}` : `#t-${anchor.toolCallId}`}>${placeOf(anchor)}</a>`
