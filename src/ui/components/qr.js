// A link as a picture that a phone reads.
import { html, useEffect, useState } from '../vendor/ui.js'

/** The modules that are dark, as one path. @param {boolean[][]} rows */
const path = rows =>
  rows.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('')

/** @param {{ text: string }} props */
export function Qr({ text }) {
  const [code, setCode] = useState(/** @type {{ data: boolean[][], size: number } | null} */ (null))
  useEffect(() => {
    let isWanted = true
    import('../vendor/qr.js').then(({ encode }) => isWanted && setCode(encode(text, { ecc: 'M', border: 4 })))
    return () => void (isWanted = false)
  }, [text])
  if (!code) return null
  return html`<svg class="qr" viewBox=${`0 0 ${code.size} ${code.size}`} role="img" aria-label="The link as a QR code">
    <rect width=${code.size} height=${code.size} fill="#fff" /><path d=${path(code.data)} fill="#000" />
  </svg>`
}
