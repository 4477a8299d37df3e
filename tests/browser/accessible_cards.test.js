// Each card and each dialog is for everybody.
import { measure } from './measure.js'

measure(/^(card|dialog)/)
