// What a browser says of itself, in two words.

/** More particular names first: each browser also says that it is others. @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\biPhone\b/, 'an iPhone'],
  [/\biPad\b/, 'an iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'a Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** @param {[RegExp, string][]} names @param {string} text */
const first = (names, text) => names.find(([sign]) => sign.test(text))?.[1]

/** A browser by its user agent: "Firefox on Windows"; as it came where that says nothing to us. @param {string | null} agent */
export function deviceName(agent) {
  if (!agent) return 'A browser'
  const browser = first(BROWSERS, agent)
  const system = first(SYSTEMS, agent)
  return browser && system ? `${browser} on ${system}` : agent
}
