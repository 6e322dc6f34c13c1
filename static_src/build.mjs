// Compiles static_src/ into static_built/: two style sheets, the house's scripts, the mark, and the one module of
// GOV.UK Frontend that the script loads when a page shows an error summary.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sass from 'sass'

const source = dirname(fileURLToPath(import.meta.url))
const root = dirname(source)
const target = join(root, 'static_built')
const modules = join(root, 'node_modules')

mkdirSync(join(target, 'govuk'), { recursive: true })

for (const sheet of ['house', 'admin-brand']) {
  const { css } = sass.compile(join(source, `${sheet}.scss`), {
    loadPaths: [modules],
    quietDeps: true,
    style: 'compressed',
  })
  writeFileSync(join(target, `${sheet}.css`), css)
  console.log(`${sheet}.css ${css.length} bytes`)
}

for (const file of ['house.js', 'autosave.js', 'marking.js', 'passkeys.js', 'progress.js', 'mark.svg']) copyFileSync(join(source, file), join(target, file))

// Its source map is not shipped, so the comment that names it goes too: Django's manifest storage would look for it.
const bundle = join(modules, 'govuk-frontend/dist/govuk/components/error-summary/error-summary.bundle.mjs')
const code = readFileSync(bundle, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n')
writeFileSync(join(target, 'govuk', 'error-summary.js'), code)
