// What makes elements of Markdown, and lets nothing else through.
export { Marked } from 'marked'
export { default as DOMPurify } from 'dompurify'
