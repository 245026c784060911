/** How pairs are written, in words. */
import type { Template } from '../../service/types.ts'

export function describeTemplate(template: Template): string {
  if (template === 'chat-template') return 'the model’s chat template'
  return template === 'source-target' ? 'an input that is read, and an output that is written' : 'a plain template'
}
