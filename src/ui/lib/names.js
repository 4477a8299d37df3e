// Who may do something, in words.
import { plain } from './text.js'

/** Names as people list them: "Ana, Sam or an admin". @param {string[]} names */
export const anyOf = names => (names.length > 0 ? `${names.map(plain).join(', ')} or an admin` : 'an admin')
