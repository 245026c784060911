/**
 * crossEntropy: the weighted loss of predicting target tokens from hidden rows, fused with the vocabulary projection. Logits
 * exist for a block of rows at a time; the gradient with respect to the hidden rows is made from the same block, so nothing
 * is computed twice (after Hsu et al., "Liger Kernel", 2024).
 */
import { inputAt, requireShape, type Node, type Op } from '../../graph.ts'
import { f32Literal, operandOf, weightPieces, weightStorage, type KernelContext, type Operand } from '../../kernel.ts'
import { isOnes } from '../constant.ts'
import { emitProduct } from '../matmul/emit.ts'
import type { Product } from '../matmul/product.ts'
import { forEachRow } from '../row-reduction.ts'
import { scaleRows } from '../scale-rows.ts'
import { softcapWgsl } from '../softcap.ts'
import { crossEntropyOnnx } from './onnx.ts'
import { crossEntropyTfjs } from './tfjs.ts'

export interface CrossEntropyAttributes {
  /** What bounds the logits: each becomes softcap · tanh(logit / softcap). */
  readonly softcap?: number | undefined
}

/** Most bytes of logits at a time. */
const LOGITS_BYTES = 32 * 2 ** 20

/**
 * hidden [M, d], vocabulary [V, d] (frozen), targets u32 [M], weights [M] → losses [M] (weights[m] · −log p(target)), and the
 * gradient of their sum with respect to hidden [M, d].
 */
export const crossEntropy: Op<CrossEntropyAttributes> = {
  name: 'crossEntropy',
  outputs([hidden, vocabulary, targets, weights]) {
    const rows = hidden?.shape[0]
    requireShape(hidden?.shape.length === 2 && vocabulary?.shape[1] === hidden.shape[1], 'crossEntropy', 'hidden size and vocabulary disagree')
    requireShape(targets?.shape[0] === rows && weights?.shape[0] === rows, 'crossEntropy', 'a target and a weight for each row are needed')
    return [
      { shape: [rows!], dtype: 'f32' },
      { shape: hidden.shape, dtype: 'f32' },
    ]
  },
  gradient(graph, node, [dLosses], wanted) {
    requireShape(!wanted[1] && !wanted[3], 'crossEntropy', 'only the hidden rows have a gradient')
    const dHidden = node.outputs[1]!
    if (!dLosses) return []
    return [isOnes(dLosses) ? dHidden : graph.applyOne(scaleRows, [dHidden, dLosses], {})]
  },
  kernels(node, context) {
    const [rows] = inputAt(node, 0).shape as [number]
    const vocabularySize = inputAt(node, 1).shape[0]!
    const block = Math.min(rows, rowsPerBlock(vocabularySize, context.traits.maxBindingBytes))
    const logits = context.scratch(block * vocabularySize)
    for (let begin = 0; begin < rows; begin += block) emitBlock(node, context, logits, begin, Math.min(block, rows - begin))
  },
  onnx: crossEntropyOnnx,
  tfjs: crossEntropyTfjs,
}

function rowsPerBlock(vocabularySize: number, maxBindingBytes: number): number {
  const most = Math.floor(Math.min(LOGITS_BYTES, maxBindingBytes) / 4 / vocabularySize)
  return most >= 64 ? Math.floor(most / 64) * 64 : Math.max(1, Math.min(64, Math.floor(maxBindingBytes / 4 / vocabularySize)))
}

function emitBlock(node: Node<CrossEntropyAttributes>, context: KernelContext, logits: Operand, begin: number, rows: number): void {
  const vocabularySize = inputAt(node, 1).shape[0]!
  const needsGradient = context.isUsed(node.outputs[1]!)
  for (const product of logitProducts(node, context, logits, begin, rows)) emitProduct(product, context)
  const kernel = context.kernel('crossEntropy').write('logits', logits)
  kernel.read('targets', inputAt(node, 2), 'array<u32>').read('weights', inputAt(node, 3)).write('losses', node.outputs[0]!)
  const { softcap } = node.attributes
  const cap = softcap === undefined ? '' : 'logits[at + j] = softcap(logits[at + j]); '
  const slope = softcap === undefined ? '' : ` * (1.0 - logits[at + j] * logits[at + j] * ${f32Literal(softcap ** -2)})`
  const backward = `  for (var j = lane; j < ${vocabularySize}u; j += lanes) {
    let p = exp(logits[at + j] - log_sum);
    logits[at + j] = weight * (p - select(0.0, 1.0, j == label))${slope};
  }`
  forEachRow(
    kernel,
    rows,
    context.traits,
    `  let at = row * ${vocabularySize}u;
  let label = targets[row + ${begin}u];
  let weight = weights[row + ${begin}u];
  var top = -3.4e38;
  for (var j = lane; j < ${vocabularySize}u; j += lanes) { ${cap}top = max(top, logits[at + j]); }
  top = row_max(top, lane);
  var total = 0.0;
  for (var j = lane; j < ${vocabularySize}u; j += lanes) { total += exp(logits[at + j] - top); }
  let log_sum = top + log(row_sum(total, lane));
  // The lane that will overwrite the label's logit reads it first.
  if (label % lanes == lane) { losses[row + ${begin}u] = select(0.0, weight * (log_sum - logits[at + label]), weight != 0.0); }
${needsGradient ? backward : ''}`,
    { flops: rows * vocabularySize * 12, ...(softcap === undefined ? {} : { functions: softcapWgsl(softcap, 'f32') }) },
  )
  if (needsGradient) emitProduct(hiddenGradient(node, context, logits, begin, rows), context)
}

/** logits = hidden · vocabularyᵀ for a block of rows, a product for each piece of the vocabulary. */
function logitProducts(node: Node<object>, context: KernelContext, logits: Operand, begin: number, rows: number): Product[] {
  const vocabulary = inputAt(node, 1)
  const [vocabularySize, inner] = vocabulary.shape as [number, number]
  return weightPieces(vocabulary, context.traits).map((piece) => ({
    rows,
    columns: piece.rows,
    terms: [
      {
        a: operandOf(inputAt(node, 0)),
        aLayout: { storage: 'f32', offset: begin * inner, stride: inner, along: 'columns' },
        b: operandOf(vocabulary, piece.index),
        bLayout: { storage: weightStorage(vocabulary), offset: 0, stride: inner, along: 'columns' },
        inner,
        alpha: 1,
      },
    ],
    output: logits,
    outputOffset: piece.rowBegin,
    outputStride: vocabularySize,
    biasOffset: 0,
    accumulate: false,
  }))
}

/** d hidden = d logits · vocabulary for a block of rows; each piece of the vocabulary is a term. */
function hiddenGradient(node: Node<object>, context: KernelContext, logits: Operand, begin: number, rows: number): Product {
  const vocabulary = inputAt(node, 1)
  const [vocabularySize, columns] = vocabulary.shape as [number, number]
  return {
    rows,
    columns,
    terms: weightPieces(vocabulary, context.traits).map((piece) => ({
      a: logits,
      aLayout: { storage: 'f32', offset: piece.rowBegin, stride: vocabularySize, along: 'columns' },
      b: operandOf(vocabulary, piece.index),
      bLayout: { storage: weightStorage(vocabulary), offset: 0, stride: columns, along: 'rows' },
      inner: piece.rows,
      alpha: 1,
    })),
    output: operandOf(node.outputs[1]!),
    outputOffset: begin * columns,
    outputStride: columns,
    biasOffset: 0,
    accumulate: false,
  }
}
