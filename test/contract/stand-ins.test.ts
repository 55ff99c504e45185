import { beforeEach, describe, expect, it } from 'vitest'
import { CANNOT_TELL } from '../../lib/resource/contract.ts'
import { firewall, seBoolean, seContext } from '../../lib/resources/index.ts'
import { converges, type Host, makeHost, SHELLS } from './host.ts'

// What no machine of ours has, SELinux and firewalld: stand-ins for their tools say what the manuals show.

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('seBoolean', () => {
    const listed = (line: string) =>
      host.write(
        'listed',
        `SELinux boolean                State  Default Description\n\nhttpd_can_network (on   ,   on)  Allow (x, on)\n${line}\nzebra (off  ,  off)  Allow zebra\n`,
      )
    const task = seBoolean({ name: 'httpd_can_network_connect', value: true })
    beforeEach(() => {
      host.write('sys/fs/selinux/booleans/httpd_can_network_connect', '0 0')
      listed('httpd_can_network_connect      (off  ,  off)  Allow httpd (and more, on) to connect')
      host.tool('semanage', 'case "$*" in "boolean -l") cat listed ;; *) exit 2 ;; esac')
      host.tool(
        'setsebool',
        `note "$@"
        echo '1 1' > sys/fs/selinux/booleans/$2
        sed -i "s/^$2 .*/$2 (on   ,   on)  Allow/" listed`,
      )
    })

    it('is set now and for the next boot', () => {
      converges(host, task)
      expect(host.notes()[0]).toBe('-P httpd_can_network_connect on')
    })

    it.each([
      ['1 1', '(on   ,  off)', 'live yes\npersistent no'],
      ['0 1', '(off , on)', 'live no\npersistent yes'],
      ['0 0', '-> on', 'live no\npersistent unknown'],
    ])('%s and %s', (live, line, state) => {
      host.write('sys/fs/selinux/booleans/httpd_can_network_connect', live)
      listed(`httpd_can_network_connect ${line}`)
      expect(host.probe(task)).toBe(state)
    })

    it('cannot tell without SELinux, or of a boolean that the policy does not have', () => {
      expect(host.run(seBoolean({ name: 'other', value: true }).probe.text)).toMatchObject({
        code: CANNOT_TELL,
        stderr: expect.stringContaining('SELinux is off, or its policy has no other yet'),
      })
    })
  })

  describe('seContext', () => {
    beforeEach(() => {
      host.write('sys/fs/selinux/booleans/x', '0 0')
      host.write('rules', '/srv/other    all files          system_u:object_r:other_t:s0 \n')
      host.tool(
        'semanage',
        `case "$1 $2" in
        'fcontext -l') cat rules; exit ;;
        'fcontext -a') if grep -q "^$5 " rules; then echo 'already defined' >&2; exit 1; fi ;;
        esac
        note "$@"
        grep -v "^$5 " rules > kept
        mv kept rules
        echo "$5    all files          system_u:object_r:$4:s0 " >> rules`,
      )
      host.tool(
        'restorecon',
        `note restorecon "$@"
        case "$*" in
        '-n '*) [ -e labelled ] || echo "Would relabel $4 from a:b:default_t:s0 to a:b:web_t:s0" ;;
        *) : > labelled ;;
        esac`,
      )
    })

    it('gets its rule and its labels', () => {
      host.write('www/f', '')
      const task = seContext({ path: host.at('www'), type: 'web_t', recursive: true })
      expect(host.probe(task)).toBe('rule none\nlabels wrong')
      converges(host, task)
      expect(host.read('rules')).toContain(`${host.at('www')}(/.*)?    all files`)
    })

    it('gets another rule, and a label when it is made', () => {
      host.write('rules', `${host.at('www')}    all files    system_u:object_r:old_t:s0\n`)
      const task = seContext({ path: host.at('www'), type: 'web_t' })
      expect(host.probe(task)).toBe('rule old_t\nlabels right')
      converges(host, task)
    })
  })

  describe('firewall of firewalld', () => {
    beforeEach(() => {
      host.write('live', '')
      host.write('kept', '')
      host.tool(
        'firewall-cmd',
        `file=live
        for word; do
          case $word in
          --state) exit 0 ;;
          --permanent) file=kept ;;
          --query-rich-rule=*) grep -qxF "\${word#*=}" $file; exit ;;
          --add-rich-rule=*) note "$file"; echo "\${word#*=}" >> $file ;;
          --remove-rich-rule=*) grep -vxF "\${word#*=}" $file > new; mv new $file ;;
          esac
        done`,
      )
    })

    it('is changed where it differs, now and for the next boot', () => {
      const task = firewall({ name: 'web', port: '80-81', source: '10.0.0.0/8' })
      converges(host, task)
      host.write('live', '')
      converges(host, task)
      expect(host.notes()).toEqual(['live', 'kept', 'live'])
      converges(host, firewall({ name: 'web', port: '80-81', source: '10.0.0.0/8', absent: true }))
    })
  })
})
