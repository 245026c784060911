/** The table of op cases. A new op gets a file here and one beside it in reference/; all tests of ops read this table. */
import { attentionCases } from './attention.ts'
import type { OpCase } from './case.ts'
import { crossEntropyCases } from './cross-entropy.ts'
import { elementwiseCases } from './elementwise.ts'
import { matmulCases } from './matmul.ts'
import { rowCases } from './rows.ts'

export const opCases: readonly OpCase[] = [...matmulCases, ...attentionCases, ...crossEntropyCases, ...rowCases, ...elementwiseCases]
