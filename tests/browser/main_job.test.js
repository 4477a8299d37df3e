// The main job, at a desk, with a guest on a phone.
import { PHONE, WIDE } from './browser.js'
import { mainJob } from './main_job.js'

mainJob('at a desk, with a guest on a phone', WIDE, PHONE)
