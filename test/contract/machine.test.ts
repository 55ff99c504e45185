import { mkdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  command,
  filesystem,
  hostEntry,
  kernelModule,
  mount,
  pkg,
  restart,
  service,
  sysctl,
} from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { demand } from '../support/shells.ts'
import { converges, type Host, makeHost, refuses, SHELLS, staysAsItIs } from './host.ts'

// States of a machine that a test cannot bring about on a real one: a power cut in mid installation, a daemon that
// died, a server's exports. The host's folder plays that machine, with small stand-ins for its tools; all that can be
// had is in cases/.

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('hostEntry', () => {
    const task = hostEntry({ address: '192.168.1.1', names: ['node1', 'node1.example.org'] })

    it('makes one line of the address, and takes the names off the others', () => {
      host.write(
        'etc/hosts',
        '# the hosts\n127.0.0.1\tlocalhost node1\n127.0.1.1 node1.example.org node1\n\n192.168.1.1 old # why\n' +
          '192.168.1.2 node2 * $(touch owned)\n192.168.1.1 older\n192.168.1.9 node1 spare # kept\n' +
          'fd00::1 node1\n::1 ip6-localhost node1\n  # 192.168.1.1 nothing',
        0o640,
      )
      converges(host, task)
      expect(host.read('etc/hosts')).toBe(
        '# the hosts\n127.0.0.1\tlocalhost\n\n192.168.1.1\tnode1 node1.example.org # why\n' +
          '192.168.1.2 node2 * $(touch owned)\n192.168.1.9\tspare # kept\nfd00::1 node1\n::1\tip6-localhost\n' +
          '  # 192.168.1.1 nothing\n',
      )
    })

    it('says what is in the way', () => {
      host.write('etc/hosts', '127.0.1.1 node1\n192.168.1.1 node1\n')
      expect(host.probe(task)).toBe('entry node1\nelsewhere node1=127.0.1.1')
    })

    it('keeps localhost for both families', () => {
      host.write('etc/hosts', '127.0.0.1 localhost\n::1 localhost ip6-loopback\n')
      converges(host, hostEntry({ address: 'fd00::1', names: ['node1'] }))
      staysAsItIs(host, hostEntry({ address: '127.0.0.1', names: ['localhost'] }))
      converges(host, hostEntry({ address: '::1', names: ['localhost'] }))
    })

    it('makes the file', () => {
      mkdirSync(host.at('etc'))
      converges(host, task)
      expect(host.read('etc/hosts')).toBe('192.168.1.1\tnode1 node1.example.org\n')
    })
  })

  describe('sysctl', () => {
    const task = sysctl({ key: 'net.ipv4.conf.eth0/1.range', value: '1  2' })

    it('cannot tell before the kernel has it', () => {
      expect(host.run(task.probe.text)).toMatchObject({
        code: 75,
        stderr: expect.stringMatching(/^no .*range yet/),
      })
    })
  })

  describe('kernelModule', () => {
    beforeEach(() => {
      host.write('proc/sys/kernel/osrelease', '6.1\n')
      host.write('lib/modules/6.1/modules.builtin', 'kernel/fs/ext4/ext4.ko\nkernel/net/built_in.ko\n')
      host.tool('modprobe', 'note modprobe "$@"')
    })

    it('knows what is built in', () => {
      staysAsItIs(host, kernelModule({ name: 'built-in', persistent: false }))
      expect(host.notes()).toEqual([])
    })
  })

  describe('mount', () => {
    it('mounts one export of a server twice', () => {
      host.write('proc/self/mounts', 'server:/x /x nfs rw 0 0\n')
      host.tool('mount', 'note mount "$@"')
      const path = host.at('again')
      const task = mount({ path, device: 'server:/x', filesystem: 'nfs', mounted: true })
      expect(host.apply(task)).toMatchObject({ code: 0 })
      expect(host.notes()).toEqual([`mount -t nfs server:/x ${path}`])
    })
  })

  describe('filesystem', () => {
    // The tools of util-linux and e2fsprogs, on a file: busybox has no blkid that probes.
    beforeEach(() => {
      for (const name of ['blkid', 'wipefs', 'mkfs'])
        host.tool(name, `exec ${demand(name, 'util-linux')} "$@"`)
      host.write('disk', '\0'.repeat(1 << 20))
    })

    it('refuses what wipefs alone finds, and what blkid cannot decide', () => {
      host.tool('wipefs', 'echo "DEVICE OFFSET TYPE"; echo "disk 0x0 zfs_member"')
      refuses(host, filesystem({ device: host.at('disk'), type: 'ext4' }), /zfs_member/)
      host.tool('blkid', 'exit 8')
      const task = filesystem({ device: host.at('disk'), type: 'ext4' })
      expect(host.probe(task)).toBe('type ambivalent')
      refuses(host, task, /blkid 8/)
    })

    it('cannot tell of a device that is not there, and does not make it', () => {
      const task = filesystem({ device: host.at('missing'), type: 'ext4' })
      expect(host.run(task.probe.text)).toMatchObject({ code: 75, stdout: '' })
      expect(host.apply(task).code).not.toBe(0)
    })
  })

  describe('pkg', () => {
    beforeEach(() => {
      // Debian's archive in three files: what is installed, in which state; lines as dpkg-query prints them.
      host.write('status', 'aa installed 1\naab installed 1\nlib++ half-configured 1\nold config-files 1\n')
      host.tool('dpkg-query', 'shift 3; rc=0; for p; do grep "^$p " status || rc=1; done; exit $rc')
      host.tool('dpkg', 'note dpkg "$1"; sed -i "s/half-configured/installed/" status')
      host.tool(
        'apt-get',
        `for p; do :; done
        case " $* " in
        *" remove "*) note remove "$p"; sed -i "s/^$p .*/$p config-files 1/" status; exit ;;
        *" update "*) note update; : > lists; exit ;;
        *" --simulate "*) [ "$p" != new ] || [ -e lists ]; exit ;;
        esac
        version=\${p#*=} p=\${p%%=*}
        note install "$p" "$(usr/sbin/policy-rc.d 2> /dev/null; echo $?)"
        [ "$p" != broken ] || exit 100
        sed -i "/^$p /d" status; echo "$p installed $version" >> status`,
      )
      mkdirSync(host.at('usr/sbin'), { recursive: true })
    })

    it('tells of each name, in one question', () => {
      expect(host.probe(pkg({ names: ['old', 'bb', 'aab', 'lib++', 'aa'] }))).toBe(
        'old absent\nbb absent\naab installed\nlib++ half-configured\naa installed',
      )
    })

    it('installs, finishes and removes', () => {
      converges(host, pkg({ names: ['aa', 'bb'] }))
      converges(host, pkg({ names: 'aa', state: 'absent' }))
      staysAsItIs(host, pkg({ names: ['old'], state: 'absent' }))
      expect(host.notes().slice(0, 2)).toEqual(['dpkg --configure', 'install bb 127'])
    })

    it('fetches the lists where they do not know a package', () => {
      converges(host, pkg({ names: 'new' }))
      expect(host.notes().filter((note) => note !== 'dpkg --configure')[0]).toBe('update')
    })

    it('keeps a version, whatever else is there', () => {
      const task = pkg({ names: ['aab', 'aa=1:2-3'] })
      expect(host.probe(task)).toBe('aab installed\naa 1')
      expect(host.probe(pkg({ names: 'lib++=1' }))).toBe('lib++ half-configured')
      converges(host, task)
    })

    it('starts no service where it must not, and leaves no trace', () => {
      converges(host, pkg({ names: 'bb', startServices: false }))
      expect(host.notes()).toContain('install bb 101')
    })

    it.each([0o755, 0o700])('puts the policy of another back, also after a failure', (mode) => {
      host.write('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 104\n', mode)
      host.write('status', 'broken half-installed 1\n')
      const task = pkg({ names: 'broken', startServices: false })
      refuses(host, task, /^$/)
      expect(host.notes()).toContain('install broken 101')
    })

    it('clears away what a power cut has left', () => {
      host.write('usr/sbin/policy-rc.d.runsheet', '#!/bin/sh\n# of another\n')
      host.write('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n')
      expect(host.apply(pkg({ names: 'bb', startServices: false }))).toMatchObject({ code: 0 })
      expect(host.read('usr/sbin/policy-rc.d')).toBe('#!/bin/sh\n# of another\n')
    })
  })

  describe('service of systemd', () => {
    const unit = (fields: Record<string, string>) =>
      host.write(
        'unit',
        Object.entries(fields)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
    beforeEach(() => {
      mkdirSync(host.at('run/systemd/system'), { recursive: true })
      host.tool(
        'systemctl',
        `case $1 in
        show) cat unit; exit ;;
        start) sed -i 's/^ActiveState=.*/ActiveState=active/' unit ;;
        stop) sed -i 's/^ActiveState=.*/ActiveState=inactive/' unit ;;
        enable) sed -i 's/^UnitFileState=.*/UnitFileState=enabled/' unit ;;
        disable | unmask) sed -i 's/^UnitFileState=.*/UnitFileState=disabled/' unit ;;
        mask) sed -i 's/^UnitFileState=.*/UnitFileState=masked/' unit ;;
        esac
        note "$@"`,
      )
    })
    const loaded = { LoadState: 'loaded', SubState: 'running', NeedDaemonReload: 'no' }

    it.each([
      ['active', 'enabled', 'yes', 'yes'],
      ['reloading', 'static', 'yes', 'no'],
      ['activating', 'masked', 'no', 'no'],
      ['failed', 'enabled-runtime', 'no', 'no'],
    ])('reads %s and %s', (ActiveState, UnitFileState, running, enabled) => {
      unit({ ...loaded, ActiveState, UnitFileState })
      expect(host.probe(service({ name: 'x', running: true, enabled: true }))).toBe(
        `running ${running}\nenabled ${enabled}`,
      )
    })

    it('masks what runs, and unmasks what shall run', () => {
      unit({ ...loaded, ActiveState: 'active', UnitFileState: 'enabled' })
      converges(host, service({ name: 'x', running: false, masked: true }))
      converges(host, service({ name: 'x', running: true, enabled: true, masked: false }))
      expect(host.notes()).toEqual(['stop -- x', 'mask -- x', 'unmask -- x', 'enable -- x', 'start -- x'])
      const again = command({ name: 'again', run: restart('x.service'), unless: sh`false` })
      expect(host.apply(again)).toMatchObject({ code: 0 })
      expect(host.notes().slice(-2)).toEqual(['daemon-reload', 'restart -- x'])
    })

    it('takes one that does not exist for stopped and disabled', () => {
      unit({ LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' })
      staysAsItIs(host, service({ name: 'x', running: false, enabled: false }))
    })

    it('reloads what is new, and starts what has failed too often', () => {
      unit({ LoadState: 'loaded', ActiveState: 'failed', UnitFileState: 'disabled', NeedDaemonReload: 'yes' })
      converges(host, service({ name: 'x', running: true }))
      expect(host.notes()).toEqual(['daemon-reload', 'reset-failed -- x', 'start -- x'])
    })

    it('asks the script of a unit that was made from one', () => {
      unit({ ...loaded, ActiveState: 'active', SubState: 'exited', UnitFileState: 'generated' })
      host.write('etc/init.d/heartbeat', `#!/bin/sh\n[ -e ${host.at('alive')} ]\n`, 0o755)
      mkdirSync(host.at('etc/rc3.d'))
      host.link('etc/rc3.d/S01heartbeat', '../init.d/heartbeat')
      const task = service({ name: 'heartbeat', running: true, enabled: true })
      expect(host.probe(task)).toBe('running no\nenabled yes')
      host.apply(task)
      expect(host.notes()).toEqual(['stop -- heartbeat', 'start -- heartbeat'])
      host.write('alive', '')
      expect(host.probe(task)).toBe('running yes\nenabled yes')
    })
  })

  describe('service of SysV', () => {
    it('fails for one that does not exist, unless it shall be off', () => {
      staysAsItIs(host, service({ name: 'none', running: false, enabled: false }))
      refuses(host, service({ name: 'none', running: true }), /no service none: no .*init.d.none/)
      refuses(host, service({ name: 'none', enabled: true }), /no service none/)
    })

    // The tools of this machine, update-rc.d among them, are out of reach with busybox alone.
    if (!shell.tools) return
    it('is asked of chkconfig where that is', () => {
      host.write('etc/init.d/heartbeat', '#!/bin/sh\n', 0o755)
      mkdirSync(host.at('etc/rc3.d'))
      host.tool(
        'chkconfig',
        `note "$@"
        case $2 in on) ln -s ../init.d/"$1" etc/rc3.d/S20"$1" ;; off) rm etc/rc3.d/S20"$1" ;; esac`,
      )
      converges(host, service({ name: 'heartbeat', enabled: true }))
      converges(host, service({ name: 'heartbeat', enabled: false }))
      expect(host.notes()).toEqual(['--add heartbeat', 'heartbeat on', 'heartbeat off'])
    })
  })
})
