// Building what is on the screen. Strings become text nodes; nothing here ever parses HTML.

/** The first element that matches. @param {string} selector @returns {HTMLElement | null} */
export const $ = selector => document.querySelector(selector)

/** The part of the document that a page fills. */
export const main = $('main')

/** The end of the top bar. */
export const bar = $('#bar')

/**
 * Makes an element.
 * @param {string} tag its name and classes, as in `button.btn.primary`
 * @param {...any} rest perhaps attributes, of which functions listen and false ones are left out; then children
 */
export function h(tag, ...rest) {
  const [name, ...classes] = tag.split('.').filter(Boolean)
  const node = document.createElement(name)
  node.classList.add(...classes)
  const given = rest[0]?.constructor === Object ? rest.shift() : {}
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'function') node.addEventListener(key, value)
    else if (value != null && value !== false) node.setAttribute(key, value === true ? '' : value)
  }
  return fill(node, rest)
}

/** Replaces what is in an element, and returns it. Lists are laid flat; what is empty or false is left out. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(Boolean))
  return node
}

/** A button that submits nothing. */
export const button = (label, kind, click) => h(`button.btn.${kind}`, { type: 'button', click }, label)

/** A time, in the reader's own way of writing it. */
export const clock = (at, style = { timeStyle: 'short' }) =>
  h('time.muted', { datetime: at }, new Date(at).toLocaleString([], style))

/** A section that is made when it is opened. @param {() => any} body makes what is inside */
export function fold(label, body) {
  const toggle = ({ target }) => target.open && target.replaceChildren(target.firstChild, h('div', body()))
  return h('details', { toggle }, h('summary', label))
}

/** Says what page this is, and how much waits on it, in the top bar and on the tab. */
export function title(text, count = 0) {
  fill($('#title'), text)
  document.title = `${count ? `(${count}) ` : ''}${$('#title').textContent} · Wardroom`
}

/** A page with nothing but something to say. */
export function notice(heading, ...children) {
  title(heading)
  fill(bar)
  fill(main, h('section.card.narrow', h('h2', heading), children))
}

/** Shows a template of index.html as the page. @returns {Record<string, HTMLElement>} its elements by their ids */
export function show(name, heading) {
  title(heading)
  fill(main, $(`#${name}-page`).content.cloneNode(true))
  fill(bar, [...(main.querySelector('.bar')?.children ?? [])])
  main.querySelector('.bar')?.remove()
  main.querySelector('[autofocus]')?.focus()
  return Object.fromEntries([...document.querySelectorAll('main [id], #bar [id]')].map(it => [it.id, it]))
}

/** Says something to those who do not look; if `shown`, for a moment also to those who do. */
export function say(text, shown) {
  const status = $('#status')
  fill(status, text).className = shown ? 'toast' : ''
  const hide = () => {
    if (status.textContent === text) status.className = ''
  }
  setTimeout(hide, 4000)
}

/** Goes to another page of ours; the address that was left, and a secret in it, is nowhere kept. */
export function enter(path) {
  history.replaceState(null, '', location.pathname)
  location.replace(path)
  return true
}
