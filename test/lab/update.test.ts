import { beforeAll, describe, expect, it } from 'vitest'
import { converged, inGuest, play } from './laboratory.ts'
import {
  activeNode,
  errorsOf,
  expectRefused,
  expectToServe,
  expectToStandBy,
  linesOf,
  NODES,
  other,
} from './pair.ts'

// A package of which a newer version appears, and which asks for a restart, as a kernel does.

/** A source of packages that holds `lab-demo` in two versions, of which the first is installed. */
const OFFER = `sudo sh -ec '
  build() {
    mkdir -p /tmp/demo/DEBIAN /srv/deb
    printf "Package: lab-demo\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@localhost>\\nDescription: a test\\n" $1 >/tmp/demo/DEBIAN/control
    printf "#!/bin/sh\\n[ -z \\"\\$2\\" ] || touch /run/reboot-required\\n" >/tmp/demo/DEBIAN/postinst
    chmod 755 /tmp/demo/DEBIAN/postinst
    deb=/srv/deb/lab-demo_$1.deb
    dpkg-deb --build /tmp/demo $deb >/dev/null
    sum=$(sha256sum <$deb)
    { dpkg-deb --field $deb; printf "Filename: ./lab-demo_%s.deb\\nSize: %s\\nSHA256: %s\\n\\n" $1 $(wc -c <$deb) \${sum%% *}; } >>/srv/deb/Packages
  }
  build 1.0
  dpkg -i /srv/deb/lab-demo_1.0.deb >/dev/null
  build 2.0
  mv /etc/apt/sources.list /etc/apt/sources.list.away
  echo "deb [trusted=yes] file:/srv/deb ./" >/etc/apt/sources.list.d/demo.list'`

const VERSION = 'dpkg-query -W lab-demo | cut -f 2'
const BOOT = 'cat /proc/sys/kernel/random/boot_id'
const onBoth = (command: string) => Promise.all(NODES.map((node) => inGuest(node, command)))

let first = ''
beforeAll(async () => {
  await converged('two-node')
  first = await activeNode()
  await onBoth(OFFER)
})

describe('update', () => {
  it('does not begin where the standby could not take over', async () => {
    await inGuest(other(first), 'sudo drbdadm disconnect r0')
    expectRefused(await play('update', '-e', 'packages=all'), /DRBD r0 .* (StandAlone|not connected)/)
    await inGuest(other(first), 'sudo drbdadm connect r0')
    await inGuest(
      other(first),
      "until sed -n 3p /proc/drbd | grep -q 'cs:Connected .*UpToDate/UpToDate'; do sleep 1; done",
    )
    expect(await onBoth(VERSION)).toEqual(['1.0', '1.0'])
  })

  it('says beforehand what would be upgraded, by lists of which it tells the age', async () => {
    const blind = linesOf(await play('update', '-e', 'packages=all', '--check'), 'conclusion')
    for (const node of NODES) expect(blind).toContain(`${node}: its lists of packages are of 20`)
    expect(blind).not.toContain('lab-demo')
    await onBoth('sudo apt-get -q update && sudo touch /var/lib/apt/lists/partial')
    const check = await play('update', '-e', 'packages=all', '--check')
    expect(check.code).toBe(0)
    const told = linesOf(check, 'conclusion')
    for (const node of NODES) expect(told).toContain(`${node}: lab-demo 1.0 → 2.0`)
    expect(told).not.toContain('its lists of packages')
    expect(await onBoth(VERSION)).toEqual(['1.0', '1.0'])
  })

  it('upgrades and restarts the standby, moves the service once, and does the same there', {
    timeout: 60 * 60_000,
  }, async () => {
    const before = await onBoth(BOOT)
    const run = await play('update', '-e', 'packages=all')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(await onBoth(VERSION)).toEqual(['2.0', '2.0'])
    const after = await onBoth(BOOT)
    expect(after.filter((id, index) => id === before[index])).toEqual([])
    expect(run.tasks('changed').filter((task) => task.endsWith('has the service'))).toHaveLength(1)
    await expectToServe(other(first))
    await expectToStandBy(first)
  })

  it('has nothing to do then', async () => {
    const run = await play('update', '-e', 'packages=all')
    expect({ errors: errorsOf(run), code: run.code, changed: run.recap.changed }).toEqual({
      errors: '',
      code: 0,
      changed: 0,
    })
    await expectToServe(other(first))
  })
})
