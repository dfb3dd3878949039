import { describe, expect, it } from 'vitest'
import { keptIn } from '../../wire/produced.ts'
import { openProject, wranglerToml } from './project.ts'

describe('a leak would be found', () => {
  it.each([
    ['doctor', []],
    ['provision', []],
    ['rollout', ['--url', 'https://gateway.test']],
  ])('in what %s prints', async (command, more) => {
    const project = await openProject({ 'wrangler.toml': wranglerToml({}) })
    const planted = `PC-${command}`

    // Each says which environment it does not know.
    const args = ['--env', planted, ...more]
    await project.run(`${command}.ts`, args, { GATEWAY_ADMIN_TOKEN: 'nobody-may-see' })
    await project.remove()

    expect(await keptIn(planted)).toEqual(['command'])
  })
})
