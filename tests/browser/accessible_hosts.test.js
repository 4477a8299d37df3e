// The hosts are for everybody.
import { measure } from './measure.js'

measure(/^hosts/)
