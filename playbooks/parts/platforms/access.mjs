// What a system has to be told before and after its packages are installed: where they come from, and what may be done.
import { sh, text } from 'runsheet'
import { command, file, firewall, pkg, seContext, yumRepository } from 'runsheet/resources'

/** @typedef {import('./index.mjs').Platform} Platform */
/** @typedef {import('../cluster.mjs').Cluster} Cluster */

/**
 * The sources of packages, those that the inventory names the last: of two that have a package, the newer version counts.
 *
 * @param {Platform} platform
 * @param {Cluster['repositories']} repositories
 */
export function sources({ vault, addon, releases, module }, repositories) {
  return [
    ...(vault
      ? [file({ path: vault.path, content: vaultFile(vault), mode: '0644', owner: 'root', group: 'root' })]
      : []),
    ...repositories.map(({ name, baseurls, key, trusted }) =>
      yumRepository({
        name,
        baseurls,
        ...(key !== undefined && { key }),
        ...(trusted && { trusted: /** @type {const} */ (true) }),
      }),
    ),
    ...(addon ? enabled(addon) : []),
    ...(releases ? [pkg({ names: releases })] : []),
    ...(module ? [moduleStream(module)] : []),
  ]
}

/** @param {NonNullable<Platform['vault']>} vault */
function vaultFile({ address, key }) {
  const sections = ['os', 'updates', 'extras'].map(
    (name) => `
[${name === 'os' ? 'base' : name}]
name=CentOS, kept in the vault: ${name}
baseurl=${address}/${name}/$basearch/
enabled=1
gpgcheck=1
gpgkey=file://${key}
`,
  )
  return text`# Written by runsheet: the mirrors of this release are gone, and nobody mends its faults any more.
${sections.join('')}`
}

/** @param {string} addon */
function enabled(addon) {
  const isKnown = {
    otherwise: `this system has no repository ${addon}; the inventory has to name one with the package resource-agents`,
    test: sh`dnf -q -C repolist --all | grep -q ${`^${addon} `}`,
  }
  return [
    pkg({ names: 'dnf-plugins-core' }, { when: isKnown }),
    command(
      {
        name: `the repository ${addon} is enabled`,
        unless: sh`dnf -q -C repolist --enabled | grep -q ${`^${addon} `}`,
        run: sh`dnf -q -y config-manager --set-enabled ${addon}`,
        needs: ['dnf'],
      },
      { when: isKnown },
    ),
  ]
}

/** @param {string} module */
function moduleStream(module) {
  const [name = '', stream = ''] = module.split(':')
  return command({
    name: `packages of ${name} come from the stream ${stream}`,
    unless: sh`dnf -q -C module list --enabled ${name} 2>/dev/null | grep -Eq ${`^${name} +${stream} .*\\[e\\]`}`,
    run: sh`dnf -q -y module enable ${module}`,
    needs: ['dnf'],
  })
}

/** @type {import('runsheet').Condition} */
const firewalldRuns = {
  otherwise: 'firewalld does not run',
  test: sh`firewall-cmd -q --state 2>/dev/null || exit 1`,
}

/** @type {import('runsheet').Condition} */
const selinuxIsOn = { otherwise: 'SELinux is off', test: sh`[ -d /sys/fs/selinux/booleans ]` }

/**
 * The nodes let each other in, and clients to what the cluster serves.
 *
 * @param {Cluster} cluster
 */
export function admitted({ platform, ports }) {
  if (!platform.firewalld) return []
  return ports.map(({ name, port, protocol }) =>
    firewall({ name, port, ...(protocol && { protocol }) }, { when: firewalldRuns }),
  )
}

/**
 * What lies on the shared storage has the labels that it would have in its own place.
 *
 * @param {Cluster} cluster
 */
export function labelled({ platform: { semanage }, contexts }) {
  if (!semanage || contexts.length === 0) return []
  return [
    pkg({ names: semanage }, { when: selinuxIsOn }),
    ...contexts.map((context) => seContext({ ...context, recursive: true }, { when: selinuxIsOn })),
  ]
}
