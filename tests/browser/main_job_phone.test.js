// The main job, on a phone, with a guest at a desk.
import { PHONE, WIDE } from './browser.js'
import { mainJob } from './main_job.js'

mainJob('on a phone, with a guest at a desk', PHONE, WIDE)
