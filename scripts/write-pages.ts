import { takeNoOptions } from './no-options.ts'
import { writePages } from './pages/write.ts'

takeNoOptions(
  'pages',
  `Usage: npm run pages

Writes the gateway's own pages into dist/assets of the working directory. wrangler does it before each build.`,
)

await writePages('dist/assets')
