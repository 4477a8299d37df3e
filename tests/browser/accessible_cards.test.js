// Each card is for everybody.
import { measure } from './measure.js'

measure(/^card/)
