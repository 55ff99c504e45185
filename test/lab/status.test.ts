import { beforeEach, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, zx } from './laboratory.ts'
import { activeNode, other, until, untilServing } from './pair.ts'

// The screen and the exit code in the states that an operator meets, each from a pair that was well.

/** What a person and a monitoring program get. */
async function status(): Promise<{ code: number | null; screen: string }> {
  const { code, stdout } = await zx('playbooks/status.mjs', '--lab')
  return { code, screen: stdout }
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
    expect(stdout).toContain(`  fail over   yes, to ${standby}\n  lost by it  nothing\n`)
    await inGuest(active, 'sudo test ! -e /var/lib/runsheet/lock')
  })

  it('warns while the standby is off, and says what is not on its disk', async () => {
    await lab.fault('power-off', standby)
    await until(active, "sed -n 3p /proc/drbd | grep -q 'cs:WFConnection'")
    await inGuest(active, 'sudo dd if=/dev/urandom of=/mnt/shared/late bs=1M count=4 conv=fsync status=none')
    const { code, screen } = await status()
    expect(screen).toMatch(
      new RegExp(`^CLUSTER WARNING - cluster: ${active} serves 192.168.56.10, do not fail over now: `),
    )
    expect(screen).toContain(`${standby} says nothing`)
    expect(screen).toContain('  fail over   no, not now\n')
    expect(screen).toMatch(new RegExp(`lost by it  what ${standby} has not got: [1-9]\\d{3} KiB`))
    expect(code).toBe(1)
    // A program gets the same, and its exit code is that of the process.
    const asked = await zx('playbooks/status.mjs', '--lab', '--json')
    expect(asked.code).toBe(1)
    expect(JSON.parse(asked.stdout)).toMatchObject({
      exitCode: 1,
      lines: expect.arrayContaining([expect.stringContaining(`${standby} says nothing`)]),
      data: {
        state: 'WARNING',
        clusters: [{ active: [active], failover: { safe: false, to: null, lost: [expect.anything()] } }],
      },
    })
  })

  it('warns of a standby that cannot take over, and why', async () => {
    await inGuest(standby, 'sudo systemctl stop heartbeat && sudo systemctl enable --quiet mariadb')
    await inGuest(standby, "echo '# by hand' | sudo tee -a /etc/ha.d/haresources")
    const { code, screen } = await status()
    expect(screen).toMatch(/^CLUSTER WARNING - /)
    expect(code).toBe(1)
    expect(screen).toContain(`${standby} cannot take over: heartbeat is inactive there`)
    expect(screen).toContain(`mariadb would start on ${standby} at boot`)
    expect(screen).toContain('/etc/ha.d/haresources differs between')
  })

  it('warns of a lost link, since without fencing the next one splits the pair', async () => {
    await lab.fault('cut', standby, { network: 'backbone' })
    await until(active, `[ "$(sudo cl_status hblinkstatus ${standby} eth2)" = dead ]`)
    const { code, screen } = await status()
    expect(screen).toMatch(/^CLUSTER WARNING - /)
    expect(code).toBe(1)
    expect(screen).toContain(`${active} does not hear its peer on eth2: without fencing`)
    expect(screen).toContain(`DRBD r0 of ${active} is not connected`)
  })

  it('is critical where a service is down', async () => {
    await inGuest(active, 'sudo systemctl stop heartbeat')
    await untilServing(standby)
    // One that cannot be started either, or the watcher would have it running again before anybody looks.
    await inGuest(standby, 'sudo systemctl mask --quiet --runtime --now nagios4')
    const { code, screen } = await status()
    expect(screen).toMatch(/^CLUSTER CRITICAL - /)
    expect(code).toBe(2)
    expect(screen).toContain(`nagios4 is down on ${standby}, which holds the address`)
  })

  it('is critical where both nodes serve', async () => {
    await lab.fault('cut', standby)
    await untilServing(standby)
    const { code, screen } = await status()
    expect(screen).toMatch(/^CLUSTER CRITICAL - /)
    expect(code).toBe(2)
    expect(screen).toContain('both hold 192.168.56.10; stop heartbeat on one of them now')
    expect(screen).toContain('two nodes write')
  })
})
