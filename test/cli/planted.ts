import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Values that are awkward to hide: quotes, markup, what a shell expands, and several lines. */
export const PLANTED: Readonly<Record<string, string>> = {
  from_file: `it's <b>"hunter2"</b> & $HOME \\n ünïcode`,
  from_env: 'correct-horse-battery-staple',
  from_command: '-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7d\n  indented+line/of=it\n-----END KEY-----',
  from_age: 'Tr0ub4dor&3+Tr0ub4dor/3',
  from_armor: 'p@ss"word\'with`ticks`',
}

/** How a careless program may write a value; each line of it counts by itself. */
export function spellings(value: string): string[] {
  const pieces = [value, ...value.split('\n').map((line) => line.trim())]
  const html = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const all = pieces.flatMap((piece) => [
    piece,
    JSON.stringify(piece).slice(1, -1),
    html(piece),
    html(piece).replaceAll('"', '&quot;'),
    html(piece).replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    piece.replaceAll("'", `'\\''`),
    encodeURIComponent(piece),
    Buffer.from(piece).toString('base64'),
    // In the middle of more, as in a header of HTTP.
    Buffer.from(`user:${piece}`).toString('base64').slice(8, -4),
  ])
  return [...new Set(all)].filter((spelling) => spelling.length >= 6)
}

/** A folder inside the project with an inventory whose secrets are the planted ones, and a playbook that leaks. */
export interface Field {
  folder: string
  /** Runs the playbook; `mode` is what it does wrong. */
  run: (mode: string, ...args: string[]) => { status: number | null; said: string }
  /** The content of every file below the folder that a run has written, but for the target's own. */
  written: () => string
}

/** The playbook must find the engine by the package's own name: `parent` lies in the project. */
export function plant(parent: string): Field {
  const folder = resolve(mkdtempSync(join(parent, 'planted-')))
  const at = (name: string) => join(folder, name)
  for (const name of ['in', 'bin', 'out', 'target']) mkdirSync(at(name))
  // What a run notes on its target goes into this folder, also where root runs it: the shell asks this `id`.
  writeFileSync(at('bin/id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 })
  const env = {
    ...process.env,
    PATH: `${at('bin')}:${process.env.PATH}`,
    XDG_STATE_HOME: at('out/state'),
    PLANTED: PLANTED.from_env,
    RUNSHEET_AGE_IDENTITY: at('in/identity'),
  }
  writeInputs(at)
  const run = (mode: string, ...args: string[]) => {
    const argv = [
      'zx',
      at('in/leak.mjs'),
      '-i',
      at('in/hosts.yml'),
      '-e',
      `mode=${mode} target=${at('target')}`,
    ]
    const { status, stdout, stderr } = spawnSync('npx', [...argv, ...args], { encoding: 'utf8', env })
    return { status, said: `${stdout}\n${stderr}` }
  }
  return {
    folder,
    run,
    written: () =>
      filesBelow(at('out'))
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n'),
  }
}

function writeInputs(at: (name: string) => string): void {
  execFileSync('age-keygen', ['-o', at('in/identity')], { stdio: 'ignore' })
  const recipient = execFileSync('age-keygen', ['-y', at('in/identity')], { encoding: 'utf8' }).trim()
  const encrypt = (value: string, ...args: string[]) =>
    execFileSync('age', [...args, '-r', recipient], { input: value })
  writeFileSync(at('in/file'), `${PLANTED.from_file}\n`)
  writeFileSync(at('in/key'), `${PLANTED.from_command}\n`)
  writeFileSync(at('in/secret.age'), encrypt(PLANTED.from_age ?? ''))
  const armor = encrypt(PLANTED.from_armor ?? '', '-a')
    .toString()
    .trim()
  writeFileSync(
    at('in/hosts.yml'),
    `all:
  hosts: { here: { ansible_connection: local } }
  vars:
    from_file: !secret { file: file }
    from_env: !secret { env: PLANTED }
    from_command: !secret { command: cat key }
    from_age: !secret { age: secret.age }
    from_armor: !age |
${armor.replaceAll(/^/gm, '      ')}
`,
  )
  writeFileSync(at('in/leak.mjs'), PLAYBOOK)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
}

/** Everything that its author should not have done. */
const PLAYBOOK = `\
import { defineResource, definePlaybook, play, run, Secret, sh, text, z } from 'runsheet'
import { file } from 'runsheet/resources'

const secret = z.instanceof(Secret)
const vars = z.strictObject({
  mode: z.string(), target: z.string(),
  from_file: secret, from_env: secret, from_command: secret, from_age: secret, from_armor: secret,
}).check(({ value, issues }) => {
  if (value.mode === 'invalid') issues.push({ code: 'custom', input: value, path: ['mode'], message: open(value) })
})

const all = (vars) => ['from_file', 'from_env', 'from_command', 'from_age', 'from_armor'].map((name) => vars[name])
const open = (vars) => all(vars).map((one) => one.reveal()).join(' | ')

const careless = defineResource({
  kind: 'careless',
  id: ({ path }) => path,
  probe: ({ path }) => sh\`printf 'content '; cat \${path} 2>/dev/null || :\`,
  expect: ({ content }) => ({ content }),
  apply: ({ path, content }) => sh\`printf %s \${content} >\${path}\`,
  text: ({ path, content }) => ({ current: sh\`cat \${path} 2>/dev/null || :\`, desired: text\`\${content}\` }),
})

const noisy = defineResource({
  kind: 'noisy',
  id: () => 'noisy',
  probe: () => sh\`echo state no\`,
  expect: () => ({ state: 'yes' }),
  apply: ({ vars }) => sh\`
    for value in \${all(vars)}; do
      echo "told: $value"; echo "error: $value" >&2; printf %s "user:$value" | base64 -w 0 >&2; echo >&2
      printf '%s\\\\n' "$value" | sed 's/^/    /' >&2
    done
    exit 3\`,
})

await run(definePlaybook({
  name: 'leak',
  description: 'Leaks wherever it can.',
  hosts: 'all',
  vars,
  facts: ({ vars }) => ({ open: sh\`printf '%s\\\\n' \${all(vars)}\` }),
  preflight: ([{ vars, facts }]) => (vars.mode === 'refuse' ? [facts.open.stdout] : []),
  foreword: ([{ vars, facts }]) => [open(vars), ...facts.open.stdout.split('\\\\n')],
  conclusion: ([{ vars, facts }]) => [open(vars), ...facts.open.stdout.split('\\\\n')],
  plays: (hosts) => {
    if (hosts[0].vars.mode === 'throw') throw new Error(open(hosts[0].vars))
    return [play('play ' + open(hosts[0].vars), hosts, ({ vars }) => [
      file({ path: vars.target + '/right', content: text\`\${all(vars)[0]}\\n\${all(vars)[2]}\\n\` }, { name: open(vars) }),
      careless({ path: vars.target + '/wrong', content: open(vars) }, { tags: [open(vars)] }),
      ...(vars.mode === 'fail' ? [noisy({ vars })] : []),
    ])]
  },
}))
`
