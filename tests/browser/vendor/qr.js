// Links as pictures.
export { encode } from 'uqr'
