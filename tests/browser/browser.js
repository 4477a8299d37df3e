// A real browser, watched: a dialog, an error, a violation of the policy or a request elsewhere fails the test.
import assert from 'node:assert/strict'
import { expect as expectation } from '@playwright/test'
import { chromium } from 'playwright-core'
import { PATIENCE } from './server.js'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What a browser says of an answer that is an error, or of none; the page says that in its own words. */
const NETWORK = /^Failed to load resource|net::ERR_/

/** Looks again until it is so, for as long as people wait: a page shows what it knows a moment later. */
export const expect = expectation.configure({ timeout: PATIENCE })

/** Starts a browser with nothing in it. */
export function launch(flags = []) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags], headless: true })
}

/** A screen to sit at, and one to hold. */
export const WIDE = { viewport: { width: 1440, height: 900 } }
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** Somebody with a browser of their own: a page, and what went wrong on it. */
export class Person {
  /** @param {import('playwright-core').BrowserContextOptions} [options] */
  static async with(browser, server, options = {}) {
    const person = new Person()
    person.wrong = []
    person.server = server
    person.context = await browser.newContext({ baseURL: server.origin, ...WIDE, ...options })
    person.context.setDefaultTimeout(PATIENCE)
    person.page = await person.context.newPage()
    person.#watch()
    return person
  }

  #watch() {
    const { page, server, wrong } = this
    page.on('dialog', async it => {
      wrong.push(`a dialog: ${it.message()}`)
      await it.dismiss()
    })
    page.on('pageerror', it => wrong.push(`an error: ${it.stack}`))
    page.on('popup', it => wrong.push(`another window: ${it.url()}`))
    page.on('console', it => {
      const isError = it.type() === 'error' && !NETWORK.test(it.text())
      if (isError) wrong.push(`on the console: ${it.text()}`)
    })
    page.on('request', it => {
      if (!it.url().startsWith(`${server.origin}/`)) wrong.push(`a request to ${it.url()}`)
      if (/wr_[a-z]{3}_/.test(it.url())) wrong.push(`a secret in ${it.url()}`)
    })
  }

  /** A card that waits, by what its heading says. */
  card(heading) {
    return this.page.locator('.card:not(.settled)').filter({ has: this.page.getByRole('heading', { name: heading }) })
  }

  /** A button, by all of what it says. */
  button(name) {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** What is open above the page. */
  dialog(title) {
    return this.page.getByRole('dialog', { name: title })
  }

  /** Signs in by a name and a password. */
  async signsIn(name, password) {
    await this.page.goto('/')
    await this.button('With a name and a password').click()
    await this.page.getByLabel('Name').fill(name)
    await this.page.getByLabel('Password').fill(password)
    await this.button('Sign in').click()
  }

  /** Signs in by a token. */
  async signsInBy(token) {
    await this.page.goto('/')
    await this.page.getByLabel('User token').fill(token)
    await this.button('Sign in').click()
    await this.page.getByText('Waiting for you').waitFor()
  }

  /** Goes to the page of a session. */
  async enters({ id }) {
    await this.page.goto(`/s/${id}`)
    await this.isLive()
  }

  /** Chooses something from a menu. */
  async chooses(item, menu = 'More') {
    await this.button(menu).click()
    await this.page.getByRole('listitem').getByRole('button', { name: item }).click()
  }

  /** Puts the focus on a card, and waits until a key is taken as meant for it: longer than the 400 ms of a card's rest. */
  async turnsTo(card) {
    await card.focus()
    const now = await this.page.evaluate(() => performance.now())
    await this.page.waitForFunction(since => performance.now() - since > 450, now)
  }

  /** Opens the list of who takes part. @returns the entry of one of them */
  async opens(name) {
    await this.chooses('People')
    return this.dialog('People')
      .getByRole('listitem')
      .filter({ has: this.page.getByText(name, { exact: true }) })
  }

  /** Writes something and sends it. @param {'Prompt' | 'Comment'} kind */
  async write(kind, text) {
    await this.page.getByLabel('Message').fill(text)
    await this.send(kind)
  }

  /** The same with a text that would take the browser minutes to type. */
  async paste(kind, text) {
    await this.page.getByLabel('Message').evaluate((area, value) => {
      area.value = value
      area.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }, text)
    await this.send(kind)
  }

  /** Sends what is written. @param {'Prompt' | 'Comment'} kind */
  async send(kind) {
    await this.page.locator('#composer').getByRole('button', { name: kind, exact: true }).click()
  }

  /** Waits until a text stands on the timeline. */
  async sees(text) {
    await this.page.locator('#timeline').getByText(text).first().waitFor()
  }

  /** Waits until the agent has said something, in a message that holds nothing else. @param {string} text */
  async hears(text) {
    const said = new RegExp(`^\\s*${text.replace(/\W/g, '\\$&')}\\s*$`)
    await this.page.locator('#timeline stream-text', { hasText: said }).first().waitFor()
  }

  /** Waits until so many turns have ended, in these words. */
  async seesTurns(count, ending = 'done') {
    await this.page
      .locator('.turn .fold', { hasText: ending })
      .nth(count - 1)
      .waitFor()
  }

  /** Waits until something is there, and in view: not below or above what is on the screen, nor behind anything. */
  async looksAt(it) {
    await it.waitFor()
    const isInView = await it.evaluate(node => {
      const { x, y, width, height } = node.getBoundingClientRect()
      return node.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    })
    assert.ok(isInView, `not in view: ${it}`)
  }

  /** Waits until the page says so of its connection. */
  async isLive() {
    await this.page.locator('#pill', { hasText: '● Live' }).waitFor()
  }

  /** Waits until the page says that it has none, and tries. */
  async isCutOff() {
    await this.page.locator('#pill', { hasText: '◌ Reconnecting' }).waitFor()
  }

  /** Nothing went wrong, and nothing is wider than the screen. */
  async check() {
    assert.deepEqual(this.wrong, [])
    const { inner, scroll } = await this.page.evaluate(() => ({
      inner: document.documentElement.clientWidth,
      scroll: document.documentElement.scrollWidth,
    }))
    assert.ok(scroll <= inner, `${scroll} px on a screen of ${inner}`)
  }
}
