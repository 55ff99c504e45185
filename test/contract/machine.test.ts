import { mkdirSync, rmSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  command,
  filesystem,
  group,
  hostEntry,
  kernelModule,
  mount,
  pkg,
  restart,
  service,
  sysctl,
  user,
} from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { demand } from '../support/shells.ts'
import { converges, type Host, makeHost, refuses, SHELLS, staysAsItIs } from './host.ts'

// The contract of the resources that belong to a whole machine. The host's folder plays that machine, with
// small stand-ins for the tools that would change a real one; the machines of test/lab have the real tools.

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

    it('sets it now and for the next boot', () => {
      host.write('proc/sys/net/ipv4/conf/eth0.1/range', '1\t3\n')
      mkdirSync(host.at('etc/sysctl.d'), { recursive: true })
      converges(host, task)
      expect(host.read('proc/sys/net/ipv4/conf/eth0.1/range')).toBe('1 2\n')
      expect(host.read('etc/sysctl.d/90-net.ipv4.conf.eth0.1.range.conf')).toBe(
        'net.ipv4.conf.eth0/1.range = 1 2\n',
      )
      host.write('proc/sys/net/ipv4/conf/eth0.1/range', '1\t2\n')
      expect(host.probe(task)).toBe('live 1 2\npersistent yes')
    })

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
      mkdirSync(host.at('etc/modules-load.d'), { recursive: true })
      mkdirSync(host.at('etc/modprobe.d'), { recursive: true })
      host.tool('modprobe', 'note modprobe "$@"; mkdir -p sys/module/"$1"')
    })

    it('loads it, with its options, now and at boot', () => {
      const task = kernelModule({ name: 'drbd', options: 'usermode_helper=disabled minor_count=8' })
      converges(host, task)
      expect(host.read('etc/modules-load.d/drbd.conf')).toBe('drbd\n')
      expect(host.read('etc/modprobe.d/drbd.conf')).toBe(
        'options drbd usermode_helper=disabled minor_count=8\n',
      )
      expect(host.notes()).toEqual(['modprobe drbd'])
      host.write('etc/modprobe.d/drbd.conf', 'options drbd minor_count=9\n')
      converges(host, task)
      converges(host, kernelModule({ name: 'drbd', persistent: false }))
    })

    it('knows what is built in', () => {
      staysAsItIs(host, kernelModule({ name: 'built-in', persistent: false }))
      expect(host.notes()).toEqual([])
    })
  })

  describe('user and group', () => {
    const notRoot = 'nagios:x:5001:60::/opt/nagios:/bin/sh\nlast:x:9:9:::\n'
    beforeEach(() => {
      host.write('etc/passwd', `root:x:0:0:root:/root:/bin/bash\n${notRoot}`)
      host.write('etc/group', 'root:x:0:\nnagios:x:60:\nnagcmd:x:61:other,nagios\nadm:x:4:\n')
      for (const tool of ['useradd', 'usermod', 'groupadd']) host.tool(tool, `note ${tool} "$@"`)
    })

    it('reads them', () => {
      const wish = { name: 'nagios', uid: 5001, group: 'nagios', groups: ['nagcmd'], home: '/opt/nagios' }
      expect(host.probe(user({ ...wish, shell: '/bin/sh' }))).toBe(
        'user present\nuid 5001\ngroup nagios\ngroups nagcmd\nhome /opt/nagios\nshell /bin/sh',
      )
      expect(host.probe(user({ name: 'nagios', groups: ['adm', 'nagios'] }))).toBe(
        'user present\ngroups nagios',
      )
      expect(host.probe(user({ name: 'nagio', uid: 1 }))).toBe('user absent')
      expect(host.probe(group({ name: 'nagcmd', gid: 61 }))).toBe('group present\ngid 61')
      expect(host.probe(group({ name: 'nag' }))).toBe('group absent')
    })

    it('makes and changes them', () => {
      host.apply(
        user({ name: 'new', uid: 7, group: 'adm', groups: ['nagcmd', 'root'], home: '/h', system: true }),
      )
      host.apply(user({ name: 'adm' }))
      host.apply(user({ name: 'nagios', uid: 5001, group: 'nagios', groups: ['adm'], shell: '/bin/false' }))
      host.apply(user({ name: 'nagios' }))
      host.apply(group({ name: 'new', gid: 70, system: true }))
      host.apply(group({ name: 'adm', gid: 4 }))
      expect(host.notes()).toEqual([
        'useradd -M -r -u 7 -g adm -G nagcmd,root -d /h new',
        'useradd -M -g 4 adm',
        'usermod -a -G adm -s /bin/false nagios',
        'groupadd -r -g 70 new',
      ])
    })

    it('never renumbers', () => {
      refuses(host, user({ name: 'nagios', uid: 5002 }), /nagios has the uid 5001.*usermod -u 5002 nagios/)
      refuses(
        host,
        user({ name: 'nagios', group: 'adm' }),
        /nagios has the group nagios.*usermod -g adm nagios/,
      )
      refuses(host, group({ name: 'adm', gid: 5 }), /adm has the gid 4.*groupmod -g 5 adm/)
      expect(host.notes()).toEqual([])
    })
  })

  describe('mount', () => {
    const wish = { path: '/mnt/da ta', filesystem: 'ext4', mounted: true }
    let data: { path: string; device: string; filesystem: string; mounted: boolean }
    beforeEach(() => {
      host.write('dev/sdb', '')
      host.link('dev/data', 'sdb')
      host.write('proc/self/mounts', `/dev/root / ext4 rw 0 0\nserver:/x /x nfs rw 0 0\n`)
      host.write('etc/fstab', '# the root\n/dev/root / ext4 defaults 0 1\n')
      // As mount(8) does, the link is followed, and as the kernel does, the blank is escaped.
      host.tool(
        'mount',
        `note mount "$@"; for to; do :; done; mkdir -p "$to"; set -- $(echo "$to" | sed 's/ /\\\\\\\\040/g'); echo "${host.at('dev/sdb')} $1 ext4 rw 0 0" >> proc/self/mounts`,
      )
      host.tool('umount', `note umount "$@"; sed -i '$d' proc/self/mounts`)
      data = { ...wish, path: host.at('da ta'), device: host.at('dev/data') }
    })

    it('mounts and unmounts, by any name of the device', () => {
      converges(host, mount({ ...data, options: 'noatime' }))
      expect(host.notes()).toEqual([`mount -t ext4 -o noatime ${data.device} ${data.path}`])
      staysAsItIs(host, mount({ ...data, device: host.at('dev/sdb') }))
      converges(host, mount({ ...data, mounted: false }))
      staysAsItIs(host, mount({ ...data, mounted: false }))
    })

    it('keeps fstab as it is wished', () => {
      converges(host, mount({ ...data, options: 'noatime', persistent: true }))
      const line = `${data.device} ${data.path.replace(' ', '\\040')} ext4 noatime 0 2\n`
      expect(host.read('etc/fstab')).toBe(`# the root\n/dev/root / ext4 defaults 0 1\n${line}`)
      converges(host, mount({ ...data, options: 'defaults', persistent: true }))
      converges(host, mount(data))
      expect(host.read('etc/fstab')).toBe('# the root\n/dev/root / ext4 defaults 0 1\n')
    })

    it('refuses a device that is mounted elsewhere, and a path that is taken', () => {
      host.apply(mount(data))
      host.write('dev/sdc', '')
      refuses(host, mount({ ...data, path: host.at('other') }), /dev\/data is mounted already, at .*da.040ta/)
      refuses(host, mount({ ...data, device: host.at('dev/sdc') }), /dev\/sdb is mounted at .*da ta/)
    })

    it('mounts one export twice', () => {
      expect(host.apply(mount({ ...data, device: 'server:/x', filesystem: 'nfs' }))).toMatchObject({
        code: 0,
      })
    })
  })

  describe('filesystem', () => {
    // The tools of util-linux and e2fsprogs, on a file: busybox has no blkid that probes.
    beforeEach(() => {
      const tools = {
        blkid: 'util-linux',
        wipefs: 'util-linux',
        mkfs: 'util-linux',
        'mkfs.ext4': 'e2fsprogs',
      }
      for (const [name, from] of Object.entries(tools)) host.tool(name, `exec ${demand(name, from)} "$@"`)
      host.write('disk', '\0'.repeat(1 << 20))
    })

    it('makes one where there is nothing, and never again', () => {
      const wish = { device: host.at('disk'), type: 'ext4', label: 'data' }
      const task = filesystem({ ...wish, options: ['-q', '-O', '^has_journal'] })
      expect(host.probe(task)).toBe('type none\nlabel none')
      expect(host.apply(task)).toMatchObject({ code: 0 })
      expect(host.probe(task)).toBe('type ext4\nlabel data')
      refuses(host, filesystem({ ...wish, label: 'other' }), /disk is not empty \(blkid 0\).*LABEL=data/s)
      refuses(host, filesystem({ ...wish, type: 'xfs' }), /TYPE=ext4/)
    })

    it('refuses a table of partitions', () => {
      const table = `${'\0'.repeat(450)}\u0083${'\0'.repeat(7)}\u0001\0\0\0\u0010\0\0${'\0'.repeat(45)}`
      const bytes = Buffer.concat([
        Buffer.from(table, 'latin1'),
        Buffer.from([0x55, 0xaa]),
        Buffer.alloc(1 << 16),
      ])
      host.write('disk', bytes.toString('latin1'))
      host.run(
        `printf '\\203' | dd of=disk bs=1 seek=450 conv=notrunc; printf '\\125\\252' | dd of=disk bs=1 seek=510 conv=notrunc`,
      )
      refuses(host, filesystem({ device: host.at('disk'), type: 'ext4' }), /not empty.*PTTYPE=dos/s)
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

    it('starts and enables, only what differs', () => {
      unit({ ...loaded, ActiveState: 'inactive', UnitFileState: 'enabled' })
      converges(host, service({ name: 'mariadb.service', running: true, enabled: true }))
      expect(host.notes()).toEqual(['start -- mariadb'])
      converges(host, service({ name: 'mariadb', enabled: false }))
      converges(host, service({ name: 'mariadb', running: false, enabled: false }))
      expect(host.notes()).toEqual(['start -- mariadb', 'disable -- mariadb', 'stop -- mariadb'])
    })

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
    beforeEach(() => {
      const script = `#!/bin/sh
      cd ${host.root}
      case $1 in start) : > alive ;; stop) rm alive ;; status) [ -e alive ] || exit 3 ;; esac\n`
      host.write('etc/init.d/heartbeat', script, 0o755)
      for (const level of [2, 3, 4, 5]) mkdirSync(host.at(`etc/rc${level}.d`))
      host.tool(
        'update-rc.d',
        `note "$@"
        case $2 in
        enable) ln -s ../init.d/"$1" etc/rc3.d/S20"$1" ;;
        disable) rm etc/rc3.d/S20"$1" ;;
        esac`,
      )
    })

    it.each([{}, { manager: 'sysv' as const }])('starts and enables, stops and disables %j', (more) => {
      const wish = { name: 'heartbeat', ...more }
      converges(host, service({ ...wish, running: true, enabled: true }))
      converges(host, service({ ...wish, enabled: false }))
      expect(host.probe(service({ ...wish, running: true }))).toBe('running yes')
      converges(host, service({ ...wish, running: false, enabled: false }))
      expect(host.notes()).toEqual(['heartbeat defaults', 'heartbeat enable', 'heartbeat disable'])
    })

    // The tools of this machine, update-rc.d among them, are out of reach with busybox alone.
    it.runIf(shell.tools)('is asked of chkconfig where that is', () => {
      rmSync(host.at('bin/update-rc.d'))
      host.tool(
        'chkconfig',
        `note "$@"
        case $2 in on) ln -s ../init.d/"$1" etc/rc3.d/S20"$1" ;; off) rm etc/rc3.d/S20"$1" ;; esac`,
      )
      converges(host, service({ name: 'heartbeat', enabled: true }))
      converges(host, service({ name: 'heartbeat', enabled: false }))
      expect(host.notes()).toEqual(['--add heartbeat', 'heartbeat on', 'heartbeat off'])
    })

    it('fails for one that does not exist, unless it shall be off', () => {
      staysAsItIs(host, service({ name: 'none', running: false, enabled: false }))
      refuses(host, service({ name: 'none', running: true }), /no service none: no .*init.d.none/)
      refuses(host, service({ name: 'none', enabled: true }), /no service none/)
    })
  })
})
