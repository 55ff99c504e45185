// A pair of keys in its place, for ssh or for sshd.
import { sh, text } from 'runsheet'
import { assert, directory, file } from 'runsheet/resources'

/** @typedef {import('./variables.mjs').KeyPair} KeyPair */
/** @typedef {import('../applications.mjs').Application['users'][number]} User */
/** @typedef {import('runsheet').TaskOptions} TaskOptions */

/**
 * @param {string} path
 * @param {KeyPair} pair
 * @param {string} owner
 * @param {TaskOptions} [options]
 */
export function keyFiles(path, pair, owner, options) {
  return [
    // Without the newline at its end ssh takes it for a torn file.
    file({ path, content: text`${pair.private}\n`, mode: '0600', owner }, options),
    file({ path: `${path}.pub`, content: `${pair.public}\n`, mode: '0644', owner }, options),
    assert(
      {
        that: `${path} is the private half of the public key that the inventory names`,
        test: sh`
          [ -e ${path} ] || { echo 'the key is not there yet' >&2; exit 75; }
          own=$(ssh-keygen -y -P '' -f ${path})
          set -- $own
          [ "$1 $2" = ${bare(pair.public)} ]`,
        otherwise: 'write what `ssh-keygen -y -f` prints for the private key as `public`',
        needs: ['ssh-keygen'],
      },
      when(options),
    ),
  ]
}

/**
 * The key by which a user logs in elsewhere, under the name that ssh looks for by itself.
 *
 * @param {User} user
 * @param {KeyPair} pair
 * @param {TaskOptions} [options]
 */
export function userKey({ name, home }, pair, options) {
  return [
    directory({ path: home, owner: name }, options),
    directory({ path: `${home}/.ssh`, mode: '0700', owner: name }, options),
    ...keyFiles(`${home}/.ssh/${nameOf(pair.public)}`, pair, name, options),
  ]
}

/** @param {string} publicKey */
function nameOf(publicKey) {
  const [, algorithm = ''] = /^(?:ssh-)?(rsa|ed25519|ecdsa)/.exec(publicKey) ?? []
  return `id_${algorithm}`
}

/**
 * Type and key, without the comment.
 *
 * @param {string} publicKey
 */
export function bare(publicKey) {
  return publicKey.split(' ').slice(0, 2).join(' ')
}

/** @param {TaskOptions} [options] */
function when(options) {
  return options?.when ? { when: options.when } : {}
}
