import type { Settings, SubjectRecord } from './answers.ts'
import type { Deed } from './confirm.ts'
import { element } from './element.ts'
import { duration, number } from './numbers.ts'
import { moment } from './times.ts'
import { limitWords } from './words.ts'

type Act = (deed: Deed, change: unknown) => void

const LENGTHS = [600, 3_600, 86_400, 7 * 86_400, 30 * 86_400] as const

/** What can be done to a subject; each is asked about once more. */
export function actionForms(
  record: SubjectRecord,
  settings: Settings | undefined,
  act: Act,
): HTMLElement[] {
  const isUser = record.subject.startsWith('user:')
  return [
    blockForm(record, act),
    limitForm(record, settings, act),
    exemptForm(record, act),
    resetForm(record, act),
    ...(isUser ? [revokeAllForm(record, act), revokeOneForm(record, act)] : []),
  ]
}

function blockForm({ subject, blockedUntil }: SubjectRecord, act: Act): HTMLElement {
  const seconds = lengthField()
  const deed = () => ({
    title: `Block ${subject}?`,
    text: `All its requests are refused for ${duration(Number(seconds.value))}, and its WebSockets are closed within 30 seconds. It can be let in again at any time.`,
    verb: 'Block',
  })
  const pardon = {
    title: `Let ${subject} in again?`,
    text: 'The block ends now.',
    verb: 'Let in',
  }
  return form('Block', [
    element('label', {}, 'For', seconds),
    button('Block…', () => act(deed(), { blockSeconds: Number(seconds.value) })),
    ...(blockedUntil === null
      ? []
      : [
          element('p', {}, `Blocked until ${moment(blockedUntil)}.`),
          button('Let in…', () => act(pardon, { blockedUntil: null })),
        ]),
  ])
}

function exemptForm({ subject, exemptUntil }: SubjectRecord, act: Act): HTMLElement {
  const seconds = lengthField()
  const deed = () => ({
    title: `Exempt ${subject}?`,
    text: `For ${duration(Number(seconds.value))} its requests are counted, and its general limits refuse none of them.`,
    verb: 'Exempt',
  })
  const end = {
    title: `End the exemption of ${subject}?`,
    text: 'Its limits refuse again what is over them.',
    verb: 'End it',
  }
  return form('Exempt', [
    element('label', {}, 'For', seconds),
    button('Exempt…', () => act(deed(), { exemptSeconds: Number(seconds.value) })),
    ...(exemptUntil === null
      ? []
      : [
          element('p', {}, `Exempt until ${moment(exemptUntil)}.`),
          button('End exemption…', () => act(end, { exemptUntil: null })),
        ]),
  ])
}

function limitForm(
  { subject, limits, windows }: SubjectRecord,
  settings: Settings | undefined,
  act: Act,
): HTMLElement {
  const kind = subject.slice(0, subject.indexOf(':'))
  const known = settings?.limits.filter(({ of }) => of === kind || of === 'caller') ?? []
  const ids = new Set([...known.map(({ window }) => window), ...windows.map(({ id }) => id)])
  const window = element(
    'select',
    {},
    ...[...ids].map((id) => element('option', { value: id }, limitWords(id))),
  )
  const most = element('input', {
    type: 'number',
    min: '1',
    max: '1000000000',
    step: '1',
    required: true,
    inputmode: 'numeric',
  })
  const set = () =>
    act(
      {
        title: `Change a limit of ${subject}?`,
        text: `At most ${number(Number(most.value))} requests ${limitWords(window.value)}, instead of what its tier has, until it is taken back.`,
        verb: 'Set limit',
      },
      { limits: { [window.value]: Number(most.value) } },
    )
  const made = form('Limit', [
    element('label', {}, 'Window', window),
    element('label', {}, 'At most', most),
    element('button', { type: 'submit' }, 'Set limit…'),
    ...Object.entries(limits).flatMap(([id, limit]) => [
      element('p', {}, `Its own: ${number(limit)} ${limitWords(id)}.`),
      button(`Take back ${limitWords(id)}…`, () =>
        act(
          {
            title: `Take back the limit ${limitWords(id)} of ${subject}?`,
            text: 'What its tier has applies again.',
            verb: 'Take back',
          },
          { limits: { [id]: null } },
        ),
      ),
    ]),
  ])
  made.addEventListener('submit', set)
  return made
}

