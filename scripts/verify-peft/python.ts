/** A Python with PyTorch, transformers and PEFT: one that is there, or a virtual environment made once below .cache/. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ENVIRONMENT = join(import.meta.dirname, '../../.cache/verify-peft')
const OWN_PYTHON = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
/** The versions with which the goldens were made. */
const PACKAGES = ['torch==2.13.0', 'transformers==5.23.0', 'peft==0.21.2', 'safetensors']
/** Where PyTorch without CUDA lies, a tenth as large; where it cannot be reached, PyPI's is taken. */
const CPU_INDEX = 'https://download.pytorch.org/whl/cpu'
const INSTALL_MINUTES = 4

/** Why there is none, as a sentence. */
export class NoPython extends Error {}

const works = (python: string, code: string) => spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0

/** The command that starts it. Throws NoPython. */
export function findPython(tell: (what: string) => void): string {
  const found = [OWN_PYTHON, 'python3', 'python'].find((python) => works(python, 'import torch, transformers, peft, safetensors'))
  if (found !== undefined) return found
  const plain = ['python3', 'python'].find((python) => works(python, 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'))
  if (plain === undefined) throw new NoPython('PEFT needs Python 3.10 or newer with the module venv, and there is none.')
  tell(`Making a virtual environment with ${PACKAGES.join(', ')} in ${ENVIRONMENT}; this is done once.`)
  if (!existsSync(OWN_PYTHON)) install(plain, ['-m', 'venv', ENVIRONMENT])
  install(OWN_PYTHON, ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '20', '--extra-index-url', CPU_INDEX, ...PACKAGES])
  return OWN_PYTHON
}

function install(python: string, args: readonly string[]): void {
  const { status, signal, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: INSTALL_MINUTES * 60_000 })
  if (status === 0) return
  const why = signal ? `it took longer than ${INSTALL_MINUTES} minutes` : (stderr.trim().split('\n').at(-1) ?? '')
  throw new NoPython(`PyTorch, transformers and PEFT could not be installed from Python's registry: ${why}`)
}
