import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import * as resources from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secret.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { text } from '../../../lib/shell/text.ts'

const {
  aptRepository,
  blockInFile,
  command,
  copy,
  directory,
  fetch,
  file,
  filesystem,
  group,
  hostEntry,
  kernelModule,
  lineInFile,
  logicalVolume,
  mount,
  pkg,
  reboot,
  service,
  swap,
  symlink,
  sysctl,
  user,
  volumeGroup,
  yumRepository,
} = resources

// SHA-256 of "x" and of the block, as sha256sum prints them.
const X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'

const LICENSE = createHash('sha256').update(readFileSync('LICENSE')).digest('hex')

const data = { path: '/data', device: '/dev/drbd0', filesystem: 'ext4' }

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----'
const repository = { name: 'r', uris: ['file:///r'], suites: ['stable'], components: ['main'] }

describe('what is expected', () => {
  it.each<[string, Task, string]>([
    ['a file', file({ path: '/f', content: 'x' }), `kind file\ncontent ${X}`],
    [
      'its access in one order and one shape',
      file({ path: '/f', group: '0', owner: 'root', mode: '644' }),
      'kind file\nmode 0644\nowner root\ngroup 0',
    ],
    ['a secret as its hash', file({ path: '/f', content: new Secret('s', 'x') }), `kind file\ncontent ${X}`],
    [
      'a copy by the sum of its source',
      copy({ from: 'LICENSE', path: '/f', mode: '640' }),
      `kind file\nmode 0640\ncontent ${LICENSE}`,
    ],
    ['a file that is fetched', fetch({ from: '/f', to: 'LICENSE' }), 'fetched yes'],
    ['no reason to restart', reboot({ why: 'w', needed: sh`false` }), 'needed no'],
    ['no file', file({ path: '/f', absent: true }), 'kind absent'],
    ['a directory', directory({ path: '/d', mode: '2750' }), 'kind directory\nmode 2750'],
    ['a link', symlink({ path: '/l', target: '../t' }), 'kind symlink\ntarget ../t'],
    ['a line', lineInFile({ path: '/f', line: 'a b' }), 'line a b'],
    ['no line', lineInFile({ path: '/f', line: 'a b', absent: true }), 'line '],
    ['no block', blockInFile({ path: '/f', block: 'x', marker: '# {mark}', absent: true }), 'block absent'],
    ['packages', pkg({ names: ['b1', 'a1'] }), 'b1 installed\na1 installed'],
    ['no package', pkg({ names: 'b1', state: 'absent' }), 'b1 absent'],
    ['a version', pkg({ names: 'b1=1:2.0-3' }), 'b1 1:2.0-3'],
    ['a service', service({ name: 's', running: true, enabled: false }), 'running yes\nenabled no'],
    ['no service at all', service({ name: 's', masked: true }), 'masked yes'],
    ['half of a service', service({ name: 's', enabled: true }), 'enabled yes'],
    [
      'a user',
      user({ name: 'u', uid: 1, group: 'g', groups: ['b', 'a'], home: '/h', shell: '/s', system: true }),
      'user present\nuid 1\ngroup g\ngroups b,a\nhome /h\nshell /s',
    ],
    ['any user', user({ name: 'u' }), 'user present'],
    ['a group', group({ name: 'g', gid: 1 }), 'group present\ngid 1'],
    [
      'a mount',
      mount({ ...data, mounted: true, persistent: true }),
      'mounted yes\ndevice /dev/drbd0\nfilesystem ext4\npersistent yes',
    ],
    ['no mount', mount({ ...data, mounted: false }), 'mounted no\npersistent no'],
    ['a file system', filesystem({ device: '/dev/drbd0', type: 'xfs', label: 'd' }), 'type xfs\nlabel d'],
    ['swap', swap({ path: '/s', priority: 3 }), 'active yes\npriority 3\npersistent yes'],
    ['no swap', swap({ path: '/s', active: false, priority: 3 }), 'active no\npersistent no'],
    [
      'a group',
      volumeGroup({ name: 'g', devices: ['/dev/b', '/dev/a'] }),
      'group present\ndevices /dev/b /dev/a',
    ],
    ['a volume', logicalVolume({ group: 'g', name: 'v', size: '2G' }), 'volume present\nsize 2G'],
    ['a repository', aptRepository(repository), 'source present\nkey absent'],
    [
      'a signed one',
      yumRepository({ name: 'r', baseurls: ['file:///r'], key: KEY }),
      'source present\nkey present',
    ],
    ['no repository', yumRepository({ name: 'r', absent: true }), 'source absent\nkey absent'],
    ['a command', command({ name: 'c', run: sh`:`, unless: sh`:` }), 'done yes'],
    ['a module', kernelModule({ name: 'drbd', options: 'a=1' }), 'loaded yes\npersistent yes\noptions a=1'],
    ['a parameter', sysctl({ key: 'net.x', value: ' 1\t2 ' }), 'live 1 2\npersistent yes'],
    ['a host', hostEntry({ address: '::2', names: ['b', 'a'] }), 'entry b a\nelsewhere none'],
  ])('%s', (_, task, expected) => {
    expect(task.problems).toEqual([])
    expect(canonical(task.expect)).toBe(expected)
  })
})

