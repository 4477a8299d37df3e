// Whether everybody can use a view: measured by axe and by checks of our own, in both themes, wide and narrow.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { LOOKS, SCENES, look } from './scenes.js'
import { Stage } from './stage.js'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The headings in the texts of agents are of the levels that the agent gave them; two cards may ask the same. */
const NOT = ['heading-order', 'landmark-unique']
/** The width of a screen that is magnified four times, on which nothing may scroll sideways. */
const NARROWEST = { width: 320, height: 640, theme: 'light' }
const ACTIONS = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'

/** What axe finds; of all that it knows, only contrast depends on the theme. @param {import('playwright-core').Page} page @param {string} theme */
async function violations(page, theme) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const rules = theme === 'light' ? axe.withTags(RULES).disableRules(NOT) : axe.withRules(['color-contrast'])
  const { violations: found } = await rules.analyze()
  return found.flatMap(({ id, nodes }) => nodes.map(it => `${id}: ${it.html.slice(0, 200)} ${it.failureSummary}`))
}

/** What is smaller than a finger needs, but links within a text. @param {import('playwright-core').Page} page */
const small = page =>
  page.locator(ACTIONS).evaluateAll(all => {
    const targets = all
      .filter(it => it.checkVisibility() && !it.matches('.prose *, .skip, p a'))
      .map(it => it.closest('label') ?? it)
    const sizes = targets.map(it => [it.outerHTML.slice(0, 120), it.getBoundingClientRect()])
    return sizes
      .filter(([, { width, height }]) => width < 24 || height < 24)
      .map(([html, { width, height }]) => `${width} × ${height}: ${html}`)
  })

/** What the keyboard alone does not come to. @param {import('playwright-core').Page} page */
async function unreached(page) {
  const count = await page.locator(ACTIONS).evaluateAll(all => {
    const within = document.querySelector('dialog[open]') ?? document.body
    const isWanted = it =>
      within.contains(it) &&
      it.checkVisibility() &&
      !it.matches(':disabled, [tabindex="-1"], [type="radio"]:not(:checked)')
    globalThis.wanted = new Set(all.filter(isWanted))
    addEventListener('focusin', ({ target }) => globalThis.wanted.delete(target))
    document.activeElement?.blur()
    return globalThis.wanted.size
  })
  for (let n = 0; n < count + 5; n++) await page.keyboard.press('Tab')
  // What was there only until somebody came to the end is missed by nobody.
  return page.evaluate(() => [...globalThis.wanted].filter(it => it.isConnected).map(it => it.outerHTML.slice(0, 120)))
}

/** How the page is built, for who cannot see it. @param {import('playwright-core').Page} page */
const structure = page =>
  page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    landmarks: ['header.top', 'main'].filter(it => document.querySelectorAll(it).length === 1),
    skips: Boolean(document.querySelector(document.querySelector('a.skip')?.getAttribute('href') ?? 'nothing')),
    title: document.title,
    live: document.querySelectorAll(
      ':is([aria-live], [role="status"], [role="alert"], [role="log"]) :is(stream-text, #timeline)',
    ).length,
    ids: [...document.querySelectorAll('[id]')].map(it => it.id).filter((id, at, all) => all.indexOf(id) !== at),
  }))

/**
 * A story for each scene of these names.
 * @param {RegExp} names
 */
export function measure(names) {
  let stage

  before(async () => (stage = await Stage.set()))
  after(() => stage.end())

  for (const [name, scene] of Object.entries(SCENES).filter(([it]) => names.test(it))) {
    it(name, async () => {
      const person = await scene(stage)
      const { page } = person
      const found = []
      for (const way of LOOKS) {
        await look(page, way)
        const wrong = [...(await violations(page, way.theme)), ...(await small(page)).map(it => `small: ${it}`)]
        found.push(...wrong.map(it => `${way.name}: ${it}`))
        await person.check()
      }
      await look(page, NARROWEST)
      await person.check()
      await look(page, LOOKS[0])
      found.push(...(await unreached(page)).map(it => `not reached: ${it}`))
      assert.deepEqual(found, [])
      const { title, ...built } = await structure(page)
      assert.deepEqual(built, {
        headings: 1,
        lang: 'en',
        landmarks: ['header.top', 'main'],
        skips: true,
        live: 0,
        ids: [],
      })
      assert.match(title, /\S · Wardroom$/)
    })
  }
}
