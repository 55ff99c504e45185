import { existsSync, statSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { logicalVolume, swap, volumeGroup } from '../../lib/resources/index.ts'
import { demand } from '../support/shells.ts'
import { converges, type Host, makeHost, refuses, SHELLS, staysAsItIs } from './host.ts'

// The contract of swap and LVM with stand-ins for what a kernel does; lab machines have the real thing.

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('swap', () => {
    beforeEach(() => {
      for (const name of ['blkid', 'wipefs', 'mkswap'])
        host.tool(name, `exec 2> /dev/null; exec ${demand(name, 'util-linux')} "$@"`)
      host.write('proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n')
      host.write('etc/fstab', '# the root\n/dev/root / ext4 defaults 0 1\n/dev/sdz none swap sw 0 0\n')
      // As the kernel does, blanks are escaped.
      host.tool(
        'swapon',
        `order=-2; [ "$1" != -p ] || { order=$2; shift 2; }
        note swapon "$order"
        printf '%s file 1 0 %s\\n' "$(echo "$1" | sed 's/ /\\\\040/g')" "$order" >> proc/swaps`,
      )
      host.tool('swapoff', `note swapoff; sed -i '$d' proc/swaps`)
    })

    it('makes a file, uses it now and at boot, and stops that again', () => {
      const wish = { path: host.at('swap file'), size: '2M' }
      expect(host.apply(swap(wish))).toMatchObject({ code: 0, stderr: '' })
      staysAsItIs(host, swap(wish))
      expect(statSync(wish.path)).toMatchObject({ size: 2 << 20, mode: 0o100600 })
      expect(host.read('etc/fstab')).toContain(`${wish.path.replace(' ', '\\040')} none swap sw 0 0\n`)
      converges(host, swap({ ...wish, priority: 5 }))
      converges(host, swap({ path: wish.path, active: false }))
      expect(host.read('etc/fstab')).toBe(
        '# the root\n/dev/root / ext4 defaults 0 1\n/dev/sdz none swap sw 0 0\n',
      )
      expect(host.notes()).toEqual(['swapon -2', 'swapoff', 'swapon 5', 'swapoff'])
      converges(host, swap({ path: wish.path }))
    })

    it('puts the line of fstab alone right', () => {
      host.apply(swap({ path: host.at('s'), size: '1M' }))
      host.write('etc/fstab', `${host.at('s')} none swap pri=3 0 0\n`)
      expect(host.probe(swap({ path: host.at('s') }))).toBe('active yes\npersistent differs')
      converges(host, swap({ path: host.at('s') }))
      expect(host.notes()).toEqual(['swapon -2'])
    })

    it('takes no file that holds anything else, and makes none without a size', () => {
      host.write('data', 'precious')
      refuses(host, swap({ path: host.at('data'), size: '1M' }), /data is there and is no swap: move it away/)
      refuses(host, swap({ path: host.at('none') }), /there is no .*none, and no size/)
      expect(existsSync(host.at('none'))).toBe(false)
      expect(host.notes()).toEqual([])
    })
  })

  describe('volumeGroup', () => {
    beforeEach(() => {
      host.write('pvs', '')
      host.tool('pvs', 'sed "s/^/  /" pvs')
      for (const one of ['sdb', 'sdc', 'sdd']) host.write(`dev/${one}`, '')
      host.link('dev/by-id', 'sdb')
      host.write('pvs', `${host.at('dev/sdb')} data\n${host.at('dev/sdd')} data\n${host.at('dev/sdc')}\n`)
    })

    it('tells the wished devices that are in it, by any name, in the order of the wish', () => {
      const [sdb, sdd, link] = [host.at('dev/sdb'), host.at('dev/sdd'), host.at('dev/by-id')]
      staysAsItIs(host, volumeGroup({ name: 'data', devices: [sdd, link] }))
      expect(host.probe(volumeGroup({ name: 'data', devices: [host.at('dev/sdc'), sdb] }))).toBe(
        `group present\ndevices ${sdb}`,
      )
      expect(host.probe(volumeGroup({ name: 'dat', devices: [sdb] }))).toBe('group absent')
    })

    it('takes no device of another group, and nothing that is no device', () => {
      refuses(host, volumeGroup({ name: 'new', devices: [host.at('dev/sdb')] }), /already: .*sdb is in data/)
      refuses(host, volumeGroup({ name: 'new', devices: [host.at('dev/sdc')] }), /sdc is in no group/)
      host.write('dev/sde', '')
      refuses(host, volumeGroup({ name: 'new', devices: [host.at('dev/sde')] }), /sde is no block device/)
    })
  })

  describe('logicalVolume', () => {
    beforeEach(() => {
      host.write('lvs', 'data mysql 4194304.00 4096.00\ndata odd 102400.00 4096.00\nother mysql 1.00 1.00\n')
      host.tool('lvs', 'sed "s/^/  /" lvs')
      host.tool('blkid', 'cat type 2> /dev/null || exit 2')
      host.tool('lvextend', 'note lvextend "$1" "$2"; sed -i "s/4194304/5242880/" lvs')
      host.tool('lvcreate', 'note lvcreate "$@"; echo data new 20480 4096.00 >> lvs')
    })

    it('makes and grows one, with the file system on it', () => {
      staysAsItIs(host, logicalVolume({ group: 'data', name: 'mysql', size: '4G' }))
      converges(host, logicalVolume({ group: 'data', name: 'new', size: '19M' }))
      host.write('type', 'xfs\n')
      converges(host, logicalVolume({ group: 'data', name: 'mysql', size: '5G' }))
      expect(host.notes()).toEqual(['lvcreate -n new -L 19M data', 'lvextend -r -L'])
    })

    it('grows what holds nothing, or what LVM cannot grow, alone', () => {
      converges(host, logicalVolume({ group: 'data', name: 'mysql', size: '5G' }))
      expect(host.notes()).toEqual(['lvextend -L 5G'])
    })

    it('makes none smaller', () => {
      const task = logicalVolume({ group: 'data', name: 'mysql', size: '3G' })
      expect(host.probe(task)).toBe('volume present\nsize 4194304 KiB, larger')
      refuses(host, task, /dev\/data\/mysql is larger: 4194304 KiB.*by hand/)
      expect(host.probe(logicalVolume({ group: 'data', name: 'odd', size: '99M' }))).toBe(
        'volume present\nsize 99M',
      )
    })
  })
})
