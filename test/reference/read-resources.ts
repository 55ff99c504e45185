import ts from 'typescript'

/** One field of a wish. */
export interface Field {
  name: string
  optional: boolean
  /** As the source has it. */
  type: string
  text: string
}

/** What the sources say of one resource. */
export interface Resource {
  /** The function that a playbook calls. */
  name: string
  file: string
  text: string
  /** The code of `@example`; undefined where there is none. */
  example: string | undefined
  fields: readonly Field[]
}

const ENTRY = new URL('../../lib/resources/index.ts', import.meta.url).pathname

/** Every resource that `runsheet/resources` exports, from types and docstrings, in the order of their names. */
export function readResources(): Resource[] {
  const program = ts.createProgram([ENTRY], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(ENTRY)
  const entry = source && checker.getSymbolAtLocation(source)
  if (!entry) throw new TypeError(`${ENTRY} exports nothing`)
  return checker
    .getExportsOfModule(entry)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((symbol) => readResource(checker, symbol))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `export const NAME = defineResource<Want>(…)` says all there is; other exports are no resources. */
function readResource(checker: ts.TypeChecker, symbol: ts.Symbol): Resource[] {
  const declaration = symbol.valueDeclaration
  if (!declaration || !ts.isVariableDeclaration(declaration)) return []
  const call = declaration.initializer
  if (!call || !ts.isCallExpression(call) || call.expression.getText() !== 'defineResource') return []
  const wish = call.typeArguments?.[0]
  const type = wish && checker.getTypeFromTypeNode(wish)
  if (!type) return []
  const owner = type.aliasSymbol ?? type.symbol
  return [
    {
      name: symbol.name,
      file: declaration.getSourceFile().fileName.replace(/^.*\/(?=lib\/)/, ''),
      text: ts.displayPartsToString(owner.getDocumentationComment(checker)),
      example: ts.displayPartsToString(owner.getJsDocTags().find(({ name }) => name === 'example')?.text),
      fields: fieldsOf(checker, type),
    },
  ]
}

/** Of a union of wishes, the fields of all its members. */
function fieldsOf(checker: ts.TypeChecker, type: ts.Type): Field[] {
  const members = type.isUnion() ? type.types : [type]
  const fields = new Map(
    members
      .flatMap((member) => checker.getPropertiesOfType(member))
      .map((property) => [property.name, readField(checker, property)]),
  )
  return [...fields.values()]
}

function readField(checker: ts.TypeChecker, property: ts.Symbol): Field {
  const { valueDeclaration: declaration } = property
  const node = declaration && ts.isPropertySignature(declaration) ? declaration.type : undefined
  return {
    name: property.name,
    optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    type: node?.getText().replaceAll(/\s+/g, ' ') ?? 'unknown',
    text: ts.displayPartsToString(property.getDocumentationComment(checker)),
  }
}
