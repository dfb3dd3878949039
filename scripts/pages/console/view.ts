/** What stands below the head of the page, one at a time. */
export interface View {
  /** Of the document, and of the heading. */
  readonly title: string
  readonly element: HTMLElement
  start(): void
  stop(): void
  /** It is not shown again. */
  discard?(): void
}
