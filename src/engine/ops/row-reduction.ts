/** Rows shared by several invocations: the pattern of norms and softmax sums, with one invocation a row where barriers are dear. */
import { foldGrid, type DeviceTraits, type KernelBuilder } from '../kernel.ts'

/**
 * Dispatches `rows` rows, `traits.rowLanes` invocations each. The body sees `row`, `lane` and `lanes`, strides over its
 * elements (`for (var j = lane; j < n; j += lanes)`), and may call `row_sum(x, lane)` and `row_max(x, lane)`, which every lane
 * gets, `row_share(x, lane)`, after which `shared_row` holds every lane's number, or `row_barrier()`, after which every lane
 * sees what the others wrote to memory.
 */
export function forEachRow(kernel: KernelBuilder, rows: number, traits: DeviceTraits, body: string, options: { functions?: string; flops?: number } = {}): void {
  const lanes = traits.rowLanes
  if (lanes === 1) {
    const functions = `const lanes = 1u;
fn row_sum(x: f32, lane: u32) -> f32 { return x; }
fn row_max(x: f32, lane: u32) -> f32 { return x; }
var<private> shared_row: array<f32, 1>;
fn row_share(x: f32, lane: u32) { shared_row[0] = x; }
fn row_barrier() {}
${options.functions ?? ''}`
    const flops = options.flops === undefined ? {} : { flops: options.flops }
    kernel.forEach(rows, `  let row = i; let lane = 0u;\n${body}`, { functions, ...flops }, 16)
    return
  }
  const [x, y] = foldGrid(rows, traits.maxWorkgroupsPerDimension)
  const reduce = (name: string, combine: string) => `fn ${name}(x: f32, lane: u32) -> f32 {
  shared_row[lane] = x;
  workgroupBarrier();
  for (var span = ${lanes / 2}u; span > 0u; span >>= 1u) {
    if (lane < span) { let a = shared_row[lane]; let b = shared_row[lane + span]; shared_row[lane] = ${combine}; }
    workgroupBarrier();
  }
  let result = shared_row[0];
  workgroupBarrier();
  return result;
}`
  kernel.dispatch(
    `const lanes = ${lanes}u;
var<workgroup> shared_row: array<f32, ${lanes}>;
${reduce('row_sum', 'a + b')}
${reduce('row_max', 'max(a, b)')}
fn row_share(x: f32, lane: u32) { shared_row[lane] = x; workgroupBarrier(); }
fn row_barrier() { storageBarrier(); }
${options.functions ?? ''}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * ${x}u;
  if (row >= ${rows}u) { return; }
${body}
}`,
    [x, y, 1],
    options.flops,
  )
}
