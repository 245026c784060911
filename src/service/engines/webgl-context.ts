/** WebGL in a worker: a context on a canvas that nobody sees, and what draws it. */

export interface WebGlContext {
  readonly gl: WebGL2RenderingContext
  /** The graphics device, as the browser names it. */
  readonly name: string
  readonly software: boolean
  readonly lost: Promise<{ message: string }>
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render/i

/** Undefined where the browser gives a worker no WebGL 2. */
export function openWebGlContext(): WebGlContext | undefined {
  if (typeof OffscreenCanvas === 'undefined') return undefined
  const canvas = new OffscreenCanvas(1, 1)
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false, premultipliedAlpha: false })
  if (!gl) return undefined
  const named = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  const lost = new Promise<{ message: string }>((resolve) => {
    canvas.addEventListener('webglcontextlost', () => resolve({ message: 'The browser took WebGL away.' }), { once: true })
  })
  return { gl, name: shortName(renderer), software: SOFTWARE.test(renderer), lost }
}

/** "ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)" → "Apple M2". */
export function shortName(renderer: string): string {
  const [, inside] = /^ANGLE \([^,]+, (.+?)(?:, [^,]*)?\)$/.exec(renderer) ?? []
  return (inside ?? renderer).replace(/^ANGLE Metal Renderer: /, '').replace(/ \(0x[0-9A-F]+\)| Direct3D.*$/gi, '')
}
