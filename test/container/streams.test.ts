import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { block, defineResource, handler } from '../../lib/resource/index.ts'
import { command, copy, fetch, file, reboot } from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { runTasks } from '../contract/engine.ts'
import { HOSTILE } from '../contract/host.ts'
import { startLink } from '../support/proxy.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// What travels beside the shell, over a real sshd.

let sshd: Sshd
let folder: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-streams-'))
  mkdirSync(at('host'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** More than any buffer on the way holds. */
const BIG = 12 * 1024 * 1024 + 7

function writeBig(name: string): string {
  writeFileSync(at(name), randomBytes(BIG))
  return at(name)
}

const run = (tasks: Parameters<typeof runTasks>[1], check = false) =>
  runTasks(sshd.connection(), tasks, check)
const outcomes = ({ tasks }: Awaited<ReturnType<typeof run>>) => tasks.map(({ outcome }) => outcome)
const sum = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('copy', () => {
  const want = () => copy({ from: at('big'), path: at('host/big'), mode: '0640' })

  test('streams a file to its place, and sends nothing a second time', async () => {
    writeBig('big')
    expect(outcomes(await run([want()], true))).toEqual(['would-change'])
    expect(readdirSync(at('host'))).toEqual([])
    expect(outcomes(await run([want()]))).toEqual(['changed'])
    expect(sum(at('host/big'))).toBe(sum(at('big')))
    expect(statSync(at('host/big')).mode & 0o7777).toBe(0o640)
    expect(readdirSync(at('host'))).toEqual(['big'])
    const again = await run([want()])
    expect(outcomes(again)).toEqual(['ok'])
    expect(again.recap.trips).toBe(3)
  })

  test('goes on where a connection was cut, and never shows half a file', async () => {
    writeBig('big')
    const link = await startLink(sshd.port, 40)
    const first = runTasks(sshd.connection({ port: link.port, ...known(link.port) }), [want()])
    await vi.waitFor(() => expect(partSize()).toBeGreaterThan(2 * 1024 * 1024), { timeout: 30_000 })
    link.cut()
    const lost = await first
    await link.stop()
    expect(lost.exitCode).toBe(4)
    expect(outcomes(lost)).toEqual(['unknown'])
    expect(lost.errors[0]?.details.hint).toMatch(/only the rest is sent/)
    expect(existsSync(at('host/big'))).toBe(false)
    await vi.waitFor(async () => expect(await settled()).toBe(true), { timeout: 30_000 })
    const arrived = partSize()
    expect(arrived).toBeLessThan(BIG)
    const sent = await countSent(want)
    expect(sum(at('host/big'))).toBe(sum(at('big')))
    expect(sent).toBeGreaterThan(BIG - arrived)
    expect(sent).toBeLessThan(BIG - arrived + 1024 * 1024)
    expect(readdirSync(at('host'))).toEqual(['big'])
  })

  test('throws away what has arrived wrong, says so, and sends all of it the next time', async () => {
    writeBig('big')
    const { errand } = want()
    if (errand?.kind !== 'upload') throw new Error('a copy is an upload')
    const stage = /mkdir (\S+)/.exec(errand.receive.text)?.[1] ?? ''
    mkdirSync(stage, { mode: 0o700 })
    writeFileSync(join(stage, 'part'), 'not the beginning of it')
    const wrong = await run([want()])
    expect(outcomes(wrong)).toEqual(['failed'])
    expect(wrong.errors[0]?.details.remote?.stderr).toMatch(/not what was to be sent/)
    expect(existsSync(at('host/big'))).toBe(false)
    expect(outcomes(await run([want()]))).toEqual(['changed'])
    expect(sum(at('host/big'))).toBe(sum(at('big')))
  })

  test('sends nothing where only the mode differs', async () => {
    writeBig('big')
    await run([want()])
    chmodSync(at('host/big'), 0o777)
    expect(await countSent(want)).toBeLessThan(1024 * 1024)
    expect(statSync(at('host/big')).mode & 0o7777).toBe(0o640)
  })

  test('fails as what it is where the host cannot take it', async () => {
    writeFileSync(at('big'), 'small')
    symlinkSync(at('elsewhere'), at('host/big'))
    const ran = await run([want(), file({ path: at('host/after'), content: '' })])
    expect(ran.exitCode).toBe(2)
    expect(outcomes(ran)).toEqual(['failed', 'skipped'])
    expect(ran.errors[0]?.code).toBe('E_TRANSFER_FAILED')
    expect(ran.errors[0]?.details.remote?.stderr).toMatch(/is a symbolic link/)
  })

  test('refuses a staging place of somebody else', async () => {
    writeFileSync(at('big'), 'small')
    const { errand } = want()
    const stage = errand?.kind === 'upload' ? /mkdir (\S+)/.exec(errand.receive.text)?.[1] : undefined
    mkdirSync(at('trap'))
    symlinkSync(at('trap'), stage ?? '')
    const ran = await run([want()])
    expect(ran.errors[0]?.details.remote?.stderr).toMatch(/is not ours/)
    expect(readdirSync(at('trap'))).toEqual([])
  })

  test('comes after what stands before it, and notifies', async () => {
    process.env.XDG_STATE_HOME = at('state')
    writeFileSync(at('big'), 'small')
    const restart = handler('restart', sh`echo restarted >> ${at('handled')}`)
    const made = command({
      name: 'make',
      run: sh`mkdir ${at('host/in')}`,
      unless: sh`[ -d ${at('host/in')} ]`,
    })
    const tasks = [made, copy({ from: at('big'), path: at('host/in/big') }, { notify: restart })]
    expect(outcomes(await run(tasks))).toEqual(['changed', 'changed'])
    expect(readFileSync(at('handled'), 'utf8')).toBe('restarted\n')
    expect(outcomes(await run(tasks))).toEqual(['ok', 'ok'])
    expect(readFileSync(at('handled'), 'utf8')).toBe('restarted\n')
  })

  test('stands in a block, whose rescue follows its failure', async () => {
    writeFileSync(at('big'), 'small')
    const note = file({ path: at('host/rescued'), content: 'x' })
    const broken = copy({ from: at('big'), path: at('host/absent/big') })
    const tasks = block('release', { tasks: [broken, want()], rescue: [note] })
    const ran = await run(tasks)
    expect(outcomes(ran)).toEqual(['failed', 'skipped', 'changed'])
    expect(existsSync(at('host/big'))).toBe(false)
    expect(ran.exitCode).toBe(0)
  })

  test('takes hostile names', async () => {
    writeFileSync(at('big'), 'small')
    const tasks = HOSTILE.filter((name) => !name.includes('/')).map((name) =>
      copy({ from: at('big'), path: join(at('host'), name) }),
    )
    expect(outcomes(await run(tasks))).toEqual(tasks.map(() => 'changed'))
    expect(readdirSync(at('host')).sort()).toEqual(HOSTILE.map((name) => name).sort())
  })

  function partSize(): number {
    const [stage] = readdirSync(at('host')).filter((name) => name.startsWith('.runsheet.'))
    const part = join(at('host'), stage ?? 'none', 'part')
    return existsSync(part) ? statSync(part).size : 0
  }

  /** Whether the host has written all that has come to it. */
  async function settled(): Promise<boolean> {
    const before = partSize()
    await new Promise((resolve) => setTimeout(resolve, 500))
    return partSize() === before
  }

  async function countSent(task: typeof want): Promise<number> {
    const link = await startLink(sshd.port)
    const ran = await runTasks(sshd.connection({ port: link.port, ...known(link.port) }), [task()])
    expect(outcomes(ran)).toEqual(['changed'])
    await link.stop()
    return link.sent()
  }
})

const known = (port: number) => ({
  knownHostsFiles: [sshd.knownHosts(`[127.0.0.1]:${port} ${sshd.hostKeys.ed25519}`)],
})

describe('fetch', () => {
  const want = (name = 'big') => fetch({ from: join(at('host'), name), to: at(`fetched/${name}`) })

  test('brings a file, and brings nothing a second time', async () => {
    writeBig('host/big')
    expect(outcomes(await run([want()], true))).toEqual(['would-change'])
    expect(existsSync(at('fetched'))).toBe(false)
    expect(outcomes(await run([want()]))).toEqual(['changed'])
    expect(sum(at('fetched/big'))).toBe(sum(at('host/big')))
    expect(statSync(at('fetched/big')).mode & 0o777).toBe(0o600)
    expect(readdirSync(at('fetched'))).toEqual(['big'])
    const again = await run([want()])
    expect(outcomes(again)).toEqual(['ok'])
    expect(again.recap.trips).toBe(3)
  })

  test('brings an empty file, and what has changed', async () => {
    writeFileSync(at('host/big'), '')
    expect(outcomes(await run([want()]))).toEqual(['changed'])
    expect(readFileSync(at('fetched/big'), 'utf8')).toBe('')
    writeFileSync(at('host/big'), 'x\n')
    expect(outcomes(await run([want()]))).toEqual(['changed'])
    expect(readFileSync(at('fetched/big'), 'utf8')).toBe('x\n')
  })

  test('says so where there is no file', async () => {
    const ran = await run([want()])
    expect(outcomes(ran)).toEqual(['failed'])
    expect(ran.errors[0]?.message).toMatch(/there is no file/)
    expect(outcomes(await run([want()], true))).toEqual(['unknown'])
  })

  test('leaves the old file when the connection is cut', async () => {
    writeBig('host/big')
    mkdirSync(at('fetched'))
    writeFileSync(at('fetched/big'), 'old')
    const link = await startLink(sshd.port, 40)
    const first = runTasks(sshd.connection({ port: link.port, ...known(link.port) }), [want()])
    await vi.waitFor(() => expect(readdirSync(at('fetched')).length).toBe(2), { timeout: 30_000 })
    link.cut()
    const lost = await first
    await link.stop()
    expect(lost.exitCode).toBe(4)
    expect(outcomes(lost)).toEqual(['unknown'])
    expect(readdirSync(at('fetched'))).toEqual(['big'])
    expect(readFileSync(at('fetched/big'), 'utf8')).toBe('old')
  })

  test('tells that the controller cannot write', async () => {
    writeBig('host/big')
    // A name that leaves no room for that of the file in the making.
    const ran = await run([fetch({ from: at('host/big'), to: at('n'.repeat(250)) })])
    expect(ran.errors[0]).toMatchObject({ code: 'E_TRANSFER_FAILED' })
    expect(ran.errors[0]?.message).toMatch(/ENAMETOOLONG/)
    expect(ran.exitCode).toBe(2)
  })

  test('takes hostile names', async () => {
    for (const name of HOSTILE) writeFileSync(join(at('host'), name), name)
    const tasks = HOSTILE.map(want)
    expect(outcomes(await run(tasks))).toEqual(tasks.map(() => 'changed'))
    for (const name of HOSTILE) expect(readFileSync(join(at('fetched'), name), 'utf8')).toBe(name)
  })
})

describe('a restart', () => {
  test('of the machine from which the run is made is refused', async () => {
    const ran = await run([reboot({ why: 'a test', needed: sh`true` })])
    expect(ran.exitCode).toBe(3)
    expect(ran.errors[0]?.message).toMatch(/machine from which this run is made/)
  })

  /** A host whose boot is a file: the shell that ends and the login that follows are real. */
  const restarting = (apply: ReturnType<typeof sh>, within = 20) =>
    defineResource<null>({
      kind: 'restarting',
      id: () => 'host',
      probe: () =>
        sh`read -r boot < ${at('boot')}; [ "$boot" = second ] && echo 'needed no' || echo 'needed yes'`,
      expect: () => ({ needed: false }),
      apply: () => apply,
      errand: () => ({ kind: 'restart', boot: sh`cat ${at('boot')}`, within }),
    })(null)
  const behind = () => file({ path: at('host/after'), content: 'x' })

  test('is followed by the rest of the play, on another login', async () => {
    writeFileSync(at('boot'), 'first\n')
    const ran = await run([restarting(sh`(sleep 1; echo second > ${at('boot')}) & kill -KILL $$`), behind()])
    expect(ran.errors).toEqual([])
    expect(outcomes(ran)).toEqual(['changed', 'changed'])
    expect(existsSync(at('host/after'))).toBe(true)
  })

  test('that does not come to pass is unknown, and nothing follows', async () => {
    writeFileSync(at('boot'), 'first\n')
    const ran = await run([restarting(sh`kill -KILL $$`, 5), behind()])
    expect(ran.exitCode).toBe(4)
    expect(outcomes(ran)).toEqual(['unknown', 'skipped'])
    expect(ran.errors[0]?.message).toMatch(
      /not back \d+ s after its restart: it answers, but it has not restarted/,
    )
  })

  test('that changes nothing about what asked for it is a failure', async () => {
    writeFileSync(at('boot'), 'first\n')
    const ran = await run([restarting(sh`echo third > ${at('boot')}; kill -KILL $$`)])
    expect(ran.errors[0]?.code).toBe('E_NOT_CONVERGED')
    expect(outcomes(ran)).toEqual(['failed'])
  })

  test('whose command fails tells so with both streams', async () => {
    writeFileSync(at('boot'), 'first\n')
    const ran = await run([restarting(sh`echo no >&2; exit 3`)])
    expect(ran.errors[0]).toMatchObject({
      code: 'E_APPLY_FAILED',
      details: { remote: { exitCode: 3, stderr: 'no\n' } },
    })
  })
})
