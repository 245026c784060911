/** A LoRA adapter as data: what training makes, storage keeps and the formats read and write. */

export interface LoraConfig {
  rank: number
  alpha: number
  dropout: number
  /** α/√r in place of α/r. */
  useRsLora: boolean
  /** Module name endings, as PEFT lists them: "q_proj", "down_proj". */
  targetModules: string[]
}

/** y += scale · (x · Aᵀ) · Bᵀ on the linear layer `module` ("model.layers.0.self_attn.q_proj"). */
export interface LoraPair {
  module: string
  inFeatures: number
  outFeatures: number
  /** [rank, inFeatures], row-major. */
  a: Float32Array
  /** [outFeatures, rank], row-major. */
  b: Float32Array
}

export interface LoraAdapter {
  config: LoraConfig
  pairs: LoraPair[]
}

/** The base model an adapter belongs to. `hash` covers its config and its weights' headers. */
export interface BaseModelIdentity {
  name: string
  hash: string
}
