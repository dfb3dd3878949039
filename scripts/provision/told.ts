import type { Target } from '../deploy/target.ts'
import type { Plan, Step, StorePlan } from './plan.ts'

const FROM = {
  upstash: 'from the database',
  environment: 'from the environment of this command',
  made: 'made at random',
} as const

/** The plan in sentences. It holds no secret, since it was made without them. */
export function toldPlan({ worker }: Target, { store, secrets }: Plan): readonly string[] {
  return [...toldStore(store), ...secrets.map((step) => toldStep(worker, step))]
}

function toldStore(store: StorePlan): readonly string[] {
  switch (store.kind) {
    case 'not needed':
      return []
    case 'found': {
      const { name, region, readRegions, eviction, state } = store.database
      return [
        `keep    database ${name} at Upstash, in ${[region, ...readRegions].join(', ')}`,
        ...(state === 'active' ? [] : [`        it is ${state}: wake it at console.upstash.com`]),
        ...(eviction
          ? [
              '        it evicts keys when it is full, and a limit that is evicted is forgotten: switch that off',
            ]
          : []),
      ]
    }
    case 'create': {
      const { name, region, readRegions, platform, plan } = store.wanted
      const replicas = readRegions.length > 0 ? `, read from ${readRegions.join(', ')}` : ''
      return [
        `create  database ${name} at Upstash, in ${platform} ${region}${replicas}${plan ? `, plan ${plan}` : ''}`,
      ]
    }
  }
}

function toldStep(worker: string, step: Step): string {
  return step.kind === 'keep'
    ? `keep    secret ${step.name} of ${worker}`
    : `set     secret ${step.name} of ${worker}, ${FROM[step.from]}`
}
