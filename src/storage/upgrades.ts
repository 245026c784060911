/** What records of earlier schemas lack, by kind: a record is brought up when it is read, and rewritten when it next changes. */
import type { JsonObject } from '../adapters/json.ts'

/** The i-th takes the body from schema i + 1 to i + 2. Never change one that has shipped: add another. */
type Upgrade = (body: JsonObject) => JsonObject

const UPGRADES: Readonly<Record<string, readonly Upgrade[]>> = {
  adapter: [(body) => ({ ...body, note: '', tags: [] })],
}

/** The schema that records of a kind are written in now. */
export function schemaOf(kind: string): number {
  return 1 + (UPGRADES[kind]?.length ?? 0)
}

/** A body as the present schema has it. */
export function upgraded(kind: string, body: JsonObject, schema: number): JsonObject {
  return (UPGRADES[kind] ?? []).slice(schema - 1).reduce((older, upgrade) => upgrade(older), body)
}
