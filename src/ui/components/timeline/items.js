// What stands on the timeline, by its kind.
import '../../elements/stream_text.js'
import { json, plain } from '../../lib/text.js'
import { clock, span } from '../../lib/time.js'
import { html, useLayoutEffect, useRef, useState } from '../../vendor/ui.js'
import { Outcome } from '../card/outcome.js'
import { Icon, Said, Time, Who } from '../parts.js'
import { Comment } from './comment.js'
import { Prompt } from './prompt.js'
import { Tool, ToolGroup } from './tools.js'

/**
 * @typedef {object} ItemProps
 * @property {import('../../model/timeline.js').Item} item
 * @property {import('../../model/session.js').SharedSession} of
 * @property {import('../../views/session/actions.js').Actions} actions
 */

/** Text that flows: its element takes what is new. @param {{ text: string, isDone: boolean }} props */
function Flow({ text, isDone }) {
  const node = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => node.current?.show(text, isDone), [text, isDone])
  return html`<stream-text ref=${node} class="prose" />`
}

/** @param {ItemProps} props */
const Text = ({ item }) => html`<${Flow} text=${item.text} isDone=${item.endedAt !== null} />`

/** Thoughts are folded, always. @param {ItemProps} props */
function Thought({ item }) {
  const [isOpen, setOpen] = useState(false)
  const took = item.endedAt && Date.parse(item.endedAt) - Date.parse(item.at)
  const label =
    item.kind === 'echo'
      ? 'The prompt, as the agent repeats it'
      : took
        ? `Thought for ${span(took)}`
        : item.endedAt
          ? 'Thought'
          : 'Thinking…'
  const toggle = (/** @type {any} */ { currentTarget }) => setOpen(currentTarget.open)
  return html`<details class="thought" onToggle=${toggle}>
    <summary><${Icon} name="brain" /> ${label}</summary>
    ${isOpen && html`<${Flow} text=${item.text} isDone=${item.endedAt !== null} />`}
  </details>`
}

/** @param {ItemProps} props */
function Line({ item, of }) {
  const said = item.said.map(
    (/** @type {any} */ { text, who, quote, detail, isAgent }, /** @type {number} */ n) => html`
    ${n > 0 && ' · '}${who && html`<${Who} id=${who} of=${of} />${' '}`}${isAgent && html`<b class="agent-name">${plain(of.agent)}</b>${': '}`}
    ${plain(text)}${quote && html`: “<${Said} text=${quote} />”`}${detail && html`: <${Said} text=${detail} />`}
  `,
  )
  return html`<p class="line ${item.said[0].isBad ? 'bad' : ''}">${said}${' '}<${Time} at=${item.at} /></p>`
}

/** @param {ItemProps} props */
function Decision({ item, of }) {
  const { approval } = item
  const what = approval.details?.toolCall?.title ?? approval.action
  return html`<p class="line"><${Outcome} approval=${approval} of=${of} /> – <${Said} text=${what} />${' '}<${Time} at=${item.at} /></p>`
}

/** @param {ItemProps} props */
const Draft = ({ item, of }) => html`<p class="line">
  <b class="agent-name">${plain(of.agent)}</b> offers ${item.artifactCount} artifact${item.artifactCount === 1 ? '' : 's'}${' '}
  for review: <${Said} text=${item.summary} />${' '}<${Time} at=${item.at} />
</p>`

/** @param {ItemProps} props */
const Output = ({ item }) =>
  html`<pre class="out" tabindex="0" aria-label=${`Output of the agent's program, ${item.stream}`}>${plain(item.content)}</pre>`

/** What we do not know, as it came. @param {{ label: string, value: unknown }} props */
export function Raw({ label, value }) {
  const [isOpen, setOpen] = useState(false)
  const toggle = (/** @type {any} */ { currentTarget }) => setOpen(currentTarget.open)
  return html`<details class="raw" onToggle=${toggle}>
    <summary>${plain(label)}</summary>
    ${isOpen && html`<pre class="out" tabindex="0">${plain(json(value))}</pre>`}
  </details>`
}

/** @type {Record<string, (props: ItemProps) => any>} */
const KINDS = {
  comment: Comment,
  decision: Decision,
  draft: Draft,
  echo: Thought,
  group: ToolGroup,
  line: Line,
  output: Output,
  prompt: Prompt,
  raw: ({ item }) => html`<${Raw} label=${item.label} value=${item.value} />`,
  text: Text,
  thought: Thought,
  tool: Tool,
}

/** An item stays the same object while it changes; its version, as a property, says that it did. @param {ItemProps} props */
export function TimelineItem(props) {
  const { item } = props
  const Kind = KINDS[item.kind] ?? KINDS.raw
  return html`<li id=${item.kind === 'prompt' ? undefined : item.id} class="item is-${item.kind}" data-at=${clock(item.at)}>
    <${Kind} ...${props} version=${item.version.value} />
  </li>`
}
