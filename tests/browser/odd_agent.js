// An agent that speaks the protocol and sends, for each prompt, what no agent should: it asks with a tool call of the
// shape that the prompt holds as JSON, and tells whether it was allowed.
import { createInterface } from 'node:readline'

const send = message => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const say = text => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
const update = it => send({ method: 'session/update', params: { sessionId: 'odd', update: it } })
const OPTIONS = [
  { optionId: 'yes', name: '<b>Yes</b>', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
]

const prompts = new Map()
let asked = 100

const METHODS = {
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {} }),
  'session/new': () => ({ sessionId: 'odd' }),
  'session/prompt': ({ prompt }, id) => {
    const toolCall = { toolCallId: `call-${++asked}`, ...JSON.parse(prompt[0].text) }
    update({ sessionUpdate: 'tool_call', title: 'odd', ...toolCall })
    update({ sessionUpdate: 'never_heard_of', html: '<img src=x onerror=alert(1)>' })
    prompts.set(asked, id)
    const params = { sessionId: 'odd', toolCall, options: OPTIONS }
    send({ id: asked, method: 'session/request_permission', params })
  },
}

createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params, result } = JSON.parse(line)
  if (method) {
    const answer = METHODS[method]?.(params, id)
    if (answer) send({ id, result: answer })
    return
  }
  update(say(`I was told ${result?.outcome?.optionId ?? 'nothing'}.`))
  send({ id: prompts.get(id), result: { stopReason: 'end_turn' } })
})
