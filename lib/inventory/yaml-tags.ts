import { type CollectionTag, Scalar, type ScalarTag, type Tags, type YAMLMap } from 'yaml'
import { readOrigin, SecretOrigin } from './secret-origin.ts'

/** Marks text that Ansible leaves as it is, braces and all. */
export const UNSAFE = '!unsafe'

/**
 * Plain scalars that are text to PyYAML, which Ansible uses, but not to the `yaml` library in YAML 1.1: `y` and `n`,
 * numbers with a zero in front that are not octal, and exponents without a point or a sign.
 *
 * @see https://github.com/yaml/pyyaml/blob/main/lib/yaml/resolver.py
 */
const TEXT = new RegExp(
  `^(?:${[
    '[yYnN]',
    '[-+]?0[0-9_]*[89][0-9_]*',
    '[-+]?0[0-9_]*(?::[0-5]?[0-9])+',
    '[-+]?[0-9_]*(?:\\.[0-9_]*)?[eE][0-9]+',
    '[-+]?[0-9_]*[eE][-+][0-9]+',
    '[-+]?\\._*',
    '[-+]\\.[0-9_]+(?:[eE][-+]?[0-9]+)?',
  ].join('|')})$`,
)

/**
 * The tags of an inventory. A date is the text as it stands: what reads it is a program on a target.
 *
 * @param folder what relative paths of secrets start from
 */
export function yamlTags(tags: Tags, folder: string): Tags {
  const known = tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith(':timestamp'))
  return [text, ...known, unsafe, secret(folder), age(folder), ...vaults]
}

const text: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  test: TEXT,
  resolve: (value) => value,
}

const unsafe: ScalarTag = { tag: UNSAFE, resolve: (value) => value }

/** `!secret { file: PATH }` and so on: the value itself never stands in the inventory. */
function secret(folder: string): CollectionTag {
  return {
    tag: '!secret',
    collection: 'map',
    resolve: (map, onError) => {
      const origin = readOrigin((map as YAMLMap).toJSON() as Record<string, unknown>, folder)
      if (typeof origin === 'string') onError(origin)
      return new Scalar(origin)
    },
  }
}

/** `!age |` and the armored text. */
function age(folder: string): ScalarTag {
  return { tag: '!age', resolve: (value) => new SecretOrigin('armor', value, folder) }
}

const vaults = ['!vault', '!vault-encrypted'].map(
  (tag): ScalarTag => ({
    tag,
    resolve: (_value, onError) => {
      onError('this is encrypted by ansible-vault; decrypt it there and encrypt it with age: !age')
      return ''
    },
  }),
)
