import { beforeEach, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, zx } from './laboratory.ts'
import { activeNode, other, until, untilServing } from './pair.ts'

// The screen and the exit code in the states that an operator meets, each from a pair that was well.

interface Verdict {
  exitCode: number
  lines: string[]
  data: { clusters: { active: string[]; failover: { safe: boolean; to: string | null; lost: string[] } }[] }
}

/** What the playbook says to programs; its exit code is that of the process. */
async function status(): Promise<Verdict> {
  const { code, stdout } = await zx('playbooks/status.mjs', '--lab', '--json')
  const verdict = JSON.parse(stdout) as Verdict
  expect(verdict.exitCode).toBe(code)
  return verdict
}

let active = ''
let standby = ''
beforeEach(async () => {
  await converged('two-node')
  active = await activeNode()
  standby = other(active)
})

describe('status', () => {
  it('is OK on a healthy pair, and changes nothing there', async () => {
    const { code, stdout, stderr } = await zx('playbooks/status.mjs', '--lab')
    expect({ code, stderr: stderr.replaceAll(/^npm .*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')[0]).toBe(
      `CLUSTER OK - cluster: ${active} serves 192.168.56.10, ${standby} can take over, nothing would be lost`,
    )
    await inGuest(active, 'sudo test ! -e /var/lib/runsheet/lock')
  })

  it('warns while the standby is off, and says what is not on its disk', async () => {
    await lab.fault('power-off', standby)
    await until(active, "sed -n 3p /proc/drbd | grep -q 'cs:WFConnection'")
    await inGuest(active, 'sudo dd if=/dev/urandom of=/mnt/shared/late bs=1M count=4 conv=fsync status=none')
    const { exitCode, lines, data } = await status()
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain(`${standby} says nothing`)
    expect(data.clusters[0]).toMatchObject({ active: [active], failover: { safe: false, to: null } })
    expect(data.clusters[0]?.failover.lost.join()).toMatch(
      new RegExp(`what ${standby} has not got: [1-9]\\d{3} KiB`),
    )
  })

  it('warns of a standby that cannot take over, and why', async () => {
    await inGuest(standby, 'sudo systemctl stop heartbeat && sudo systemctl enable --quiet mariadb')
    await inGuest(standby, "echo '# by hand' | sudo tee -a /etc/ha.d/haresources")
    const { exitCode, lines } = await status()
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain(`${standby} cannot take over: heartbeat is inactive there`)
    expect(lines.join('\n')).toContain(`mariadb would start on ${standby} at boot`)
    expect(lines.join('\n')).toContain('/etc/ha.d/haresources differs between')
  })

  it('warns of a lost link, since without fencing the next one splits the pair', async () => {
    await lab.fault('cut', standby, { network: 'backbone' })
    await until(active, `[ "$(sudo cl_status hblinkstatus ${standby} eth2)" = dead ]`)
    const { exitCode, lines } = await status()
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain(`${active} does not hear its peer on eth2: without fencing`)
    expect(lines.join('\n')).toContain(`DRBD r0 of ${active} is not connected`)
  })

  it('is critical where a service is down', async () => {
    await inGuest(active, 'sudo systemctl stop heartbeat')
    await untilServing(standby)
    await inGuest(standby, 'sudo systemctl stop nagios4')
    const { exitCode, lines } = await status()
    expect(exitCode).toBe(2)
    expect(lines.join('\n')).toContain(`nagios4 is down on ${standby}, which holds the address`)
  })

  it('is critical where both nodes serve', async () => {
    await lab.fault('cut', standby)
    await untilServing(standby)
    const { exitCode, lines } = await status()
    expect(exitCode).toBe(2)
    expect(lines.join('\n')).toContain('both hold 192.168.56.10; stop heartbeat on one of them now')
    expect(lines.join('\n')).toContain('two nodes write')
  })
})
