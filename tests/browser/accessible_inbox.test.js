// The inbox, the history and what is mine are for everybody.
import { measure } from './measure.js'

measure(/^(inbox|history|me)/)