describe('what is wrong with a wish', () => {
  it.each<[Task, RegExp]>([
    [file({ path: 'etc/f' }), /the path of a file is absolute: etc\/f/],
    [file({ path: '/etc/' }), /absolute/],
    [file({ path: '/f', mode: '0648' }), /octal digits: 0648/],
    [file({ path: '/f', mode: 'u+x' }), /octal digits/],
    [file({ path: '/f', owner: 'a:b' }), /no owner can be called a:b/],
    [file({ path: '/f', content: 'a\0b' }), /NUL/],
    [file({ path: '/f', content: 'a', absent: true }), /neither content nor permissions/],
    [copy({ from: 'LICENSE', path: 'f', mode: '9' }), /absolute: f\n.*octal/],
    [copy({ from: 'absent', path: '/f' }), /cannot copy .*absent: ENOENT/],
    [copy({ from: 'lib', path: '/f' }), /lib is no plain file/],
    [fetch({ from: 'f', to: 'lib' }), /absolute: f\n.*lib is there and is no file that can be replaced/],
    [reboot({ why: '', needed: sh`true`, within: 0.5 }), /reason\n.*whole seconds, not 0.5/],
    [directory({ path: 'd' }), /absolute/],
    [directory({ path: '/d', group: '-x' }), /no group/],
    [symlink({ path: 'l', target: 't' }), /absolute/],
    [symlink({ path: '/l', target: '' }), /target/],
    [symlink({ path: '/l', target: 't\n' }), /target/],
    [lineInFile({ path: '/f', line: 'a\nb' }), /a line .* holds no newline/],
    [lineInFile({ path: '/f', line: '' }), /a line is not empty/],
    [lineInFile({ path: '/f', line: 'a', match: 'a\nb' }), /expression/],
    [blockInFile({ path: '/f', block: 'x', marker: '# mine' }), /\{mark\}/],
    [pkg({ names: [] }), /no package is named/],
    [pkg({ names: ['ok', '-o', 'a*', '$(x)'] }), /-o.*\n.*a\*.*\n.*\$\(x\)/],
    [pkg({ names: 'aa=$(x)' }), /no version of aa/],
    [pkg({ names: 'aa=1', state: 'absent' }), /an absent package has no version/],
    [service({ name: '-x', running: true }), /no service can be called -x/],
    [service({ name: 'x' }), /nothing is asked/],
    [service({ name: 'x', masked: true, running: true }), /masked and run/],
    [service({ name: 'x', masked: true, manager: 'sysv' }), /SysV cannot mask/],
    [user({ name: 'a b' }), /no user can be called a b/],
    [user({ name: 'a', groups: ['b,c'] }), /no group can be called b,c/],
    [user({ name: 'a', home: '/a:b' }), /home/],
    [user({ name: 'a', shell: 'sh' }), /shell/],
    [group({ name: '*' }), /no group/],
    [mount({ ...data, path: 'data', mounted: true }), /absolute/],
    [mount({ ...data, device: '-o', mounted: true }), /no device: -o/],
    [mount({ ...data, filesystem: 'ext4,x', mounted: true }), /no type/],
    [mount({ ...data, options: 'a b', mounted: true }), /options/],
    [filesystem({ device: 'sdb', type: 'ext4' }), /absolute/],
    [filesystem({ device: '/dev/sdb', type: 'ext4; rm' }), /no type/],
    [filesystem({ device: '/dev/sdb', type: 'ext4', label: 'a'.repeat(17) }), /no label/],
    [swap({ path: 's' }), /absolute/],
    [swap({ path: '/s', size: '1.5G' }), /whole number/],
    [swap({ path: '/s', priority: -1 }), /no priority/],
    [volumeGroup({ name: '-g', devices: [] }), /called -g.*\n.*no devices/],
    [volumeGroup({ name: 'g', devices: ['sdb'] }), /absolute/],
    [logicalVolume({ group: '..', name: 'a/b', size: '10' }), /group.*\n.*volume.*\n.*size/],
    [aptRepository({ ...repository, name: '../r' }), /no repository can be called/],
    [aptRepository({ ...repository, uris: ['x y'] }), /no address of a repository: x y/],
    [aptRepository({ ...repository, components: [] }), /components unless its suites end in a slash/],
    [aptRepository({ name: 'r' }), /no uris or no suites/],
    [aptRepository({ ...repository, key: 'xyz' }), /not an armored public key/],
    [aptRepository({ ...repository, key: KEY, trusted: true }), /a key or is trusted/],
    [yumRepository({ name: 'r' }), /no baseurls/],
    [yumRepository({ name: 'r', baseurls: ['file:///r'], description: 'a\nb' }), /one line/],
    [command({ name: '', run: sh`:`, unless: sh`:` }), /name/],
    [kernelModule({ name: '../x' }), /no module/],
    [kernelModule({ name: 'x', options: 'a\nb' }), /one line/],
    [sysctl({ key: '../x', value: 1 }), /no kernel parameter/],
    [sysctl({ key: 'kernel..x', value: 1 }), /no kernel parameter/],
    [sysctl({ key: 'kernel.x', value: '' }), /no value/],
    [hostEntry({ address: '192.168.1', names: ['a'] }), /no IP address/],
    [hostEntry({ address: '192.168.1.1', names: [] }), /no names/],
    [hostEntry({ address: '192.168.1.1', names: ['a b'] }), /can be called a b/],
    [hostEntry({ address: '192.168.1.1', names: ['localhost'] }), /loopback/],
  ])('%#: $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })
})

describe('what the shell text says', () => {
  const applies = (task: Task) => task.apply.text

  it('names its kind and its id', () => {
    expect(file({ path: '/etc/f' })).toMatchObject({ kind: 'file', id: '/etc/f', name: 'file /etc/f' })
    expect(pkg({ names: ['aa', 'bb'] })).toMatchObject({ kind: 'package', id: 'aa bb' })
    expect(hostEntry({ address: '::2', names: ['b'] })).toMatchObject({ kind: 'host-entry', id: '::2' })
  })

  it('asks for mode, owner and group in one fork, numbers as numbers', () => {
    const { text } = file({ path: '/f', mode: '0600', owner: 'root', group: '0' }).probe
    expect(text).toContain("stat -L -c 'mode %04a\nowner %U\ngroup %g' /f")
    expect(text).not.toContain('sha256sum')
  })

  it('needs only what it asks', () => {
    expect(file({ path: '/f' }).needs).toEqual([])
    expect(file({ path: '/f', content: '', mode: '0600' }).needs).toEqual(['sha256sum', 'stat'])
    expect(filesystem({ device: '/d', type: 'xfs' }).needs).toEqual(['blkid'])
    expect(command({ name: 'c', run: sh`:`, unless: sh`:`, needs: ['crm'] }).needs).toEqual(['crm'])
  })

  it('never holds a secret, and always names it', () => {
    const key = new Secret('key', 'hunter2')
    const tasks = [
      file({ path: '/f', content: text`a ${key}\n` }),
      blockInFile({ path: '/f', block: key, marker: '# {mark}' }),
    ]
    for (const task of tasks) {
      expect(JSON.stringify(task)).not.toContain('hunter2')
      expect(task.apply.secrets).toEqual([key])
      expect(task.probe.secrets).toEqual([])
      expect(task.text?.desired.toString()).toContain('[secret key]')
    }
  })

  it('sets the owner before the mode', () => {
    const text = applies(directory({ path: '/d', mode: '2750', owner: 'a', group: 'b' }))
    expect(text.indexOf('chown a:b /d')).toBeLessThan(text.indexOf('chmod 2750 /d'))
    expect(applies(directory({ path: '/d', group: 'b' }))).toContain('chown :b /d')
  })

  it('asks the package manager plainly, and holds services only where it is told to', () => {
    const text = applies(pkg({ names: ['aa', 'bb'] }))
    expect(text).toMatch(
      /^ *DEBIAN_FRONTEND=noninteractive .* apt-get -y -q .*--no-install-recommends {2}install aa bb$/m,
    )
    expect(text).not.toContain('policy-rc.d')
    expect(applies(pkg({ names: 'aa', startServices: false }))).toContain('policy-rc.d')
    expect(applies(pkg({ names: 'aa', state: 'absent' }))).toMatch(/ remove aa$/m)
  })

  it('chooses the manager of services on the target, unless told', () => {
    const wish = { name: 'a.service', running: true }
    expect(service(wish).probe.text).toMatch(
      /\/run\/systemd\/system.*systemctl show.* -- a\).*init\.d\/a status/s,
    )
    expect(service({ ...wish, manager: 'systemd' }).probe.text).not.toContain('/run/systemd/system')
    expect(service({ ...wish, manager: 'sysv' }).probe.text).not.toContain('systemctl')
  })

  it('reads a mount, an account or a host without a fork', () => {
    const forks = /\$\([^(]|`|\b(awk|sed|grep|cat|stat|getent|id)\b/
    const tasks = [
      mount({ ...data, mounted: true }),
      user({ name: 'u', uid: 1, group: 'g', groups: ['h'], home: '/h', shell: '/s' }),
      group({ name: 'g', gid: 1 }),
      hostEntry({ address: '::2', names: ['b'] }),
    ]
    for (const task of tasks) expect(task.probe.text).not.toMatch(forks)
  })

  it('knows a device by its label or its UUID', () => {
    const text = mount({ ...data, device: 'LABEL=data', mounted: true }).probe.text
    expect(text).toContain('-ef /dev/disk/by-label/data')
    expect(mount({ ...data, device: 'UUID=1-2', mounted: true }).probe.text).toContain(
      '/dev/disk/by-uuid/1-2',
    )
    expect(mount({ ...data, device: 'server:/x', mounted: true }).probe.text).not.toContain('-ef')
  })

  it('swaps the dots and slashes of a parameter as sysctl(8) does', () => {
    const { text } = sysctl({ key: 'net.ipv4.conf.eth0/1.arp_ignore', value: 1 }).apply
    expect(text).toContain('/proc/sys/net/ipv4/conf/eth0.1/arp_ignore')
  })

  it('never forces a file system', () => {
    const text = applies(filesystem({ device: '/dev/d', type: 'xfs', options: ['-m', 'crc=1'] }))
    expect(text).toMatch(/^mkfs -t xfs {2}-m crc=1 \/dev\/d$/m)
    expect(text).not.toMatch(/ -[fF] /)
  })
})

describe('the public names', () => {
  it('are these', () => {
    expect(Object.keys(resources).sort()).toEqual([
      'aptRepository',
      'archive',
      'assert',
      'authorizedKey',
      'blockInFile',
      'command',
      'copy',
      'cron',
      'directory',
      'fetch',
      'file',
      'filesystem',
      'firewall',
      'git',
      'group',
      'hostEntry',
      'kernelModule',
      'knownHost',
      'lineInFile',
      'locale',
      'logicalVolume',
      'mount',
      'mysqlDatabase',
      'mysqlGrant',
      'mysqlUser',
      'mysqlVariable',
      'pkg',
      'reboot',
      'restart',
      'seBoolean',
      'seContext',
      'service',
      'swap',
      'symlink',
      'sysctl',
      'template',
      'timezone',
      'user',
      'volumeGroup',
      'waitFor',
      'yumRepository',
    ])
  })
})
