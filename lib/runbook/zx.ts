/**
 * What `npx zx FILE.md` runs. The blocks themselves say more than `sh` behind their fence, so that zx passes over
 * them: it would take them for templates of JavaScript, each in a shell of its own.
 */
export const ZX = `\
const file = process.argv.find((word) => word.endsWith('.md'))
const found = (await fs.readFile(file, 'utf8')).matchAll(/^### (.*)$|^(\`{3,})sh run\\n([^]*?)\\n\\2$/gm)
const lines = [...found].map(([, heading, , block]) =>
  heading ? \`echo '\\n\${heading.replaceAll(/['\\\\]/g, '')}'\` : \`\${block}\\ncode=$?; [ $code = 0 ] || exit $code\`)
const script = tmpfile('runbook.sh', ["trap 'rm -rf $sockets' EXIT", ...lines].join('\\n'))
process.exitCode = (await $({ stdio: 'inherit', nothrow: true })\`sh \${script}\`).exitCode
await fs.remove(path.dirname(script))`
