// A session is for everybody, whatever its state.
import { measure } from './measure.js'

measure(/^(session|markdown|hidden)/)
