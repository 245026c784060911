/**
 * The environment in which Dawn (the npm package `webgpu`) finds a GPU in Node: the machine's own driver where there is
 * one, else the SwiftShader that comes with Chromium. The dynamic loader reads these variables when a process starts,
 * so a launcher sets them for the process it spawns.
 */
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { findChromium, swiftShaderFolder } from './chromium.mjs'

const DRIVER_LISTS = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d']
const LOADER_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib']
/** Vulkan drivers that compute on the CPU; SwiftShader is the one the tests know. */
const SOFTWARE = /^(lvp_|vk_swiftshader)/

/** @param {string} folder */
function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : []
}

/** A hardware Vulkan driver is registered, and a graphics device is there for it. */
function hasHardwareVulkan() {
  const drivers = DRIVER_LISTS.flatMap(list).filter((name) => name.endsWith('.json') && !SOFTWARE.test(name))
  const devices = [
    ...list('/dev/dri').filter((name) => name.startsWith('renderD')),
    ...list('/dev').filter((name) => /^nvidia\d+$/.test(name)),
  ]
  return drivers.length > 0 && devices.length > 0
}

/**
 * Variables to add to the environment of a process that will use Dawn. Empty where the system has what is needed, and
 * where nothing was found: then the process itself says what is missing (src/cli/dawn.ts).
 * @returns {Promise<Record<string, string>>}
 */
export async function gpuEnvironment() {
  if (process.platform !== 'linux' || process.env['VK_DRIVER_FILES'] || process.env['VK_ICD_FILENAMES']) return {}
  const hardware = hasHardwareVulkan()
  const hasLoader = LOADER_FOLDERS.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))
  if (hardware && hasLoader) return {}
  const folder = swiftShaderFolder(await findChromium())
  if (!folder) return {}
  /** @type {Record<string, string>} */
  const added = { XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? tmpdir() }
  if (!hasLoader) added['LD_LIBRARY_PATH'] = [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter)
  if (!hardware) added['VK_DRIVER_FILES'] = join(folder, 'vk_swiftshader_icd.json')
  return added
}
