// The ways in, the inbox and what is mine are for everybody.
import { measure } from './measure.js'

measure(/^(setup|sign in|join|inbox|history|me|notice)/)
