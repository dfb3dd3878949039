import type * as v from 'valibot'
import { openOnes } from './anomalies.ts'
import { type Dependencies, Events, Readiness, Settings, Traffic } from './answers.ts'
import { type Asking, ask, type Lost, type Outcome, type Refused } from './asking.ts'
import { AuditView } from './audit-view.ts'
import { dependenciesIn } from './dependencies.ts'
import type { Desk } from './desk.ts'
import { element } from './element.ts'
import { ExchangesView } from './exchanges-view.ts'
import { Head } from './head.ts'
import { notice } from './notice.ts'
import { type Place, placeFrom } from './place.ts'
import { Poll, type Round } from './poll.ts'
import { Session } from './session.ts'
import { type Occasion, SignIn } from './sign-in.ts'
import { SubjectView } from './subject-view.ts'
import { SubjectsView } from './subjects-view.ts'
import { TrafficView } from './traffic-view.ts'
import type { View } from './view.ts'
import { isOfTheToken } from './words.ts'

const READY_MS = 10_000
/** Where the view itself does not ask for them, for the head. */
const STATE_MS = 60_000
const IDLE_CHECK_MS = 5_000

/** The page: its head, and below it the sign-in or one view. */
export class GatewayConsole implements Desk {
  readonly element: HTMLElement
  readonly #session = new Session(Date.now)
  readonly #head = new Head(() => this.#end('signedOut'))
  readonly #signIn = new SignIn((token) => this.#try(token))
  readonly #heading = element('h2', { tabindex: '-1', class: 'view-title' })
  readonly #content = element('div')
  readonly #place = element('div', { class: 'view' }, this.#heading, this.#content)
  /** What is said to those who do not see the page: changes of state, not every figure. */
  readonly #live = element('p', { class: 'unseen', role: 'status' })
  readonly #ready = new Poll(READY_MS, () => this.#askReady())
  readonly #state = new Poll(STATE_MS, () => this.#askState())
  #view: View | undefined
  #settings: Settings | undefined
  #dependencies: Dependencies | undefined
  #saidOfDependencies = ''
  #openAnomalies: number | undefined

