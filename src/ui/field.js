// The fields of a question: a form from its JSON schema.
import { h } from './dom.js'
import { plain } from './text.js'

/** Formats of JSON schema that a browser knows. */
const FORMATS = { email: 'email', uri: 'url', date: 'date' }

const choices = schema => schema?.oneOf ?? schema?.anyOf ?? schema?.enum?.map(value => ({ const: value }))

function select(schema, offered, required) {
  const isMany = schema.type === 'array'
  const preset = [schema.default].flat()
  const option = it => {
    const label = plain(it.title ?? it.const)
    return h('option', { value: it.const, selected: preset.includes(it.const) }, label)
  }
  return h('select', { required, multiple: isMany }, !isMany && h('option', { value: '' }, '–'), offered.map(option))
}

function line(schema, required) {
  const { minimum: min, maximum: max, minLength: minlength, maxLength: maxlength, pattern, default: value } = schema
  const isNumber = /number|integer/.test(schema.type)
  const type = isNumber ? 'number' : (FORMATS[schema.format] ?? 'text')
  const step = schema.type === 'number' && 'any'
  return h('input', { type, min, max, minlength, maxlength, pattern, required, value, step })
}

/** What was filled in; undefined for what was left out. */
function read(schema, input, required) {
  if (schema.type === 'boolean') return input.checked
  if (!input.value && !required) return undefined
  if (schema.type === 'array') return Array.from(input.selectedOptions, it => it.value)
  return /number|integer/.test(schema.type) ? Number(input.value) : input.value
}

/** A field. @returns {{ name: string, node: HTMLElement, read(): any }} */
export function field(name, schema, required) {
  const offered = choices(schema) ?? choices(schema.items)
  const isFlag = schema.type === 'boolean'
  const box = () => h('input', { type: 'checkbox', checked: schema.default })
  const input = offered ? select(schema, offered, required) : isFlag ? box() : line(schema, required)
  const label = h('span', plain(schema.title ?? name), required && ' (needed)')
  const node = h(isFlag ? 'label.check' : 'label.field', label, input, h('small', plain(schema.description)))
  return { name, node, read: () => read(schema, input, required) }
}
