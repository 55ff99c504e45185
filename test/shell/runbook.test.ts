import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { defineResource, type Guard, handler, type TaskOptions } from '../../lib/resource/index.ts'
import { file } from '../../lib/resources/index.ts'
import { DRIVER } from '../../lib/runbook/driver.ts'
import { promptFor, secretsFunction } from '../../lib/runbook/secrets.ts'
import { handlerText, stepText } from '../../lib/runbook/step-text.ts'
import { Secret } from '../../lib/secret.ts'
import { quote } from '../../lib/shell/quote.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { sha256, text } from '../../lib/shell/text.ts'
import { HOSTILE } from '../contract/host.ts'
import { ownState } from '../support/own-state.ts'
import { openFolder, SHELLS } from '../support/shells.ts'

// The blocks of a runbook, on every shell: once as the person's own, once as the target's.

describe.each(SHELLS)('$name', ({ command }) => {
  let folder: string
  beforeEach(() => {
    folder = openFolder()
  })
  const at = (name: string) => join(folder, name)

  /** What a person pastes; every "host" is a shell of this machine, but for the one that is `off`. */
  function paste(blocks: string, env: Record<string, string> = {}) {
    const reach = `reach() { [ "$1" != off ] || { cat >/dev/null; return 255; }; ${command}; }`
    const input = [reach, secretsFunction(secrets), DRIVER, blocks].join('\n')
    writeFileSync(at('pasted'), input)
    const { status, stdout, stderr } = spawnSync('sh', ['-c', `exec ${command} "$0"`, at('pasted')], {
      encoding: 'utf8',
      env: { ...ownState(folder), ...env },
      input: '',
    })
    return { status, stdout, stderr }
  }

  const secrets = [new Secret('a key', HOSTILE.join('\n'))]
  const on = (who: string, step: string) => `on ${who} <<'STEP'\n${step}\nSTEP\n`

  /** Wants a word in a file. */
  const word = (name: string, options: TaskOptions & { apply?: string } = {}) =>
    defineResource<string>({
      kind: 'word',
      id: () => name,
      probe: () => sh`word=; [ ! -e ${at(name)} ] || read -r word <${at(name)}; echo "word $word"`,
      expect: () => ({ word: 'wanted' }),
      apply: () => raw(options.apply ?? `echo wanted >${quote(at(name))}`),
    })(name, options)

  const step = (name: string, options: TaskOptions & { apply?: string } = {}) =>
    stepText(word(name, options)).text

  test('changes what differs, and only that', () => {
    const block = on('a', step('f'))
    expect(paste(block)).toEqual({
      status: 0,
      stderr: '',
      stdout: 'a: differs\n  is      word \n  wanted  word wanted\na: changed\n',
    })
    expect(paste(block)).toEqual({ status: 0, stderr: '', stdout: 'a: as wanted\n' })
  })

  test('with only=look it tells and changes nothing', () => {
    writeFileSync(at('f'), 'drifted\n')
    const { status, stdout } = paste(on('a', step('f')), { only: 'look' })
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'a: differs\n  is      word drifted\n  wanted  word wanted\n',
    })
    expect(readFileSync(at('f'), 'utf8')).toBe('drifted\n')
  })

  test.each<[string, TaskOptions & { apply?: string }, number, string]>([
    [
      'skips',
      { when: { otherwise: "it isn't here", test: raw('exit 1') } },
      0,
      "a: skipped: it isn't here\n",
    ],
    [
      'cannot tell',
      { when: { otherwise: 'x', test: raw('exit 75') } },
      4,
      'a: CANNOT TELL yet whether this step is to be done\n',
    ],
    ['fails', { apply: 'false\necho never' }, 2, 'THE CHANGE FAILED with exit code 1\n'],
    ['fails by exit', { apply: 'exit 7' }, 2, 'THE CHANGE FAILED with exit code 7\n'],
    [
      'does not converge',
      { apply: 'true' },
      2,
      'a: CHANGED, BUT STILL NOT AS WANTED\n  is      word \n  wanted  word wanted\n',
    ],
  ])('%s, and the next block is not reached unless all is well', (_, options, status, said) => {
    const block = `${on('a b', step('f', options))}[ $? = 0 ] || exit $?`
    const ran = paste(`${on('a', step('f', options))}exit $?`)
    expect(ran.status).toBe(status)
    expect(ran.stdout).toContain(said)
    expect(paste(block).stdout.includes('b: ')).toBe(status === 0)
  })

  test('is tried again until it holds', () => {
    const count = `echo x >>${quote(at('tries'))}; [ "$(wc -l <${quote(at('tries'))})" -lt 3 ] || echo wanted >${quote(at('f'))}`
    const retry = { retries: 2, delay: 0, until: sh`[ -e ${at('f')} ]` }
    expect(paste(on('a', step('f', { apply: count, retry })))).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/(a: not yet.*\n){2}a: changed\n$/),
    })
    const never = { retries: 1, delay: 0, until: raw('exit 1') }
    expect(paste(`${on('a', step('g', { retry: never }))}exit $?`)).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('STILL NOT AS WANTED'),
    })
  })

  test('cannot tell without its tool', () => {
    const task = { ...word('f'), needs: ['no-such-tool'] }
    expect(paste(`${on('a', stepText(task).text)}exit $?`)).toMatchObject({
      status: 4,
      stdout: 'a: CANNOT TELL: no-such-tool is not installed\n',
    })
  })

  test('a handler is owed from before the change until it has succeeded', () => {
    const restart = handler('re start', sh`[ -e ${at('ready')} ] && echo ran >>${at('log')}`)
    const blocks = on('a', step('f', { notify: restart }))
    const handling = `${on('a', handlerText(restart).text)}exit $?`
    expect(paste(blocks + handling).status).toBe(2)
    writeFileSync(at('ready'), '')
    expect(paste(blocks + handling)).toMatchObject({ status: 0 })
    expect(paste(handling).stdout).toBe('a: as wanted\n')
    expect(readFileSync(at('log'), 'utf8')).toBe('ran\n')
    expect(existsSync(at('state/runsheet/notify'))).toBe(true)
  })

  describe('a guarded step', () => {
    const guard = (more: Partial<Guard> = {}): Guard => ({
      protects: 'the data',
      hosts: ['a', 'b'],
      ask: { state: sh`cat ${at('state-of')}.$me`, 'common state': sh`cat ${at('common')}.$me` },
      refuse: () => [],
      recheck: raw('true'),
      demands: [
        {
          that: "the target's state is good",
          of: 'target',
          asks: ['state'],
          holds: sh`[ "$said_state" = good ]`,
        },
        {
          that: 'the peer is well',
          of: 'peers',
          asks: ['state'],
          holds: sh`case $said_state in good | new) ;; *) false ;; esac`,
        },
        { that: 'all are alike', of: 'all', asks: ['common state'] },
      ],
      ...more,
    })
    const said = (states: Record<string, string>) => {
      for (const [file, state] of Object.entries(states)) writeFileSync(at(file), `${state}\n`)
    }
    const guarded = (who = 'a asking a b', more: Partial<Guard> = {}) =>
      paste(`${on(who, step('f', { guard: guard(more) }))}exit $?`)

    beforeEach(() =>
      said({ 'state-of.a': 'good', 'state-of.b': 'new', 'common.a': 'same', 'common.b': 'same' }),
    )

    test('is done where all agree', () => {
      expect(guarded()).toMatchObject({ status: 0, stdout: expect.stringMatching(/a: changed\n$/) })
    })

    test.each<[string, Record<string, string>, string, Partial<Guard>, RegExp]>([
      ['the target', { 'state-of.a': 'new' }, 'a asking a b', {}, /a: NOT SO: the target's state is good/],
      ['a peer', { 'state-of.b': 'bad' }, 'a asking a b', {}, /b: NOT SO: the peer is well/],
      ['answers that differ', { 'common.b': 'other' }, 'a asking a b', {}, /b gives other answers/],
      ['a host that is off', {}, 'a asking a off', {}, /off does not agree/],
      ['the last look', {}, 'a asking a b', { recheck: raw('exit 1') }, /REFUSED at the last moment/],
      [
        'a guard that only code can judge',
        {},
        'a asking a b',
        { demands: undefined as never },
        /a person has to judge/,
      ],
    ])('is refused by %s', (_, states, who, more, reason) => {
      said(states)
      const { status, stdout, stderr } = guarded(who, more)
      expect(status).toBe(3)
      expect(stdout + stderr).toMatch(reason)
      expect(existsSync(at('f'))).toBe(false)
    })

    test('asks nobody where it is as wanted', () => {
      said({ 'state-of.b': 'bad', f: 'wanted' })
      expect(guarded()).toEqual({ status: 0, stderr: '', stdout: 'a: as wanted\n' })
    })
  })

  test('a secret reaches the host as it is, and is missed where it is not set', () => {
    const [key] = secrets as [Secret]
    const task = { ...word('f'), apply: sh`printf %s ${key} >${at('key')}; echo wanted >${at('f')}` }
    const { text: body } = stepText(task)
    expect(paste(`${on('a', body)}exit $?`)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('set secret_a_key first'),
    })
    expect(paste(`${promptFor(key)}\n${on('a', body)}`, { secret_a_key: key.reveal() }).stdout).toContain(
      'a: changed',
    )
    expect(readFileSync(at('key'), 'utf8')).toBe(key.reveal())
    expect(body).not.toContain(HOSTILE[0])
  })
})

test('a sum over a secret is made on the host, and stands nowhere', () => {
  const key = new Secret('low', 'swordfish')
  const task = file({ path: '/k', content: text`pass ${key}\n` })
  const { text: block, secrets } = stepText(task)
  expect(block).not.toContain(sha256(text`pass ${key}\n`))
  expect(block).toContain(`content '"\${sum%% *}"`)
  expect(secrets).toContain(key)
})
