import { testGateway } from './gateway.ts'

export type Gateway = Awaited<ReturnType<typeof testGateway>>

/** Echoes what came, so that a test sees what the upstream saw. */
export async function opened(settings: Readonly<Record<string, string>> = {}) {
  const arrived: { bytes: Uint8Array; headers: Headers }[] = []
  const gateway = await testGateway({
    settings,
    upstream: async (request) => {
      arrived.push({ bytes: await request.bytes(), headers: request.headers })
      return Response.json({})
    },
  })
  return { gateway, arrived, token: await gateway.mint({ roles: ['super_admin'] }) }
}

export const JSON_TYPE = 'application/json'

export async function sent(
  method: string,
  path: string,
  body: BodyInit | undefined,
  headers: Readonly<Record<string, string>> = { 'Content-Type': JSON_TYPE },
) {
  const { gateway, arrived, token } = await opened()
  const answer = await gateway.ask(path, { method, token, headers, ...(body && { body }) })
  return { answer, arrived }
}

/** In chunks of so many bytes. */
export function streamOf(text: string, chunk: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + chunk))
      else controller.close()
      at += chunk
    },
  })
}

export function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}
