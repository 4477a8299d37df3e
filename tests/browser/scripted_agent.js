// An agent that does what stands, as JSON, in the file of its prompt: it sends updates as they are, then asks for a
// permission or an answer, or refuses with an error. Its arguments are the folder of those files, and the name that it gives itself.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { scriptOf } from './scripts.js'

const [, , folder, title] = process.argv
const send = message => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const update = it => send({ method: 'session/update', params: { sessionId: 'scripted', update: it } })
const OPTIONS = [
  { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'always', name: 'Allow for this session', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
]

/** Which prompt waits for the answer to which question. */
const prompts = new Map()
let asked = 100

/** The permissions that are asked for after this one. @type {object[]} */
let rest = []

/** Asks for the next permission. @param {object[]} [options] */
function askNext(options = OPTIONS) {
  const toolCall = { toolCallId: `call-${++asked}`, ...rest.shift() }
  send({ id: asked, method: 'session/request_permission', params: { sessionId: 'scripted', toolCall, options } })
}

const end = id => send({ id, result: { stopReason: 'end_turn' } })

const METHODS = {
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: {},
    agentInfo: { name: 'scripted', title, version: '1.0' },
  }),
  'session/new': () => ({ sessionId: 'scripted' }),
  'session/prompt': ({ prompt }, id) => {
    const {
      updates = [],
      permission,
      options = OPTIONS,
      question,
      waits,
      error,
    } = JSON.parse(readFileSync(scriptOf(folder, prompt[0].text), 'utf8'))
    for (const it of updates) update(it)
    if (error) return void send({ id, error })
    if (permission) {
      rest = [permission].flat()
      askNext(options)
    } else if (question) {
      send({ id: ++asked, method: 'elicitation/create', params: { sessionId: 'scripted', mode: 'form', ...question } })
    } else if (!waits) return void end(id)
    prompts.set(asked, id)
  },
}

createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params } = JSON.parse(line)
  if (method === 'session/cancel') for (const waiting of new Set(prompts.values())) end(waiting)
  if (!method) {
    const prompt = prompts.get(id)
    if (rest.length === 0) return void end(prompt)
    askNext()
    return void prompts.set(asked, prompt)
  }
  const answer = METHODS[method]?.(params, id)
  if (answer) send({ id, result: answer })
})
