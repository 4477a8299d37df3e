// The shapes of the API, under one name everywhere.
import type { components } from './api'

declare global {
  type Schemas = components['schemas']
}
