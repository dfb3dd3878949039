import type { Api } from './api.ts'
import { flooded } from './clauses/flood.ts'

const IN_TURN = 5

/** What an ordinary client asks: answers of all sorts, for the clauses that speak of every answer. */
export async function visit(api: Api): Promise<void> {
  const { open, guarded, token, also } = api.options
  const welcome = await api.ask('an open path', { path: open })
  const tag = welcome?.answer.headers.get('ETag')
  if (tag) await api.ask('what is known already', { path: open, headers: { 'If-None-Match': tag } })
  for (const path of [open, api.nowhere, guarded]) {
    await api.ask('HEAD', { path, method: 'HEAD' })
  }
  if (token) await api.ask('HEAD with a token', { path: guarded, method: 'HEAD', token })
  for (const path of also) await api.ask('--also', { path, token })

  if (token) await api.askInTurn('the open path in turn', { path: open }, IN_TURN)
  await api.askInTurn('the same in turn', flooded(api), IN_TURN)
}
