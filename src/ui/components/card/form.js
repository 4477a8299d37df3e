// The form of a question, from its JSON schema; of whatever shape an agent sends.
import { plain } from '../../lib/text.js'
import { html } from '../../vendor/ui.js'

/** Formats of JSON schema that a browser knows. */
const FORMATS = new Map([
  ['email', 'email'],
  ['uri', 'url'],
  ['date', 'date'],
  ['date-time', 'datetime-local'],
  ['password', 'password'],
])

/** @param {any} it @returns {any[] | undefined} */
const list = it => (Array.isArray(it) ? it : undefined)

/** @param {any} it @returns {Record<string, any>} */
const record = it => (typeof it === 'object' && it !== null && !Array.isArray(it) ? it : {})

/** @param {any} schema @returns {{ const?: any, title?: string }[] | undefined} */
const choices = schema =>
  (list(schema?.oneOf) ?? list(schema?.anyOf))?.map(record) ?? list(schema?.enum)?.map(value => ({ const: value }))

/** @param {{ name: string, schema: any, isNeeded: boolean }} props */
function Field({ name, schema, isNeeded }) {
  const label = html`<span>${plain(schema.title ?? name)}${isNeeded && ' (needed)'}</span>`
  const about = schema.description && html`<small class="muted">${plain(schema.description)}</small>`
  const offered = choices(schema) ?? choices(schema.items)
  if (schema.type === 'boolean') {
    return html`<label class="check"><input type="checkbox" name=${name} defaultChecked=${schema.default} /> ${label} ${about}</label>`
  }
  if (offered) {
    const isMany = schema.type === 'array'
    const preset = [schema.default].flat()
    return html`<label class="field">${label}
      <select name=${name} required=${isNeeded} multiple=${isMany}>
        ${!isMany && html`<option value="">–</option>`}
        ${offered.map(it => html`<option value=${it.const} selected=${preset.includes(it.const)}>${plain(it.title ?? it.const)}</option>`)}
      </select>${about}
    </label>`
  }
  const isNumber = /number|integer/.test(schema.type)
  const { minimum, maximum, minLength, maxLength, pattern } = schema
  return html`<label class="field">${label}
    <input
      name=${name}
      type=${isNumber ? 'number' : (FORMATS.get(schema.format) ?? (schema.writeOnly === true ? 'password' : 'text'))}
      step=${schema.type === 'number' ? 'any' : undefined}
      min=${minimum} max=${maximum} minlength=${minLength} maxlength=${maxLength} pattern=${pattern}
      required=${isNeeded}
      defaultValue=${schema.default}
    />${about}
  </label>`
}

/** What was filled in; undefined for what was left out. @param {HTMLFormElement} form @param {string} name @param {any} schema @param {boolean} isNeeded */
function read(form, name, schema, isNeeded) {
  const input = /** @type {any} */ (form.elements.namedItem(name))
  if (schema.type === 'boolean') return input.checked
  if (!input.value && !isNeeded) return undefined
  if (schema.type === 'array') return Array.from(input.selectedOptions, (/** @type {any} */ it) => it.value)
  return /number|integer/.test(schema.type) ? Number(input.value) : input.value
}

/**
 * @param {object} props
 * @param {string} props.id
 * @param {any} props.schema
 * @param {(answer: Record<string, any>) => void} props.answer
 */
export function SchemaForm({ id, schema, answer }) {
  const required = list(schema?.required) ?? []
  /** @type {[string, any][]} */
  const properties = Object.entries(record(schema?.properties)).map(([name, it]) => [name, record(it)])
  const asked = properties.toSorted(([a], [b]) => Number(required.includes(b)) - Number(required.includes(a)))
  const submit = (/** @type {any} */ event) => {
    event.preventDefault()
    const values = asked.map(([name, it]) => [name, read(event.currentTarget, name, it, required.includes(name))])
    answer(Object.fromEntries(values.filter(([, value]) => value !== undefined)))
  }
  return html`<form id=${id} onSubmit=${submit}>
    ${asked.map(([name, it]) => html`<${Field} key=${name} name=${name} schema=${it} isNeeded=${required.includes(name)} />`)}
  </form>`
}
