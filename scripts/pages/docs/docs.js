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
