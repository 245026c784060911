/** Hands bytes to the person as a file. */
export function download(fileName: string, bytes: Uint8Array<ArrayBuffer>) {
  const address = URL.createObjectURL(new Blob([bytes], { type: 'application/zip' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser has taken the bytes once the click's task is over.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
