import { beforeEach, describe, expect, it } from 'vitest'
import { CANNOT_TELL, DOES_NOT_HOLD } from '../../lib/resource/contract.ts'
import { assert, waitFor } from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { HOSTILE, type Host, makeHost, SHELLS, snapshot } from './host.ts'

// What a resource says when it must not go on, in the shells of targets.

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('assert', () => {
    it('holds, whatever the test does to its shell', () => {
      expect(host.probe(assert({ that: 'x', test: sh`cd /; echo noise; exit 0` }))).toBe('holds yes')
    })

    it.each(HOSTILE.map((word) => word.replaceAll('\n', '')))('fails in the words %j', (that) => {
      const before = snapshot(host.root)
      const task = assert({ that, test: sh`false`, otherwise: 'mend it' })
      expect(host.run(task.probe.text)).toEqual({
        code: DOES_NOT_HOLD,
        stdout: '',
        stderr: `does not hold: ${that}; mend it\n`,
      })
      expect(snapshot(host.root)).toEqual(before)
    })

    it('cannot tell where its test cannot', () => {
      const task = assert({ that: 'x', test: sh`echo 'no disk yet' >&2; exit ${CANNOT_TELL}` })
      expect(host.run(task.probe.text)).toEqual({ code: CANNOT_TELL, stdout: '', stderr: 'no disk yet\n' })
    })
  })

  describe('waitFor', () => {
    it('gives up after its time, and says what it waited for', () => {
      const task = waitFor({ path: host.at("it's $(never)"), timeout: 1 })
      const begin = Date.now()
      expect(host.apply(task)).toMatchObject({ code: 1, stderr: expect.stringContaining(`for ${task.id}\n`) })
      expect(Date.now() - begin).toBeGreaterThanOrEqual(1000)
    })

    it('tells a port that is closed', () => {
      host.write(
        'proc/net/tcp',
        '  sl  local_address\n   0: 00000000:0016 00000000:0000 0A\n   1: 0100007F:0050 0100007F:9999 01\n',
      )
      expect(host.probe(waitFor({ port: 22 }))).toBe('met yes')
      expect(host.probe(waitFor({ port: 80 }))).toBe('met no')
      expect(host.probe(waitFor({ port: 80, gone: true }))).toBe('met yes')
      expect(host.probe(waitFor({ port: 1, address: '127.0.0.1' }))).toBe('met no')
    })
  })
})
