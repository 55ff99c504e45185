import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import { scheduleProblems } from '../../../lib/resources/cron-schedule.ts'
import { assert, cron, timezone, waitFor } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'

const job = { name: 'a job', schedule: '@daily', command: 'true' }

describe('the schedule of cron', () => {
  it.each([
    '* * * * *',
    '*/5 0-6/2,22 1,15 jan-MAR mon,7',
    '59\t23  31 12 0',
    '@reboot',
  ])('%s is one', (schedule) => {
    expect(scheduleProblems(schedule)).toEqual([])
  })

  it.each([
    ['* * * *', /five fields/],
    ['@fortnightly', /five fields/],
    ['60 * * * *', /no minute: 60/],
    ['* 24 * * *', /no hour: 24/],
    ['* * 0 * *', /no day of the month: 0/],
    ['* * * 13 *', /no month: 13/],
    ['* * * * 8', /no day of the week: 8/],
    ['*/0 * * * *', /no minute/],
    ['5-1 * * * *', /no minute: 5-1/],
    ['1-2-3 * * * *', /no minute/],
    ['1, * * * *', /no minute/],
    ['* * * monday *', /no month: monday/],
    ['x 99 * * *', /no minute: x.*no hour: 99/s],
  ])('%s is none', (schedule, problem) => {
    expect(scheduleProblems(schedule).join('\n')).toMatch(problem)
  })
})

describe('what is expected', () => {
  it.each<[string, Task, string]>([
    ['an entry of a crontab', cron({ ...job, user: 'u' }), 'entry @daily true'],
    [
      'a file of entries',
      cron({ ...job, file: 'f', user: 'u', env: { MAILTO: '', A: ' $b ' } }),
      'mode 0644\nowner 0\nentry # runsheet: a job\nMAILTO=""\nA=" $b "\n@daily u true',
    ],
    ['no entry', cron({ ...job, absent: true }), 'entry absent'],
    ['a zone', timezone({ zone: 'Etc/GMT+1' }), 'zone Etc/GMT+1\nnamed Etc/GMT+1'],
    ['a condition', assert({ that: 'x', test: sh`:` }), 'holds yes'],
    ['a wait', waitFor({ port: 80 }), 'met yes'],
  ])('%s', (_, task, expected) => {
    expect(task.problems).toEqual([])
    expect(canonical(task.expect)).toBe(expected)
  })

  it.each<[Task, string]>([
    [cron(job), 'root: a job'],
    [cron({ ...job, file: 'f' }), '/etc/cron.d/f'],
    [waitFor({ port: 80 }), 'port 80'],
    [waitFor({ port: 80, address: 'db' }), 'db port 80'],
    [waitFor({ path: '/run/x', gone: true }), '/run/x, gone'],
    [waitFor({ command: sh`:`, name: 'the pair' }), 'the pair'],
  ])('%#: and is called $1', (task, id) => {
    expect(task.id).toBe(id)
  })
})

describe('what is wrong with a wish', () => {
  it.each<[Task, RegExp]>([
    [cron({ ...job, schedule: 'daily' }), /five fields/],
    [cron({ ...job, name: 'a\nb' }), /one line/],
    [cron({ ...job, command: 'a\nb' }), /one line/],
    [cron({ ...job, command: ' a' }), /begins with no blank/],
    [cron({ ...job, user: 'a b' }), /no user/],
    [cron({ ...job, file: 'a.b' }), /cron passes over/],
    [cron({ ...job, file: '../x' }), /cron passes over/],
    [cron({ ...job, env: { A: 'b' } }), /takes a file of its own/],
    [cron({ ...job, file: 'f', env: { 'A B': 'c' } }), /no variable for cron: A B/],
    [cron({ ...job, file: 'f', env: { A: 'c"' } }), /no variable for cron: A/],
    [timezone({ zone: '../../etc/passwd' }), /no time zone/],
    [timezone({ zone: '' }), /no time zone/],
    [assert({ that: 'a\nb', test: sh`:` }), /one line/],
    [waitFor({}), /one of a port, a path and a command/],
    [waitFor({ port: 80, path: '/x' }), /one of/],
    [waitFor({ port: 70_000 }), /no port/],
    [waitFor({ path: '/x', address: 'h' }), /without a port/],
    [waitFor({ port: 80, address: '-x' }), /no address/],
    [waitFor({ path: 'x' }), /absolute/],
    [waitFor({ command: sh`:` }), /has a name/],
    [waitFor({ port: 80, timeout: 0 }), /number of seconds/],
  ])('%#: $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })
})

describe('what the shell text says', () => {
  it('looks for a port of this host in the tables of the kernel, without a fork', () => {
    const { text } = waitFor({ port: 80 }).probe
    expect(text).toContain('*:0050/0A)')
    expect(text).not.toMatch(/\bnc\b|bash|\$\(/)
  })

  it('needs only what it asks', () => {
    expect(cron(job).needs).toEqual(['crontab'])
    expect(cron({ ...job, file: 'f' }).needs).toEqual(['stat'])
    expect(waitFor({ port: 80 }).needs).toEqual([])
    expect(waitFor({ port: 80, address: 'h' }).needs).toEqual(['timeout'])
    expect(assert({ that: 'x', test: sh`:`, needs: ['crm'] }).needs).toEqual(['crm'])
  })
})