function resetForm({ subject, windows }: SubjectRecord, act: Act): HTMLElement {
  const deed = {
    title: `Reset the counts of ${subject}?`,
    text: 'All its windows start anew with its next request. What was counted is forgotten for good.',
    verb: 'Reset',
  }
  return form('Counts', [
    element('p', {}, `${windows.length} window${windows.length === 1 ? '' : 's'} counted.`),
    button('Reset counts…', () => act(deed, { reset: true })),
  ])
}

function revokeAllForm({ subject, notBefore }: SubjectRecord, act: Act): HTMLElement {
  const deed = {
    title: `Revoke all tokens of ${subject}?`,
    text: 'Every token that it was issued until now is refused, and its WebSockets are closed within 30 seconds. The user logs in again.',
    verb: 'Revoke all',
  }
  const pardon = {
    title: `Pardon the tokens of ${subject}?`,
    text: 'Its tokens that were revoked all together are good again; those revoked one by one stay revoked.',
    verb: 'Pardon',
  }
  return form('All tokens', [
    button('Revoke all…', () => act(deed, { notBefore: 'now' })),
    ...(notBefore === null
      ? []
      : [
          element('p', {}, `Those issued before ${moment(notBefore)} are revoked.`),
          button('Pardon…', () => act(pardon, { notBefore: null })),
        ]),
  ])
}

function revokeOneForm({ subject, revokedTokens }: SubjectRecord, act: Act): HTMLElement {
  const claim = element(
    'select',
    {},
    ...['jti', 'sid'].map((name) => element('option', { value: name }, name)),
  )
  const id = element('input', {
    type: 'text',
    required: true,
    maxlength: '256',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const exp = element('input', {
    type: 'number',
    min: '1',
    step: '1',
    required: true,
    inputmode: 'numeric',
  })
  const made = form('One token', [
    element('label', {}, 'By its', claim),
    element('label', {}, 'Value', id),
    element('label', {}, 'Its exp, Unix seconds', exp),
    element('button', { type: 'submit' }, 'Revoke…'),
    ...(revokedTokens.length === 0
      ? []
      : [
          element(
            'ul',
            { class: 'states' },
            ...revokedTokens.map((token) =>
              element('li', {}, element('code', {}, token.id), ` until ${moment(token.expiresAt)}`),
            ),
          ),
        ]),
  ])
  made.addEventListener('submit', () =>
    act(
      {
        title: `Revoke one token of ${subject}?`,
        text: `The token${claim.value === 'sid' ? 's of the session' : ''} with ${claim.value} ${id.value} ${claim.value === 'sid' ? 'are' : 'is'} refused until ${claim.value === 'sid' ? 'they end' : 'it ends'}. There is no taking it back.`,
        verb: 'Revoke',
      },
      { revokeToken: { [claim.value]: id.value, exp: Number(exp.value) } },
    ),
  )
  return made
}

function form(title: string, parts: readonly HTMLElement[]): HTMLFormElement {
  const made = element(
    'form',
    { class: 'panel' },
    element('fieldset', {}, element('legend', {}, title), ...parts),
  )
  made.addEventListener('submit', (event) => event.preventDefault())
  return made
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, text)
  made.addEventListener('click', press)
  return made
}

function lengthField(): HTMLSelectElement {
  return element(
    'select',
    {},
    ...LENGTHS.map((seconds) =>
      element('option', { value: `${seconds}`, selected: seconds === 3_600 }, duration(seconds)),
    ),
  )
}
