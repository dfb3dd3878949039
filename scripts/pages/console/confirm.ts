import type { Outcome } from './asking.ts'
import { element } from './element.ts'
import { notice } from './notice.ts'

export interface Deed {
  readonly title: string
  /** What it will do, and whether it can be undone. */
  readonly text: string
  /** The button that does it. */
  readonly verb: string
}

/** Asks once, then does it and waits: what went wrong is said where it was asked, to be tried again. Undefined: not done. */
export function confirmed<T>(
  { title, text, verb }: Deed,
  act: () => Promise<Outcome<T>>,
): Promise<{ readonly value: T; readonly correlationId: string | undefined } | undefined> {
  const { promise, resolve } = Promise.withResolvers<
    { readonly value: T; readonly correlationId: string | undefined } | undefined
  >()
  const trouble = element('div', { role: 'alert' })
  const yes = element('button', { type: 'button', class: 'first' }, verb)
  const no = element('button', { type: 'button' }, 'Cancel')
  const dialog = element(
    'dialog',
    { 'aria-labelledby': 'deed', 'aria-describedby': 'deed-text' },
    element('h2', { id: 'deed' }, title),
    element('p', { id: 'deed-text' }, text),
    element('p', { class: 'quiet' }, 'The audit trail will have it under your name.'),
    trouble,
    element('div', { class: 'buttons' }, no, yes),
  )
  no.addEventListener('click', () => dialog.close())
  yes.addEventListener('click', async () => {
    yes.disabled = true
    no.disabled = true
    yes.textContent = 'Doing it…'
    trouble.replaceChildren()
    const outcome = await act()
    if (outcome.kind === 'answered') {
      resolve({ value: outcome.value, correlationId: outcome.correlationId })
      return dialog.close()
    }
    yes.disabled = false
    no.disabled = false
    yes.textContent = verb
    trouble.replaceChildren(notice(outcome))
    yes.focus()
  })
  // What has been sent is waited for: nobody should wonder whether it was done.
  dialog.addEventListener('cancel', (event) => {
    if (yes.disabled) event.preventDefault()
  })
  dialog.addEventListener('close', () => {
    resolve(undefined)
    dialog.remove()
  })
  document.body.append(dialog)
  dialog.showModal()
  // Whoever presses Enter without reading has changed nothing.
  no.focus()
  return promise
}
