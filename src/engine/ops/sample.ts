/**
 * sample: chooses the next token beside the logits and moves the decoder one position on, so that several tokens can be made
 * without the CPU. Rules and order are those of the reference sampler (transformers' processors): repetition penalty,
 * temperature, top-k, top-p, min-p; ties at a border stay.
 *
 * Weights exp((score − best) / temperature) are not negative, so their bits order as they do: each border is found by
 * bisection over bits, without sorting.
 */
import { inputAt, requireShape, type Op } from '../graph.ts'
import { THREEFRY_WGSL } from '../random.ts'
import { forEachRow } from './row-reduction.ts'

/** Where the decoder's state holds what, in elements; each part can be bound by itself. */
export const DECODE_STATE = { token: 0, position: 64, keyRange: 128, slot: 192, draw: 256, windowRange: 320, size: 384 } as const
/** Layout of the settings, f32 [8]. */
export const SAMPLING = { temperature: 0, topK: 1, topP: 2, minP: 3, penalty: 4, size: 8 } as const
/** Written in place of a token where a logit is not finite. */
export const NO_TOKEN = 0xffffffff

/** The largest weight bits `t` with `condition(t)`, which holds for 0 and fails from some point on; as WGSL. */
const bisect = (name: string, measure: string, condition: string) => `
  var ${name} = 0u;
  for (var bit = 0u; bit < 32u; bit++) {
    let tried = ${name} | (0x80000000u >> bit);
    var part = 0.0;
    for (var j = lane; j < size; j += lanes) { let bits = bitcast<u32>(w[j]); if (${measure} }
    let whole = row_sum(part, lane);
    if (${condition}) { ${name} = tried; }
  }`

export interface SampleAttributes {
  /** The model's, where it has one: how many tokens the next one sees in layers of that kind. */
  readonly window?: number | undefined
}

/**
 * logits [1, V], seen u32 [V] (variable: 1 for ids of the prompt and the answer so far), settings [8], seed u32 [1], state u32 [384]
 * and made u32 [R] (variables; the token is put at draw mod R).
 */
export const sample: Op<SampleAttributes> = {
  name: 'sample',
  outputs([logits, seen]) {
    requireShape(logits?.shape[0] === 1 && seen?.shape[0] === logits.shape[1], 'sample', 'logits of one row and a mark for each token are needed')
    return []
  },
  updates: () => [1, 4, 5],
  kernels(node, context) {
    const size = inputAt(node, 0).shape[1]!
    const ring = inputAt(node, 5).shape[0]!
    const kernel = context.kernel('sample').read('logits', inputAt(node, 0)).write('seen', inputAt(node, 1), 'array<u32>')
    kernel.read('settings', inputAt(node, 2)).read('seed', inputAt(node, 3), 'array<u32>')
    kernel.write('state', inputAt(node, 4), 'array<u32>').write('made', inputAt(node, 5), 'array<u32>').write('w', context.scratch(size))
    forEachRow(kernel, 1, context.traits, body(ring), { functions: functions(size, node.attributes), flops: size * 200 })
  },
}

const functions = (size: number, { window }: SampleAttributes) => `${THREEFRY_WGSL}
const size = ${size}u;
fn score(j: u32) -> f32 {
  let logit = logits[j];
  if (seen[j] == 0u) { return logit; }
  return select(logit / settings[${SAMPLING.penalty}], logit * settings[${SAMPLING.penalty}], logit < 0.0);
}
fn keep(token: u32) {
  let draw = state[${DECODE_STATE.draw}];
  let position = state[${DECODE_STATE.position}] + 1u;
  if (token < size) { seen[token] = 1u; }
  state[${DECODE_STATE.token}] = token;
  state[${DECODE_STATE.position}] = position;
  state[${DECODE_STATE.keyRange + 1}] = position + 1u;${window === undefined ? '' : followWindow(window)}
  state[${DECODE_STATE.slot}] = position;
  state[${DECODE_STATE.draw}] = draw + 1u;
}`

const followWindow = (window: number) => `
  state[${DECODE_STATE.windowRange}] = position + 1u - min(position + 1u, ${window}u);
  state[${DECODE_STATE.windowRange + 1}] = position + 1u;`

const body = (ring: number) => `  var top = -3.4e38;
  var broken = 0.0;
  for (var j = lane; j < size; j += lanes) {
    broken += select(0.0, 1.0, (bitcast<u32>(logits[j]) & 0x7f800000u) == 0x7f800000u);
    top = max(top, score(j));
  }
  broken = row_sum(broken, lane);
  top = row_max(top, lane);
  let greedy = settings[${SAMPLING.temperature}] <= 0.0;
  for (var j = lane; j < size; j += lanes) {
    w[j] = select(exp((score(j) - top) / settings[${SAMPLING.temperature}]), select(0.0, 1.0, score(j) == top), greedy);
  }
  row_barrier();
  var border = 1u;
  let k = settings[${SAMPLING.topK}];
  if (k > 0.0 && k < f32(size) && !(settings[${SAMPLING.temperature}] <= 0.0)) {${bisect('kth', 'bits >= tried) { part += 1.0; }', 'whole >= k')}
    border = max(border, kth);
  }
  if (settings[${SAMPLING.topP}] < 1.0 && !(settings[${SAMPLING.temperature}] <= 0.0)) {
    var held = 0.0;
    for (var j = lane; j < size; j += lanes) { if (bitcast<u32>(w[j]) >= border) { held += w[j]; } }
    let needed = max(settings[${SAMPLING.topP}] * row_sum(held, lane), 1e-30); // top-p 0 still needs the likeliest
    var all = 0.0;
    for (var j = lane; j < size; j += lanes) { if (bitcast<u32>(w[j]) > 0u) { all += w[j]; } }
    let everything = row_sum(all, lane);${bisect('less', 'bits > tried) { part += w[j]; }', 'whole >= needed')}
    if (everything >= needed) { border = max(border, less + 1u); }
  }
  border = max(border, bitcast<u32>(settings[${SAMPLING.minP}]));
  border = min(border, bitcast<u32>(1.0f));
  let length = (size + lanes - 1u) / lanes;
  var mass = 0.0;
  for (var j = lane * length; j < min((lane + 1u) * length, size); j++) {
    if (bitcast<u32>(w[j]) >= border) { mass += w[j]; }
  }
  row_share(mass, lane);
  if (lane != 0u) { return; }
  var total = 0.0;
  for (var l = 0u; l < lanes; l++) { total += shared_row[l]; }
  let wanted = uniform_from_bits(threefry(vec2u(seed[0], 0u), vec2u(state[${DECODE_STATE.draw}], 0u)).x) * total;
  var sum = 0.0;
  var token = ${NO_TOKEN}u;
  for (var l = 0u; l < lanes; l++) {
    if (shared_row[l] == 0.0) { continue; }
    if (!greedy && sum + shared_row[l] <= wanted && l + 1u < lanes) { sum += shared_row[l]; continue; }
    for (var j = l * length; j < min((l + 1u) * length, size); j++) {
      if (bitcast<u32>(w[j]) < border) { continue; }
      sum += w[j];
      token = j;
      if (greedy || sum > wanted) { break; }
    }
    if (greedy || sum > wanted) { break; }
  }
  if (broken > 0.0) { token = ${NO_TOKEN}u; }
  made[state[${DECODE_STATE.draw}] % ${ring}u] = token;
  keep(token);`
