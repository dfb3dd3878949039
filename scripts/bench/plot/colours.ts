interface Colour {
  readonly light: string
  readonly dark: string
}

/** The three targets are the blue, the orange and the purple that colour-blind readers tell apart (Okabe and Ito). */
export const COLOURS = {
  paper: { light: '#ffffff', dark: '#0d1117' },
  ink: { light: '#1f2328', dark: '#f0f6fc' },
  faint: { light: '#57606a', dark: '#9ea7b1' },
  line: { light: '#d8dee4', dark: '#30363d' },
  gateway: { light: '#0072b2', dark: '#56b4e9' },
  stock: { light: '#d55e00', dark: '#e69f00' },
  previous: { light: '#a8437f', dark: '#cc79a7' },
} as const satisfies Record<string, Colour>

/** The light colours stand in the drawing itself, for whoever reads no style. */
export const NIGHT = `@media (prefers-color-scheme: dark) {
${Object.values(COLOURS)
  .flatMap(({ light, dark }) =>
    ['fill', 'stroke'].map((part) => `  [${part}="${light}"] { ${part}: ${dark} }`),
  )
  .join('\n')}
}`
