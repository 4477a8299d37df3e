// An agent that speaks the protocol and sends, for each prompt, what no agent should: it asks with a tool call of the
// shape that the prompt holds as JSON, and tells whether it was allowed. `asks` in it says how it asks:
//   options   its own options, instead of a yes and a no
//   silent    the tool call is in the request alone; nothing was said of it before
//   onlyId    the request holds nothing but the id of the tool call
//   times     so many requests at once
//   question  no permission, but an answer to this
import { createInterface } from 'node:readline'

const send = message => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const say = text => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
const update = it => send({ method: 'session/update', params: { sessionId: 'odd', update: it } })
const OPTIONS = [
  { optionId: 'yes', name: '<b>Yes</b>', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
]

/** Requests that wait, and their prompts. */
const waiting = new Map()
let asked = 100

function ask({ options = OPTIONS, silent, onlyId, question }, shape, prompt) {
  const toolCall = { toolCallId: `call-${++asked}`, ...shape }
  const { toolCallId } = toolCall
  waiting.set(asked, prompt)
  if (question) return send({ id: asked, method: 'elicitation/create', params: { sessionId: 'odd', ...question } })
  if (!silent) update({ sessionUpdate: 'tool_call', title: 'odd', ...toolCall })
  const params = { sessionId: 'odd', toolCall: onlyId ? { toolCallId } : toolCall, options }
  send({ id: asked, method: 'session/request_permission', params })
}

const METHODS = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: { loadSession: true } }),
  'session/new': () => ({ sessionId: 'odd' }),
  'session/load': () => ({}),
  'session/prompt': ({ prompt }, id) => {
    const { asks = {}, ...shape } = JSON.parse(prompt[0].text)
    update({ sessionUpdate: 'never_heard_of', html: '<img src=x onerror=alert(1)>', process: process.pid })
    for (let n = asks.times ?? 1; n > 0; n--) ask(asks, shape, id)
  },
}

createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params, result } = JSON.parse(line)
  if (method) {
    const answer = METHODS[method]?.(params, id)
    if (answer) send({ id, result: answer })
    return
  }
  const prompt = waiting.get(id)
  waiting.delete(id)
  update(say(`I was told ${result?.outcome?.optionId ?? (result?.action ? JSON.stringify(result) : 'nothing')}. `))
  if (![...waiting.values()].includes(prompt)) send({ id: prompt, result: { stopReason: 'end_turn' } })
})
