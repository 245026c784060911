/**
 * Stands in for onnxruntime-web in the bundle (vite.config.ts): transformers.js imports it for its pipelines, and with it
 * 27 MB of WebAssembly, while a tokenizer runs no network.
 */
export {}
