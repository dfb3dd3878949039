import { writePages } from '../../scripts/pages/write.ts'

/** The worker under test serves them from where a build leaves them. */
export default function setup() {
  return writePages('dist/assets')
}