  constructor() {
    this.#place.hidden = true
    this.element = element(
      'div',
      { class: 'console' },
      this.#head.element,
      this.#live,
      element('main', {}, this.#signIn.element, this.#place),
    )
    addEventListener('hashchange', () => this.#go(true))
    for (const use of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
      addEventListener(use, () => this.#session.use(), { passive: true })
    }
    setInterval(() => this.#lookIdle(), IDLE_CHECK_MS)
    document.addEventListener('visibilitychange', () => this.#lookIdle())
    // A browser may keep the page as it was left, and its memory with it.
    addEventListener('pagehide', () => this.#end('signedOut'))
  }

  start(): void {
    this.#ready.start()
    this.#signIn.open('first')
  }

  get settings(): Settings | undefined {
    return this.#settings
  }

  get dependencies(): Dependencies | undefined {
    return this.#dependencies
  }

  read<Schema extends v.GenericSchema>(path: string, schema: Schema) {
    return this.#ask(path, schema, {})
  }

  change<Schema extends v.GenericSchema>(path: string, change: unknown, schema: Schema) {
    return this.#ask(path, schema, { change })
  }

  round(outcome: Outcome<unknown>): Round {
    return {
      isGood: outcome.kind === 'answered',
      retryAfterSeconds: outcome.kind === 'refused' ? outcome.retryAfterSeconds : undefined,
    }
  }

  noteTraffic(traffic: Traffic | undefined): void {
    if (this.#session.authorization !== undefined) this.#head.traffic(traffic)
  }

  noteEvents(events: Events | undefined): void {
    if (this.#session.authorization === undefined) return
    this.#head.events(events)
    if (!events) return
    const open = openOnes(events).length
    if (this.#openAnomalies !== undefined && open > this.#openAnomalies) {
      this.announce(`A new anomaly: ${open} in all.`)
    }
    this.#openAnomalies = open
  }

  announce(text: string): void {
    this.#live.textContent = text
  }

  async #ask<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    asking: Omit<Asking, 'authorization'>,
  ): Promise<Outcome<v.InferOutput<Schema>>> {
    const { authorization } = this.#session
    if (authorization === undefined) return { kind: 'lost', why: 'unreachable' }
    const outcome = await ask(path, schema, { authorization, ...asking })
    // Where one permission is lacking, others may be there: the token itself is no worse for it.
    const isOver =
      outcome.kind !== 'answered' &&
      isOfTheToken(outcome) &&
      outcome.code !== 'INSUFFICIENT_PERMISSIONS'
    if (isOver && authorization === this.#session.authorization) this.#refused(outcome)
    return outcome
  }

  /** The first thing that is read tells whether the token is good; with the store away nothing can be told against it. */
  async #try(token: string): Promise<Outcome<unknown>> {
    const outcome = await ask('admin/settings', Settings, { authorization: `Bearer ${token}` })
    const isAway = outcome.kind === 'refused' && outcome.code === 'CACHE_UNAVAILABLE'
    if (outcome.kind !== 'answered' && !isAway) return outcome
    if (outcome.kind === 'answered') this.#set(outcome.value)
    this.#session.begin(token)
    this.#head.open(this.#session.holder)
    this.#signIn.close()
    this.#place.hidden = false
    this.#go(false)
    this.#state.start()
    this.#heading.focus()
    return { kind: 'answered', value: undefined, correlationId: undefined }
  }

  #set(settings: Settings): void {
    this.#settings = settings
    this.#head.environment(settings.environment)
  }

  /** Another token is asked for; the view stays as it is, out of sight. */
  #refused(no: Refused | Lost): void {
    this.#close()
    this.#signIn.open('refused', notice(no))
  }

  #end(occasion: Occasion): void {
    if (this.#session.authorization === undefined) return
    this.#close()
    this.#leave()
    this.#settings = undefined
    this.#openAnomalies = undefined
    this.#content.replaceChildren()
    this.#heading.textContent = ''
    document.title = 'Gateway console'
    this.#signIn.open(occasion)
  }

  #close(): void {
    this.#session.end()
    this.#state.stop()
    this.#view?.stop()
    for (const dialog of document.querySelectorAll('dialog')) dialog.close()
    this.#place.hidden = true
    this.#head.close()
  }

  #lookIdle(): void {
    if (this.#session.isIdle()) this.#end('idle')
  }

  #go(isMoved: boolean): void {
    if (this.#session.authorization === undefined) {
      // Kept out of sight for a place that is left now.
      if (isMoved) this.#leave()
      return
    }
    const place = placeFrom(location.hash)
    this.#head.placed(place.view)
    if (!isMoved && this.#view) {
      document.title = `${this.#view.title} · Gateway console`
      if (this.#settings) this.#head.environment(this.#settings.environment)
      this.#view.start()
      return
    }
    this.#leave()
    const view = this.#viewOf(place)
    this.#view = view
    document.title = `${view.title} · Gateway console`
    this.#heading.textContent = view.title
    this.#content.replaceChildren(view.element)
    view.start()
    if (isMoved) {
      this.#heading.focus()
      scrollTo(0, 0)
    }
  }

  #leave(): void {
    this.#view?.stop()
    this.#view?.discard?.()
    this.#view = undefined
  }

  #viewOf(place: Place): View {
    switch (place.view) {
      case 'traffic':
        return new TrafficView(this, place.span)
      case 'exchanges':
        return new ExchangesView(this, place.id)
      case 'subjects':
        return place.subject === undefined
          ? new SubjectsView(this)
          : new SubjectView(this, place.subject)
      case 'audit':
        return new AuditView(this)
    }
  }

  /** Open to everybody, so the head tells it before anyone has signed in. */
  async #askReady(): Promise<Round> {
    const outcome = await ask('ready', Readiness, { authorization: undefined })
    this.#dependencies = dependenciesIn(outcome)
    this.#head.dependencies(this.#dependencies)
    this.#sayDependencies()
    if (this.#session.authorization !== undefined && !this.#settings) {
      const settings = await this.read('admin/settings', Settings)
      if (settings.kind === 'answered') this.#set(settings.value)
    }
    return this.round(
      this.#dependencies ? { kind: 'answered', value: 0, correlationId: '' } : outcome,
    )
  }

  async #askState(): Promise<Round> {
    if (this.#view instanceof TrafficView) return { isGood: true }
    const [traffic, events] = await Promise.all([
      this.read('admin/traffic?span=hour', Traffic),
      this.read('admin/events?limit=100', Events),
    ])
    this.noteTraffic(traffic.kind === 'answered' ? traffic.value : undefined)
    this.noteEvents(events.kind === 'answered' ? events.value.events : undefined)
    return this.round(traffic)
  }

  #sayDependencies(): void {
    const states = this.#dependencies
    const said = states
      ? Object.entries(states)
          .filter(([, { state }]) => state === 'down')
          .map(([name]) => `${name} away`)
          .join(', ') || 'Store, keys and upstream are up'
      : 'The gateway does not answer'
    if (this.#saidOfDependencies !== '' && said !== this.#saidOfDependencies) this.announce(said)
    this.#saidOfDependencies = said
  }
}
