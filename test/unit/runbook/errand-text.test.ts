import { expect, test } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { copy, fetch, reboot } from '../../../lib/resources/index.ts'
import { errandText } from '../../../lib/runbook/errand-text.ts'
import { sh } from '../../../lib/shell/sh.ts'

test.each<[string, Task, RegExp]>([
  [
    'sends',
    copy({ from: 'LICENSE', path: "/srv/it's" }),
    /scp -- \S+\/LICENSE web1:\/tmp\/\.runsheet\.\w{16}\n/,
  ],
  [
    'puts in the place where the step looks for it',
    copy({ from: 'LICENSE', path: '/srv/l' }),
    /mkdir -p (\/srv\/\.runsheet\.\w{16}); mv \/tmp\/\.runsheet\.\w{16} \1\/part/,
  ],
  ['brings', fetch({ from: "/srv/it's", to: '/f' }), /scp -- 'web1:\/srv\/it'\\''s' \/f\n/],
  [
    'restarts',
    reboot({ why: 'w', needed: sh`:`, within: 30 }),
    /at most 30 s, and \*\*paste the block again/,
  ],
])('a runbook says how a person %s', (_, { errand }, text) => {
  expect(errand && errandText(errand, ['web1'])).toMatch(text)
})
