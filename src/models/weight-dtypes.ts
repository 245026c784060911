/** How the frozen matrices of a model may be kept. 'stored': as the checkpoint has them. The others: quantised while they are read. */
export const WEIGHT_DTYPES = ['stored', 'int8', 'int4'] as const

export type WeightDtype = (typeof WEIGHT_DTYPES)[number]
