/** Hands a file to the person. */
export function download(fileName: string, file: Blob) {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser has taken the file once the click's task is over.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
