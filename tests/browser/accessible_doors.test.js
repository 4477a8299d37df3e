// The ways in are for everybody.
import { measure } from './measure.js'

measure(/^(setup|sign in|join|notice)/)
