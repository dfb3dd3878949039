// The viewer's style sheet has a dark side, which hangs on a class and not on what the reader prefers.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

globalThis.SwaggerUIBundle({
  url: '/_gateway/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  filter: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  // Its badge would send the document's address to a foreign host.
  validatorUrl: null,
  queryConfigEnabled: false,
})
