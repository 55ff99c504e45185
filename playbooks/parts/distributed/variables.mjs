// Masters that stand in for each other, and their slaves: who is known by which key.
import { Secret, z } from 'runsheet'

const secret = z.instanceof(Secret, { error: 'a secret: !secret { file: PATH } or !secret { env: NAME }' })
const word = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}( [^\s"]+)?$/

export const publicKey = z.string().regex(word, 'a public key as its .pub file has it: type, key, comment')

/** The public half stands in the open: what trusts it can be written before any host is asked. */
export const keyPair = z.strictObject({
  private: secret
    .refine((key) => key.reveal().startsWith('-----BEGIN'), 'a private key as ssh-keygen writes it')
    .describe('Without a passphrase: nobody is there to type it'),
  public: publicKey,
})

// sshd has one key of each type, and those of the nodes are RSA, ECDSA with 256 bits and Ed25519.
const OWN_TYPE = /^ecdsa-sha2-nistp(384|521) /

export const masters = z
  .strictObject({
    user: z.string().default('nagios').describe('One of the users of the application'),
    ssh_key: keyPair.describe('By it both masters log in at the slaves'),
    host_key: keyPair
      .refine((pair) => OWN_TYPE.test(pair.public), {
        path: ['public'],
        message:
          'the key that both masters share is of a type of its own (ssh-keygen -t ecdsa -b 521), for it must not take ' +
          'the place of a key by which a node is known already',
      })
      .describe('By it the slaves know both masters and their VIP'),
  })
  .describe('Where slaves exist: keys that both nodes have, so that nobody notices which of them is active')

export const slave = z.strictObject({
  role: z.literal('slave'),
  address: z.ipv4().describe('Where the masters reach it'),
  host_key: publicKey.describe('As its /etc/ssh/ssh_host_*_key.pub has it; by it the masters know the slave'),
  ssh_key: keyPair.describe(
    'By it the slave logs in at the masters, where it opens the connection (reverse SSH)',
  ),
})

/** @typedef {import('runsheet').z.infer<typeof keyPair>} KeyPair */
/** @typedef {import('runsheet').z.infer<typeof masters>} Masters */
/** @typedef {import('runsheet').z.infer<typeof slave>} SlaveVariables */
/** @typedef {import('runsheet').Host<SlaveVariables>} Slave */
