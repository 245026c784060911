/** The numbers by which ONNX names element types, as attributes of Cast take them (onnx.proto, TensorProto.DataType). */
export const ONNX_FLOAT = 1
export const ONNX_INT32 = 6
export const ONNX_INT64 = 7
export const ONNX_BOOL = 9
export const ONNX_UINT32 = 12
