// The one place where text becomes elements. Markdown of agents is rendered, then sanitised; HTML in it is shown as it was
// written, images of other servers are links, and a link says where it leads.
import { DOMPurify, Marked } from '../vendor/md.js'
import { plain } from './text.js'

/** @param {string} text */
const escape = text => text.replace(/[&<>"']/g, it => `&#${it.charCodeAt(0)};`)

const marked = new Marked({
  async: false,
  gfm: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => `<a href="${escape(href)}">image: ${escape(text || href)}</a>`,
  },
})

const RULES = {
  ALLOWED_TAGS: [
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'del',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'i',
    'input',
    'li',
    'ol',
    'p',
    'pre',
    's',
    'span',
    'strong',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'ul',
  ],
  ALLOWED_ATTR: ['align', 'checked', 'class', 'disabled', 'href', 'start', 'type'],
  ALLOWED_URI_REGEXP: /^(https?:|mailto:)/i,
  // These are no addresses, and are not to look like one.
  ADD_URI_SAFE_ATTR: ['align', 'start', 'type'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
}

/** Only the classes that Markdown and the colours of code make. */
const CLASSES = /^(language-[\w+#.-]+|hljs(-[\w-]+)?|function_|class_|inherited__|\w+_)$/

/**
 * Whether a text is all about a place: the place itself, or an address there. That it has the name of the place somewhere in
 * it says nothing: other words may stand around it.
 * @param {string} text @param {string} where
 */
const says = (text, where) => [where, `https://${where}`, `http://${where}`].includes(text.trim().replace(/\/$/, ''))

DOMPurify.addHook('afterSanitizeAttributes', node => {
  const classes = [...node.classList].filter(it => CLASSES.test(it))
  if (classes.length > 0) node.className = classes.join(' ')
  else node.removeAttribute('class')
  // An agent writes no fields to fill in: the boxes of a list of tasks, and nothing else.
  if (node.tagName === 'INPUT') {
    if (node.getAttribute('type') !== 'checkbox') return node.remove()
    node.setAttribute('disabled', '')
  }
  const href = node.tagName === 'A' && node.getAttribute('href')
  if (!href) return
  // What leads nowhere is no link.
  if (!URL.canParse(href, location.origin)) return void node.removeAttribute('href')
  node.setAttribute('rel', 'noopener noreferrer nofollow')
  node.setAttribute('target', '_blank')
  // Where it leads, for who only sees what it says; what leads nowhere is no link.
  if (!URL.canParse(href)) return node.removeAttribute('href')
  const { host, protocol, pathname } = new URL(href)
  const where = protocol === 'mailto:' ? pathname : host
  if (node.textContent?.trim() !== href && !says(node.textContent ?? '', where)) node.append(` (${plain(where)})`)
})

/** @param {string} html @returns {DocumentFragment} */
const clean = html => /** @type {any} */ (DOMPurify.sanitize(html, RULES))

/** Markdown as elements. A heading of an agent's never stands above one of the page's. @param {string} text */
export function markdown(text) {
  const fragment = clean(/** @type {string} */ (marked.parse(plain(text))))
  for (const it of fragment.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const heading = document.createElement('p')
    heading.className = `heading ${it.tagName.toLowerCase()}`
    heading.setAttribute('role', 'heading')
    heading.setAttribute('aria-level', String(Math.min(6, Number(it.tagName[1]) + 3)))
    heading.append(...it.childNodes)
    it.replaceWith(heading)
  }
  for (const it of fragment.querySelectorAll('pre, table')) it.setAttribute('tabindex', '0')
  for (const it of fragment.querySelectorAll('input')) it.setAttribute('aria-label', it.checked ? 'done' : 'to do')
  for (const it of fragment.querySelectorAll('pre > code[class]')) colours.observe(it)
  return fragment
}

/** Code takes on its colours when it is seen. */
const colours = new IntersectionObserver(async seen => {
  const nodes = seen.filter(it => it.isIntersecting).map(it => it.target)
  if (nodes.length === 0) return
  nodes.forEach(it => colours.unobserve(it))
  const { default: hljs } = await import('../vendor/hl.js')
  for (const node of nodes) {
    const language = node.className.match(/language-([\w+#.-]+)/)?.[1] ?? ''
    const text = node.textContent ?? ''
    if (!hljs.getLanguage(language) || text.length > 50_000) continue
    node.replaceChildren(clean(hljs.highlight(text, { language }).value))
  }
})
