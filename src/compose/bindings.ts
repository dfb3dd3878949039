/** What is bound beside the settings. */
export interface Bindings {
  readonly ASSETS?: Fetcher | undefined
  readonly ANALYTICS?: AnalyticsEngineDataset | undefined
  readonly VERSION?: { readonly id: string }
}
