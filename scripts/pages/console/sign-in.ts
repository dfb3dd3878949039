import type { Outcome } from './asking.ts'
import { element } from './element.ts'
import { notice } from './notice.ts'
import { tokenFrom } from './session.ts'

/** Why the console asks. */
export type Occasion = 'first' | 'signedOut' | 'idle' | 'refused'

const WORDS: Readonly<Record<Occasion, string>> = {
  first: '',
  signedOut: 'Signed out: the page has forgotten the token.',
  idle: 'Nobody has used the console for 15 minutes, so it has forgotten the token.',
  refused: 'The token is not taken any more. With another one you go on where you were.',
}

/** Takes a token and tries it; it is in the field no longer than until it is sent. */
export class SignIn {
  readonly element: HTMLElement
  readonly #try: (token: string) => Promise<Outcome<unknown>>
  readonly #why = element('p', { class: 'why' })
  readonly #trouble = element('div', { role: 'alert' })
  readonly #field = element('input', {
    type: 'password',
    id: 'token',
    required: true,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': 'token-hint',
  })
  readonly #button = element('button', { type: 'submit', class: 'first' }, 'Sign in')

  constructor(attempt: (token: string) => Promise<Outcome<unknown>>) {
    this.#try = attempt
    const form = element(
      'form',
      {},
      element('label', { for: 'token' }, 'Access token of an administrator'),
      this.#field,
      element(
        'p',
        { class: 'quiet', id: 'token-hint' },
        'It stays in this page’s memory: it is gone with a reload, with “Sign out”, and after 15 minutes without use.',
      ),
      this.#button,
      this.#trouble,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#submit()
    })
    this.element = element(
      'section',
      { class: 'sign-in', 'aria-labelledby': 'sign-in' },
      element('h2', { id: 'sign-in' }, 'Sign in'),
      this.#why,
      form,
    )
  }

  open(occasion: Occasion, trouble?: HTMLElement): void {
    this.#why.textContent = WORDS[occasion]
    this.#why.hidden = WORDS[occasion] === ''
    this.#trouble.replaceChildren(...(trouble ? [trouble] : []))
    this.element.hidden = false
    this.#field.focus()
  }

  close(): void {
    this.element.hidden = true
    this.#trouble.replaceChildren()
  }

  async #submit(): Promise<void> {
    const token = tokenFrom(this.#field.value)
    this.#field.value = ''
    if (token === undefined) {
      return this.#refuse(
        element(
          'div',
          { class: 'notice bad' },
          element('strong', {}, 'That is not a token'),
          element('p', {}, 'It is three parts of letters and digits with dots between them.'),
        ),
      )
    }
    this.#button.disabled = true
    this.#button.textContent = 'Trying it…'
    const outcome = await this.#try(token)
    this.#button.disabled = false
    this.#button.textContent = 'Sign in'
    if (outcome.kind !== 'answered') this.#refuse(notice(outcome))
  }

  #refuse(trouble: HTMLElement): void {
    this.#trouble.replaceChildren(trouble)
    this.#field.focus()
  }
}
