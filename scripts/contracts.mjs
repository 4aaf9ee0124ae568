// Runs the generator with its TypeScript imports bundled, so that it works on every supported Node.
import { runTypeScript } from './run-typescript.mjs'

await runTypeScript('scripts/contracts.ts')
