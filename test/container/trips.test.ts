import { afterAll, beforeAll, expect, test } from 'vitest'
import { measure, writeInventory } from '../bench/process.ts'
import { ownState } from '../support/own-state.ts'
import { openFolder } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// The short form of the benches: the counts, which hold on any machine, of whole processes.
let sshd: Sshd
beforeAll(async () => {
  const { PATH, XDG_STATE_HOME } = ownState(openFolder())
  sshd = await startSshd([`SetEnv PATH=${PATH} XDG_STATE_HOME=${XDG_STATE_HOME}`])
})
afterAll(() => sshd.stop())

test('fifty changes cost four round trips a host after login, and no change three', async () => {
  const knownHostsFile = sshd.knownHosts(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}`)
  const target = {
    address: '127.0.0.1',
    port: sshd.port,
    privateKeyFile: `${sshd.folder}/login`,
    knownHostsFile,
  }
  const targets = ['one', 'two'].map((name) => ({ name, ...target }))
  const inventory = writeInventory(openFolder(), targets, 50)
  const changed = await measure(inventory, '--forks', '1')
  for (const { name } of targets) expect(changed.hosts[name]).toMatchObject({ changed: 50, trips: 4 })
  const same = await measure(inventory)
  for (const { name } of targets) expect(same.hosts[name]).toMatchObject({ changed: 0, ok: 50, trips: 3 })
})
