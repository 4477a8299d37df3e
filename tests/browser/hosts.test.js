// The computers that agents run on, as people see them: which are there, what they do, their tools, and who may what.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { expect } from './browser.js'
import { Program } from './program.js'
import { World } from './world.js'

describe('the hosts', () => {
  let world, host, sam, program, agent, twin

  before(async () => {
    world = await World.start()
    host = await world.host()
    await world.share()
    const { token } = await world.server.api('/api/users', { name: 'Sam' })
    sam = await world.person()
    await sam.signsInBy(token)
  })
  afterEach(() => world.check())
  after(async () => {
    for (const it of [program, twin]) it?.socket.close()
    await world.end()
  })

  const section = (of, person = host) => person.page.locator(`#h-${of.id}`)
  const heading = (of, person) => section(of, person).getByRole('heading', { level: 2 })
  const does = text =>
    section(program).locator('.registered', { hasText: 'deployer' }).locator('.state-is', { hasText: text })
  const happened = text => host.page.locator('.happened li', { hasText: text }).first()
  const lines = () => host.page.locator('.happened li').count()

  it('who has no computer here reads how to connect one, and what runs on the server', async () => {
    await host.page.goto('/')
    await host.page.getByRole('link', { name: 'Hosts: the computers' }).click()
    await host.page.waitForURL('/hosts')
    await host.isLive()
    await host.page.getByText('No computer of yours is connected.').waitFor()
    await expect(host.page.getByLabel('Share an agent')).toHaveValue('wardroom share claude')
    await expect(host.page.getByLabel('Keep a host')).toHaveValue('wardroom host')
    await host.page.getByText('the server’s own').waitFor()
    await host.page.getByRole('button', { name: 'Start… demo' }).waitFor()
    await host.page
      .getByText(/^0 of \d+ at once, none waits$/)
      .first()
      .waitFor()
  })

  it('a host that connects is there at once, with its owner, and what happens at it is told live', async () => {
    program = await Program.at(world.server, { name: 'build server' })
    await heading(program).getByText('build server').waitFor()
    await section(program)
      .getByText(/● Online since \d\d:\d\d/)
      .waitFor()
    await section(program)
      .getByText(`yours · ${program.id.slice(-6)} · version 1.0`)
      .waitFor()
    await happened('build server is there').waitFor()
    agent = await program.registers({
      name: 'deployer',
      kind: 'ci',
      project: 'shop',
      capabilities: ['deploy', 'roll back'],
      pid: 4711,
      display: { label: 'Deploy bot' },
    })
    const it = section(program).locator('.registered')
    await it.getByText('Deploy bot (deployer)').waitFor()
    await it.getByText('ci · works on shop · process 4711').waitFor()
    await it.getByText('Can: deploy, roll back').waitFor()
    await host.page.getByText('No computer of yours is connected.').waitFor({ state: 'detached' })
  })

  it('each of its states has a sign and a word, and what it works on and says', async () => {
    await does('○ idle').waitFor()
    const set = (status, rest) => program.asks('host.set_status', { agent_id: agent.id, status, ...rest })
    await set('running', { current_task: 'release 7', message: 'copying' })
    await does('◐ running').waitFor()
    await section(program).getByText(': release 7').waitFor()
    await section(program).getByText('“copying”').waitFor()
    for (const [status, text] of [
      ['paused', '‖ paused'],
      ['completed', '✓ completed'],
      ['errored', '✗ failed'],
      ['stopped', '■ stopped'],
    ]) {
      await set(status)
      await does(text).waitFor()
    }
    await set('running')
    const asked = await program.requests('Go on?', { agent_id: agent.id, system_level: true })
    await does('◔ waits for a person').waitFor()
    await happened('asks “Go on?”').waitFor()
    await world.server.api(`/api/approvals/${asked.id}`, { action: 'approve' })
    await does('◐ running').waitFor()
    await happened('was answered: “Go on?” approved by approve').waitFor()
  })

  it('what a program tells is text, with what it sent for those who want to see it', async () => {
    await program.asks('host.notify', {
      kind: 'build.done',
      message: '<img src=x onerror=alert(1)> all green',
      payload: { seconds: 41 },
    })
    const told = happened('build.done')
    await told.getByText('“<img src=x onerror=alert(1)> all green”').waitFor()
    await told.getByText('What it sent').click()
    await told.getByText('"seconds": 41').waitFor()
  })

  it('a tool is called with JSON; its answer, null too, and its failure are shown', async () => {
    await program.asks('tools.register', {
      agent_id: agent.id,
      tools: [
        {
          name: 'roll_back',
          description: 'Back to the release before',
          parameters: { type: 'object', properties: { steps: { type: 'integer', default: 1 } } },
        },
      ],
    })
    await section(program).locator('.tools > summary').click()
    await section(program).getByText('Back to the release before').waitFor()
    const parameters = section(program).getByLabel('Parameters of roll_back, as JSON')
    await expect(parameters).toHaveValue('{\n  "steps": 1\n}')
    const call = host.button('Call roll_back')
    program.answers['tools.execute'] = ({ parameters: given }) => ({ output: { release: 7 - given.steps } })
    await call.click()
    await section(program).getByRole('group', { name: 'Its answer' }).getByText('"release": 6').waitFor()
    program.answers['tools.execute'] = () => ({ output: null })
    await call.click()
    await section(program).getByText('It answered null: that is an answer, too').waitFor()
    program.answers['tools.execute'] = () => ({ error: 'nothing to go back to' })
    await call.click()
    await section(program).getByRole('group', { name: 'Why it failed' }).getByText('nothing to go back to').waitFor()
    await parameters.fill('{steps: 1}')
    await call.click()
    await section(program).getByRole('alert').getByText('This is no JSON').waitFor()
    assert.equal(program.heard.filter(it => it.method === 'tools.execute').length, 3)
  })

  it('who does not wait any more has the call cancelled, and a call that broke off is not sent again', async () => {
    const parameters = section(program).getByLabel('Parameters of roll_back, as JSON')
    await parameters.fill('')
    program.answers['tools.execute'] = () => new Promise(() => {})
    await host.button('Call roll_back').click()
    await host.button('Stop waiting').click()
    await section(program).getByText('You do not wait for it any more').waitFor()
    const told = await program.hears('tools.cancel')
    assert.equal(told.reason, 'caller_gone')
    const before = program.heard.length
    let tries = 0
    await host.page.route('**/tools/roll_back', route => (tries++, route.abort()))
    await host.button('Call roll_back').click()
    await section(program).getByRole('alert').getByText('The server cannot be reached').waitFor()
    await host.page.unrouteAll()
    assert.deepEqual([tries, program.heard.length], [1, before])
  })

  it('the owner lets others decide and call tools, and takes it back', async () => {
    await sam.page.goto('/hosts')
    await sam.isLive()
    await expect(section(program, sam)).toHaveCount(0)
    const own = section(program)
    await own.getByText('What others may here').click()
    await own.getByLabel('Name of their account').fill('Nobody')
    await own.getByLabel('May call tools').check()
    await own.getByRole('button', { name: 'Let them' }).click()
    await own.getByRole('alert').getByText('Nobody has an account of that name').waitFor()
    await own.getByLabel('Name of their account').fill('Sam')
    await own.getByRole('button', { name: 'Let them' }).click()
    await own.getByText('Sam calls tools').waitFor()
    await sam.page.reload()
    await section(program, sam).getByText('Ana’s').waitFor()
    await expect(section(program, sam).getByText('What others may here')).toHaveCount(0)
    await section(program, sam).locator('.tools > summary').click()
    program.answers['tools.execute'] = () => ({ output: 'done' })
    await sam.button('Call roll_back').click()
    await section(program, sam).getByRole('group', { name: 'Its answer' }).getByText('"done"').waitFor()
    await own.getByRole('button', { name: 'Take it back from Sam' }).click()
    await own.getByText('Nothing: only you decide and call tools').waitFor()
    await sam.button('Call roll_back').click()
    await section(program, sam).getByRole('alert').waitFor()
    await sam.page.reload()
    await sam.isLive()
    await expect(section(program, sam)).toHaveCount(0)
  })

  it('two hosts with one name are told apart, and one that goes away says since when', async () => {
    twin = await Program.at(world.server, { name: 'build server' })
    await heading(twin)
      .getByText(`build server (${twin.id.slice(-6)})`)
      .waitFor()
    await heading(program)
      .getByText(`build server (${program.id.slice(-6)})`)
      .waitFor()
    await program.leaves()
    await section(program)
      .getByText(/○ Away since \d\d:\d\d/)
      .waitFor()
    await does('■ stopped, its host is away').waitFor()
    await section(program).getByText('Its host is away: nothing can be called now.').waitFor()
    await expect(section(program).getByRole('button', { name: 'Call roll_back' })).toBeDisabled()
    await happened(`build server (${program.id.slice(-6)}) is away`).waitFor()
  })

  it('a stream that breaks goes on where it was: nothing is missed, and nothing told twice', async () => {
    const before = await lines()
    await host.page.context().setOffline(true)
    await host.page.locator('#pill', { hasText: '✕ Offline' }).waitFor()
    for (const n of [1, 2, 3]) await twin.asks('host.notify', { kind: `missed.${n}` })
    await host.page.context().setOffline(false)
    await happened('missed.3').waitFor()
    const kinds = await host.page.locator('.happened li', { hasText: 'missed.' }).allInnerTexts()
    assert.deepEqual(
      kinds.map(it => it.match(/missed\.\d/)[0]),
      ['missed.3', 'missed.2', 'missed.1'],
    )
    assert.equal(await lines(), before + 3)
  })

  it('a guest is told that this is for those who have an account', async () => {
    const { link } = await world.share({ title: 'For guests' })
    const guest = await world.guest('Gus', link)
    await guest.page.goto('/hosts')
    await guest.page.getByText('for those who have an account here').waitFor()
  })
})
