// The agents that a host registered: what each does, what it works on, and the tools that it offers.
import { agentName } from '../../components/card/asker.js'
import { Said, Time } from '../../components/parts.js'
import { own } from '../../lib/own.js'
import { html } from '../../vendor/ui.js'
import { Tools } from './tools.js'

/** What an agent does, in a sign and a word. @type {Record<Schemas['AgentState'], { sign: string, word: string }>} */
export const STATES = {
  idle: { sign: '○', word: 'idle' },
  running: { sign: '◐', word: 'running' },
  waiting_for_approval: { sign: '◔', word: 'waits for a person' },
  paused: { sign: '‖', word: 'paused' },
  completed: { sign: '✓', word: 'completed' },
  errored: { sign: '✗', word: 'failed' },
  stopped: { sign: '■', word: 'stopped' },
}

/** @param {{ agent: Schemas['Agent'], host: Schemas['KnownHost'], said: string | null }} props */
function Registration({ agent, host, said }) {
  const { sign, word } = own(STATES, host.connected ? agent.status : 'stopped') ?? STATES.stopped
  const { currentTask, kind, pid, project, updatedAt } = agent
  const away = !host.connected && ', its host is away'
  const works = project && html` · works on <${Said} text=${project} />`
  return html`<li class="registered" data-status=${agent.status}>
    <p>
      ${agentName(agent)}${' '}
      <span class="state-is ${host.connected ? agent.status : ''}"><span aria-hidden="true">${sign}</span> ${word}${away}</span>
      ${currentTask && html`: <${Said} text=${currentTask} />`}
    </p>
    <p class="muted">
      <${Said} text=${kind} />${works}${pid && ` · process ${pid}`} · <${Time} at=${updatedAt} full=${true} />
    </p>
    ${said && html`<p>“<${Said} text=${said} />”</p>`}
    ${agent.capabilities.length > 0 && html`<p class="muted">Can: ${agent.capabilities.map((it, n) => html`${n > 0 && ', '}<${Said} text=${it} />`)}</p>`}
    <${Tools} agent=${agent} host=${host} />
  </li>`
}

/** @param {{ host: Schemas['KnownHost'], agents: Schemas['Agent'][], list: import('../../model/host_list.js').HostList }} props */
export const Registered = ({ host, agents, list }) => html`<h3>Registered agents</h3>
  <ul class="registry">
    ${agents.map(it => html`<${Registration} key=${it.id} agent=${it} host=${host} said=${list.saidOf(it.id)} />`)}
  </ul>`
