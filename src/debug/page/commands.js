// Commands to copy ask the server that the page is of: a worker's, one on another port, or one at the end of a tunnel.

for (const command of document.querySelectorAll('pre')) {
  command.textContent = command.textContent.replace('http://localhost:6060', location.origin)
}
