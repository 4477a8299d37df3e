// Each dialog is for everybody.
import { measure } from './measure.js'

measure(/^dialog/)
