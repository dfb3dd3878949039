import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Wrangler, wranglerFor } from '../../../scripts/deploy/run-wrangler.ts'
import { type Versions, versionsOf } from '../../../scripts/rollout/versions.ts'
import {
  ACCOUNT,
  type FakeCloudflare,
  FIRST_VERSION,
  startCloudflare,
} from '../deploy/fake-cloudflare.ts'
import { openProject, type Project, wranglerToml } from '../deploy/project.ts'

const TOKEN = 'cloudflare-token'

let cloudflare: FakeCloudflare
let project: Project
let versions: Versions
beforeAll(async () => {
  cloudflare = await startCloudflare({ token: TOKEN, workers: ['gateway-staging'] })
  project = await openProject({
    'wrangler.toml': `main = "worker.js"\n${wranglerToml({})}`,
    'worker.js': 'export default { fetch: () => new Response("hello") }',
  })
  const real = wranglerFor({
    PATH: process.env.PATH,
    HOME: project.folder,
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
  })
  const there: Wrangler = (args, options) => real([...args, '--cwd', project.folder], options)
  versions = versionsOf('staging', there)
})
afterAll(() => Promise.all([cloudflare.stop(), project.remove()]))

describe('the real wrangler', { timeout: 120_000 }, () => {
  it('uploads a version, and gives it nothing, then everything', async () => {
    expect(await versions.deployed()).toEqual([{ version: FIRST_VERSION, percentage: 100 }])

    const next = await versions.upload('a rollout’s test')
    expect(next).toMatch(/^0{8}-0000-4000-8000-0{11}2$/)
    expect(cloudflare.deployments).toHaveLength(1)

    for (const percentage of [0, 100]) {
      const rest = { version: FIRST_VERSION, percentage: 100 - percentage }
      const shares = [{ version: next, percentage }, ...(percentage < 100 ? [rest] : [])]
      await versions.deploy(shares, 'a step')
      expect(await versions.deployed()).toEqual(shares)
    }
  })

  it('is heard when it fails', async () => {
    const nothing = versions.deploy([{ version: FIRST_VERSION, percentage: 150 }], 'too much')

    await expect(nothing).rejects.toThrow(/^the deployment failed: .*150% .* out of range/)
  })
})
