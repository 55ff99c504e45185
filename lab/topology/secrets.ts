import { visit, type YAMLMap } from 'yaml'
import { LabError } from '../errors.ts'

/** The files that an inventory names with `!secret { file: NAME }`. Throws LabError unless a name is plain. Pure. */
export const secretFiles = (inventory: YAMLMap): string[] => {
  const names = new Set<string>()
  visit(inventory, {
    Map: (_, map) => {
      const file = map.tag === '!secret' ? map.get('file') : undefined
      if (file !== undefined) names.add(plain(String(file)))
    },
  })
  return [...names]
}

const plain = (name: string): string => {
  if (/^[a-z][a-z0-9-]*\.(key|password)$/.test(name)) return name
  throw new LabError(
    `${name} cannot be the file of a secret`,
    'take a plain name that ends in .key or .password',
  )
}
