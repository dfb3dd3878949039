import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { assetsIn } from '../../src/adapters/assets.ts'

describe('the files of the pages', () => {
  it('are opened by their paths', async () => {
    const body = await assetsIn(env.ASSETS).open('errors/MISSING_TOKEN.json')

    expect(await new Response(body).json()).toMatchObject({ code: 'MISSING_TOKEN', status: 401 })
  })

  // The platform would otherwise lead from `errors` to `errors.html`, and answer a folder with its index.
  it.each(['errors', 'errors/', 'errors/MISSING_TOKEN', 'nothing.html', ''])(
    'are not guessed: "%s"',
    async (path) => {
      expect(await assetsIn(env.ASSETS).open(path)).toBeUndefined()
    },
  )

  it('are none where nothing is bound', async () => {
    expect(await assetsIn(undefined).open('errors.html')).toBeUndefined()
  })
})
